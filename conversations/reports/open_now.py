"""How the desk stands this second: open conversations in piles, the most overdue, and the agents with their load."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, prefetch_related_objects

from conversations.models import AgentState, Loan
from conversations.reports.facts import NO_TEAM, SOON, Here, Late, Lent, Pile
from conversations.routing.in_force import InForce
from customers.models import Customer

EACH = 3  # of the most overdue of each team

# The words of the partial indexes of models.conversation, so that they answer: what is open, not all there ever was.
_OPEN = "merged_into_id is null and not is_spam and status in ('open', 'pending')"
_PILES = f"""
select coalesce(team_id, 0), coalesce(assignee_id, 0), coalesce(media[array_upper(media, 1)], ''), status, count(*),
    count(*) filter (where status = 'open' and waiting_since is not null),
    min(waiting_since) filter (where status = 'open'),
    count(*) filter (where status = 'open' and due_at > %(at)s and due_at <= %(soon)s),
    count(*) filter (where status = 'open' and due_at > %(at)s and at_risk_at <= %(at)s),
    count(*) filter (where status = 'open' and due_at <= %(at)s)
from conversations_conversation
where {_OPEN}
group by 1, 2, 3, 4
"""  # noqa: S608  our own words
_LATE = f"""
select id, customer_id, coalesce(team_id, 0), coalesce(assignee_id, 0), coalesce(media[array_upper(media, 1)], ''),
    language, due_at, waiting_since
from (
    select *, row_number() over (partition by team_id order by due_at, id) as place
    from conversations_conversation
    where {_OPEN} and status = 'open' and due_at is not null and due_at <= %(at)s) overdue
where place <= {EACH}
order by due_at, id
"""  # noqa: S608  our own words


def piles(at: datetime) -> tuple[Pile, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_PILES, {"at": at, "soon": at + SOON})
        return tuple(Pile(*row) for row in cursor.fetchall())


def late(at: datetime) -> tuple[Late, ...]:
    """Two queries; one more where a customer has no name."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"at": at})
        rows = cursor.fetchall()
    customers = Customer.objects.in_bulk([row[1] for row in rows])
    prefetch_related_objects([each for each in customers.values() if not each.name], "identities")
    return tuple(Late(row[0], customers[row[1]].label, *row[2:]) for row in rows)


def agents(piles: Sequence[Pile]) -> tuple[Here, ...]:
    """Who works here, the busiest first among those who are here."""
    User = get_user_model()
    in_teams = User.teams.through.objects.filter(user=OuterRef("pk")).order_by("team_id").values("team_id")
    now = {row.agent_id: row for row in AgentState.objects.filter(until=None)}
    policy, loads = InForce.read().policy, _loads(piles)
    found = []
    for user in User.objects.filter(is_active=True).annotate(of_teams=ArraySubquery(in_teams)).order_by("name", "pk"):
        state, theirs = now.get(user.pk), loads.get(user.pk, Counter())
        here = Here(
            agent=user.pk, name=str(user), initials=user.initials, hue=user.hue, state="offline", reason="",
            since=None, teams=tuple(user.of_teams) or (NO_TEAM,), languages=tuple(user.languages),
            capacity=user.capacity, load=sum(policy.cost(medium) * count for medium, count in theirs.items()),
            open=sum(theirs.values()),
        )  # fmt: skip
        found.append(replace(here, state=state.state, reason=state.reason, since=state.since) if state else here)
    places = {"online": 0, "away": 1, "offline": 2}
    return tuple(sorted(found, key=lambda each: (places.get(each.state, 2), -each.share, each.name)))


def _loads(piles: Sequence[Pile]) -> Mapping[int, Counter[str]]:
    """As routing counts them (conversations.routing.snapshot): what the bot has is nobody's load."""
    loads: dict[int, Counter[str]] = {}
    for pile in piles:
        if pile.agent and pile.status == "open":
            loads.setdefault(pile.agent, Counter())[pile.medium] += pile.count
    return loads


def lent() -> tuple[Lent, ...]:
    rows = Loan.objects.filter(ended_at=None).order_by("pk")
    return tuple(Lent(row.pk, row.agent_id, row.team_id, row.until) for row in rows)
