"""Old conversations in a table: one message a line, those of one conversation one after the other."""

from django.utils.translation import gettext as _

from conversations.models import Message
from customers.models.identity import Kind
from integrations.imports.choices import Choices
from integrations.imports.items import Item, Row
from integrations.imports.people import handle_of, words_in
from integrations.imports.talks import Line, OldTalk, key_of, moment, solved
from integrations.models import Import

THEIRS = {"", "customer", "inbound", "incoming", "in", "user", "end-user", "contact", "requester", "client", "kunde"}
OURS = {"agent", "outbound", "outgoing", "out", "staff", "admin", "support", "desk", "us", "bot"}
HIDDEN = {"note", "private", "internal", "false", "no", "intern"}


def talk(one: Import, item: Item) -> OldTalk:
    choices, rows = Choices.of(one), item.rows
    email, phone, name, subject, status = (
        _first(rows, each) for each in ("email", "phone", "name", "subject", "status")
    )
    handles = [
        handle_of(kind, value, choices, one.source)
        for kind, value in ((Kind.EMAIL, email), (Kind.PHONE, phone))
        if value
    ]
    if not handles:
        raise ValueError(_("It says of no customer whose it is."))
    for row in rows:
        other = row.get("email")
        if other and other.lower() != email.lower():
            words = _("It names two customers, %(one)s and %(other)s; number their conversations apart.")
            raise ValueError(words % {"one": email, "other": other})
    last = next((row.get("status") for row in reversed(rows) if row.get("status")), status)
    return OldTalk(
        one,
        tuple(handles),
        name[:200],
        [_line(row, email, choices) for row in rows],
        solved(last, choices),
        subject[:300],
        list(words_in([cell for row in rows for cell in row.cells.get("tags", [])])),
    )


def _first(rows: tuple[Row, ...], name: str) -> str:
    return next((row.get(name) for row in rows if row.get(name)), "")


def _line(row: Row, customer: str, choices: Choices) -> Line:
    said = row.get("from").strip().lower()
    at, text = moment(row.get("at"), choices), row.get("text")
    if "@" in said:
        is_theirs = said == customer.lower()
    elif said in THEIRS or said in OURS:
        is_theirs = said in THEIRS
    else:
        words = _("“%(value)s” says neither that the customer wrote it, nor an agent.")
        raise ValueError(words % {"value": said[:40]})
    kind = Message.Kind.INBOUND if is_theirs else Message.Kind.OUTBOUND
    if row.get("kind").strip().lower() in HIDDEN:
        kind = Message.Kind.NOTE
    number, conversation = row.get("message"), row.get("conversation")
    named = number or key_of(at.isoformat(), said, text)
    return Line(
        f"import:{key_of(conversation, customer.lower())}:{named}"[:300],
        kind,
        at,
        text,
        subject=row.get("subject"),
        author=said if "@" in said and not is_theirs else "",
        is_bot=said == "bot",
    )
