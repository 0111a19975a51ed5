"""What if: other rules tried on a stored period. They and the rules they are compared with are played in memory, on the
same arrivals with the same agents, so the same rules differ in nothing. No row but those of the replay is written.

A period is cut into stretches, which workers play at the same time. Before each, some hours are played that do not
count, so that agents have something to do at its beginning, and after it some more, so that its last find somebody.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import structlog
from celery import group, signature
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations.live.push import push_replay
from conversations.models import Replay, ReplayChange, ReplayChunk, RoutingPolicy
from conversations.routing import kept, past
from conversations.routing.facts import Decision, Policy
from conversations.routing.figures import Figures, Tally, Turn, added, differs, figures, is_counted, tally, turn_of
from conversations.routing.in_force import InForce
from conversations.routing.policy import decide
from conversations.routing.simulated import Fate, Run
from conversations.routing.simulation import simulate
from conversations.routing.written import built, plain

if TYPE_CHECKING:
    from deskapp.models import User

AT_ONCE = 1000  # arrivals of a stretch, more or less
BEFORE, AFTER = timedelta(hours=8), timedelta(hours=2)
ASKED_AGAIN = timedelta(minutes=6)  # a stretch that no worker finished; a task may take five
MOST_CHANGES = 20_000  # kept of one replay: nobody reads more, and the figures count them all

log = structlog.get_logger(__name__)


def start(
    policy: RoutingPolicy, *, since: datetime, until: datetime, by: "User | None" = None,
    baseline: RoutingPolicy | None = None,
) -> Replay:  # fmt: skip
    """Compares `policy`, a draft perhaps, with `baseline`, or else with the rules in force. Ends at once where nothing
    came in that time."""
    baseline = baseline or InForce.read().published
    with transaction.atomic():
        replay = Replay.objects.create(
            policy=policy, baseline=baseline, since=since, until=until, by=by,
            before=kept.written_policy(kept.policy_of(baseline)), after=kept.written_policy(kept.policy_of(policy)),
        )  # fmt: skip
        chunks = ReplayChunk.objects.bulk_create(
            ReplayChunk(replay=replay, number=number, since=begins, until=ends, arrivals=count)
            for number, (begins, ends, count) in enumerate(_stretches(since, until))
        )
        replay.total = sum(chunk.arrivals for chunk in chunks)
        replay.save(update_fields=["total"])
        if chunks:
            transaction.on_commit(lambda: ask([chunk.pk for chunk in chunks]))
        else:
            _end(replay)
    return replay


def ask(chunks: Iterable[int]) -> None:
    """Whoever gets none of it done is asked again by `sweep`."""
    tasks = [signature("conversations.replay_chunk", args=(chunk,), queue="reports") for chunk in chunks]
    try:
        group(tasks).apply_async()
    except (BrokerError, RedisError):
        log.warning("a replay waits for the broker")


def sweep() -> None:
    """Stretches that were asked for and not done, since a worker died or the broker forgot."""
    old = timezone.now() - ASKED_AGAIN
    lost = ReplayChunk.objects.filter(replay__state=Replay.State.RUNNING, done_at=None, asked_at__lt=old)
    ids = list(lost.order_by("pk").values_list("pk", flat=True)[:100])
    if ids:
        ReplayChunk.objects.filter(pk__in=ids).update(asked_at=timezone.now())
        ask(ids)


def play(chunk_id: int) -> None:
    """One stretch. Done twice, it counts once."""
    chunk = ReplayChunk.objects.select_related("replay").filter(pk=chunk_id, done_at=None).first()
    if chunk is None or chunk.replay.state != Replay.State.RUNNING:
        return
    began = perf_counter()
    try:
        before, after, changes = compare(chunk)
    except Exception as error:
        log.exception("a stretch could not be replayed", chunk=chunk_id)
        _fail(chunk.replay, error)
        return
    with transaction.atomic():
        replay = Replay.objects.select_for_update().get(pk=chunk.replay_id)
        tallies = {"before": plain(before), "after": plain(after)}
        took = (perf_counter() - began) * 1000
        if not ReplayChunk.objects.filter(pk=chunk_id, done_at=None).update(
            done_at=timezone.now(), tallies=tallies, took_ms=took
        ):
            return
        room = max(0, MOST_CHANGES - replay.differing)
        ReplayChange.objects.bulk_create(changes[:room], batch_size=500)
        replay.done += chunk.arrivals
        replay.differing += len(changes)
        replay.save(update_fields=["done", "differing"])
        if not replay.chunks.filter(done_at=None).exists():
            _end(replay)
        push_replay(replay.pk)


def compare(chunk: ReplayChunk) -> tuple[Tally, Tally, list[ReplayChange]]:
    since, until = chunk.since - BEFORE, chunk.until + AFTER
    coming, stage = past.arrivals(since, until), past.stage(since, until)
    rules, tried = _policies(chunk.replay)
    runs = (simulate(stage, coming, rules), simulate(stage, coming, tried))
    capacities = {agent.agent: agent.capacity for agent in stage.agents}
    before, after = (
        tally(run, since=chunk.since, until=chunk.until, end=until, capacities=capacities) for run in runs
    )  # fmt: skip
    return before, after, list(_changes(chunk, runs, tried))


def figures_of(replay: Replay) -> tuple[Figures, Figures] | None:
    """Of the rules it was compared with, and of those that were tried; None while it runs."""
    if not replay.figures:
        return None
    return built(Figures, replay.figures["before"]), built(Figures, replay.figures["after"])


def turns_of(change: ReplayChange) -> tuple[Turn, Turn]:
    """What became of it by the rules it was compared with, and by those that were tried, each with its reasons."""
    return built(Turn, change.before), built(Turn, change.after)


def _policies(replay: Replay) -> tuple[Policy, Policy]:
    """As they were at the start, whatever became of the draft."""
    return kept.read_policy(replay.before, number=0), kept.read_policy(replay.after, number=0)


def _changes(chunk: ReplayChunk, runs: Sequence[Run], tried: Policy) -> Iterator[ReplayChange]:
    for was, would in zip(runs[0].fates, runs[1].fates, strict=True):
        if not (is_counted(was, chunk.since, chunk.until) or is_counted(would, chunk.since, chunk.until)):
            continue
        before, after = turn_of(was), turn_of(would)
        if differs(before, after):
            yield ReplayChange(
                replay=chunk.replay,
                conversation_id=was.arrival.matter.conversation,
                at=was.arrival.matter.at,
                before=plain(before),
                after=plain(after),
                is_direct=_is_direct(was, tried),
            )


def _is_direct(was: Fate, tried: Policy) -> bool:
    """With what was known then, the tried rules would have chosen otherwise at once."""
    if was.first is None or was.first_snapshot is None:
        return False
    return _gist(decide(was.first_snapshot, tried)) != _gist(was.first)


def _gist(decision: Decision) -> tuple[str, int | None, int | None, int | None]:
    return decision.kind, decision.agent, decision.team, decision.priority


def _stretches(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    """Cut at the longest silence near the size that is wanted: there the least goes on."""
    moments = list(past.arrivals_between(since, until).values_list("created_at", flat=True))
    begun, begins = 0, since
    while len(moments) - begun > AT_ONCE * 3 // 2:
        near = range(begun + AT_ONCE // 2, begun + AT_ONCE * 3 // 2)
        cut = max(near, key=lambda place: (moments[place] - moments[place - 1], -place))
        yield begins, moments[cut], cut - begun
        begun, begins = cut, moments[cut]
    if moments[begun:]:
        yield begins, until, len(moments) - begun


def _end(replay: Replay) -> None:
    sides = {"before": [], "after": []}  # type: dict[str, list[Tally]]
    for tallies in replay.chunks.order_by("number").values_list("tallies", flat=True):
        for side, all_of_it in sides.items():
            all_of_it.append(built(Tally, tallies[side]))
    replay.figures = {side: plain(figures(added(all_of_it))) for side, all_of_it in sides.items()}
    replay.state, replay.ended_at = Replay.State.DONE, timezone.now()
    replay.save(update_fields=["figures", "state", "ended_at"])


def _fail(replay: Replay, error: Exception) -> None:
    Replay.objects.filter(pk=replay.pk, state=Replay.State.RUNNING).update(
        state=Replay.State.FAILED, error=str(error)[:400], ended_at=timezone.now()
    )
    push_replay(replay.pk)
