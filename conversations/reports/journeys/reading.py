"""Reads what the journeys of some customers follow from: as many statements for a hundred as for one, each bounded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection

from conversations.models import BotDeed, OrderAct, SurveyResponse
from conversations.models.deed import DeedState
from conversations.models.order_act import OrderActState
from conversations.models.survey import SurveyKind
from conversations.reports.journeys.places import APP, BOT, OF_EVENTS, SITE
from conversations.reports.journeys.usual import usual_waits
from conversations.reports.journeys.ways import AFTER, BEFORE, PERSON, Said, Stay, Told
from customers.models import Category, Membership

YEAR = timedelta(days=365)  # what a longer past follows from may have been dropped: its journeys stay as they are
MOST_EPISODES, MOST_WORDS = 100, 200  # of a customer, and of an episode
GOOD = 4  # of 5
MOST_VISITS, MOST_EVENTS = 40, 200  # of an identity beside one episode, of each kind

Columns = list[list[int] | list[datetime] | list[datetime | None]]


@dataclass(frozen=True)
class Known:
    """What was read: of each customer the episodes that have a journey, or stand beside one."""

    told: Mapping[int, list[Told]]
    segments: Mapping[int, list[int]]


def known(customers: Sequence[int], now: datetime) -> Known:
    """Of customers that are not erased."""
    found: dict[int, list[Told]] = defaultdict(list)
    rows = _episodes(customers, now - YEAR)
    every = [told for _customer, told in rows]
    said, stays, deeds = _words(every, now), _stayed(rows, now), _deeds(every)
    answered = _answered(every)
    for customer, told in rows:
        answers, good = answered.get(told.pk, (0, 0))
        found[customer].append(
            replace(
                told,
                said=tuple(said[told.pk]),
                stays=tuple(sorted(stays[told.pk], key=lambda stay: (stay.at, stay.what))),
                deeds=deeds.get(told.pk, 0),
                answers=answers,
                good=good,
            )
        )
    return Known(found, _segments(customers))


_EPISODES = """
select whom.id, e.id, e.conversation_id, e.began_at, e.ended_at, e.is_inbound, e.topic_id, e.medium, e.waited_open,
  e.transfers, e.repeats
from unnest(%s::bigint[]) as whom(id) join customers_customer c on c.id = whom.id and c.erased_at is null
cross join lateral (
  select e.* from conversations_conversation talk join conversations_episode e on e.conversation_id = talk.id
  where talk.customer_id = whom.id and talk.merged_into_id is null and not talk.is_spam
    and e.outcome not in ('spam', 'merged') and e.began_at >= %s
  order by e.began_at desc, e.id desc limit %s) e
order by e.began_at, e.id
"""


def _episodes(customers: Sequence[int], since: datetime) -> list[tuple[int, Told]]:
    with connection.cursor() as cursor:
        cursor.execute(_EPISODES, [list(customers), since, MOST_EPISODES])
        rows = cursor.fetchall()
    usual = usual_waits({(row[3], row[7]) for row in rows})
    return [
        (
            row[0],
            Told(
                pk=row[1], conversation=row[2], began_at=row[3], ended_at=row[4], is_inbound=row[5], topic=row[6],
                medium=row[7], waited=row[8], usual=usual.get((row[3], row[7])), transfers=row[9], repeats=row[10],
            ),
        )
        for row in rows
    ]  # fmt: skip


_WORDS = """
select e.id, m.created_at, m.kind, m.is_bot, m.author_id, m.answered, m.theirs, coalesce(channel.medium, '')
from unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]) as e(id, talk, began, ended)
cross join lateral (
  select created_at, id, kind, is_bot, author_id, channel_id,
    coalesce(details->'call'->>'state', '') in ('answered', 'ended') as answered,
    coalesce(details->'call'->>'direction', '') = 'in' as theirs
  from conversations_message
  where conversation_id = e.talk and created_at >= e.began and created_at <= e.ended
    and kind in ('inbound', 'outbound', 'call') and not is_automatic
  order by created_at, id limit %s) m
