"""Who is there: is the visitor still at the widget, and is anybody of ours there to answer?"""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone

from integrations.models import Connector

HERE_FOR = 60  # seconds; the widget says so again every 25
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def arrive(visitor_id: str) -> None:
    cache.set(f"chat:here:{visitor_id}", 1, HERE_FOR)


def leave(visitor_id: str) -> None:
    """Another tab of the same visitor says within seconds that they are still here."""
    cache.delete(f"chat:here:{visitor_id}")


def is_here(visitor_id: str) -> bool:
    return cache.get(f"chat:here:{visitor_id}") is not None


def answers_now(connector: Connector) -> bool:
    """Open by the clock, and somebody of the channel's team at the desk."""
    return is_open(connector.settings.get("hours") or {}, timezone.now()) and _somebody_is_there(connector)


def is_open(hours: dict[str, Any], now: datetime) -> bool:
    """`hours` is {"zone": "Europe/London", "mon": [["09:00", "17:30"]], …}; no hours at all means always open."""
    if not any(day in hours for day in _DAYS):
        return True
    here = now.astimezone(ZoneInfo(str(hours.get("zone") or "UTC")))
    spans = hours.get(_DAYS[here.weekday()], [])
    clock = here.time().replace(tzinfo=None)
    return any(time.fromisoformat(opens) <= clock < time.fromisoformat(closes) for opens, closes in spans)


def _somebody_is_there(connector: Connector) -> bool:
    agents = get_user_model().objects.filter(is_active=True, presence="online")
    team = connector.channel.team_id if connector.channel else None
    return (agents.filter(teams=team) if team else agents).exists()
