"""What every verb does around its change: take the lock, write the line in the log, bring the row up to date, push."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction

from conversations import rules, sla
from conversations.call_words import SPOKEN, snippet_of
from conversations.live import groups
from conversations.live.push import push_activity, push_row, send
from conversations.models import Activity, CallBack, Conversation, Message
from conversations.models.conversation import place_in_queue
from conversations.models.message import FROM_THEM, MessageKind

if TYPE_CHECKING:
    from deskapp.models import User


SPOKE = models.Q(kind=MessageKind.CALL, details__call__state__in=SPOKEN)


class NotPossibleError(Exception):
    """The verb does not fit this conversation now. The text is for the agent to read."""


def locked(conversation: Conversation) -> Conversation:
    """The row under lock, fresh. Call inside a transaction."""
    return Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)


def log(conversation: Conversation, verb: str, *, by: "User | None", to: str = "", reason: str = "") -> Activity:
    """Rules of automation hear of it, too; and what one of them does says so."""
    reason = reason or rules.reason_now()
    if verb in rules.OF_VERBS:
        rules.happened(rules.OF_VERBS[verb], conversation, by=by)
    activity = Activity.objects.create(conversation=conversation, verb=verb, by=by, to=to[:400], reason=reason[:400])
    push_activity(activity)
    return activity


def save(conversation: Conversation) -> None:
    """Saves with its place in the queue and its deadlines, and shows the row. What clocks go by, such as the line in
    the log that it is solved, is written before."""
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    sla.keep(conversation)
    conversation.save()
    push_row(conversation)


def summarise(conversation: Conversation) -> None:
    """Works out from its messages what the row keeps of them, after messages came or went. The caller saves."""
    said = conversation.messages.exclude(kind__in=[MessageKind.NOTE, MessageKind.SYSTEM])
    said = said.exclude(delivery__status="cancelled")
    newest = said.order_by("-created_at", "-pk").first()
    if newest:
        conversation.snippet = snippet_of(newest)
        conversation.last_message_at = newest.created_at
    conversation.call_back_at = call_back_at(conversation)
    asked = conversation.messages.filter(FROM_THEM)
    conversation.last_inbound_at = asked.aggregate(at=models.Max("created_at"))["at"]
    conversation.waiting_since = waiting_since(conversation)
    conversation.media = _media(said)


def call_back_at(conversation: Conversation) -> datetime | None:
    """When the first of its customers' numbers is to be rung."""
    owed = CallBack.objects.filter(conversation=conversation, done_at=None)
    return owed.aggregate(at=models.Min("due_at"))["at"]


def waiting_since(conversation: Conversation) -> datetime | None:
    """When the customer wrote the first message that nobody has answered, nor solved before they wrote again. A call
    in which somebody spoke with them is an answer; one that was missed, or still rings, is a question."""
    said = conversation.messages.filter(models.Q(kind=MessageKind.OUTBOUND, is_automatic=False) | SPOKE)
    answered_at = said.exclude(delivery__status="cancelled").aggregate(at=models.Max("created_at"))["at"]
    asked = conversation.messages.filter(FROM_THEM).exclude(SPOKE)
    if ended_at := max(filter(None, [answered_at, _solved_at(conversation)]), default=None):
        asked = asked.filter(created_at__gt=ended_at)
    return asked.aggregate(at=models.Min("created_at"))["at"]


def _solved_at(conversation: Conversation) -> datetime | None:
    """When it was solved, if the customer opened it again; an agent who reopens says that it was not solved."""
    turns = conversation.activities.filter(verb__in=[Activity.Verb.RESOLVED, Activity.Verb.REOPENED])
    last = turns.order_by("-created_at", "-pk").first()
    if last is None or last.verb != Activity.Verb.REOPENED or last.by_id:
        return None
    return turns.filter(verb=Activity.Verb.RESOLVED).aggregate(at=models.Max("created_at"))["at"]


def _media(said: "models.QuerySet[Message]") -> list[str]:
    media: list[str] = []
    spoken = said.exclude(channel=None).order_by("-created_at", "-pk").values_list("channel__medium", flat=True)
    for medium in spoken[:200]:
        if not media or media[-1] != medium:
            media.append(medium)
    return media[:6][::-1]


def take_off_screens(conversation: Conversation, messages: list[int]) -> None:
    """Messages that went elsewhere leave the threads that are open."""
    frame: dict[str, object] = {"type": "desk.event", "html": "", "conversation": conversation.pk, "gone": messages}
    transaction.on_commit(lambda: send([groups.of_conversation(conversation.pk)], frame), robust=True)
