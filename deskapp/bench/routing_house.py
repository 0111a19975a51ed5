"""What `bench routing` is played on: 500 agents in 20 teams, 50 rules, a queue, and a past to replay."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from django.utils import timezone

from conversations.envelopes import Handle, InboundMessage
from conversations.models import (
    Activity,
    AgentState,
    Channel,
    Conversation,
    Medium,
    Message,
    RoutingDecision,
    RoutingPolicy,
    Team,
    Waiting,
)
from conversations.routing import kept
from conversations.routing.facts import (
    AgentFacts,
    Known,
    Matter,
    Outcome,
    Overflow,
    Policy,
    Rule,
    Snapshot,
    TeamFacts,
)
from conversations.routing.policy import decide
from conversations.routing.standing import base_for
from customers.models import Customer
from deskapp.models import User

AGENTS, TEAMS, RULES = 500, 20, 50
LANGUAGES = ("en", "no", "de", "fr", "es", "ja")
SKILLS = 10
A_DAY = 1284  # arrivals
AT_ONCE = 2000
WORDS = (
    "Hello, last week I ordered the boots in size 44 and they do not fit me at all. Could you tell me how I can send"
    " them back, and whether the larger ones are in stock? My order has come in two parcels, by the way. "
)


def policy(teams: list[int]) -> Policy:
    """Each rule asks something else; the last of fifty is reached by most."""
    rules = tuple(_rule(number, teams) for number in range(RULES))
    return Policy(rules=rules, otherwise=Outcome(overflow=(Overflow(15, teams[0]),)))


def _rule(number: int, teams: list[int]) -> Rule:
    topic = {"field": "topic", "is": "is", "value": [f"topic {number}"]}
    language = {"field": "language", "is": "is", "value": ["no"]}
    asked = [
        [topic],
        [{"field": "words", "is": "has", "value": [f"refund{number}", "my money back", f"charge{number}*"]}, topic],
        [{"field": "tier", "is": "is", "value": ["gold"]}, topic],
        [{"field": "segment", "is": "is", "value": [number]}, {"field": "value", "is": "at_least", "value": 500}],
        [{"field": "order", "is": "is", "value": ["return"]}, language, topic],
    ][number % 5]  # fmt: skip
    outcome = Outcome(
        team=teams[number % len(teams)],
        preferred={number % SKILLS + 1: 1} if number % 4 == 0 else {},
        priority=2 if number % 5 == 2 else None,
        overflow=(Overflow(10, teams[(number + 5) % len(teams)]),),
        wait_for_known=3 if number % 10 == 0 else 0,
    )
    return Rule(f"rule-{number}", f"Rule {number}", {"match": "all", "rules": asked}, outcome)


def agents(teams: list[int], ids: list[int], chance: Random) -> tuple[AgentFacts, ...]:
    """Of two teams each; two in three are there."""
    now = datetime.now(UTC)
    return tuple(
        AgentFacts(
            pk,
            f"Agent {number}",
            chance.choice(("online", "online", "offline")),
            tuple(sorted({teams[number % len(teams)], teams[(number * 7 + 3) % len(teams)]})),
            tuple(chance.sample(LANGUAGES, 2)),
            {skill: chance.randint(1, 5) for skill in chance.sample(range(1, SKILLS + 1), 3)},
            load=float(chance.randint(0, 6)),
            idle_since=now - timedelta(minutes=chance.randint(0, 200)),
            offered=chance.randint(0, 40),
            available=round(chance.random() * 8, 2),
        )
        for number, pk in enumerate(ids)
    )


def matter(number: int, at: datetime, chance: Random, people: list[int], teams: list[int]) -> Matter:
    return Matter(
        at,
        "arrived",
        conversation=number,
        customer=number,
        medium=chance.choice(("email", "email", "email", "chat")),
        channel_team=teams[number % len(teams)],
        topic=f"topic {chance.randint(0, 60)}",
        certainty=round(chance.uniform(0.4, 1), 2),
        language=chance.choice(LANGUAGES),
        tier=chance.choice(("", "", "", "gold")),
        words=f"{WORDS}{number}",
        queued_at=at,
        since=at,
        due_at=at + timedelta(hours=2),
        known=(Known(chance.choice(people), 1, at - timedelta(days=1)),) if number % 3 == 0 else (),
    )


class House:
    """The rows: made where they are not there yet."""

    def __init__(self) -> None:
        self.chance = Random(17)
        self.teams = [Team.objects.get_or_create(name=f"Routing {number}")[0] for number in range(TEAMS)]
        self.team_ids = [team.pk for team in self.teams]
        emails = [f"routed{number}@bench.example" for number in range(AGENTS)]
        User.objects.bulk_create(
            [User(email=email, name=f"Agent {number}") for number, email in enumerate(emails)],
            ignore_conflicts=True,
        )
        self.agents = list(User.objects.filter(email__in=emails).order_by("pk"))
        for number, team in enumerate(self.teams):
            team.members.set([agent for place, agent in enumerate(self.agents) if number in _places(place)])
        self.policy = policy(self.team_ids)
        self.channels = [self._door(number, team) for number, team in enumerate(self.teams)]
        self.version = RoutingPolicy.objects.create(
            number=(RoutingPolicy.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
            state=RoutingPolicy.State.PUBLISHED,
            body=kept.written_policy(self.policy),
            published_at=timezone.now(),
        )

    def _door(self, number: int, team: Team) -> Channel:
        address = f"routing{number}@bench.example"
        return Channel.objects.get_or_create(
            medium=Medium.EMAIL, address=address, defaults={"name": team.name, "team": team}
        )[0]

    def send_home(self, *, capacity: float) -> None:
        """Nobody is there, and nothing is to do."""
        now = timezone.now()
        Waiting.objects.all().delete()
        Conversation.objects.filter(assignee__isnull=False).update(assignee=None, status="resolved", resolved_at=now)
        AgentState.objects.filter(agent__in=self.agents).delete()
        User.objects.filter(pk__in=[agent.pk for agent in self.agents]).update(capacity=capacity)

    def come(self, count: int) -> None:
        AgentState.objects.bulk_create(
            AgentState(agent=agent, state="online", since=timezone.now()) for agent in self.agents[:count]
        )

    def queue(self, count: int, *, is_due: bool) -> None:
        """So many wait, each with a mail; over all teams."""
        now = timezone.now()
        customers = Customer.objects.bulk_create([Customer(name=f"Waiting {number}") for number in range(count)])
        rows = Conversation.objects.bulk_create(
            [
                Conversation(
                    customer=customer, team=self.teams[number % TEAMS], subject="Boots", snippet=WORDS[:100],
                    language=LANGUAGES[number % 6], waiting_since=now, queue_at=now, last_message_at=now,
                    media=["email"],
                )
                for number, customer in enumerate(customers)
            ],
            batch_size=AT_ONCE,
        )  # fmt: skip
        Message.objects.bulk_create(
            [
                Message(
                    conversation=row, kind="inbound", channel=self.channels[0], text=WORDS, external_id=f"q{row.pk}"
                )
                for row in rows
            ],
            batch_size=AT_ONCE,
        )
        Waiting.objects.bulk_create(
            [Waiting(conversation=row, team_id=row.team_id, look_at=now if is_due else None) for row in rows],
            batch_size=AT_ONCE,
        )

    def mail(self, mark: str, number: int) -> InboundMessage:
        """From somebody new, to each team in turn."""
        return InboundMessage(
            channel_id=self.channels[number % TEAMS].pk,
            external_id=f"<{mark}@bench.example>",
            handles=(Handle("email", f"{mark}@customers.example", mark),),
            text=f"{mark} {WORDS}",
            received_at=timezone.now(),
        )

    def write_past(self, count: int) -> tuple[datetime, datetime]:
        """So many decisions with what was known, A_DAY a day; forty agents were there, and each thing took a while."""
        chance, people = Random(5), self.agents[:40]
        ids = [agent.pk for agent in people]
        facts = agents(self.team_ids, ids, chance)
        teams = tuple(TeamFacts(team.pk, team.name) for team in self.teams)
        until = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        since = until - timedelta(days=count / A_DAY)
        AgentState.objects.bulk_create(AgentState(agent=agent, state="online", since=since) for agent in people)
        for begun in range(0, count, AT_ONCE):
            numbers = range(begun, min(begun + AT_ONCE, count))
            self._write(numbers, since, (until - since) / count, facts, teams, chance, ids)
        return since, until

    def _write(
        self, numbers: range, since: datetime, step: timedelta, facts: tuple[AgentFacts, ...],
        teams: tuple[TeamFacts, ...], chance: Random, people: list[int],
    ) -> None:  # fmt: skip
        customers = Customer.objects.bulk_create([Customer(name=f"Past {number}") for number in numbers])
        rows = Conversation.objects.bulk_create(
            [
                Conversation(customer=customer, status="resolved", created_at=since + step * number)
                for customer, number in zip(customers, numbers, strict=True)
            ]
        )
        decisions, solved = [], []
        roster, base = 0, None
        for row in rows:
            known = Snapshot(matter(row.pk, row.created_at, chance, people, self.team_ids), facts, teams)
            roster = roster or kept.roster_id(known)
            base = base or base_for(known, roster)
            decision = decide(known, self.policy)
            decisions.append(kept.row_of(known, decision, policy=self.version, roster=roster, base=base))
            took = timedelta(minutes=chance.uniform(5, 40))
            solved.append(Activity(conversation=row, verb=Activity.Verb.RESOLVED, created_at=row.created_at + took))
        RoutingDecision.objects.bulk_create(decisions, batch_size=500)
        Activity.objects.bulk_create(solved, batch_size=AT_ONCE)


def _places(place: int) -> Iterator[int]:
    yield place % TEAMS
    yield (place * 7 + 3) % TEAMS
