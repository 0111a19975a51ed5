"""Who was chosen in the demo's last three weeks: by its own rules, through the real engine, of what was known then."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter

from django.db.models import F
from django.utils import timezone

from conversations.actions.overriding import BECAUSE
from conversations.models import (
    Activity,
    AgentState,
    Conversation,
    Deadline,
    Handoff,
    Message,
    RoutingDecision,
    RoutingPolicy,
    Waiting,
)
from conversations.routing import kept, words
from conversations.routing.facts import AgentFacts, Decision, Matter, Policy, Snapshot
from conversations.routing.matters import Lookup
from conversations.routing.people import WINDOW
from conversations.routing.policy import decide
from conversations.routing.snapshot import World
from conversations.routing.written import plain
from deskapp.demo import routing
from deskapp.models import User

DAYS = 21
CHANCE = 21
CHANGED = 0.3  # of those that the rules would have given to another team: a person moved them
MOST_TRIES = 6
BETWEEN = 7  # that routing gave, before the next is taken by hand
BY_HAND = 0.7  # of those that the rules would have given to somebody else: a person took them
LATER = timedelta(milliseconds=400)  # from the choice to the line that tells of it
HELD = timedelta(hours=3)  # as long as what came weighs on who has it


@dataclass(frozen=True)
class Stretch:
    """Of one agent's time in a state."""

    since: datetime
    until: datetime
    state: str


def build(now: datetime) -> None:
    """Once. What people did is known; routing is asked whom it would have chosen, and most often it is the same. By the
    rules before those that hold since yesterday."""
    version = RoutingPolicy.objects.filter(name=routing.NAME).first()
    if version is None or RoutingDecision.objects.exists():
        return
    began = now - timedelta(days=DAYS)
    RoutingPolicy.objects.filter(pk=version.pk).update(published_at=began - timedelta(hours=2))
    RoutingPolicy.objects.filter(name=routing.WITH_FERN).update(published_at=now - timedelta(hours=26))
    rows = Conversation.objects.filter(created_at__gte=began, assignee__isnull=False, is_spam=False)
    rows = rows.select_related("customer__profile", "topic", "assignee").order_by("created_at")
    Past(version, list(rows), now).write()
    with_fern = Conversation.objects.filter(bot_talks__isnull=False, created_at__gte=began)
    with_fern = with_fern.select_related("customer__profile", "topic").order_by("created_at")
    tried = RoutingPolicy.objects.get(name=routing.WITH_FERN)  # on some, until yesterday
    _given_to_fern(Past(tried, list(with_fern), now))


def _given_to_fern(past: "Past") -> None:
    for row in past.rows:
        matter = replace(past.matter(row), is_with_people=False)
        agents = past.world.snapshot(matter, past.policy).agents
        snapshot = Snapshot(matter, agents, past.world.teams, past.world.skills, bot=True)
        decision = decide(snapshot, past.policy)
        if decision.kind == "bot":
            kept.keep(snapshot, decision, policy=past.version)


