"""Episodes of conversations from before they were written with the deed: worked out in the background, once, batch by
batch; it goes on where a worker died."""

import time

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from conversations.models import Conversation, Episode, Message, TallyMark
from conversations.models.message import MessageKind
from conversations.reports import counted_hours, episodes, work

log = structlog.get_logger(__name__)

NAME = "back-fill"  # of the mark whose `signature` is the key up to which it is done, or DONE
DONE = "done"
AT_ONCE = 50
FOR = 40.0  # seconds of one task: others want their turn


def go_on(seconds: float = FOR) -> int:
    """How many it has done. Two workers at once do not do the same: one of them goes home."""
    TallyMark.objects.get_or_create(stream=NAME, defaults={"signature": "0"})
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        done = _batch()
        if done is None:
            break
        count += done
    if count:
        log.info("episodes were worked out", conversations=count)
    return count


def everything() -> None:
    """For a desk that was loaded whole, as the demo's is: all of it at once, and anew."""
    counted_hours.forget()
    TallyMark.objects.update_or_create(stream=NAME, defaults={"signature": "0"})
    while _batch(is_anew=True) is not None:
        pass


@transaction.atomic
def _batch(*, is_anew: bool = False) -> int | None:
    """None where there is nothing left, or another worker is at it."""
    mark = TallyMark.objects.select_for_update(skip_locked=True).filter(stream=NAME).exclude(signature=DONE).first()
    if mark is None:
        return None
    rows = Conversation.objects.filter(pk__gt=int(mark.signature or 0))
    if not is_anew:
        rows = rows.filter(~Exists(Episode.objects.filter(conversation=OuterRef("pk"))))
    locked = rows.select_for_update(of=("self",), no_key=True).select_related("customer__profile")
    found = list(locked.order_by("pk")[:AT_ONCE])
    calls = Message.objects.filter(conversation__in=found, kind=MessageKind.CALL)
    called = set(calls.values_list("conversation", flat=True))
    for conversation in found:
        if conversation.pk in called:
            work.called(conversation)
        episodes.refresh(conversation)
    mark.signature = str(found[-1].pk) if found else DONE
    mark.save(update_fields=["signature"])
    return len(found) if found else None
