"""A long thread in some lines, each of them a fact that leads to where it stands: of the packet, the messages and the
log. Nothing is worded freely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _

from conversations.handoff.packet import Packet, packet_of
from conversations.handoff.slots import Given
from conversations.models import Activity, Conversation, Handoff, Message, RepeatedQuestion
from conversations.models.activity import Verb
from conversations.models.message import MessageKind
from conversations.sight import verbs_hidden_from

if TYPE_CHECKING:
    from deskapp.models import User

LONG = 8  # messages from which on a thread is summed up
LONGEST = 160  # signs of what is quoted
MOST = 6  # lines of one kind
# What happened, beside talk, that a colleague wants to know of.
TELLING = (
    Verb.REFUNDED, Verb.CANCELLED_ORDER, Verb.RESENT_ORDER, Verb.HELD_ORDER, Verb.RELEASED_ORDER, Verb.ADDED_ORDER,
    Verb.BOT_DID, Verb.HANDED_OVER, Verb.TOOK_OVER, Verb.HANDED_BACK, Verb.CALLED_BACK, Verb.DECLINED, Verb.REOPENED,
    Verb.MERGED, Verb.MOVED, Verb.LATE,
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """`source` is a message's key; `at` when it happened, where no message says it."""

    label: str
    text: str
    source: int | None = None
    at: datetime | None = None
    is_theirs: bool = False  # a customer's own words, in whatever language


@dataclass(frozen=True)
class Summary:
    messages: int
    lines: list[Line]


def summary(conversation: Conversation, agent: "User", given: Sequence[Given]) -> Summary | None:
    """None for a thread that is read sooner than its summary. Five statements."""
    talked = Q(kind__in=[MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.CALL], is_automatic=False)
    rows = conversation.messages.filter(talked, taken_back_at=None)
    known = rows.aggregate(
        n=Count("pk"),
        first=Min("pk", filter=Q(kind=MessageKind.INBOUND)),
        last=Max("pk", filter=Q(kind=MessageKind.INBOUND)),
        answer=Max("pk", filter=Q(kind=MessageKind.OUTBOUND)),
    )
    if known["n"] < LONG:
        return None
    ends = {row.pk: row for row in _said([known["first"], known["last"], known["answer"]])}
    handoff = Handoff.objects.filter(conversation=conversation, to_people=True).order_by("-created_at", "-pk").first()
    packet = packet_of(handoff.packet) if handoff else Packet()
    lines = [
        *_wants(packet, ends.get(known["first"])),
        *_told(given),
        *_done(conversation, agent),
        *_answered(ends.get(known["answer"])),
        *_open(ends.get(known["last"]), known["answer"]),
    ]
    return Summary(known["n"], lines)


def _said(keys: Sequence[int | None]) -> Sequence[Message]:
    rows = Message.objects.filter(pk__in=[key for key in keys if key])
    return list(rows.select_related("author").only("pk", "text", "kind", "created_at", "is_bot", "author__name"))


def _wants(packet: Packet, first: Message | None) -> Iterator[Line]:
    if packet.goal:
        yield Line(_("Wants"), packet.goal, packet.goal_source)
    elif first and first.text:
        yield Line(_("Began with"), _short(first.text), first.pk, is_theirs=True)


def _told(given: Sequence[Given]) -> Iterator[Line]:
    """From this thread alone; what is known otherwise stands elsewhere in the panel."""
    said = [each for each in given if each.source is not None and not each.where]
    for each in said[:MOST]:
        yield Line(str(RepeatedQuestion.Slot(each.slot).label).capitalize(), each.value, each.source, is_theirs=True)


def _done(conversation: Conversation, agent: "User") -> Iterator[Line]:
    rows = Activity.objects.filter(conversation=conversation, verb__in=TELLING)
    rows = rows.exclude(verb__in=verbs_hidden_from(agent)).select_related("by").order_by("-created_at", "-pk")
    for row in reversed(rows[:MOST]):
        words = " · ".join(filter(None, [str(row.get_verb_display()), row.to, row.reason]))
        yield Line(row.by.short_name if row.by else _("The desk"), words, at=row.created_at)


def _answered(last: Message | None) -> Iterator[Line]:
    if last is None:
        return
    name = last.author.short_name if last.author else _("Bot") if last.is_bot else _("The desk")
    yield Line(_("%(name)s answered") % {"name": name}, _short(last.text), last.pk)


def _open(last: Message | None, answer: int | None) -> Iterator[Line]:
    if last is None:
        return
    if answer is None or last.pk > answer:
        yield Line(_("Not answered yet"), _short(last.text), last.pk, is_theirs=True)
    else:
        yield Line(_("Open"), _("Nothing: the last word is ours"))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rsplit(' ', 1)[0]}…"
