"""What is slow to change about the desk itself: hours, teams, channels, skills, and which bots there are. A process
reads it again only when any of it is another, which one statement tells."""

from dataclasses import dataclass

from django.db import connection

from conversations.bots.choosing import Bots, bots_here
from conversations.models import Channel, Hours, Skill, Team
from conversations.routing.hours import Calendar, calendar_of

# The sum of a hash of each row: one number that is another as soon as anything is that `_read` reads. Of a connector,
# nothing but what tells whether a bot's brain is there: when something came by it last changes all the time.
_STAMP = """
select (select sum(hashtextextended(h::text, 0)) from conversations_hours h),
       (select sum(hashtextextended(c::text, 0)) from conversations_closure c),
       (select sum(hashtextextended(t::text, 0)) from conversations_team t),
       (select sum(hashtextextended(c::text, 0)) from conversations_channel c),
       (select sum(hashtextextended(s::text, 0)) from conversations_skill s),
       (select sum(hashtextextended(b::text, 0)) from conversations_bot b),
       (select sum(hashtextextended(b::text, 0)) from conversations_bot_channels b),
       (select sum(hashtextextended(concat_ws(' ', id, bot_id, is_active, paused_at, broken_at), 0))
        from integrations_connector where bot_id is not null)
"""


@dataclass(frozen=True)
class Places:
    """Nobody changes what is in it. `default`: the desk's own hours."""

    calendars: dict[int, Calendar]
    default: Calendar
    teams: tuple[Team, ...]
    channels: dict[int, Channel]
    skills: dict[int, str]
    bots: Bots


_last: dict[str, tuple[object, Places]] = {}  # what this process has read


def places() -> Places:
    """The same object while nothing changed."""
    stamp = _stamp()
    known = _last.get("now")
    if known is None or known[0] != stamp:
        known = (stamp, _read())
        if _stamp() == stamp:  # else somebody changed it while it was read
            _last["now"] = known
    return known[1]


def _stamp() -> object:
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        return cursor.fetchone()


def _read() -> Places:
    hours = list(Hours.objects.prefetch_related("closures"))
    calendars = {each.pk: calendar_of(each) for each in hours}
    default = next((calendars[each.pk] for each in hours if each.is_default), Calendar())
    return Places(
        calendars=calendars,
        default=default,
        teams=tuple(Team.objects.order_by("pk")),
        channels={channel.pk: channel for channel in Channel.objects.all()},
        skills=dict(Skill.objects.values_list("pk", "name")),
        bots=bots_here(),
    )
