"""Decisions as rows: all that was known is written beside the choice, so that it can be made again, to the letter.

What is slow to change about the agents and teams is a Roster, written once for all decisions that saw the same; what
is quick (who is there, with how much to do) stands beside each decision.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from conversations.models import Roster, RoutingDecision, RoutingPolicy
from conversations.routing.facts import AgentFacts, Decision, Matter, Policy, Snapshot, TeamFacts, Verdict
from conversations.routing.standing import QUICK, RESTING, Base, base_for, changes, is_kept, standing
from conversations.routing.written import built, plain

if TYPE_CHECKING:
    from deskapp.models import User

Slow = tuple[tuple[AgentFacts, ...], tuple[TeamFacts, ...], Mapping[int, str]]
BUILT_IN = Policy()  # version 0: where no rules were ever published, a channel's team pulls


def keep(
    snapshot: Snapshot,
    decision: Decision,
    *,
    policy: RoutingPolicy | None,
    took_ms: float = 0.0,
    by: "User | None" = None,
) -> RoutingDecision:
    """Writes the choice with all it was made of. Call in the transaction that carries it out."""
    roster = roster_id(snapshot)
    base = base_for(snapshot, roster)
    row = row_of(snapshot, decision, policy=policy, took_ms=took_ms, by=by, roster=roster, base=base)
    row.save(force_insert=True)
    return row


def row_of(
    snapshot: Snapshot,
    decision: Decision,
    *,
    policy: RoutingPolicy | None,
    roster: int,
    base: Base | None,
    took_ms: float = 0.0,
    by: "User | None" = None,
) -> RoutingDecision:
    """`keep`, not stored yet: for several at once that saw the same roster (`roster_id`)
    and stood as in `base` (conversations.routing.standing)."""
    matter = snapshot.matter
    return RoutingDecision(
        conversation_id=matter.conversation,
        policy=policy,
        trigger=matter.trigger,
        kind=decision.kind,
        agent_id=decision.agent,
        team_id=decision.team,
        rule=decision.rule,
        is_unsure=decision.is_unsure,
        is_fallback=decision.is_fallback,
        by=by,
        matter=plain(matter),
        roster_id=roster,
        live=_live(snapshot, base),
        outcome=_outcome(decision),
        took_ms=took_ms,
        created_at=matter.at,
    )


def snapshot_of(kept: RoutingDecision) -> Snapshot:
    """What was known then. Read `kept` with its roster (`select_related`)."""
    slow = _roster(kept.roster_id) if kept.roster_id else Snapshot(_NOWHERE)
    return _with_live(replace(slow, matter=matter_of(kept)), kept.live)


def matter_of(kept: RoutingDecision) -> Matter:
    return built(Matter, kept.matter)


def decision_of(kept: RoutingDecision) -> Decision:
    return built(Decision, kept.outcome)


def policy_of(kept: RoutingPolicy | None) -> Policy:
    """The rules of a version; the very same object again for one that is never changed, since what it was made ready
    for is remembered by it."""
    if kept is None:
        return BUILT_IN
    if kept.state == RoutingPolicy.State.DRAFT:
        return read_policy(kept.body, number=kept.number)
    return _published(kept.pk, kept.number, json.dumps(kept.body, sort_keys=True))


def read_policy(body: Mapping[str, object], *, number: int) -> Policy:
    """Raises BadWritingError for what are no rules."""
    return replace(built(Policy, body), version=number)


def written_policy(policy: Policy) -> dict[str, object]:
    """For RoutingPolicy.body. The version is the row's own number."""
    body = plain(replace(policy, version=0))
    assert isinstance(body, dict)
    return body


@lru_cache(maxsize=64)
def _published(pk: int, number: int, body: str) -> Policy:
    return read_policy(json.loads(body), number=number)


def _outcome(decision: Decision) -> dict[str, object]:
    """As `plain` writes it. A hundred candidates have a few reasons in common: each is taken apart once."""
    written = plain(replace(decision, verdicts=()))
    assert isinstance(written, dict)
    if decision.verdicts:
        said: dict[int, object] = {}
        written["verdicts"] = [_verdict(verdict, said) for verdict in decision.verdicts]
    return written


