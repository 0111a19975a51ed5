"""How long agents were in which state, day by day, from the log of their states (AgentState)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from conversations.models import AgentState

DAYS = 7
LONGEST_LOG = 200


@dataclass
class Day:
    """`spans`: seconds by state and reason. `begins` is midnight by the desk's clock."""

    begins: datetime
    ends: datetime
    spans: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    @property
    def online(self) -> timedelta:
        return self._in("online")

    @property
    def away(self) -> timedelta:
        return self._in("away")

    @property
    def reasons(self) -> list[tuple[str, timedelta]]:
        """Of being away, the longest first; "" where none was given."""
        found = [(reason, timedelta(seconds=much)) for (state, reason), much in self.spans.items() if state == "away"]
        return sorted(found, key=lambda pair: -pair[1])

    def _in(self, wanted: str) -> timedelta:
        return timedelta(seconds=sum(much for (state, _reason), much in self.spans.items() if state == wanted))


def days_of(agent: int, at: datetime, zone: str) -> list[Day]:
    """Today first. One query."""
    days = _days(at, zone)
    for row in _stretches(agent, days[-1].begins):
        for day in days:
            begins, ends = max(row.since, day.begins), min(row.until or at, day.ends, at)
            if begins < ends:
                day.spans[row.state, row.reason] += (ends - begins).total_seconds()
    return days


def log_of(agent: int, since: datetime) -> list[AgentState]:
    """Each stretch that was not over by then, the newest first."""
    return list(_stretches(agent, since).order_by("-since")[:LONGEST_LOG])


def _stretches(agent: int, since: datetime) -> QuerySet[AgentState]:
    return AgentState.objects.filter(Q(until=None) | Q(until__gt=since), agent=agent)


def _days(at: datetime, zone: str) -> list[Day]:
    today = at.astimezone(ZoneInfo(zone)).date()
    begins = [_midnight(today - timedelta(days=back), zone) for back in range(-1, DAYS)]
    return [Day(begins[number + 1], begins[number]) for number in range(DAYS)]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=ZoneInfo(zone))
