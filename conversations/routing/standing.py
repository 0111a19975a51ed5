"""How agents stood when a choice was made: what is quick to change about them, written as the difference to how all of
them stood a moment before. Five hundred agents are some 20 kB, of which one choice changes a hundred bytes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction

from conversations.models import Roster
from conversations.routing.facts import AgentFacts, Snapshot

QUICK = ("state", "load", "idle_since", "offered", "available")
RESTING = AgentFacts(0, "")
FEW = 24  # agents, of whom all is written beside each decision
MOST_KNOWN = 4096
_RESTS: tuple[object, ...] = tuple(getattr(RESTING, name) for name in QUICK)
Quick = Sequence[object]


@dataclass(frozen=True)
class Base:
    """How all agents of a roster stood at one moment: a row of Roster of its own."""

    pk: int
    roster: int
    agents: tuple[AgentFacts, ...]


_last: dict[int, Base] = {}  # by roster: the newest that this process has written
_known: dict[int, tuple[AgentFacts, Quick]] = {}  # by the object's own number: one agent stands in many snapshots


def base_for(snapshot: Snapshot, roster: int) -> Base | None:
    """The last one, while few agents stand otherwise by now, else a new one. None where agents are few. Call in the
    transaction that writes the decisions."""
    now = snapshot.agents
    if len(now) <= FEW:
        return None
    last = _last.get(roster)
    is_near = last and len(last.agents) == len(now) and len(_differ(now, last.agents)) <= len(now) // 8
    if last and is_near and is_kept(last.pk):
        return last
    base = Base(_written({"quick": [quick_of(agent) for agent in now]}), roster, now)
    transaction.on_commit(lambda: _remember(base), robust=True)
    return base


def is_kept(pk: int) -> bool:
    """Whether this Roster is still there, and stays until the end of the transaction: retention drops those that no
    decision names (conversations.keeping)."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from conversations_roster where id = %s for key share", [pk])
        return cursor.fetchone() is not None


def _remember(base: Base) -> None:
    if len(_last) > 4:
        _last.clear()
    _last[base.roster] = base


def _written(body: dict[str, object]) -> int:
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    Roster.objects.bulk_create([Roster(digest=digest, body=body)], ignore_conflicts=True)
    found: int = Roster.objects.values_list("pk", flat=True).get(digest=digest)
    if not is_kept(found):
        raise Roster.DoesNotExist("it was dropped just now, and the decisions are made again")
    return found


def changes(snapshot: Snapshot, base: Base | None) -> list[object]:
    """[place, *quick facts] of each agent who does not stand as in `base`, or as by default."""
    now = snapshot.agents
    if base is None:
        return [[place, *quick] for place, agent in enumerate(now) if (quick := quick_of(agent))]
    return [[place, *quick_of(now[place])] for place in _differ(now, base.agents)]


def _differ(now: Sequence[AgentFacts], before: Sequence[AgentFacts]) -> list[int]:
    """Nearly all are the very same objects (conversations.routing.people)."""
    others = [place for place, (one, other) in enumerate(zip(now, before, strict=True)) if one is not other]
    return [place for place in others if quick_of(now[place]) != quick_of(before[place])]


def quick_of(agent: AgentFacts) -> Quick:
    """Nothing for an agent of whom all is as it is by default; what is so at the end is left out."""
    known = _known.get(id(agent))
    if known is not None and known[0] is agent:
        return known[1]
    idle = agent.idle_since.isoformat() if agent.idle_since else None
    quick = [agent.state, agent.load, idle, agent.offered, agent.available]
    while quick and quick[-1] == _RESTS[len(quick) - 1]:
        quick.pop()
    if len(_known) > MOST_KNOWN:
        _known.clear()
    _known[id(agent)] = (agent, quick)
    return quick


def standing(slow: Sequence[AgentFacts], quick: Sequence[Sequence[object]], base: int) -> tuple[AgentFacts, ...]:
    """Agents of a roster as they stood; `quick` as of `changes`."""
    agents = list(_as_in(base, tuple(slow)) if base else slow)
    for place, *own in quick:
        assert isinstance(place, int)
        agents[place] = _with(slow[place], own)
    return tuple(agents)


def _as_in(base: int, slow: tuple[AgentFacts, ...]) -> Sequence[AgentFacts]:
    return [_with(agent, own) for agent, own in zip(slow, _read(base), strict=True)]


@lru_cache(maxsize=128)
def _read(base: int) -> list[list[object]]:
    """Never changed once written."""
    body = Roster.objects.values_list("body", flat=True).get(pk=base)
    quick: list[list[object]] = body["quick"]
    return quick


def _with(agent: AgentFacts, own: Sequence[object]) -> AgentFacts:
    state, load, idle, offered, available = [*own, *_RESTS[len(own) :]]
    assert isinstance(state, str) and isinstance(load, int | float) and isinstance(available, int | float)
    assert isinstance(offered, int)
    since = datetime.fromisoformat(idle) if isinstance(idle, str) else None
    return replace(agent, state=state, load=load, idle_since=since, offered=offered, available=available)
