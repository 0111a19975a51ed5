"""What `bench reports` counts: a desk of six teams and sixty agents over a year, by instalments that each add a part.

Everything follows from a row's number, so that every run has the same rows. Owners of facts add their instalment to
`LOADS`; each is given the House and makes rows with deskapp.bench.filling."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from conversations.models import (
    AgentState,
    Channel,
    Conversation,
    Episode,
    Hours,
    Message,
    Reply,
    ResponseCredit,
    RoutingDecision,
    Survey,
    SurveyAsk,
    SurveyResponse,
    SurveyVersion,
    Team,
    Topic,
    Work,
)
from conversations.models.sale import Advice, BoughtAgain, Problem, Sale, SaleTouch
from customers.models import Customer, Identity, Order
from deskapp.bench.filling import chance, fill, one_of
from deskapp.bench.journeys import load_journeys
from deskapp.models import Role, User

TEAMS, AGENTS, TOPICS = 6, 60, 20
MEDIA = ("email", "chat", "whatsapp", "voice", "messenger")
TIERS = ("", "gold", "silver")
LANGUAGES = ("en", "de", "fr", "es")
HANDLERS = ("people", "people", "people", "both", "bot", "nobody")
AT_ONCE = 250_000
EACH_DAY = 6  # states of an agent's


@dataclass
class House:
    conversations: int
    responses: int
    months: int
    say: Callable[[str], None]
    now: datetime = field(default_factory=timezone.now)
    teams: list[int] = field(default_factory=list)
    agents: list[int] = field(default_factory=list)
    topics: list[int] = field(default_factory=list)
    supervisor: User | None = None

    @property
    def days(self) -> int:
        return self.months * 30

    def chunks(self, many: int) -> list[tuple[int, int]]:
        return [(first, min(first + AT_ONCE - 1, many)) for first in range(1, many + 1, AT_ONCE)]

    def at(self, of: int, *, n: str = "n", seconds: int = 43_200) -> str:
        """SQL of the moment at which number n of so many happened: the later the larger it is, from eight to eight."""
        begin = (self.now - timedelta(days=self.days)).replace(hour=8, minute=0, second=0, microsecond=0)
        day = f"(({n})::bigint * {self.days - 1} / {max(of, 1)})::int"
        return (
            f"timestamptz '{begin.isoformat()}' + make_interval(days => {day}, secs => {chance(seconds, 1, n)}::float)"
        )


def staff(house: House) -> None:
    """Teams, topics and agents; those of a database that was kept are found again."""
    house.teams = [Team.objects.get_or_create(name=f"Team {n + 1}")[0].pk for n in range(TEAMS)]
    house.topics = [Topic.objects.get_or_create(name=f"Topic {n + 1}")[0].pk for n in range(TOPICS)]
    Hours.objects.filter(is_default=True).update(zone="Europe/London")
    for n in range(AGENTS):
        agent, _made = User.objects.get_or_create(
            email=f"agent{n}@bench.example", defaults={"name": f"Agent {n}", "password": "!"}
        )
        agent.teams.set([house.teams[n % TEAMS]])
        house.agents.append(agent.pk)
    house.supervisor, _made = User.objects.get_or_create(
        email="reports@bench.example", defaults={"name": "Sam Reyes", "role": Role.SUPERVISOR, "password": "!"}
    )


def people(house: House) -> None:
    for first, last in house.chunks(max(1, house.conversations // 3)):
        source = f"generate_series({first}, {last}) n"
        fill(Customer, source, {"id": "n", "name": "'Customer ' || n", "language": "'en'"})
        seen = "timestamptz '2020-01-01'"
        handle = {"kind": "'email'", "value": "'c' || n || '@bench.example'", "display": "'c' || n || '@bench.example'"}
        fill(
            Identity,
            source,
            {"id": "n", "customer_id": "n", **handle, "source": "'mail'", "first_seen_at": seen, "last_seen_at": seen},
        )


def conversations(house: House) -> None:
    """Three messages each: a question and, half an hour and two hours later, answers."""
    channel, _made = Channel.objects.get_or_create(medium="email", address="crowd@bench.example", name="Crowd")
    people, at = max(1, house.conversations // 3), house.at(house.conversations)
    for first, last in house.chunks(house.conversations):
        source = f"(select n, {at} as at from generate_series({first}, {last}) n) t"  # noqa: S608 - ours
        moments = dict.fromkeys(("created_at", "queue_at", "last_message_at", "last_inbound_at", "resolved_at"), "at")
        own = {
            "id": "n", "customer_id": f"1 + mod(n, {people})", "subject": "'Where is my order ' || n",
            "status": "'resolved'", "team_id": _of(house.teams, 2), "assignee_id": _of(house.agents, 3),
            "language": one_of(LANGUAGES, 7), "topic_id": _of(house.topics, 4), "media": "array['email']",
        }  # fmt: skip
        fill(Conversation, source, {**own, **moments})
        message = {
            "id": "n::bigint * 3 + k - 2", "conversation_id": "n", "channel_id": str(channel.pk),
            "kind": "case k when 0 then 'inbound' else 'outbound' end", "text": "'The medium is tight, says ' || n",
            "identity_id": f"1 + mod(n, {people})", "author_id": f"case when k > 0 then {_of(house.agents, 3)} end",
            "client_id": "md5(n || '-' || k)::uuid", "external_id": "n || '-' || k || '@bench.example'",
            "created_at": "at + k * k * interval '30 minutes'",
        }  # fmt: skip
        fill(Message, f"{source} cross join generate_series(0, 2) k", message)
        house.say(f"bench reports: {last} conversations of {house.conversations}, three messages each")


def service(house: House) -> None:
    """An episode each, one in ten came back; two answers where people answered, work, passing on, agents' states."""
    at, end = house.at(house.conversations), "at + make_interval(secs => took)"
    for first, last in house.chunks(house.conversations):
        source = f"""(select n, k, at + k * interval '2 days' as at, {one_of(HANDLERS, 5)} as handler,
          600 + {chance(90_000, 6)} as took, {chance(14_000, 8)} as waited
          from (select n, {at} as at from generate_series({first}, {last}) n) b
          cross join generate_series(0, 1) k where k = 0 or mod(n, 10) = 0) t"""  # noqa: S608 - ours
        reached = "handler in ('people', 'both')"
        fill(Episode, source, {
            "id": f"n + k * {house.conversations}", "conversation_id": "n", "began_at": "at", "ended_at": end,
            "reopened_at": "case when k = 0 and mod(n, 10) = 0 then at + interval '2 days' end",
            "outcome": f"case when {chance(50, 9)} = 0 then 'spam' else 'solved' end", "is_first": "k = 0",
            "team_id": _of(house.teams, 2), "agent_id": f"case when {reached} then {_of(house.agents, 3)} end",
            "topic_id": _of(house.topics, 4), "handler": "handler", "medium": one_of(MEDIA, 10),
            "last_medium": one_of(MEDIA, 10), "language": one_of(LANGUAGES, 7), "tier": one_of(TIERS, 11),
            "waited": f"case when {reached} then waited end", "waited_open": f"case when {reached} then waited / 3 end",
            "took": "took", "took_open": "took / 3", "said": f"1 + {chance(5, 12)}", "worked": chance(1800, 13),
            "answers": f"case when {reached} then 2 else 0 end", "transfers": f"({chance(9, 14)} = 0)::int",
            "switches": f"({chance(12, 15)} = 0)::int", "repeats": f"({chance(15, 16)} = 0)::int",
            "handoffs": "(handler = 'both')::int", "is_within_sla": f"{chance(8, 17)} > 0",
            "is_first_in_time": f"{chance(8, 18)} > 0",
        })  # fmt: skip
        those = f"""conversations_episode e cross join generate_series(1, 2) k
          where e.id between {first} and {last} and e.agent_id is not null"""
        fill(Reply, those, {
            "episode_id": "e.id", "message_id": "e.conversation_id * 3 + k - 2", "is_first": "k = 1",
            "team_id": "e.team_id", "agent_id": "e.agent_id", "medium": "e.medium", "since": "e.began_at",
            "at": "e.began_at + make_interval(secs => e.waited * k)", "seconds": "e.waited", "is_in_time": "k = 1",
            "seconds_open": "e.waited / 3",
        })  # fmt: skip
        fill(Work, those.replace("(1, 2)", "(1, 1)"), {
            "agent_id": "e.agent_id", "conversation_id": "e.conversation_id", "team_id": "e.team_id",
            "medium": "e.medium", "hour": "date_trunc('hour', e.began_at)", "seconds": "e.worked",
        })  # fmt: skip
        fill(RoutingDecision, f"conversations_episode e where e.id between {first} and {last} and e.transfers > 0", {
            "conversation_id": "e.conversation_id", "trigger": "'transferred'", "kind": "'agent'",
            "agent_id": "e.agent_id", "team_id": "e.team_id", "by_id": "e.agent_id", "created_at": "e.ended_at",
            "matter": "jsonb_build_object('medium', e.medium)",
        })  # fmt: skip
    since = f"timestamptz '{(house.now - timedelta(days=house.days)).isoformat()}' + make_interval(hours => n * 4)"
    fill(AgentState, f"unnest(array{house.agents}) a cross join generate_series(0, {house.days * EACH_DAY - 1}) n", {
        "agent_id": "a", "state": one_of(("online", "online", "away", "offline"), 3, "n + a"), "since": since,
        "until": f"{since} + interval '4 hours'",
    })  # fmt: skip


