"""The choice: who answers a conversation. A pure function over frozen facts: no query, no clock, nothing by chance.

Asked twice, it answers the same; so a decision that was kept can be made again, and any rules tried on what was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.routing.candidates import OFFLINE, Asked, Candidate, against, asked_of, candidates, verdicts
from conversations.routing.facts import (
    AgentFacts,
    Decision,
    Kind,
    Matter,
    Policy,
    Reason,
    Snapshot,
    TeamFacts,
    Verdict,
)
from conversations.routing.plan import NO_TEAM_FACTS, Plan, plan

TO_PEOPLE = ("handed_over", "transferred", "call_back", "pulled")  # these want a person, whatever the bot could do
TAKEN_BACK = ("left", "silent", "declined", "transferred")  # its agent is not to keep it
WAITABLE = {"away", "full"}  # what can pass within minutes
URGENT = 3
LEAD = 0.5  # points by which a part must lead to be said in the sentence

# What speaks for the first before the second, by the part of the score in which they lead.
LEADS = {"skill": "skilled_best", "room": "most_room", "idle": "longest_idle", "share": "fair_share"}


@dataclass(frozen=True)
class Choice:
    """Everything that was looked at for one choice. `judged` has the best first, and all who are in before the rest."""

    snapshot: Snapshot
    made: Plan
    asked: Asked
    found: Sequence[Candidate]
    judged: tuple[Verdict, ...]
    outside: int
    wanted: frozenset[int]


def decide(snapshot: Snapshot, policy: Policy) -> Decision:
    """The first rule that holds says who is asked; of those who can take it, the best by the score has it."""
    matter = snapshot.matter
    settled = _settled(snapshot)
    if settled is not None:
        return settled
    made = plan(snapshot, policy)
    asked = asked_of(snapshot, policy, made)
    kept = _kept(snapshot, made, asked)
    if kept is not None:
        return kept
    if made.outcome.to == "bot" and _is_for_bot(snapshot):
        return _decision(made, matter, kind="bot", team=made.team, reasons=(made.reason,))
    found, outside = candidates(snapshot, made, asked)
    judged = tuple(verdicts(found, made, asked))
    return _of_people(Choice(snapshot, made, asked, found, judged, outside, _wanted(made, asked)))


def _is_for_bot(snapshot: Snapshot) -> bool:
    """Who was passed to people, or whom one of them had, never gets the bot instead."""
    matter = snapshot.matter
    wants_person = matter.trigger in (*TO_PEOPLE, *TAKEN_BACK) or matter.call_back or bool(matter.passed)
    return snapshot.bot and not wants_person and not matter.is_with_people


def _of_people(choice: Choice) -> Decision:
    winner = _winner(choice)
    if winner is None or (choice.wanted and winner.agent not in choice.wanted):
        until = _wait_until(choice)
        if until is not None:
            return _waiting_for(choice, until)
    return _nobody(choice) if winner is None else _given(choice, winner)


def _settled(snapshot: Snapshot) -> Decision | None:
    """What no rule is asked about."""
    matter = snapshot.matter
    if matter.is_spam:
        return Decision("stays", reasons=(Reason("spam"),))
    if matter.status in ("resolved", "snoozed"):
        return Decision("stays", reasons=(Reason("not_open", {"status": matter.status}),))
    if matter.status == "pending" and snapshot.bot and matter.trigger not in TO_PEOPLE and matter.trigger != "arrived":
        return Decision("stays", reasons=(Reason("with_bot"),))
    return None


def _kept(snapshot: Snapshot, made: Plan, asked: Asked) -> Decision | None:
    """Whoever has it keeps it while they are there. What comes back to somebody full is looked at like a new one."""
    matter = snapshot.matter
    if matter.assignee is None or matter.trigger in TAKEN_BACK or matter.assignee in matter.passed:
        return None
    agent = next((each for each in snapshot.agents if each.agent == matter.assignee), None)
    if agent is None:
        return None
    obstacles = {reason.code for reason in against(agent, asked)} & {"offline", "away", "medium", "full"}
    if obstacles - ({"full"} if matter.trigger != "replied" else set()):
        return None
    reason = Reason("has_it", {"agent": agent.name})
    return _decision(made, matter, kind="stays", agent=agent.agent, team=matter.team, reasons=(reason,))


def _wanted(made: Plan, asked: Asked) -> frozenset[int]:
    """Agents who come before any score: whom the customer asked for, whom the rule means, and those whom the customer
    knows, where the rule would even wait for them."""
    if asked.matter.asked_for is not None:
        return frozenset((asked.matter.asked_for,))
    if asked.named:
        return asked.named
    return frozenset(asked.known) if made.outcome.wait_for_known > 0 else frozenset()


def _winner(choice: Choice) -> Verdict | None:
    for verdict in choice.judged if choice.wanted else ():
        if verdict.agent in choice.wanted and not verdict.out:
            return verdict
    return choice.judged[0] if choice.judged and not choice.judged[0].out else None


def _wait_until(choice: Choice) -> datetime | None:
    """Until when it waits for a wanted agent whom minutes may bring: never past a deadline, nor with what is urgent."""
    matter, made = choice.snapshot.matter, choice.made
    if not choice.wanted or made.at_risk or max(matter.priority, made.outcome.priority or 0) >= URGENT:
        return None
    until = (matter.queued_at or matter.at) + timedelta(minutes=made.outcome.wait_for_known)
    return until if until > matter.at and any(_may_come(choice, each) for each in choice.judged) else None


def _may_come(choice: Choice, verdict: Verdict) -> bool:
    return verdict.agent in choice.wanted and WAITABLE.issuperset(reason.code for reason in verdict.out)


def _waiting_for(choice: Choice, until: datetime) -> Decision:
    made = choice.made
    awaited = next(verdict for verdict in choice.judged if _may_come(choice, verdict))
    name = next(agent.name for agent in choice.snapshot.agents if agent.agent == awaited.agent)
    reason = Reason("waits_for", {"agent": name, "why": awaited.out[0].code, "until": until.isoformat()})
    return _decision(
        made, choice.snapshot.matter, kind="team", team=made.team, reasons=(made.reason, reason),
        verdicts=choice.judged, outside=choice.outside, looks=(until, *made.looks, made.risk_at),
    )  # fmt: skip


def _nobody(choice: Choice) -> Decision:
    """It stays in the team's queue: because its agents pull, because it is closed, or because nobody fits."""
    made, teams = choice.made, choice.snapshot.teams
    pulls = made.team is not None and made.team not in made.asked
    why = Reason("they_pull", {"team": _team(choice, made.team).name}) if pulls else _why_nobody(choice)
    opens = (each.opens_at for each in teams if each.team in made.asked and not each.is_open)
    return _decision(
        made, choice.snapshot.matter, kind="team" if made.team is not None else "stays", team=made.team,
        reasons=(made.reason, why), verdicts=choice.judged, outside=choice.outside, looks=(*made.looks, *opens),
        is_fallback=why.code not in ("they_pull", "nobody_closed"),
    )  # fmt: skip


