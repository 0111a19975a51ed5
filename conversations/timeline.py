"""One thread: what was said and what happened, interleaved by time, read backwards a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.utils import timezone

from conversations.models import Activity, Attachment, Conversation, Message, MessageEdit, Reaction
from conversations.prepared import has_asked
from conversations.story_words import Line
from conversations.typed import whole_number
from customers.models import Customer

if TYPE_CHECKING:
    from conversations.folding import Sheet

PAGE = 50
CATCH_UP = 200  # events; whoever missed more opens the thread anew

Event = Message | Activity


@dataclass(frozen=True)
class Timeline:
    events: "Sequence[Event | Line | Sheet]"  # oldest first
    before: str  # the cursor of the page above; "" at the beginning
    stamp: str  # for catching up later: what is known now
    is_whole: bool = True  # False when catching up would skip something


def newest(conversation: Conversation, *, before: str = "", known: str = "", hidden: Sequence[str] = ()) -> Timeline:
    """The last PAGE events, or those before the cursor, in at most five queries. `known`: the stamp, if it is;
    `hidden`: the verbs of activities that are not for this reader (conversations.sight)."""
    messages, activities = _messages(conversation), _activities(conversation, hidden)
    if edge := _edge(before):
        at, rank, pk = edge
        messages = messages.filter(_earlier(at, pk if rank == 1 else None), created_at__lte=at)
        activities = activities.filter(_earlier(at, pk if rank == 0 else None, is_first=rank == 1), created_at__lte=at)
    known = known or stamp(conversation)  # before the events: what comes meanwhile is caught up with, not missed
    found: list[Event] = [
        *_whole(messages.order_by("-created_at", "-pk")[: PAGE + 1], conversation.customer),
        *activities.order_by("-created_at", "-pk")[: PAGE + 1],
    ]
    found.sort(key=order, reverse=True)
    more, shown = len(found) > PAGE, found[:PAGE][::-1]
    return Timeline(shown, _cursor(shown[0]) if more else "", known)


def since(conversation: Conversation, known: str, *, hidden: Sequence[str] = ()) -> Timeline:
    """What came or changed after `known`, a Timeline's stamp: new rows, messages whose delivery or words changed."""
    message, activity, at = _known(known)
    changed = Q(pk__gt=message) | Q(delivery__settled_at__gte=at) | Q(edits__created_at__gte=at)
    changed |= Q(changed_at__gte=at)
    changed_ids = conversation.messages.filter(changed).order_by("pk").values("pk").distinct()[: CATCH_UP + 1]
    messages = _whole(_messages(conversation).filter(pk__in=changed_ids), conversation.customer)
    activities = _activities(conversation, hidden).filter(pk__gt=activity).order_by("pk")[: CATCH_UP + 1]
    found: list[Event] = [*messages, *activities]
    found.sort(key=order)
    return Timeline(found, "", stamp(conversation), is_whole=len(found) <= CATCH_UP)


def _messages(conversation: Conversation) -> "QuerySet[Message]":
    has = {
        "has_files": Exists(Attachment.objects.filter(message=OuterRef("pk"))),
        "has_edits": Exists(MessageEdit.objects.filter(message=OuterRef("pk"))),
        "has_reactions": Exists(Reaction.objects.filter(message=OuterRef("pk"), taken_off_at=None)),
    }
    return conversation.messages.select_related("channel", "author", "delivery").annotate(**has).defer("search")


def _whole(rows: "Iterable[Message]", customer: Customer) -> list[Message]:
    """With who wrote them, their files and their edits: each asked for only where there is something to know."""
    found = list(rows)
    known = {identity.pk: identity for identity in customer.identities.all()}
    for identity in known.values():
        identity.customer = customer
    for message in found:
        if message.identity_id in known:
            message.identity = known[message.identity_id]
    prefetch_related_objects(
        [message for message in found if message.identity_id not in known], "identity__customer__identities"
    )
    _with("has_files", found, "attachments", "attachments", Attachment)
    _with("has_edits", found, "edits", "edits__by", MessageEdit)
    _with("has_reactions", found, "reactions", "reactions__by", Reaction)
    prefetch_related_objects([message for message in found if message.answers_id], "answers")
    return found


def _with(has: str, found: list[Message], name: str, lookup: str, model: type[Model]) -> None:
    prefetch_related_objects([message for message in found if getattr(message, has)], lookup)
    for message in found:
        if not getattr(message, has):
            has_asked(message, name, model, [])


def _activities(conversation: Conversation, hidden: Sequence[str]) -> "QuerySet[Activity]":
    rows = conversation.activities.select_related("by")
    return rows.exclude(verb__in=hidden) if hidden else rows


def order(event: Event) -> tuple[datetime, int, int]:
    """At the same moment, what was done stands before what was said."""
    return event.created_at, int(isinstance(event, Message)), event.pk


def ends_before(cursor: str) -> datetime | None:
    """When the page above begins that `cursor` was given for."""
    edge = _edge(cursor)
    return edge[0] if edge else None


def _cursor(event: Event) -> str:
    at, rank, pk = order(event)
    return f"{at.isoformat()}~{rank}~{pk}"


def _edge(cursor: str) -> tuple[datetime, int, int] | None:
    at, rank, pk = (cursor.split("~") + ["", "", ""])[:3]
    try:
        return datetime.fromisoformat(at), int(rank), int(pk)
    except ValueError:
        return None


def _earlier(at: datetime, pk: int | None, *, is_first: bool = False) -> Q:
    """Before the edge: by the clock, and at its moment by id, or wholly where this kind stands before the other."""
    earlier = Q(created_at__lt=at)
    if pk is not None:
        return earlier | Q(created_at=at, pk__lt=pk)
    return earlier | Q(created_at=at) if is_first else earlier


def stamped(message: int, activity: int) -> str:
    """The stamp of one who knows everything up to these ids."""
    return f"{message}-{activity}-{int(timezone.now().timestamp())}"


def stamp(conversation: Conversation) -> str:
    known = Conversation.objects.filter(pk=conversation.pk).values_list(
        Subquery(Message.objects.filter(conversation=OuterRef("pk")).order_by("-pk").values("pk")[:1]),
        Subquery(Activity.objects.filter(conversation=OuterRef("pk")).order_by("-pk").values("pk")[:1]),
    )
    message, activity = known.get()
    return stamped(message or 0, activity or 0)


def _known(stamp_: str) -> tuple[int, int, datetime]:
    parts = [whole_number(part) or 0 for part in stamp_.split("-")]
    message, activity, at = (parts + [0, 0, 0])[:3]
    return message, activity, datetime.fromtimestamp(min(at, 32_503_680_000), UTC)
