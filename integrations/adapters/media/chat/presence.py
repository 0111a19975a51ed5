"""Who is there: is the visitor still at the widget, and is anybody of ours there to answer?"""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone

from conversations.routing.hours import is_open, next_opening
from conversations.routing.whose_hours import calendar_for
from integrations.models import Connector

HERE_FOR = 60  # seconds; the widget says so again every 25


def arrive(visitor_id: str) -> None:
    cache.set(f"chat:here:{visitor_id}", 1, HERE_FOR)


def leave(visitor_id: str) -> None:
    """Another tab of the same visitor says within seconds that they are still here."""
    cache.delete(f"chat:here:{visitor_id}")


def is_here(visitor_id: str) -> bool:
    return cache.get(f"chat:here:{visitor_id}") is not None


def answers_now(connector: Connector) -> bool:
    """Open by the clock, and somebody of the channel's team at the desk."""
    return is_open(calendar_for(connector.channel), timezone.now()) and _somebody_is_there(connector)


def back_at(connector: Connector) -> datetime | None:
    """When it opens again, where it is closed by the clock of the channel's hours, its team's or the desk's."""
    now, calendar = timezone.now(), calendar_for(connector.channel)
    return None if is_open(calendar, now) else next_opening(calendar, now)


def _somebody_is_there(connector: Connector) -> bool:
    agents = get_user_model().objects.filter(is_active=True, presence="online")
    team = connector.channel.team_id if connector.channel else None
    return (agents.filter(teams=team) if team else agents).exists()
