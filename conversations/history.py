"""What happened in a conversation, for its clocks: read from its messages and from the log of what was done to it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.db.models.fields.json import KT

from conversations.clocks import Happening
from conversations.models import Activity, Conversation, ConversationMerge, Status
from conversations.models.message import MessageKind

NOT_SAID = ("cancelled", "failed", "uncertain")  # of a delivery: what did not arrive has answered nobody
SPOKEN = ("answered", "ended")
_THEIRS = Q(kind=MessageKind.INBOUND, is_automatic=False) | Q(kind=MessageKind.CALL, details__call__direction="in")
_VERBS = (Activity.Verb.RESOLVED, Activity.Verb.REOPENED, Activity.Verb.MERGED)


def history(conversation: Conversation) -> list[Happening]:
    """In order, and ending as the conversation stands: a merge opens what was solved, and the log does not say so."""
    found = [*_said(conversation), *_done(conversation)]
    found.sort(key=lambda happening: happening.at)
    return [*found, *_last(conversation, found)]


def _said(conversation: Conversation) -> Iterator[Happening]:
    said = conversation.messages.filter(kind__in=[MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.CALL])
    call = {"way": KT("details__call__direction"), "state": KT("details__call__state")}
    columns = ("kind", "created_at", "is_automatic", "is_bot", "author", "delivery__status")
    for kind, at, is_automatic, is_bot, author, delivery, way, state in (
        said.annotate(**call).order_by("created_at", "pk").values_list(*columns, "way", "state")
    ):
        if kind == MessageKind.INBOUND and not is_automatic:
            yield Happening(at, "asked")
        elif kind == MessageKind.CALL and state in SPOKEN:
            yield from _spoke(at, author, way)
        elif kind == MessageKind.CALL and way == "in":
            yield Happening(at, "asked")
        elif kind == MessageKind.OUTBOUND and not is_automatic and delivery not in NOT_SAID:
            yield Happening(at, "bot" if is_bot else "answered", author)


def _spoke(at: datetime, author: int | None, way: str) -> Iterator[Happening]:
    """Who rings us and is heard has asked and was answered; whom we reach was answered."""
    if way == "in":
        yield Happening(at, "asked")
    yield Happening(at, "answered", author)


def _done(conversation: Conversation) -> Iterator[Happening]:
    """Without what was done to another before it was merged into this one."""
    log = conversation.activities.filter(verb__in=_VERBS).order_by("created_at", "pk")
    done = list(log.values_list("pk", "verb", "created_at", "by"))
    others = _of_others(conversation) if any(verb == Activity.Verb.MERGED for _pk, verb, _at, _by in done) else set()
    for pk, verb, at, by in done:
        if verb != Activity.Verb.MERGED and pk not in others:
            yield Happening(at, "solved" if verb == Activity.Verb.RESOLVED else "opened", by)


def _of_others(conversation: Conversation) -> set[int]:
    merges = ConversationMerge.objects.filter(kept=conversation, undone_at=None)
    return {pk for activities in merges.values_list("activities", flat=True) for pk in activities}


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
    theirs = conversation.messages.filter(_THEIRS).exclude(channel=None).order_by("-created_at", "-pk")
    return theirs.values_list("channel", flat=True).first()
