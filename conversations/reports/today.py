"""Today against the usual: answers and how many were in time, what began per half hour, and who gave up waiting.

Which day it is, and where a half hour begins, the desk's own clock says (the zone of its hours).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count

from conversations.live import on_site
from conversations.models import SurveyResponse
from conversations.models.survey import SurveyKind
from conversations.reports.facts import SLOT, SLOTS, WEEKS, Answers, Begun, GivenUp, Low, Rated, Today, Usual
from conversations.reports.satisfaction import GOOD
from conversations.surveys.questions import SCALES

WEEK = timedelta(days=7)
DAYS_OF_LOW, MOST_LOW, HIGHEST_LOW, COMMENT_OF_LOW = timedelta(days=3), 50, 4, 200
MOST_CHATS = 5000  # of one day that are looked through
LOOKED_BACK = "3 days"  # a wait that was longer is missing from what was usual

# `conversation_newest` begins with the status, so all of them are named.
_TOUCHED = """
c.merged_into_id is null and not c.is_spam and c.status in ('open', 'pending', 'snoozed', 'resolved')
    and c.last_message_at >= %(begins)s
"""
_ANSWERS = """
select coalesce(team_id, 0), count(*) filter (where kind = 'first'),
    coalesce(sum(took) filter (where kind = 'first'), 0), count(*), count(*) filter (where is_met)
from conversations_deadline
where done_at >= %(since)s and done_at <= %(until)s and kind in ('first', 'next')
group by 1
"""
_BEGUN = """
select floor(extract(epoch from created_at - %(since)s) / %(slot)s)::int, coalesce(team_id, 0),
    coalesce(media[1], ''), count(*)
from conversations_conversation
where created_at >= %(since)s and created_at <= %(until)s and merged_into_id is null and not is_spam
group by 1, 2, 3
"""
_BEGUN_BEFORE = """
select floor(extract(epoch from c.created_at - w.since) / %(slot)s)::int, coalesce(c.team_id, 0), count(*)
from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) w(since, until)
join conversations_conversation c on c.created_at >= w.since and c.created_at < w.until
where c.merged_into_id is null and not c.is_spam
group by 1, 2
"""
_WAITED_BEFORE = f"""
select coalesce(d.team_id, 0), count(*)
from unnest(%(moments)s::timestamptz[]) w(at)
join conversations_deadline d on d.done_at > w.at and d.done_at <= w.at + interval '{LOOKED_BACK}'
where d.since <= w.at and d.kind in ('first', 'next')
group by 1
"""  # noqa: S608  our own words
_SINCE_WHEN = (
    "select min(created_at), (select min(done_at) from conversations_deadline) from conversations_conversation"
)
_MISSED = f"""
select coalesce(c.team_id, 0), count(*)
from conversations_conversation c join conversations_message m on m.conversation_id = c.id
where {_TOUCHED} and 'voice' = any(c.media) and m.created_at >= %(begins)s and m.kind = 'call'
    and m.details #>> '{{call,state}}' = 'missed' and coalesce(m.details #>> '{{call,direction}}', 'in') = 'in'
group by 1
"""  # noqa: S608  our own words
_UNANSWERED = f"""
select c.id, coalesce(c.team_id, 0), (
    select i.value from conversations_message m join customers_identity i on i.id = m.identity_id
    where m.conversation_id = c.id and m.kind = 'inbound' and i.kind = 'visitor'
    order by m.created_at desc limit 1)
from conversations_conversation c
where {_TOUCHED} and c.created_at >= %(begins)s and c.media[1] = 'chat'
    and not exists (
        select 1 from conversations_message m
        where m.conversation_id = c.id and m.kind = 'outbound' and not m.is_automatic)
