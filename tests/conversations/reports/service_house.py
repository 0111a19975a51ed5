"""A seeded desk for the reports of service and agents: weeks of episodes, answers, work and states, on every edge; and
the same streams as Python loops count them."""

import random
import uuid
from datetime import UTC, datetime, timedelta

from conversations.models import (
    AgentState,
    Conversation,
    Delivery,
    Episode,
    Message,
    RepeatedQuestion,
    Reply,
    RoutingDecision,
    Topic,
    Work,
)
from customers.models import Customer
from tests.conversations.reports.plain import DESK, Fact

BEGINS, ENDS = datetime(2026, 3, 16, tzinfo=DESK), datetime(2026, 4, 13, tzinfo=DESK)  # the clock changes within
FIRST = datetime(2026, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def build(channel, agents, teams, many=90):
    """Always the same. A fifth of it lies outside of the stretch that is asked for."""
    chance = random.Random(11)
    topics = [Topic.objects.create(name="Zips"), Topic.objects.create(name="Late"), None]
    talk = Conversation.objects.create(customer=Customer.objects.create(name="Ann"), last_message_at=FIRST)
    moments = sorted({FIRST + timedelta(seconds=chance.randrange(38 * 86_400)) for _each in range(many)})
    moments += [datetime(2026, 3, 29, hour, 31, tzinfo=UTC) for hour in (0, 1)]
    rows = [_episode(talk, at, chance, agents, teams, topics) for at in sorted(moments)]
    Episode.objects.bulk_create(rows)
    _replies(rows, channel, chance, agents, teams)
    _others(talk, chance, agents, teams)
    return talk


def _episode(talk, at, chance, agents, teams, topics):
    outcome = chance.choice(["solved", "solved", "solved", "", "spam", "merged"])
    took = chance.choice([0, 60, chance.randrange(400_000)])
    ended = at + timedelta(seconds=took) if outcome else None
    waited = chance.choice([None, 0, 1, chance.randrange(90_000)])
    return Episode(
        conversation=talk, began_at=at, ended_at=ended, outcome=outcome, is_first=chance.random() < 0.7,
        reopened_at=ended + timedelta(days=1) if outcome == "solved" and chance.random() < 0.2 else None,
        is_inbound=chance.random() < 0.9, team=chance.choice([*teams, None]), agent=chance.choice([*agents, None]),
        handler=chance.choice(["nobody", "bot", "people", "both"]), medium=chance.choice(["email", "chat"]),
        topic=chance.choice(topics), language=chance.choice(["en", "de", ""]), tier=chance.choice(["", "Gold"]),
        waited=waited, waited_open=None if waited is None else waited // 3, took=took if outcome else None,
        took_open=took // 4 if outcome else None, answers=chance.randrange(4), worked=chance.choice([0, 40, 900]),
        transfers=chance.randrange(3), switches=chance.randrange(2), handoffs=chance.randrange(2),
        repeats=chance.randrange(2), is_within_sla=chance.choice([None, True, False]),
        is_first_in_time=chance.choice([None, True, False]),
    )  # fmt: skip


def _replies(rows, channel, chance, agents, teams):
    for number, row in enumerate(rows[::2]):
        at = row.began_at + timedelta(seconds=chance.randrange(50_000))
        said = Message.objects.create(
            conversation=row.conversation, kind="outbound", channel=channel, created_at=at, client_id=uuid.uuid4()
        )
        seconds = chance.choice([0, 59, chance.randrange(40_000)])
        agent = chance.choice([*agents, None])
        Reply.objects.create(
            episode=row, message=said, is_first=number % 3 == 0, team=chance.choice([*teams, None]), agent=agent,
            medium=chance.choice(["email", "chat"]), since=at - timedelta(seconds=seconds), at=at, seconds=seconds,
            seconds_open=seconds // 2, is_in_time=chance.choice([None, True, False]),
        )  # fmt: skip
        if number % 4 == 0:
            RepeatedQuestion.objects.create(message=said, agent=agent, slot="order", where="message")
            RepeatedQuestion.objects.filter(message=said).update(created_at=at)
            Delivery.objects.create(
                message=said, channel=channel, conversation=row.conversation, due_at=at,
                status="cancelled" if number % 8 == 0 else "sent",
            )  # fmt: skip


def _others(talk, chance, agents, teams):
    for agent in agents:
        at = FIRST
        while at < FIRST + timedelta(days=38):
            until = at + timedelta(seconds=chance.randrange(60, 20_000))
            state, reason = chance.choice([("online", ""), ("away", "lunch"), ("away", ""), ("offline", "")])
            AgentState.objects.create(agent=agent, state=state, reason=reason, since=at, until=until)
            at = until + timedelta(hours=chance.randrange(30))
        for day in range(0, 38, 2):
            hour = FIRST + timedelta(days=day, hours=chance.randrange(24))
            Work.objects.create(
                agent=agent, conversation=talk, team=chance.choice([*teams, None]), hour=hour,
                medium=chance.choice(["email", "chat"]), seconds=chance.randrange(3600),
            )  # fmt: skip
            RoutingDecision.objects.create(
                conversation=talk, trigger=chance.choice(["transferred", "declined", "arrived"]), kind="team",
                team=chance.choice(teams), by=agent, created_at=hour, matter={"medium": "chat"},
            )  # fmt: skip


def _key(value):
    return str(value or "")


def _of_episode(row):
    cuts = {
        "agent": _key(row.agent_id), "topic": _key(row.topic_id), "language": row.language, "tier": row.tier,
        "handler": row.handler,
    }  # fmt: skip
    return cuts | {f"handler_{name}": f"{row.handler}/{cuts[name]}" for name in ("agent", "topic", "language", "tier")}


def begun():
    for row in Episode.objects.all():
        is_real = row.outcome not in ("spam", "merged")
        waited = row.waited if is_real else None
        numbers = {
            "episodes": is_real, "every": 1, "inbound": is_real and row.is_inbound,
            "again": is_real and not row.is_first, "spam": row.outcome == "spam", "merged": row.outcome == "merged",
            "answered": waited is not None, "waited_sum": waited or 0,
            "waited_open_sum": (row.waited_open or 0) if is_real else 0,
            "promised": is_real and row.is_first_in_time is not None,
            "kept": is_real and row.is_first_in_time is True,
        }  # fmt: skip
        spreads = {"waited": waited, "waited_open": row.waited_open if is_real else None}
        yield _fact(row.began_at, row, numbers, _of_episode(row), spreads)


def ended():
    for row in Episode.objects.exclude(ended_at=None):
        is_solved = row.outcome == "solved"
        numbers = {
            "solved": 1, "reopened": row.reopened_at is not None, "by_bot": row.handler == "bot",
            "in_one": row.is_first and not row.reopened_at and not row.transfers and not row.switches,
            "took_sum": row.took, "took_open_sum": row.took_open, "answers_sum": row.answers,
            "handled": row.worked > 0, "worked_sum": row.worked, "passed": row.transfers > 0,
            "transfers": row.transfers, "handed": row.handoffs > 0, "repeated": row.repeats > 0,
            "repeats": row.repeats, "promised": row.is_within_sla is not None, "kept": row.is_within_sla is True,
        }  # fmt: skip
        numbers = {"every": 1} | {name: each if is_solved else 0 for name, each in numbers.items()}
        spreads = {"took": row.took, "took_open": row.took_open, "worked": row.worked or None}
        if not is_solved:
            spreads = dict.fromkeys(spreads)
        yield _fact(row.ended_at, row, numbers, _of_episode(row), spreads)


def replies():
    for row in Reply.objects.select_related("episode"):
        if row.episode.outcome in ("spam", "merged"):
            continue
        numbers = {
            "replies": 1, "seconds_sum": row.seconds, "open_sum": row.seconds_open,
            "promised": row.is_in_time is not None, "kept": row.is_in_time is True,
        }  # fmt: skip
        is_next = not row.is_first
        numbers |= {
            "following": is_next, "following_sum": is_next * row.seconds,
            "following_open_sum": is_next * row.seconds_open,
            "following_promised": is_next and row.is_in_time is not None,
            "following_kept": is_next and row.is_in_time is True,
        }  # fmt: skip
        spreads = {
            "seconds": row.seconds, "seconds_open": row.seconds_open, "waited": row.seconds if is_next else None,
            "waited_open": row.seconds_open if is_next else None,
        }  # fmt: skip
        cuts = _of_episode(row.episode) | {"agent": _key(row.agent_id)}
        yield _fact(row.at, row, numbers, cuts, spreads)


def work():
    for row in Work.objects.all():
        yield _fact(row.hour, row, {"rows": 1, "seconds_sum": row.seconds}, {"agent": str(row.agent_id)})


def passed():
    for row in RoutingDecision.objects.exclude(trigger="arrived"):
        numbers, cuts = {"passed": 1}, {"agent": str(row.by_id)}
        yield Fact(row.created_at, row.team_id or 0, row.matter["medium"], numbers, cuts)


def states():
    for row in AgentState.objects.all():
        at = row.since
        while at < row.until:
            ends = min(at.replace(minute=0, second=0, microsecond=0) + HOUR, row.until)
            seconds = int((ends - at).total_seconds())
            agent = str(row.agent_id)
            cuts = {
                "agent": agent, "state": row.state, "state_reason": f"{row.state}/{row.reason}",
                "agent_state": f"{agent}/{row.state}/{row.reason}",
            }  # fmt: skip
            yield Fact(at, 0, "", {"rows": 1, "seconds_sum": seconds}, cuts)
            at = ends


def repeats():
    for row in RepeatedQuestion.objects.select_related("message__delivery"):
        if row.message.delivery.status != "cancelled":
            yield Fact(row.created_at, 0, "", {"questions": 1}, {"agent": _key(row.agent_id)})


def _fact(at, row, numbers, cuts, spreads=None):
    whole = {name: int(each) for name, each in numbers.items()}
    return Fact(at, row.team_id or 0, row.medium, whole, cuts, spreads or {})