def _why_nobody(choice: Choice) -> Reason:
    """The obstacle that left nobody: first what an agent cannot do, then what they have not now."""
    asked = choice.asked
    about: dict[str, str | int | float] = {"team": _team(choice, choice.made.team).name}
    if asked.language_required and asked.language:
        about["language"] = asked.language
    required = [name for _skill, _least, is_required, name in asked.skills if is_required]
    if required:
        about["skill"] = ", ".join(required)
    if not choice.found:
        return Reason("nobody_empty" if choice.made.team is not None else "no_team", about)
    left = list(choice.found)
    for code in ("outside", "medium", "language", "skill", "closed", "offline", "away", "passed", "full"):
        left = [each for each in left if not any(reason.code == code for reason in each.out)]
        if not left:
            return Reason(f"nobody_{code}", about)
    raise AssertionError("somebody could have taken it")


def _given(choice: Choice, winner: Verdict) -> Decision:
    made, trigger = choice.made, choice.snapshot.matter.trigger
    chosen = next(each for each in choice.found if each.agent.agent == winner.agent)
    is_missed = bool(choice.asked.named) and winner.agent not in choice.asked.named
    had_no_bot = made.outcome.to == "bot" and trigger not in TO_PEOPLE
    return _decision(
        made, choice.snapshot.matter, kind="agent", agent=winner.agent, team=chosen.team,
        reasons=_why(choice, chosen, winner), verdicts=choice.judged, outside=choice.outside,
        is_fallback=is_missed or had_no_bot or chosen.place > 0,
    )  # fmt: skip


