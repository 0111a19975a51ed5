"""What a customer did between the messages of a thread, and where they were as they wrote: one statement for all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from conversations.models import Conversation, Message
from conversations.sight import categories_seen_by
from conversations.story import Happening, Kind, Value, Wanted, walk
from conversations.story_words import Line, line, money
from conversations.timeline import Timeline
from customers.models import Category, Event, Visit

if TYPE_CHECKING:
    from deskapp.models import User

MOST = 40  # on a page of fifty messages
BEFORE = timedelta(days=7)  # what led to the first message is told, too
TELLING = {Category.TRANSACTIONAL, Category.ATTITUDINAL, Category.BEHAVIOURAL}
PINNED = 9  # the kind of a moment's row, beside those of the story

Told = Mapping[str, object]


def interleaved(
    agent: "User", conversation: Conversation, read: Timeline, *, until: datetime | None = None
) -> Timeline:
    """The page of the thread with what happened from its first message to `until`, where the page after it begins;
    its messages have a `pinned`, a line that says where the customer was."""
    messages = [event for event in read.events if isinstance(event, Message)]
    if not read.events:
        return read
    since = read.events[0].created_at - (timedelta() if read.before else BEFORE)
    facts, moments = _read(agent, conversation.customer_id, since, until, [message.pk for message in messages])
    for message in messages:
        if moment := moments.get(message.pk):
            message.pinned = pinned(agent, moment)  # type: ignore[attr-defined]
    events = sorted([*read.events, *facts], key=lambda event: (event.created_at, isinstance(event, Message)))
    return replace(read, events=events)


def lately(agent: "User", conversation: Conversation, since: datetime) -> list[Line]:
    return _read(agent, conversation.customer_id, since, None, [])[0]


def _read(
    agent: "User", customer: int, since: datetime, until: datetime | None, messages: Sequence[int]
) -> tuple[list[Line], dict[int, Told]]:
    wanted = Wanted(frozenset(TELLING.intersection(categories_seen_by(agent))), since=since)
    keys, values = walk(agent, customer, wanted, until, MOST)
    bounds, more = "e.occurred_at >= %s", [since]
    if until:
        bounds, more = f"{bounds} and e.occurred_at <= %s", [since, until]
    every: list[Value] = [*more, *values, list(messages)]
    with connection.cursor() as cursor:
        cursor.execute(_TOLD.format(keys=keys, bounds=bounds), every)
        rows = cursor.fetchall()
    known = [(kind, at, pk, json.loads(told)) for kind, at, pk, told in rows if told]
    lines = [line(_happening(kind, at, pk, told)) for kind, at, pk, told in known if kind != PINNED]
    return lines, {pk: told for kind, _at, pk, told in known if kind == PINNED}


_TOLD = """
select keys.kind, keys.at, keys.id, case keys.kind
  when 4 then (
    select jsonb_build_object('name', e.name, 'category', e.category, 'properties', e.properties)
    from customers_event e where e.occurred_at = keys.at and e.number = keys.id and {bounds})
  else (
    select jsonb_build_object('ended_at', v.ended_at, 'pages', v.pages, 'seconds', v.seconds, 'page', v.page,
      'seen', v.seen, 'searches', v.searches)
    from customers_visit v where v.id = keys.id) end
from ({keys}) keys
union all
select 9, null, m.message_id, jsonb_build_object('page', m.page, 'cart', m.cart, 'order', o.number)
from conversations_moment m left join customers_order o on o.id = m.order_id where m.message_id = any(%s)
"""


def _happening(kind: int, at: datetime, pk: int, told: Mapping[str, object]) -> Happening:
    """With a row that holds just what its line tells."""
    if kind == Kind.EVENT:
        return Happening((at, kind, pk), Event(occurred_at=at, number=pk, **told))
    known = {**told, "ended_at": parse_datetime(str(told["ended_at"]))}
    return Happening((at, kind, pk), Visit(pk=pk, started_at=at, **known))


def pinned(agent: "User", moment: Told) -> str:
    """ "on “Size guide”, basket £129.00"; an order alone says nothing of that second, and stands in the panel."""
    page, cart = moment.get("page"), moment.get("cart")
    parts = []
    if agent.sees_browsing and isinstance(page, Mapping) and (page.get("title") or page.get("url")):
        parts.append(_("on “%(page)s”") % {"page": page.get("title") or page["url"]})
    if agent.sees_browsing and isinstance(cart, Mapping) and cart.get("currency"):
        parts.append(_("basket %(sum)s") % {"sum": money(cart.get("total"), str(cart["currency"]))})
    if parts and agent.sees_purchases and moment.get("order"):
        parts.append(_("last order %(number)s") % {"number": moment["order"]})
    return ", ".join(parts)