order by c.id desc limit {MOST_CHATS}
"""  # noqa: S608  our own words


def midnight(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def chart_begins(at: datetime, zone: str) -> datetime:
    """The beginning of the half hour that runs, and as many before it as the chart has."""
    here = at.astimezone(ZoneInfo(zone))
    this = here.replace(minute=here.minute // 30 * 30, second=0, microsecond=0)
    return at + (this - here) - SLOT * (SLOTS - 1)


def read(at: datetime, zone: str) -> Today:
    """Eight queries, and a look into Redis for who is on the site."""
    begins, chart = midnight(at, zone), chart_begins(at, zone)
    return Today(
        begins, chart, _answers(begins, at), _answers(_ago(begins, 1), _ago(at, 1, zone)), _begun(chart, at),
        _given_up(begins), _rated(begins), _low(at),
    )  # fmt: skip


def _rated(begins: datetime) -> tuple[Rated, ...]:
    rows = SurveyResponse.objects.filter(kind=SurveyKind.CSAT, answered_at__gte=begins, score__isnull=False)
    counted = rows.values("team").annotate(answers=Count("pk"), good=Count("pk", filter=GOOD)).order_by()
    return tuple(Rated(each["team"] or 0, each["answers"], each["good"]) for each in counted)


def _low(at: datetime) -> tuple[Low, ...]:
    """The newest of those that nobody has looked at; from which score on it calls is for alerts to say."""
    rows = SurveyResponse.objects.filter(
        kind__in=SCALES, score__lte=HIGHEST_LOW, reviewed_at=None, answered_at__gte=at - DAYS_OF_LOW
    ).exclude(conversation=None)
    rows = rows.select_related("conversation__customer").prefetch_related("conversation__customer__identities")
    return tuple(
        Low(
            each.pk, each.conversation.pk, each.team_id or 0, each.conversation.customer.label, each.kind,
            each.score or 0, SCALES[each.kind][1], each.comment[:COMMENT_OF_LOW],
        )
        for each in rows.order_by("-answered_at", "-pk")[:MOST_LOW]
        if each.conversation
    )  # fmt: skip


def usual(at: datetime, zone: str) -> Usual:
    """Three queries; good for the half hour that runs. Only weeks that this desk has seen count."""
    with connection.cursor() as cursor:
        cursor.execute(_SINCE_WHEN)
        first, first_answer = cursor.fetchone() or (None, None)
    chart = chart_begins(at, zone)
    weeks = [week for week in range(1, WEEKS + 1) if first and first <= _ago(chart, week, zone)]
    if not weeks:
        return Usual()
    moments = [_ago(at, week, zone) for week in weeks]
    answered = [moment for moment in moments if first_answer and first_answer <= moment]
    return Usual(len(weeks), _waited(answered), _begun_before([_ago(chart, week, zone) for week in weeks]))


def left_chats(begins: datetime) -> list[tuple[int, int]]:
    """Conversations, each with its team, of who began to chat today, had no answer, and is no longer on the site."""
    with connection.cursor() as cursor:
        cursor.execute(_UNANSWERED, {"begins": begins})
        rows = cursor.fetchall()
    here = {each.visitor for each in on_site.among({visitor for _pk, _team, visitor in rows if visitor})}
    return [(pk, team) for pk, team, visitor in rows if visitor not in here]


def _ago(at: datetime, weeks: int, zone: str = "") -> datetime:
    """The same time of the clock on the same day, so many weeks before."""
    return (at.astimezone(ZoneInfo(zone)) if zone else at) - WEEK * weeks


def _answers(since: datetime, until: datetime) -> tuple[Answers, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, {"since": since, "until": until})
        return tuple(Answers(*row) for row in cursor.fetchall())


def _begun(since: datetime, until: datetime) -> tuple[Begun, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, {"since": since, "until": until, "slot": SLOT.total_seconds()})
        return tuple(Begun(*row) for row in cursor.fetchall())


def _begun_before(starts: Sequence[datetime]) -> dict[tuple[int, int], float]:
    values: dict[str, list[datetime] | float] = {
        "starts": list(starts),
        "ends": [each + SLOT * SLOTS for each in starts],
        "slot": SLOT.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN_BEFORE, values)
        return {(slot, team): count / len(starts) for slot, team, count in cursor.fetchall()}


def _waited(moments: Sequence[datetime]) -> dict[int, float]:
    if not moments:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_WAITED_BEFORE, {"moments": list(moments)})
        return {team: count / len(moments) for team, count in cursor.fetchall()}


def _given_up(begins: datetime) -> tuple[GivenUp, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, {"begins": begins})
        calls = dict(cursor.fetchall())
    chats = Counter(team for _pk, team in left_chats(begins))
    return tuple(GivenUp(team, calls.get(team, 0), chats[team]) for team in sorted({*calls, *chats}))