def _verdict(verdict: Verdict, said: dict[int, object]) -> dict[str, object]:
    written: dict[str, object] = {"agent": verdict.agent}
    for name, reasons in (("out", verdict.out), ("good", verdict.good)):
        if reasons:
            written[name] = [said.get(id(each)) or said.setdefault(id(each), plain(each)) for each in reasons]
    if verdict.parts:
        written["parts"] = dict(verdict.parts)
    if verdict.score:
        written["score"] = verdict.score
    return written


_NOWHERE = Matter(at=datetime.min, trigger="by_hand", conversation=0, customer=0)


_rosters: dict[object, int] = {}  # the last of this process, so that they are not written out each time
_seen: dict[str, tuple[Slow, int]] = {}  # the very last: nearly all of the next one's agents are the same objects


def roster_id(snapshot: Snapshot) -> int:
    """Call in the transaction that writes the decisions."""
    now = (snapshot.agents, snapshot.teams, snapshot.skills)
    last, known = _seen.get("last", (None, 0))
    if last is None or not _alike(now, last) or not is_kept(known):
        known = _roster_of(snapshot)
    _seen["last"] = (now, known)
    return known


def _roster_of(snapshot: Snapshot) -> int:
    key = _key(snapshot)
    known = _rosters.get(key)
    if known is not None and is_kept(known):
        return known
    body = _slow(snapshot)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    found = Roster.objects.filter(digest=digest).values_list("pk", flat=True).first()
    if found is None:
        Roster.objects.bulk_create([Roster(digest=digest, body=body)], ignore_conflicts=True)
        found = Roster.objects.values_list("pk", flat=True).get(digest=digest)
    if len(_rosters) > 8:
        _rosters.clear()
    _rosters[key] = found
    return found


def _alike(now: Slow, last: Slow) -> bool:
    """Whether `_slow` writes the same of both."""
    (agents, teams, skills), (former, former_teams, former_skills) = now, last
    if len(agents) != len(former) or skills != former_skills or _team_keys(teams) != _team_keys(former_teams):
        return False
    others = [(one, other) for one, other in zip(agents, former, strict=True) if one is not other]
    return all(_agent_key(one) == _agent_key(other) for one, other in others)


def _key(snapshot: Snapshot) -> object:
    """What `_slow` writes, as something that can be compared."""
    return tuple(map(_agent_key, snapshot.agents)), _team_keys(snapshot.teams), tuple(snapshot.skills.items())


def _agent_key(a: AgentFacts) -> object:
    return a.agent, a.name, a.teams, a.languages, tuple(a.skills.items()), a.capacity, a.media, a.sees_all


def _team_keys(teams: tuple[TeamFacts, ...]) -> object:
    return tuple((team.team, team.name, team.assigns) for team in teams)


def _slow(snapshot: Snapshot) -> dict[str, object]:
    resting = {name: getattr(RESTING, name) for name in QUICK}
    return {
        "agents": [plain(replace(agent, **resting)) for agent in snapshot.agents],
        "teams": [plain(replace(team, is_open=True, opens_at=None)) for team in snapshot.teams],
        "skills": plain(snapshot.skills),
    }


@lru_cache(maxsize=32)
def _roster(pk: int) -> Snapshot:
    """Never changed once written."""
    body = Roster.objects.values_list("body", flat=True).get(pk=pk)
    return built(Snapshot, {"matter": plain(_NOWHERE), **body})


def _live(snapshot: Snapshot, base: Base | None) -> list[object]:
    """[is a bot here, teams that are not simply open, agents who stand otherwise than in the base (with their places),
    the base]."""
    teams = [
        [place, team.is_open, plain(team.opens_at)]
        for place, team in enumerate(snapshot.teams)
        if not team.is_open or team.opens_at
    ]
    return [snapshot.bot, teams, changes(snapshot, base), base.pk if base else 0]


def _with_live(slow: Snapshot, live: Sequence[object]) -> Snapshot:
    if not live:
        return slow
    bot, teams, agents, base = live
    assert isinstance(teams, list) and isinstance(agents, list) and isinstance(base, int)
    stood = standing(slow.agents, agents, base)
    return replace(slow, bot=bot is True, teams=_teams(slow.teams, teams), agents=stood)


def _teams(slow: tuple[TeamFacts, ...], changes: list[list[object]]) -> tuple[TeamFacts, ...]:
    teams = list(slow)
    for place, is_open, opens_at in changes:
        assert isinstance(place, int)
        opens = datetime.fromisoformat(opens_at) if isinstance(opens_at, str) else None
        teams[place] = replace(teams[place], is_open=is_open is True, opens_at=opens)
    return tuple(teams)
