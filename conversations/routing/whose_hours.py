"""Whose hours count where: the channel's own, else its team's, else the desk's default; else it is always open."""

from conversations.models import Channel, Hours, Team
from conversations.routing.hours import Calendar, calendar_of


def hours_of(channel: Channel | None, team: Team | None = None) -> Hours | None:
    """`team`: of the conversation, where that is another than the channel's."""
    if channel is not None and channel.hours_id:
        return channel.hours
    team = team or (channel.team if channel is not None else None)
    if team is not None and team.hours_id:
        return team.hours
    return Hours.objects.filter(is_default=True).first()


def calendar_for(channel: Channel | None, team: Team | None = None) -> Calendar:
    return calendar_of(hours_of(channel, team))
