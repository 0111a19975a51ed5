"""How a call reads: on its card, in the row of its conversation, in the log and in the story."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.envelopes import CallDetails
from conversations.models import Message

LONGEST = 200_000
SPOKEN = ("answered", "ended")  # states of a call in which somebody spoke with us


def text_of(call: CallDetails) -> str:
    """Its words, for the search: what agents wrote of it, and what was spoken."""
    notes = [note["text"] for note in call.get("notes", [])]
    return "\n\n".join(filter(None, [*notes, call.get("transcript", "")]))[:LONGEST]


def call_of(message: Message) -> CallDetails:
    found = message.details.get("call") if isinstance(message.details, Mapping) else None
    return cast("CallDetails", found if isinstance(found, dict) else {})  # it may be erased


def snippet_of(message: Message) -> str:
    """What a row shows of a message that is the newest."""
    if message.kind != Message.Kind.CALL:
        return " ".join(message.text.split())[:160]
    call = call_of(message)
    words = call["notes"][-1]["text"] if call.get("notes") else call.get("transcript", "")
    return " · ".join(filter(None, [happened(call), " ".join(words.split())]))[:160]


def happened(call: CallDetails) -> str:
    """ "Missed call", "Called, 4 min 12 s" """
    lasts = lasted(call.get("seconds", 0))
    is_in, state = call.get("direction") == "in", call.get("state", "")
    if state == "missed":
        if is_in and call.get("recordings"):
            return _("Left a voice message")
        return _("Missed call") if is_in else _("Our call was not answered")
    if state == "ringing":
        return _("Is calling") if is_in else _("Being called")
    if state == "answered":
        return _("On the phone")
    if state == "dialling":
        return _("About to be called")
    return ", ".join(filter(None, [_("Called") if is_in else _("Was called"), lasts]))


def is_by_number(call: CallDetails) -> bool:
    """Whose thread it is in is only what the number says, and a number can be shown by whoever likes to: nobody has
    vouched for it, and no agent has said who it was."""
    is_known = bool(call.get("number")) and not any(name in call for name in ("asks", "whose", "by_hand", "vouched"))
    return call.get("direction") == "in" and is_known


def title(call: CallDetails, name: str) -> str:
    """The card's first words."""
    who, is_in, state = {"name": name}, call.get("direction", "in") == "in", call.get("state", "")
    if state == "missed":
        if is_in and call.get("recordings"):
            return _("%(name)s left a voice message") % who
        return _("Missed call from %(name)s") % who if is_in else _("Call to %(name)s, not answered") % who
    if state == "ringing":
        return _("%(name)s is calling") % who if is_in else _("Calling %(name)s") % who
    if state == "answered":
        return _("On the phone with %(name)s") % who
    if state == "dialling":
        return _("Call to %(name)s") % who
    return _("%(name)s called") % who if is_in else _("Called %(name)s") % who


def lasted(seconds: int) -> str:
    """ "4 min 12 s" """
    if seconds <= 0:
        return ""
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 3600:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": seconds % 60}
    return _("%(hours)d h %(minutes)d min") % {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}


def about(call: CallDetails) -> list[str]:
    """What stands behind the title: how long, with whom, how often it was handed on, which keys, why it ended."""
    spoke, tried = call.get("answered", []), call.get("tried", [])
    parts = [lasted(call.get("seconds", 0))]
    if spoke:
        parts.append(_("spoke with %(names)s") % {"names": ", ".join(each["name"] for each in spoke)})
    elif tried and call.get("state") in ("ringing", "missed"):
        parts.append(_("rang at %(names)s") % {"names": ", ".join(each["name"] for each in tried)})
    if handed := call.get("transfers", 0):
        parts.append(ngettext("handed on once", "handed on %(n)d times", handed) % {"n": handed})
    if keys := call.get("keys", ""):
        parts.append(_("pressed %(keys)s") % {"keys": keys})
    if call.get("state") in ("ended", "missed") and (cause := call.get("cause", "")):
        parts.append(cause)
    if is_by_number(call):
        parts.append(_("by their number, not proved"))
    if call.get("by_hand"):
        parts.append(_("written down by hand"))
    return [part for part in parts if part]


def answered_at(call: CallDetails) -> datetime | None:
    at = call.get("answered_at", "")
    return datetime.fromisoformat(at) if at else None


def outcome(call: CallDetails) -> str:
    """How a call ended the duty to ring: "Noor Haddad spoke with them, 3 min 2 s" """
    lasts = lasted(call.get("seconds", 0))
    names = ", ".join(each["name"] for each in call.get("answered", []))
    said = _("%(names)s spoke with them") % {"names": names} if names else _("Spoke with them")
    return ", ".join(filter(None, [said, lasts]))