left join conversations_channel channel on channel.id = m.channel_id
order by m.created_at, m.id
"""


def _words(every: Sequence[Told], now: datetime) -> Mapping[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    ends = [told.ended_at or now for told in every]
    columns: Columns = [[t.pk for t in every], [t.conversation for t in every], [t.began_at for t in every], ends]
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [*columns, MOST_WORDS])
        for pk, at, kind, is_bot, author, answered, theirs, medium in cursor.fetchall():
            found[pk] += _lines(at, kind, medium, is_bot=is_bot, author=author, answered=answered, theirs=theirs)
    return found


def _lines(
    at: datetime, kind: str, medium: str, *, is_bot: bool, author: int | None, answered: bool, theirs: bool
) -> Iterable[Said]:
    """A call of theirs that somebody took is their word, and the answer to it."""
    if kind == "inbound" or (kind == "call" and theirs):
        yield Said(at, "", "voice" if kind == "call" else medium)
    if kind == "outbound" and (is_bot or author):
        yield Said(at, BOT if is_bot else PERSON, medium)
    if kind == "call" and answered:
        yield Said(at, PERSON, "voice")


# Visits beside an episode, the nearest first, and the events that are places; of each identity by itself, along its
# indexes: what a customer does on a page is folded into the visit, and is not looked at.
_STAYED = """
select e.id, near.what, near.at, near.until
from unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
  as e(id, customer, low, began, ended, high)
join customers_identity i on i.customer_id = e.customer
cross join lateral (
  (select case when pages > 0 and not page ? 'url' then '{app}' else '{site}' end as what, started_at as at,
     ended_at as until
   from customers_visit where identity_id = i.id and started_at >= e.low and started_at < e.began
   order by started_at desc, id desc limit {visits})
  union all
  (select case when pages > 0 and not page ? 'url' then '{app}' else '{site}' end, started_at, ended_at
   from customers_visit where identity_id = i.id and started_at > e.ended and started_at <= e.high
   order by started_at, id limit {visits})
  {events}
) near
"""
_EVENTS = """
  union all
  (select name, occurred_at, occurred_at from (
     select name, occurred_at from customers_event
     where identity_id = i.id and category = '{category}' and not is_folded
       and occurred_at >= e.low and occurred_at <= e.high
     order by occurred_at desc, number desc limit {most}) newest
   where name = any(%s))
"""
_CATEGORIES = (Category.TRANSACTIONAL, Category.BEHAVIOURAL, Category.CONTEXTUAL)


def _stayed(rows: Sequence[tuple[int, Told]], now: datetime) -> Mapping[int, list[Stay]]:
    events = "".join(_EVENTS.format(category=category.value, most=MOST_EVENTS) for category in _CATEGORIES)
    statement = _STAYED.format(app=APP, site=SITE, visits=MOST_VISITS, events=events)
    every = [told for _customer, told in rows]
    columns: Columns = [
        [told.pk for told in every],
        [customer for customer, _told in rows],
        [told.began_at - BEFORE for told in every],
        [told.began_at for told in every],
        [told.ended_at for told in every],
        [told.ended_at + AFTER if told.ended_at else now for told in every],
    ]
    names = [sorted(OF_EVENTS)] * len(_CATEGORIES)
    found: dict[int, list[Stay]] = defaultdict(list)
    with connection.cursor() as cursor:
        # As conversations.story: it would sort all events of a month instead of walking to the first few.
        statement = f"set local enable_sort = off; {statement}; set local enable_sort = on"
        cursor.execute(statement, [*columns, *names])
        cursor.nextset()
        for pk, what, at, until in cursor.fetchall():
            found[pk].append(Stay(what, at, until))
    return found


def _deeds(every: Sequence[Told]) -> Mapping[int, int]:
    """What the bot was refused, and what a shop refused an agent."""
    talks = {told.conversation for told in every}
    refused = BotDeed.objects.filter(talk__conversation__in=talks, state=DeedState.REFUSED)
    failed = OrderAct.objects.filter(conversation__in=talks, state=OrderActState.FAILED)
    found: dict[int, int] = defaultdict(int)
    pairs = [*refused.values_list("talk__conversation", "created_at")]
    pairs += failed.values_list("conversation", "created_at")
    for talk, at in pairs:
        if told := _within(every, talk, at):
            found[told.pk] += 1
    return found


def _answered(every: Sequence[Told]) -> Mapping[int, tuple[int, int]]:
    """Of each episode its newest answer from 1 to 5: that there is one, and whether it was 4 or 5."""
    talks = {told.conversation for told in every}
    rows = SurveyResponse.objects.filter(conversation__in=talks, kind=SurveyKind.CSAT, score__isnull=False)
    found = {}
    for talk, at, score in rows.order_by("answered_at", "pk").values_list("conversation", "ask__ended_at", "score"):
        if score is not None and (told := _within(every, talk, at)):
            found[told.pk] = (1, int(score >= GOOD))
    return found


def _within(every: Iterable[Told], talk: int | None, at: datetime) -> Told | None:
    """The last episode of this conversation that had begun by then."""
    begun = [told for told in every if told.conversation == talk and told.began_at <= at]
    return max(begun, key=lambda told: (told.began_at, told.pk), default=None)


def _segments(customers: Sequence[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = Membership.objects.filter(customer__in=customers).order_by("segment")
    for customer, segment in rows.values_list("customer", "segment"):
        found[customer].append(segment)
    return found
