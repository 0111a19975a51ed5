"""What happened in a conversation, for its clocks and its episodes: read from its messages and from the log of what was
done to it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models.fields.json import KT

from conversations.call_words import SPOKEN
from conversations.clocks import Happening
from conversations.models import Activity, Conversation, ConversationMerge, Status
from conversations.models.message import FROM_THEM, MessageKind

NOT_SAID = ("cancelled", "failed", "uncertain")  # of a delivery: what did not arrive has answered nobody
_VERBS = (Activity.Verb.RESOLVED, Activity.Verb.REOPENED, Activity.Verb.MERGED, Activity.Verb.FAILED)


@dataclass(frozen=True)
class Line(Happening):
    """Something said, with the message that says it."""

    message: int = 0
    channel: int | None = None
    medium: str = ""
    is_call: bool = False


@dataclass(frozen=True)
class Done(Happening):
    """Something done, with the word that the log has for it."""

    verb: str = ""


def history(conversation: Conversation) -> list[Happening]:
    """In order, and ending as the conversation stands: of what was done by hand in bulk, the log says nothing."""
    found = [*_said(conversation), *_done(conversation)]
    found.sort(key=lambda happening: happening.at)
    return [*found, *_last(conversation, found)]


def _said(conversation: Conversation) -> Iterator[Happening]:
    said = conversation.messages.filter(kind__in=[MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.CALL])
    call = {"way": KT("details__call__direction"), "state": KT("details__call__state")}
    columns = ("kind", "created_at", "is_automatic", "is_bot", "author", "delivery__status")
    which = ("pk", "channel", "channel__medium")
    for kind, at, is_automatic, is_bot, author, delivery, pk, channel, medium, way, state in (
        said.annotate(**call).order_by("created_at", "pk").values_list(*columns, *which, "way", "state")
    ):
        place = (pk, channel, medium or "", kind == MessageKind.CALL)
        if kind == MessageKind.INBOUND and not is_automatic:
            yield Line(at, "asked", None, *place)
        elif kind == MessageKind.CALL and state in SPOKEN:
            if way == "in":  # who rings us and is heard has asked and was answered; whom we reach was answered
                yield Line(at, "asked", None, *place)
            yield Line(at, "answered", author, *place)
        elif kind == MessageKind.CALL and way == "in":
            yield Line(at, "asked", None, *place)
        elif kind == MessageKind.OUTBOUND and not is_automatic and delivery not in NOT_SAID:
            yield Line(at, "bot" if is_bot else "answered", author, *place)


def _done(conversation: Conversation) -> Iterator[Happening]:
    """Without what was done to another before it was merged into this one. What could not be delivered opens what was
    solved, and so does the merge of one that is open into one that is not."""
    log = conversation.activities.filter(verb__in=_VERBS).order_by("created_at", "pk")
    done = list(log.values_list("pk", "verb", "created_at", "by"))
    others: set[int] = set()
    if any(verb == Activity.Verb.MERGED for _pk, verb, _at, _by in done):
        merges = ConversationMerge.objects.filter(kept=conversation, undone_at=None)
        columns = ("activities", "created_at", "status_before", "absorbed__status")
        for activities, at, before, of_other in merges.values_list(*columns):
            others |= set(activities)
            if before == Status.RESOLVED and of_other in (Status.OPEN, Status.PENDING):
                yield Done(at, "opened", None, Activity.Verb.MERGED)
    for pk, verb, at, by in done:
        if verb != Activity.Verb.MERGED and pk not in others:
            yield Done(at, "solved" if verb == Activity.Verb.RESOLVED else "opened", by, verb)


def _last(conversation: Conversation, found: list[Happening]) -> list[Happening]:
    is_solved = False
    for happening in found:
        if happening.what == "solved":
            is_solved = True
        elif happening.what in ("opened", "asked"):
            is_solved = False
    latest = found[-1].at if found else conversation.created_at
    if conversation.status == Status.RESOLVED and not is_solved:
        return [Happening(max(filter(None, [conversation.resolved_at, latest])), "solved")]
    if conversation.status != Status.RESOLVED and is_solved:
        return [Happening(latest, "opened")]
    return []


def channel_of(conversation: Conversation) -> int | None:
    """By which they wrote or rang last."""
    theirs = conversation.messages.filter(FROM_THEM).exclude(channel=None).order_by("-created_at", "-pk")
    return theirs.values_list("channel", flat=True).first()