def _why(choice: Choice, chosen: Candidate, winner: Verdict) -> tuple[Reason, ...]:
    """For the sentence: the rule, then what told this agent from the others."""
    made, asked = choice.made, choice.asked
    reasons = [made.reason, Reason("belongs", {"team": _team(choice, chosen.team).name})]
    if chosen.place > 0:
        reasons.append(Reason("overflow", {"team": _team(choice, made.team).name, "risk": int(made.at_risk)}))
    reasons.extend(_personal(chosen.agent, asked))
    required = [name for _skill, _least, is_required, name in asked.skills if is_required]
    if required:
        reasons.append(Reason("skilled", {"skill": ", ".join(required)}))
    if _reads(winner) and not all(_reads(each) for each in choice.judged if each.out != (OFFLINE,)):
        reasons.append(Reason("reads", {"language": asked.language}))
    reasons.extend(_leads(choice, winner))
    return tuple(reasons)


def _personal(agent: AgentFacts, asked: Asked) -> list[Reason]:
    if agent.agent == asked.matter.asked_for:
        return [Reason("asked_for")]
    if agent.agent in asked.named:
        return [Reason("named")]
    if agent.agent in asked.known:
        return [Reason("knows", {"talks": asked.known[agent.agent]})]
    return []


def _reads(verdict: Verdict) -> bool:
    return any(reason.code == "reads" for reason in verdict.good)


def _leads(choice: Choice, winner: Verdict) -> list[Reason]:
    """Against the next best: the parts of the score that made the difference, the greatest first."""
    second = next((each for each in choice.judged if each is not winner and not each.out), None)
    if second is None:
        return [Reason("only_one")]
    leads = [(winner.parts[part] - second.parts[part], code) for part, code in LEADS.items()]
    said = [Reason(code) for lead, code in sorted(leads, key=lambda each: -each[0]) if lead >= LEAD]
    if not said and winner.score == second.score:
        return [Reason("idle_first")]
    return said[:2]


def _team(choice: Choice, team: int | None) -> TeamFacts:
    return next((each for each in choice.snapshot.teams if each.team == team), NO_TEAM_FACTS)


def _decision(
    made: Plan, matter: Matter, *, kind: Kind, reasons: tuple[Reason, ...], agent: int | None = None,
    team: int | None = None, verdicts: tuple[Verdict, ...] = (), outside: int = 0,
    looks: Sequence[datetime | None] = (), is_fallback: bool = False,
) -> Decision:  # fmt: skip
    """Fills in what every decision has. A look that lies behind is none."""
    ahead = [moment for moment in looks if moment is not None and moment > matter.at]
    wanted = made.outcome.priority
    raises = wanted is not None and (wanted > matter.priority or matter.trigger in ("arrived", "handed_over"))
    return Decision(
        kind=kind, agent=agent, team=team, rule=made.rule, priority=wanted if raises else None, reasons=reasons,
        verdicts=verdicts, is_unsure=made.is_unsure, is_fallback=is_fallback, look_at=min(ahead, default=None),
        step=made.step, outside=outside,
    )  # fmt: skip
