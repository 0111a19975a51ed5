"""The form of a connector, drawn from what its adapter tells of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from conversations.typed import whole_number
from integrations.adapters.about import About, Field
from integrations.adapters.media.chat import about as chat_about
from integrations.adapters.media.form import adapter as form_adapter
from integrations.adapters.trackers import about as tracker_about
from integrations.models import Connector
from integrations.wiring import WEBHOOK_SECRET, hook_address

PREFIX = "set-"  # before the names of the adapter's fields, so that none is taken for one of ours
SHOWN_OF_SECRET, LONG_ENOUGH = 3, 16  # characters


@dataclass(frozen=True)
class Line:
    """One field, as it stands in the form."""

    field: Field
    value: str = ""  # never a secret's
    is_on: bool = False
    kept: str = ""  # of a secret: that there is one, and how it ends
    wrong: str = ""

    @property
    def name(self) -> str:
        return PREFIX + self.field.name


@dataclass(frozen=True)
class Sheet:
    groups: list[tuple[str, list[Line]]]
    name: str = ""
    address: str = ""
    team: int | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)  # of what is not the adapter's: name, address, ""


@dataclass(frozen=True)
class Piece:
    """A part of a sentence on what to do at the provider: words, or something to be copied."""

    words: str = ""
    copied: str = ""
    label: str = ""


def sheet(
    connector: Connector, about: About, given: QueryDict | None = None, wrong: Mapping[str, str] | None = None
) -> Sheet:
    """As it is kept, or as it was typed in and refused."""
    wrong = wrong or {}
    groups: list[tuple[str, list[Line]]] = []
    for each in about.fields:
        title = str(each.group)
        if not groups or groups[-1][0] != title:
            groups.append((title, []))
        groups[-1][1].append(_line(connector, each, given, wrong.get(each.name, "")))
    own = {name: words for name, words in wrong.items() if name in ("", "name", "address")}
    channel = connector.channel
    if given is not None:
        team = given.get("team", "")
        number = whole_number(team)
        return Sheet(groups, given.get("name", ""), given.get("address", ""), number, own)
    name = "" if connector.is_draft else channel.name if channel else connector.name
    return Sheet(groups, name, channel.address if channel else "", channel.team_id if channel else None, own)


def given_in(about: About, data: QueryDict) -> dict[str, str]:
    """What was typed in, by the adapter's names: a switch that is off is not sent at all."""
    return {each.name: data.get(PREFIX + each.name, "") for each in about.fields}


def _line(connector: Connector, each: Field, given: QueryDict | None, wrong: str) -> Line:
    if each.kind == "secret":
        return Line(each, kept=_kept(connector.secrets.get(each.name, "")), wrong=wrong)
    if given is not None:
        typed = given.get(PREFIX + each.name, "")
        return Line(each, typed, typed == "on", wrong=wrong)
    value = connector.settings.get(each.name, each.default)
    if each.kind == "switch":
        is_on = value in (True, "on") if each.name in connector.settings else each.default == "on"
        return Line(each, is_on=is_on, wrong=wrong)
    shown = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    return Line(each, shown, wrong=wrong)


def _kept(secret: str) -> str:
    if not secret:
        return ""
    if len(secret) < LONG_ENOUGH:
        return _("Set; type to replace")
    return _("Set, ends in …%(end)s; type to replace") % {"end": secret[-SHOWN_OF_SECRET:]}


def at_provider(connector: Connector, about: About) -> list[list[Piece]]:
    """What to click there, step by step, with what is to be copied."""
    values = _values(connector, about)
    steps = []
    for words in about.at_provider:
        pieces = []
        for literal, name in _parsed(str(words)):
            pieces.append(Piece(words=literal))
            if name:
                pieces.append(Piece(copied=values.get(name, ""), label=_labels().get(name, name.replace("_", " "))))
        steps.append([piece for piece in pieces if piece.words or piece.label])
    return steps


def _parsed(words: str) -> list[tuple[str, str]]:
    """A sentence with a brace of its own is all words."""
    try:
        return [(literal, name or "") for literal, name, _spec, _conversion in Formatter().parse(words)]
    except ValueError:
        return [(words, "")]


def _values(connector: Connector, about: About) -> dict[str, str]:
    """Only what is ours to hand out: what the provider gave us is shown nowhere."""
    made = {name: connector.secrets.get(name, "") for name in about.made or {}}
    tags = {"chat": chat_about.tag_of, "segment": tracker_about.tag_of, "form": form_adapter.tag_of}
    return {
        **made,
        "address": hook_address(connector),
        "address_tracking": hook_address(connector, "tracking"),
        "redirect_address": settings.SITE_URL + reverse("connector_signed_in"),
        "host": settings.SITE_URL,
        "tag": tags[connector.adapter](connector) if connector.adapter in tags else "",
        "secret": connector.secrets.get(WEBHOOK_SECRET, ""),
    }


def _labels() -> dict[str, str]:
    return {
        "address": _("Address of the webhook"),
        "address_tracking": _("Address of the reports"),
        "redirect_address": _("Redirect address"),
        "host": _("Host"),
        "tag": _("Tag"),
        "identity": _("Identity secret"),
        "signing_secret": _("Signing secret"),
        "write_key": _("Write key"),
        "verify_token": _("Verify token"),
    }