def surveys(house: House) -> None:
    """Half of those who were asked answered."""
    survey, _made = Survey.objects.get_or_create(name="How was it?", kind="csat", touchpoint="resolution")
    version, _made = SurveyVersion.objects.get_or_create(survey=survey, number=1)
    asks, each = 2 * house.responses, max(1, house.conversations // max(1, 2 * house.responses))
    for first, last in house.chunks(asks):
        answered = f"{chance(2, 20, 'e.id')} = 0"
        those = f"e.id between {first * each} and {last * each} and mod(e.id, {each}) = 0"
        fill(SurveyAsk, f"conversations_episode e where {those}", {
            "id": "e.id", "survey_id": str(survey.pk), "version_id": str(version.pk), "touchpoint": "'resolution'",
            "customer_id": "1", "conversation_id": "e.conversation_id", "key": "'bench ' || e.id",
            "state": f"case when {answered} then 'answered' else 'asked' end", "team_id": "e.team_id",
            "topic_id": "e.topic_id", "medium": "e.last_medium", "tier": "e.tier", "asked_at": "e.ended_at",
            "began_at": "e.began_at", "ended_at": "e.ended_at",
        })  # fmt: skip
    fill(SurveyResponse, "conversations_surveyask a where a.state = 'answered'", {
        "id": "a.id", "ask_id": "a.id", "survey_id": "a.survey_id", "conversation_id": "a.conversation_id",
        "kind": "'csat'", "touchpoint": "'resolution'", "score": f"1 + {chance(5, 21, 'a.id')}", "way": "'link'",
        "language": "'en'", "team_id": "a.team_id", "topic_id": "a.topic_id", "medium": "a.medium", "tier": "a.tier",
        "answered_at": "a.asked_at + interval '20 minutes'",
        "comment": f"case when {chance(4, 22, 'a.id')} = 0 then 'It came late, but it came' else '' end",
    })  # fmt: skip
    fill(ResponseCredit, "conversations_surveyresponse r", {
        "response_id": "r.id", "agent_id": _of(house.agents, 3, "r.id"), "share": "1",
    })  # fmt: skip


def journeys(house: House) -> None:
    load_journeys()


def sales(house: House) -> None:
    """Two orders to five conversations, two touches each."""
    orders = house.conversations * 2 // 5
    people, at = max(1, house.conversations // 3), house.at(orders)
    kinds, problems = list(SaleTouch.Kind.values), list(Problem.values)
    for first, last in house.chunks(orders):
        worth = f"1000 * (10 + {chance(190, 40)})"
        source = f"(select n, {at} as at, {worth} as worth from generate_series({first}, {last}) n) t"  # noqa: S608 - ours
        fill(Order, source, {
            "id": "n", "identity_id": f"1 + mod(n, {people})", "external_id": "'o' || n", "number": "'HF-' || n",
            "currency": "'GBP'", "total": "worth / 1000", "placed_at": "at", "changed_at": "at",
            "status": "'delivered'",
        })  # fmt: skip
        fill(Sale, source, {
            "id": "n", "order_id": "n", "customer_id": f"1 + mod(n, {people})", "placed_at": "at",
            "place": one_of(("site", "app", "shop"), 41), "is_resolved": "true", "currency": "'GBP'", "amount": "worth",
            "net": "worth", "before": chance(4, 42),
            "next_at": f"case when {chance(3, 43)} = 0 then at + interval '40 days' end",
            "ways": one_of(("site", "site+mail", "app+chat", "shop", "site+shop"), 44), "tier": one_of(TIERS, 45),
            "asked": one_of(("", "", "", *MEDIA), 46), "problem": one_of(problems, 47), "touches": "2",
            "problem_medium": one_of(MEDIA, 48), "is_ended": "true",
        })  # fmt: skip
        fill(SaleTouch, f"{source} cross join generate_series(1, 2) k", {
            "sale_id": "n", "placed_at": "at", "currency": "'GBP'", "at": "at - k * interval '1 day'",
            "number": "3 - k", "kind": one_of(kinds, 49, "n + k"), "medium": one_of(("cpc", "mail", "social"), 51, "n"),
            "source": one_of(("search", "news", "chat", "mail"), 50, "n + k"), "linear": "500000",
            "campaign": one_of(("spring", "sale", ""), 52, "n + k"), "first": "(k = 2)::int * 1000000",
            "last": "(k = 1)::int * 1000000", "position": "500000", "decay": "500000",
            "first_worth": "(k = 2)::int * worth", "last_worth": "(k = 1)::int * worth",
            "linear_worth": "worth / 2", "position_worth": "worth / 2", "decay_worth": "worth / 2",
        })  # fmt: skip
        fill(BoughtAgain, f"{source} where {chance(3, 53)} = 0", {
            "sale_id": "n", "placed_at": "at", "is_kind": "true", "seconds": f"86400 * (5 + {chance(200, 54)})",
            "name": one_of(("Jackets", "Socks", "Boots", "Tents", "Stoves"), 55),
        })  # fmt: skip
    talks = f"conversations_episode e where {chance(4, 56, 'e.id')} = 0"
    fill(Advice, talks, {
        "episode_id": "e.id", "customer_id": "1", "at": "e.began_at", "medium": "e.medium", "is_known": "true",
        "seconds": f"case when {chance(3, 57, 'e.id')} = 0 then {chance(2_000_000, 58, 'e.id')} end",
    })  # fmt: skip


def _of(keys: list[int], salt: int, n: str = "n") -> str:
    return f"(array{keys})[1 + {chance(len(keys), salt, n)}]"


LOADS: list[Callable[[House], None]] = [staff, people, conversations, service, surveys, journeys, sales]
