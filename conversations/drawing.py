"""Draws what a page holds dozens of, rows and events, by Jinja: a tenth of what Django's templates take for the same.

Their templates are named *.jinja.html and hold one macro each that others call: of a page, an answer and a push alike.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from django.conf import settings
from django.template.defaultfilters import filesizeformat, linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext
from jinja2 import Environment, FileSystemLoader

from conversations import call_words
from conversations.handoff.names import bot_name
from conversations.media import carries
from conversations.models import Attachment, Conversation, Message, MessageEdit, Reaction
from conversations.outbound.reactions import EMOJI
from conversations.templatetags import desk

if TYPE_CHECKING:
    from conversations.story_reading import Stretch
    from conversations.story_words import Line
    from conversations.timeline import Event

# What urlize could make a link of; a text without any is spared its walk over every word.
_LINK = re.compile(r"://|@|\bwww\.|\.(?:com|edu|gov|int|mil|net|org)\b", re.IGNORECASE)


class Macro(Protocol):
    def __call__(self, *arguments: object) -> str: ...


def row(conversation: Conversation) -> str:
    return _macro("inbox/row", "row")(conversation)


def rows(conversations: Sequence[Conversation]) -> str:
    return _macro("inbox/row", "rows")(conversations)


def event(happened: "Event | Line", *, csrf: str = "") -> str:
    """A message or an activity. `csrf`: the hidden field of its forms; a push has none, htmx sends the header."""
    return _macro("timeline/event", "event")(happened, csrf)


def events(happened: "Sequence[Event | Line]", *, csrf: str = "") -> str:
    """In their order, with a line at the beginning of each day."""
    return _macro("timeline/event", "events")(happened, csrf, timezone.localdate())


def story(stretches: "Sequence[Stretch]", customer: int) -> str:
    """The lines of a customer's story, under their days and months."""
    return _macro("customer/story", "days")(stretches, customer)


def warm_up() -> None:
    """Loads what is drawn most, before a process is forked into several."""
    for template, name in (("inbox/row", "row"), ("timeline/event", "event"), ("customer/story", "days")):
        _macro(template, name)


@cache
def _macro(template: str, name: str) -> "Macro":
    return cast("Macro", getattr(_environment().get_template(f"conversations/{template}.jinja.html").module, name))


@cache
def _environment() -> Environment:
    folder = settings.BASE_DIR / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, auto_reload=False, cache_size=-1)
    known = (
        desk.icon,
        desk.hue,
        desk.medium_icon,
        desk.strand_words,
        desk.row_tags,
        desk.waited,
        desk.urgency,
        desk.left,
        desk.nearness,
    )
    ours = (desk.formatted, path, iso, clock, day, paragraphs, files, edits, capfirst, filesizeformat, linebreaksbr)
    of_calls = {"call_of": call_words.call_of, "call_title": call_words.title, "call_about": call_words.about}
    environment.globals |= of_calls
    after = (reacted, verbs, place_of, map_of, moment)
    environment.globals |= {function.__name__: function for function in (*known, *ours, *after)}
    environment.globals |= {"EMOJI": EMOJI, "bot_name": bot_name}
    environment.globals |= {"_": gettext, "localdate": timezone.localdate, "written": date_format, "now": timezone.now}
    environment.globals["local"] = timezone.localtime
    return environment


def path(name: str, pk: int) -> str:
    """`reverse` of an address with one number in it, asked for once a process."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _number, after = reverse(name, args=[918_273_645]).partition("918273645")
    return before, after


def iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"


def paragraphs(text: str) -> SafeString:
    """A stranger's text as HTML: escaped, its lines kept, its addresses made links."""
    is_plain = not _LINK.search(text)
    return mark_safe(linebreaks(text if is_plain else urlize(text, autoescape=True), autoescape=is_plain))  # noqa: S308  escaped by the one or the other


def files(message: Message) -> Iterable[Attachment]:
    """Asked for only where the timeline has not seen that there are none."""
    return () if vars(message).get("has_files") is False else message.attachments.all()


def edits(message: Message) -> Iterable[MessageEdit]:
    """The earlier wordings that differ from the one after them, in the order in which they were said."""
    if vars(message).get("has_edits") is False:
        return ()
    found = sorted(message.edits.all(), key=lambda edit: (edit.at, edit.pk))
    following = [*(edit.text for edit in found), message.text][1:]
    return [edit for edit, after in zip(found, following, strict=True) if edit.text != after or edit.by_id]


def reacted(message: Message) -> Iterable[Reaction]:
    if vars(message).get("has_reactions") is False:
        return ()
    shown = [each for each in message.reactions.all() if each.emoji and each.taken_off_at is None]
    for each in shown:
        each.who = _who(message, each)  # type: ignore[attr-defined]
    return sorted(shown, key=lambda each: each.created_at)


def _who(message: Message, reaction: Reaction) -> str:
    if reaction.identity_id is None:
        return reaction.by.short_name if reaction.by else gettext("The desk")
    is_theirs = message.identity is not None and reaction.identity_id == message.identity_id
    whose = message.identity if is_theirs else reaction.identity
    return whose.customer.label if whose else gettext("Customer")


def verbs(message: Message) -> tuple[str, ...]:
    """What can be done to this one message on its medium; on most there is nothing."""
    if not message.channel or not message.external_id or message.taken_back_at:
        return ()
    can = carries(message.channel.medium)
    return ("answer",) * can.has_answers + ("react",) * can.has_reactions


def place_of(place: Sequence[float]) -> str:
    return ", ".join(f"{float(part):.5f}" for part in place[:2])


def map_of(place: Sequence[float]) -> str:
    """Nothing is loaded from there: it is a link, with the two numbers and no more."""
    north, east = (f"{float(part):.5f}" for part in place[:2])
    return f"https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=16/{north}/{east}"


def moment(at: datetime) -> str:
    """The time, and the day where that is not today."""
    at = timezone.localtime(at)
    return f"{at:%H:%M}" if at.date() == timezone.localdate() else date_format(at, "j M H:i")