class Past:
    def __init__(self, version: RoutingPolicy, rows: Sequence[Conversation], now: datetime) -> None:
        self.version, self.rows, self.now = version, rows, now
        self.policy: Policy = kept.policy_of(version)
        self.chance = random.Random(CHANCE)
        self.world = World(now)
        self.known = Lookup(rows, self.world)
        self.first = _first_words(rows)
        self.due = dict(Deadline.objects.filter(kind="first").values_list("conversation", "due_at"))
        self.states = _states()
        self.handed = _handed()
        self.given: defaultdict[int, list[tuple[datetime, float]]] = defaultdict(list)  # when, and its weight

    def write(self) -> None:
        lines = {line.conversation_id: line for line in _assigned(self.rows)}
        routed = 0  # since one was taken by hand
        for row in self.rows:
            matter = self.matter(row)
            if handed_at := self.handed.get(row.pk):
                matter = replace(matter, at=handed_at, since=handed_at, trigger="handed_over")
            assert row.assignee is not None
            snapshot, decision, took = self._chosen(row, matter)
            self.given[row.assignee.pk].append((matter.at, self.policy.cost(matter.medium)))
            if decision.agent == row.assignee.pk:
                kept.keep(snapshot, decision, policy=self.version, took_ms=took)
                _tell(lines.get(row.pk), row.assignee, decision, matter.at)
                routed += 1
                continue
            moved_at = min(matter.at + timedelta(minutes=self.chance.uniform(2, 25)), self.now)
            if routed < BETWEEN or self.chance.random() >= BY_HAND:
                continue
            routed = 0
            if self.chance.random() < CHANGED:
                made = kept.keep(snapshot, decision, policy=self.version, took_ms=took)
                self._moved(row, made, moved_at)
            _by_hand(row, matter, moved_at)

    def matter(self, row: Conversation) -> Matter:
        """As it was when they wrote first."""
        at = row.created_at
        waiting = Waiting(conversation=row, team=None, priority=row.priority, since=at, trigger="arrived")
        waiting.came_before = row.customer.created_at < at - timedelta(days=1)  # type: ignore[attr-defined]
        whole = self.known.matter(waiting, self.world)
        return replace(
            whole,
            at=at, medium=row.media[0] if row.media else "", team=None, assignee=None, status="open", since=at,
            words="\n".join([row.subject, self.first.get(row.pk, "")])[:4000], due_at=self.due.get(row.pk),
            known=tuple(each for each in whole.known if each.last_at < at), tags=(), is_open=True,
        )  # fmt: skip

    def _chosen(self, row: Conversation, matter: Matter) -> tuple[Snapshot, Decision, float]:
        """Who answered was there; of the others, whoever the log says. Who comes before them had enough to do."""
        full: set[int] = set()
        assert row.assignee is not None
        there = self.world.snapshot(matter, self.policy).agents
        for _try in range(MOST_TRIES):
            agents = tuple(self._agent(facts, matter, row.assignee.pk, full) for facts in there)
            snapshot = Snapshot(matter, agents, self.world.teams, self.world.skills)
            began = perf_counter()
            decision = decide(snapshot, self.policy)
            took = (perf_counter() - began) * 1000
            if decision.agent is None or decision.agent == row.assignee.pk:
                break
            full.add(decision.agent)
        return snapshot, decision, took

    def _agent(self, facts: AgentFacts, matter: Matter, theirs: int, full: set[int]) -> AgentFacts:
        state = _state(self.states.get(facts.agent, ()), matter.at)
        if facts.agent == theirs:
            state = "online"
        given = self.given[facts.agent]
        load = sum(weight for at, weight in given if at > matter.at - HELD)
        lately = [at for at, _weight in given if at > matter.at - WINDOW]
        load = max(load, facts.capacity) if facts.agent in full else load
        load = min(load, facts.capacity - self.policy.cost(matter.medium)) if facts.agent == theirs else load
        return replace(
            facts, state=state, load=max(0.0, load), offered=len(lately), available=6.0 if state == "online" else 0.0,
            idle_since=lately[-1] if lately else matter.at - timedelta(minutes=50),
        )  # fmt: skip

    def _moved(self, row: Conversation, made: RoutingDecision, at: datetime) -> None:
        other_team = made.team_id != row.team_id
        reason = "team" if other_team else self.chance.choice(("knows", "skill", "load"))
        made.changed_at, made.changed_by, made.changed_to = at, row.assignee, row.assignee
        made.changed_team_id, made.changed_reason = row.team_id, str(BECAUSE[reason])
        made.save(update_fields=["changed_at", "changed_by", "changed_to", "changed_team", "changed_reason"])


def _by_hand(row: Conversation, matter: Matter, at: datetime) -> None:
    """They took it themselves."""
    chosen = Decision("agent", agent=row.assignee_id, team=row.team_id)
    bare = Matter(
        at=at, trigger="by_hand", conversation=row.pk, customer=row.customer_id, medium=matter.medium,
        team=row.team_id, assignee=row.assignee_id,
    )  # fmt: skip
    RoutingDecision.objects.create(
        conversation=row, trigger="by_hand", kind="agent", agent_id=row.assignee_id, team_id=row.team_id,
        by_id=row.assignee_id, matter=plain(bare), outcome=plain(chosen), created_at=at,
    )  # fmt: skip


def _tell(line: Activity | None, agent: User, decision: Decision, at: datetime) -> None:
    """The line of the log that said who has it says now who gave it, and why."""
    if line is None:
        return
    line.verb, line.by, line.to = Activity.Verb.ROUTED, None, str(agent)
    line.reason, line.created_at = words.because(decision)[:400], at + LATER
    line.save(update_fields=["verb", "by", "to", "reason", "created_at"])


def _assigned(rows: Sequence[Conversation]) -> Iterator[Activity]:
    """The first time that somebody had it, of each."""
    found = Activity.objects.filter(conversation__in=rows, verb=Activity.Verb.ASSIGNED)
    yield from found.order_by("conversation_id", "created_at", "pk").distinct("conversation_id")


def _first_words(rows: Sequence[Conversation]) -> dict[int, str]:
    said = Message.objects.filter(conversation__in=rows, kind__in=["inbound", "call"])
    said = said.order_by("conversation_id", "created_at", "pk").distinct("conversation_id")
    return dict(said.values_list("conversation_id", "text"))


def _handed() -> dict[int, datetime]:
    """When Fern gave it to people, of those who had just come."""
    soon = F("conversation__created_at") + timedelta(hours=1)
    found = Handoff.objects.filter(to_people=True, created_at__lt=soon)
    return dict(found.values_list("conversation", "created_at"))


def _states() -> dict[int, list[Stretch]]:
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    for state in AgentState.objects.order_by("since"):
        found[state.agent_id].append(Stretch(state.since, state.until or timezone.now(), state.state))
    return dict(found)


def _state(stretches: Sequence[Stretch], at: datetime) -> str:
    return next((each.state for each in stretches if each.since <= at < each.until), "offline")
