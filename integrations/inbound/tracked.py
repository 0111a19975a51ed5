"""Inbound 2, when browsers call by the dozen: several small batches of trackers in one transaction, each step a few
statements for all. Where anything fails, nothing of it was done, and they are processed one by one.
"""

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from integrations.adapters import adapter_named
from integrations.adapters.base import Aside, Told
from integrations.inbound.facts import keep_all, set_aside
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent

log = structlog.get_logger(__name__)

MOST_TOGETHER = 100  # requests in one transaction
LARGEST = 20_000  # bytes of one that is taken along: a large batch is many already


def process_tracked(raw_id: int, *, adapter: str = "segment") -> None:
    """Processes the request, and those of trackers kept after it that no other worker holds."""
    kept = RawEvent.objects.filter(pk=raw_id, state=RawEvent.State.KEPT).values_list("tries", flat=True).first()
    if kept is None:
        return  # most often at once: where many wait, an earlier one has taken it along
    claimed: list[int] = []
    try:
        alone = [raw_id] if kept else _together(raw_id, adapter, claimed)
    except Exception as error:
        # Nothing of it was committed; alone, each of them succeeds, or counts its try and keeps its error.
        log.warning("requests are processed one by one", raw_events=len(claimed), error=type(error).__name__)
        alone = claimed or [raw_id]
    for each in alone:
        process(each)


@transaction.atomic
def _together(raw_id: int, adapter: str, claimed: list[int]) -> list[int]:
    """Gives those that need a look of their own."""
    raws = _claimed(raw_id, adapter)
    claimed += [raw.pk for raw in raws]
    if claimed == [raw_id]:
        return claimed
    connectors = Connector.objects.in_bulk({raw.connector_id for raw in raws})
    told: list[Told] = []
    done: list[int] = []
    for raw in raws:
        raw.connector = connectors[raw.connector_id]
        try:
            found = list(adapter_named(adapter).understand(raw.connector, raw))
        except ValueError:
            continue
        told += [item for item in found if isinstance(item, Told)]
        for item in found:
            if isinstance(item, Aside):
                set_aside(raw, item)
        if found:
            done.append(raw.pk)
    keep_all(told)
    RawEvent.objects.filter(pk__in=done).update(state=RawEvent.State.DONE, error="", done_at=timezone.now())
    return [pk for pk in claimed if pk not in set(done)]


def _claimed(raw_id: int, adapter: str) -> list[RawEvent]:
    """The request, unless somebody else has it, and of those behind it the small ones that have not failed before."""
    untried = RawEvent.objects.filter(pk__gte=raw_id, state=RawEvent.State.KEPT, tries=0, connector__adapter=adapter)
    untried = untried.filter(connector__paused_at=None, connector__is_draft=False)
    small = untried.alias(size=Length("body")).filter(Q(pk=raw_id) | Q(size__lt=LARGEST))
    return list(small.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")[:MOST_TOGETHER])
