"""Which side of a phone system's call is the customer: it writes down both alike, a caller and one who is called."""

import re
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from integrations.adapters.about import Field
from integrations.adapters.media.phones import VOUCHES
from integrations.models import Connector

EXTENSION_DIGITS = 5
# How the contexts begin into which calls from outside come, in what FreePBX, Issabel, FreeSWITCH and others ship with.
FROM_OUTSIDE = (
    "from-pstn", "from-trunk", "from-external", "from-did", "from-outside", "incoming", "inbound", "public", "ext-did",
    "from-sip-external", "from-zaptel", "from-dahdi", "from-analog", "from-provider",
)  # fmt: skip
_CHANNEL = re.compile(r"^\w+/(?P<peer>[^@/;]+?)(-[0-9a-fA-F]{6,})?(;\d)?$")

FIELDS = (
    Field(
        "region",
        _("Country"),
        is_required=False,
        help=_("Numbers without a country are read as there."),
        example="GB",
    ),
    Field(
        "trunks",
        _("Trunks"),
        kind="list",
        is_required=False,
        help=_("How the names of the lines to the outside begin, one a line: by these, calls from and to customers are"
               " told from those within the house."),
        example="PJSIP/provider",
    ),
    Field(
        "extension_digits",
        _("Digits of an extension"),
        kind="number",
        default=str(EXTENSION_DIGITS),
        is_required=False,
        help=_("Where no trunk is named: numbers of up to so many digits are within the house."),
    ),
    Field("time_zone", _("Time zone of its records"), is_required=False, default="UTC", example="Europe/London"),
    Field(
        "recordings_url",
        _("Address of the recordings"),
        kind="address",
        is_required=False,
        help=_("Where the desk can fetch them by their file name over https. Without it, calls come without them."),
    ),
    VOUCHES,
)  # fmt: skip


@dataclass(frozen=True)
class Sides:
    direction: Literal["in", "out"]
    number: str  # theirs
    line: str  # of the house: who was called, or calls; "" where it is not told
    ours: str = ""  # the number of ours that they dialled


def sides(
    connector: Connector, src: str, dst: str, *, context: str = "", channel: str = "", other: str = ""
) -> Sides | None:
    """`channel` and `other` are the two lines' names at the system. None for a call within the house. What the settings
    name as trunks decides; then the part of the dialplan that it came by; then which of the numbers is short."""
    trunks = tuple(str(each).lower() for each in connector.settings.get("trunks", []) if each)
    if trunks:
        if channel.lower().startswith(trunks):
            return Sides("in", src, peer_of(other), dst)
        return Sides("out", dst, peer_of(channel) or src) if other.lower().startswith(trunks) else None
    if context.lower().startswith(FROM_OUTSIDE):
        return Sides("in", src, peer_of(other), dst)
    if is_extension(connector, src):
        return None if is_extension(connector, dst) else Sides("out", dst, peer_of(channel) or src)
    return Sides("in", src, peer_of(other) or (dst if is_extension(connector, dst) else ""), dst)


def is_extension(connector: Connector, number: str) -> bool:
    """A word, too, as “s” and “h” are in a dialplan; not a number that is withheld."""
    most = int(connector.settings.get("extension_digits") or EXTENSION_DIGITS)
    bare = number.strip().lstrip("*#")
    return bool(bare) and not bare.startswith("+") and (len(bare) <= most) and bare.isalnum()


def peer_of(channel: str) -> str:
    """“204” of “PJSIP/204-0000002a” and of “Local/204@from-queue-00000001;1”."""
    name, at, _rest = channel.partition("@")
    found = _CHANNEL.match(name)
    if found is None:
        return ""
    return name.partition("/")[2] if at else found["peer"]


def zone_of(connector: Connector) -> ZoneInfo:
    try:
        return ZoneInfo(str(connector.settings.get("time_zone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
