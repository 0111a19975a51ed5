"""One conversation laid flat: the channels it went over, and what happened between, in the order of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations import story
from conversations.models import Conversation, Medium, Message
from conversations.reports.journeys.places import BOT, PLACES, SITE, of_event
from conversations.story_words import HUES, line
from customers.event_names import words
from customers.models import Category, Event, Visit

if TYPE_CHECKING:
    from deskapp.models import User

MOST = 8
MESSAGES = 200
BETWEEN = 40
TELLING = ("Order Placed", "Order Delivered", "Order Refunded", "Return Opened", "Return Received")


@dataclass(frozen=True)
class Step:
    icon: str
    hue: str
    title: str
    at: datetime
    about: str = ""


@dataclass(frozen=True)
class Journey:
    steps: list[Step]
    days: int
    channels: int


def journey(agent: "User", conversation: Conversation) -> Journey | None:
    """The newest steps. None where it has been on one channel only, and nothing happened meanwhile."""
    said = list(
        conversation.messages.filter(kind__in=[Message.Kind.INBOUND, Message.Kind.OUTBOUND, Message.Kind.CALL])
        .select_related("channel", "author").only(
            "created_at", "kind", "is_bot", "channel__medium", "author__name", "author__email", "conversation"
        ).order_by("-created_at", "-pk")[:MESSAGES]
    )[::-1]  # fmt: skip
    if not said:
        return None
    since = said[0].created_at
    happened = story.between(agent, conversation.customer_id, since, None, BETWEEN)
    steps = sorted([*_runs(said), *_happened(happened)], key=lambda step: step.at)[-MOST:]
    if len(steps) < 2:
        return None
    channels = {(message.channel.medium if message.channel else "", message.is_bot) for message in said}
    return Journey(steps, (said[-1].created_at.date() - since.date()).days + 1, len(channels))


def _runs(said: list[Message]) -> Iterable[Step]:
    """What was said without a change of channel is one step, wherever the channel's first word was."""
    for (medium, is_bot), theirs in groupby(said, lambda message: (_medium(message), message.is_bot)):
        messages = list(theirs)
        who = next((message.author.short_name for message in messages[::-1] if message.author), "")
        many = ngettext("%(n)d message", "%(n)d messages", len(messages)) % {"n": len(messages)}
        hue = "bot" if is_bot else HUES.get(medium, "messaging")
        place = PLACES.get(BOT if is_bot else medium)
        title, icon = (str(place.label), place.icon) if place else (_("Message"), hue)
        yield Step(icon, hue, title, messages[0].created_at, _("with %(name)s") % {"name": who} if who else many)


def _medium(message: Message) -> str:
    if message.kind == Message.Kind.CALL:  # also one that was written down by hand
        return Medium.VOICE
    return message.channel.medium if message.channel else ""


def _happened(happenings: list[story.Happening]) -> Iterable[Step]:
    for happening in happenings:
        row = happening.row
        if isinstance(row, Visit):
            shown = line(happening)
            yield Step(
                "browse", "web", str(PLACES[SITE].label), happening.at, ", ".join([shown.title, *shown.about[:1]])
            )
        elif isinstance(row, Event) and row.category != Category.BEHAVIOURAL and row.name in TELLING:
            shown, told = line(happening), words(row.properties)
            number = told.get("return") if row.name.startswith("Return") else told.get("order")
            yield Step(shown.icon, "", str(of_event(row.name).label), happening.at, number or "".join(shown.about[:1]))
