"""Works off the queue: takes rows that nobody else holds, decides them one after another in one world, and writes all
of it in one transaction.

Who decides takes turns by a lock of the transaction, so that two workers never give one agent's last room twice; what a
worker that died had not committed is in the queue as before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import perf_counter

import structlog
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from conversations.models import RoutingPolicy, Waiting
from conversations.routing import waiting
from conversations.routing.facts import Decision, Matter, Policy, Snapshot
from conversations.routing.in_force import InForce
from conversations.routing.matters import matters_of, with_all
from conversations.routing.policy import decide
from conversations.routing.snapshot import World
from conversations.routing.writing import write

log = structlog.get_logger(__name__)

TURN = 0x726F7574  # "rout": the class of the advisory lock of who decides
AT_ONCE = 50  # in one transaction
MOST_LOOKS = 1000  # of those who waited before and whom nobody suits, in one task
SET_ASIDE = timedelta(minutes=1)  # one that breaks the choice
HELD = 0.5  # seconds after which what somebody else held is tried again


@dataclass(frozen=True)
class Choice:
    """One decision with all that led to it. `is_news`: it is to be kept; a look that changed nothing is not."""

    row: Waiting
    matter: Matter
    snapshot: Snapshot
    decision: Decision
    policy: RoutingPolicy | None
    took_ms: float
    is_news: bool
    bot: int | None = None  # who takes it, where the decision is a bot
    passed_by: int | None = None  # who would have, where it is none


@dataclass
class Progress:
    """Of one task: whom it has looked at, and how many it gave to somebody."""

    seen: set[int] = field(default_factory=set)
    given: int = 0
    is_done: bool = False


def drain(*, room: bool) -> int:
    """Decides what is due and, where agents have `room`, whoever waits, in the order of the queue: how many were given
    to an agent. Doing it twice, or by several workers, gives each once."""
    progress = Progress()
    while not progress.is_done:
        _round(progress, room=room and len(progress.seen) < MOST_LOOKS)
    if Waiting.objects.filter(look_at__lte=timezone.now()).exists():
        waiting.ask_again(HELD)
    return progress.given


@transaction.atomic
def _round(progress: Progress, *, room: bool) -> None:
    if not Waiting.objects.exists():  # most often, when an agent comes or solves something
        progress.is_done = True
        return
    take_turn()
    world, policies = World(timezone.now()), InForce.read()
    rows = _taken(world, policies.policy, progress, room=room)
    progress.is_done = len(rows) < AT_ONCE
    progress.seen.update(row.conversation_id for row in rows)
    choices = _chosen(rows, world, policies)
    progress.given += write(choices)


def take_turn() -> None:
    """Until the end of the transaction. Take it before any row."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, 0)", [TURN])


def in_order(rows: QuerySet[Waiting]) -> QuerySet[Waiting]:
    """Urgent ones first, then by deadline, then who waits longest."""
    return rows.order_by(F("priority").desc(), F("due_at").asc(nulls_last=True), "since", "pk")


def locked(rows: QuerySet[Waiting]) -> QuerySet[Waiting]:
    """With their conversations; those that somebody else holds are left to them."""
    return with_all(rows).select_for_update(of=("self", "conversation"), no_key=True, skip_locked=True)


def _taken(world: World, policy: Policy, progress: Progress, *, room: bool) -> list[Waiting]:
    wanted = Q(look_at__lte=world.at)
    if room and (agents := list(world.with_room(policy))):
        teams = {team for agent in agents for team in agent.teams}
        wanted |= Q(is_pulled=False) & (Q(team__in=teams) | Q(team=None) | Q(step__gt=0))
    rows = Waiting.objects.filter(wanted).exclude(pk__in=progress.seen)
    return list(locked(in_order(rows))[:AT_ONCE])


def _chosen(rows: Sequence[Waiting], world: World, policies: InForce) -> list[Choice]:
    for row in rows:
        if row.look_at is None or row.look_at > world.at:
            row.trigger = "freed"
    alive = [row for row in rows if is_to_route(row)]
    Waiting.objects.filter(pk__in=[row.pk for row in rows if not is_to_route(row)]).delete()
    matters = matters_of(alive, world)
    choices = []
    for row in alive:
        if row.trigger == "freed" and not world.has_room(policies.policy):
            continue  # it waits on, as it did
        if choice := _choice(row, matters[row.pk], world, policies):
            choices.append(choice)
    return choices


def is_to_route(row: Waiting) -> bool:
    """Not what ended, went, or slept since."""
    conversation = row.conversation
    return conversation.is_open and not conversation.is_spam and conversation.merged_into_id is None


def _choice(row: Waiting, matter: Matter, world: World, policies: InForce) -> Choice | None:
    """One whose choice breaks is set aside alone, and tried again later."""
    try:
        choice = choose(row, matter, world, policies)
    except Exception:
        log.exception("a conversation could not be routed", conversation=row.conversation_id)
        Waiting.objects.filter(pk=row.pk).update(look_at=world.at + SET_ASIDE)
        return None
    if choice.decision.kind == "agent" and choice.decision.agent:
        world.given(choice.decision.agent, matter.medium)
    return choice


def choose(row: Waiting, matter: Matter, world: World, policies: InForce, *, among: int | None = None) -> Choice:
    """`among`: one agent, who alone is asked."""
    version, policy = policies.of(row.conversation_id, matter.at)
    snapshot = world.snapshot(matter, policy)
    if among is not None:
        snapshot = replace(snapshot, agents=tuple(agent for agent in snapshot.agents if agent.agent == among))
    began = perf_counter()
    decision = decide(snapshot, policy)
    took = (perf_counter() - began) * 1000
    here, is_bot = world.bot_for(matter), decision.kind == "bot"
    is_news = _is_news(row, matter, decision)
    return Choice(
        row, matter, snapshot, decision, version, took, is_news, here if is_bot else None, None if is_bot else here
    )


def _is_news(row: Waiting, matter: Matter, decision: Decision) -> bool:
    """A first look, one that an event asked for, or one that changed something."""
    if row.trigger not in ("freed", "overdue", "changed"):
        return True
    changed = decision.team is not None and decision.team != matter.team
    return decision.kind in ("agent", "bot") or changed or decision.step != row.step
