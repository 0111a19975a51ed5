"""What the columns of a table can mean, and which they most likely do, by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from integrations.models import Import

SKIP, OWN = "", "own"


@dataclass(frozen=True)
class Field:
    name: str
    label: object
    called: tuple[str, ...] = ()  # in files, in lower case and letters only
    is_many: bool = False  # several columns may have one each


_CUSTOMERS = (
    Field("email", _("Email"), ("email", "mail", "emailaddress", "mailadresse", "courriel", "correo"), True),
    Field("phone", _("Phone"), ("phone", "phonenumber", "mobile", "tel", "telefon", "telephone", "handy"), True),
    Field("name", _("Name"), ("name", "fullname", "customer", "customername", "displayname", "nom", "nombre")),
    Field("first_name", _("First name"), ("firstname", "givenname", "first", "vorname", "prenom")),
    Field("last_name", _("Last name"), ("lastname", "surname", "familyname", "last", "nachname")),
    Field("external_id", _("Number in another system"), ("id", "externalid", "customerid", "userid", "kundennummer")),
    Field("language", _("Language"), ("language", "locale", "lang", "sprache", "langue")),
    Field("timezone", _("Time zone"), ("timezone", "zeitzone")),
    Field("city", _("City"), ("city", "town", "ort", "stadt", "ville", "ciudad")),
    Field("tier", _("Tier"), ("tier", "level", "stufe")),
    Field("about", _("About"), ("about", "notes", "note", "details", "comment", "notiz")),
    Field("tags", _("Tags"), ("tags", "labels", "tag"), True),
    Field(OWN, _("A fact of its own, under its column’s name"), (), True),
)
_AGENTS = (
    Field("email", _("Email"), ("email", "mail", "emailaddress", "login")),
    Field("name", _("Name"), ("name", "fullname", "agent", "displayname")),
    Field("role", _("Role"), ("role", "rolle", "type")),
    Field("teams", _("Teams"), ("teams", "team", "groups", "group", "gruppe")),
)
_CONVERSATIONS = (
    Field("conversation", _("Conversation (its number)"), ("conversation", "conversationid", "ticket", "ticketid")),
    Field("at", _("When"), ("at", "date", "time", "created", "createdat", "sentat", "timestamp", "datum")),
    Field("text", _("Words"), ("text", "body", "message", "content", "comment", "description", "nachricht")),
    Field("email", _("Customer’s email"), ("email", "customeremail", "requester", "requesteremail", "mail")),
    Field("phone", _("Customer’s phone"), ("phone", "customerphone", "tel", "telefon")),
    Field("name", _("Customer’s name"), ("name", "customer", "customername", "requestername")),
    Field("from", _("Written by (customer, agent or an address)"), ("from", "direction", "author", "sender", "by")),
    Field("kind", _("Kind (public or note)"), ("kind", "visibility", "public", "type")),
    Field("subject", _("Subject"), ("subject", "title", "betreff")),
    Field("status", _("Open or solved"), ("status", "state")),
    Field("tags", _("Tags"), ("tags", "labels")),
    Field("message", _("Number of the message"), ("messageid", "commentid", "externalid")),
)
OF = {Import.What.CUSTOMERS: _CUSTOMERS, Import.What.AGENTS: _AGENTS, Import.What.CONVERSATIONS: _CONVERSATIONS}
# One of each of these groups must be picked.
NEEDED = {
    Import.What.CUSTOMERS: (("email", "phone", "external_id"),),
    Import.What.AGENTS: (("email",),),
    Import.What.CONVERSATIONS: (("conversation",), ("at",), ("text",), ("email", "phone")),
}


def fields_of(what: str) -> tuple[Field, ...]:
    return OF[Import.What(what)]


def guess_what(columns: Sequence[str]) -> str:
    """By the names of the columns alone."""
    named = {_bare(column) for column in columns}
    if named & {"text", "body", "message", "content", "comment", "nachricht"}:
        return Import.What.CONVERSATIONS
    if named & {"role", "rolle"} or (named & {"team", "teams"} and "phone" not in named):
        return Import.What.AGENTS
    return Import.What.CUSTOMERS


def guess(what: str, columns: Sequence[str]) -> dict[str, str]:
    """A field for each column by its number. Of customers, what means nothing else is a fact of its own."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for number, column in enumerate(columns):
        bare = _bare(column)
        fits = (field for field in fields_of(what) if bare in field.called)
        field = next((each for each in fits if each.is_many or each.name not in taken), None)
        rest = OWN if what == Import.What.CUSTOMERS and bare else SKIP
        found[str(number)] = field.name if field else rest
        taken.add(found[str(number)])
    return found


def missing(what: str, mapping: dict[str, str]) -> list[list[str]]:
    """The labels of what must be picked still; each list is a choice."""
    picked, labels = set(mapping.values()), {field.name: str(field.label) for field in fields_of(what)}
    return [[labels[name] for name in group] for group in NEEDED[Import.What(what)] if not picked & set(group)]


def twice(what: str, mapping: dict[str, str]) -> list[str]:
    """The labels of what was picked for two columns, and can be one alone."""
    picked = list(mapping.values())
    return [str(field.label) for field in fields_of(what) if not field.is_many and picked.count(field.name) > 1]


def _bare(column: str) -> str:
    return re.sub(r"[\W_]+", "", column.lower())
