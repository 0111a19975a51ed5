"""Pins messages to where their customers were that second: on which page, with what in the cart, after which order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from conversations.models import Message
from customers.event_names import PAGE_VIEWED, SCREEN_VIEWED
from customers.models.order import CartStatus

HERE = timedelta(minutes=30)  # after which silence nobody is taken to be on the page still
KEPT = timedelta(days=14)  # for which a cart says anything

# One statement for all. The plain bounds of time are constants, so that the months of events are left out at once.
_PIN = """
insert into conversations_moment (message_id, page, cart, order_id)
select m.id, coalesce(page.told, '{}'), coalesce(cart.told, '{}'), bought.id
from unnest(%(messages)s::bigint[], %(customers)s::bigint[], %(moments)s::timestamptz[]) m (id, customer, at)
left join lateral (
  select jsonb_strip_nulls(jsonb_build_object(
    'url', coalesce(seen.properties ->> 'url', seen.context #>> '{page,url}'),
    'title', coalesce(seen.properties ->> 'title', seen.context #>> '{page,title}', seen.properties ->> 'name'),
    'since', seen.occurred_at)) as told
  from customers_identity i cross join lateral (
    select e.occurred_at, e.properties, e.context from customers_event e
    where e.identity_id = i.id and e.name = any(%(pages)s) and e.occurred_at between %(after)s and %(before)s
      and e.occurred_at between m.at - %(here)s::interval and m.at
    order by e.occurred_at desc, e.number desc limit 1) seen
  where i.customer_id = m.customer order by seen.occurred_at desc limit 1) page on true
left join lateral (
  select jsonb_build_object('lines', c.lines, 'total', c.total, 'currency', c.currency, 'step', c.step) as told
  from customers_identity i join customers_cart c on c.identity_id = i.id
  where i.customer_id = m.customer and c.status <> %(ordered)s
    and c.changed_at between m.at - %(kept)s::interval and m.at
    and c.lines <> '[]'
  order by c.changed_at desc limit 1) cart on true
left join lateral (
  select last.id
  from customers_identity i cross join lateral (
    select o.id, o.placed_at from customers_order o
    where o.identity_id = i.id and o.placed_at <= m.at order by o.placed_at desc, o.id desc limit 1) last
  where i.customer_id = m.customer order by last.placed_at desc, last.id desc limit 1) bought on true
where page.told is not null or cart.told is not null or bought.id is not null
on conflict do nothing
"""


def pin(said: Sequence[tuple[Message, int]]) -> None:
    """Of messages with their customers' ids; whoever never did anything but write gets no row. Doing it twice changes
    nothing."""
    if not said:
        return
    moments: list[datetime] = [message.created_at for message, _customer in said]
    values: dict[str, str | datetime | list[int] | list[str] | list[datetime]] = {
        "messages": [message.pk for message, _customer in said],
        "customers": [customer for _message, customer in said],
        "moments": moments,
        "after": min(moments) - HERE,
        "before": max(moments),
        "here": f"{HERE.total_seconds()} s",
        "kept": f"{KEPT.days} days",
        "pages": [PAGE_VIEWED, SCREEN_VIEWED],
        "ordered": str(CartStatus.ORDERED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PIN, values)
