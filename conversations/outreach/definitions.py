"""What each list holds, as SQL: the one definition of it, for everybody at once or for one customer.

Each gives (key, customer, at, value, currency, signals, about) and takes %(now)s, and %(customers)s: keys, or null for
all. PostgreSQL sees the values, so that what is null costs nothing.
"""
# ruff: noqa: S608 - made of this module's constants alone

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from conversations.models.outreach import OccasionKind
from customers.profile import LATELY, SILENT_ORDERS, SILENT_TIMES

CART_DAYS = 30
PARCEL_DAYS = 60  # since the order: what is older the shop never hears of again
PARCEL_TAKES = 10.0  # days, where too few parcels are known
LEAST_PARCELS = 20
REFILL_LOOKS_BACK = 400  # days
LEAST_REFILLS = 20  # of all customers, for a product's usual distance
REFILL_BETWEEN = (5, 300)  # days: what is bought again sooner or later is no cycle
RISK_DAYS = 30
MANY_CONTACTS = 3
LEAST_SIGNALS = 2
SIGNALS = ("score", "contacts", "refund", "parcel", "pause")

# Two texts of other rooms, as moments: what is no date is none. The day is counted from January, so that a day that
# there is not, such as the 30th of February, is one a little later and no error.
_DATE = r"^(?!0000)\d\d\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
MOMENT = (
    "case when {0} ~ '" + _DATE + "' then make_date(left({0}, 4)::int, 1, 1)"
    " + make_interval(months => substr({0}, 6, 2)::int - 1, days => substr({0}, 9, 2)::int - 1)"
    " + case when {0} ~ '" + _DATE + "[T ]([01]\\d|2[0-3]):[0-5]\\d' then substr({0}, 12, 5)::time::interval"
    " else {1} end end at time zone 'UTC'"
)
_SENT = MOMENT.format("(parcel->>'at')", "interval '0'")
_PROMISED = MOMENT.format("(parcel->>'promised')", "interval '1 day'")  # the day is over then
_HERE = (
    "join customers_identity i on i.id = {0}.identity_id"
    " join customers_customer c on c.id = i.customer_id and c.erased_at is null and c.merged_into_id is null"
    " and (%(customers)s::bigint[] is null or c.id = any(%(customers)s))"
)
_ARRIVED = "lower(parcel->>'status') in ('delivered', 'collected', 'picked_up', 'picked up')"

CART = f"""
select 'cart:' || cart.id as key, c.id as customer, cart.changed_at as at, cart.total as value, cart.currency,
  0 as signals,
  jsonb_build_object('step', cart.step, 'url', cart.url, 'products', goods.names, 'pieces', goods.pieces) as about
from customers_cart cart {_HERE.format("cart")}
cross join lateral (
  select coalesce(jsonb_agg(line->>'name'), '[]') as names, sum((line->>'quantity')::int) as pieces
  from jsonb_array_elements(cart.lines) line
) goods
where cart.status = 'left' and cart.lines <> '[]' and cart.changed_at >= %(now)s - interval '{CART_DAYS} days'
and not exists (
  select from customers_order o join customers_identity mine on mine.id = o.identity_id
  where mine.customer_id = c.id and o.placed_at >= cart.changed_at and o.status <> 'cancelled'
)"""

PARCEL = f"""
select 'parcel:' || o.id || ':' || coalesce(nullif(left(parcel->>'number', 120), ''), nth::text) as key,
  c.id as customer, due.at, o.total as value, o.currency, 0 as signals,
  jsonb_build_object('number', o.number, 'carrier', parcel->>'carrier', 'parcel', parcel->>'number',
    'url', parcel->>'url', 'sent', coalesce(said.sent, o.changed_at), 'promised', said.promised is not null,
    'days', coalesce(theirs.days, everyones.days, {PARCEL_TAKES})) as about
from customers_order o {_HERE.format("o")}
cross join lateral jsonb_array_elements(o.shipments) with ordinality shipment(parcel, nth)
cross join lateral (select {_SENT} as sent, {_PROMISED} as promised) said
left join conversations_usualdays theirs on theirs.kind = 'carrier' and theirs.key = lower(parcel->>'carrier')
  and theirs.key <> '' and theirs.count >= {LEAST_PARCELS}
left join conversations_usualdays everyones on everyones.kind = 'carrier' and everyones.key = ''
  and everyones.count >= {LEAST_PARCELS}
cross join lateral (
  select coalesce(said.promised, coalesce(said.sent, o.changed_at)
    + coalesce(theirs.days, everyones.days, {PARCEL_TAKES}) * interval '1 day') as at
) due
where o.status in ('partly', 'shipped') and not o.is_collected
and o.placed_at >= %(now)s - interval '{PARCEL_DAYS} days' and due.at < %(now)s and not {_ARRIVED}"""

_BOUGHT = f"""
select c.id as customer, o.source, line->>'product_id' as product, o.id as order_id, o.placed_at, o.currency,
  max(line->>'name') as name, max(line->>'url') as url,
  sum((line->>'price')::numeric * (line->>'quantity')::int) as value
from customers_order o {_HERE.format("o")}
cross join lateral jsonb_array_elements(o.lines) line
where o.status not in ('cancelled', 'refunded') and line->>'product_id' <> ''
and o.placed_at >= %(now)s - interval '{REFILL_LOOKS_BACK} days'
group by c.id, o.source, line->>'product_id', o.id"""

_GAPS = f"""
bought as ({_BOUGHT}),
gaps as (
  select *, extract(epoch from placed_at - lag(placed_at) over theirs) / 86400 as gap,
    lead(order_id) over theirs is null as is_last
  from bought window theirs as (partition by customer, source, product order by placed_at, order_id)
)"""

REFILL = f"""
with {_GAPS},
cycles as (
  select customer, source, product, count(*) as times, max(placed_at) as last_at,
    max(order_id) filter (where is_last) as last_order, max(name) filter (where is_last) as name,
    max(url) filter (where is_last) as url, max(value) filter (where is_last) as value,
    max(currency) filter (where is_last) as currency,
    percentile_cont(0.5) within group (order by gap) filter (where gap >= {REFILL_BETWEEN[0]}) as own
  from gaps group by customer, source, product
)
select 'refill:' || customer || ':' || last_order || ':' || left(product, 120) as key, customer, due.at, value,
  currency, 0 as signals,
  jsonb_build_object('product', name, 'id', left(source || ':' || product, 160), 'url', url, 'times', times,
    'days', round(due.days::numeric, 1), 'own', own is not null, 'last', last_at) as about
from cycles
left join conversations_usualdays usual on usual.kind = 'product' and usual.key = left(source || ':' || product, 160)
  and usual.count >= {LEAST_REFILLS}
cross join lateral (select coalesce(own, usual.days) as days) often
cross join lateral (
  select often.days as days, last_at + often.days * interval '1 day' as at,
    least(14, greatest(3, often.days / 4)) * interval '1 day' as give
) due
where often.days between {REFILL_BETWEEN[0]} and {REFILL_BETWEEN[1]}
and %(now)s between due.at - due.give and due.at + due.give"""

_SINCE = f"%(now)s - interval '{RISK_DAYS} days'"
_AMONG = "(%(customers)s::bigint[] is null or {0} = any(%(customers)s))"
RISK = f"""
with signals as (
  select customer, 'score' as signal, score::numeric as n, beside::numeric, at from (
    select distinct on (a.customer_id) a.customer_id as customer, r.score, r.kind, r.answered_at as at,
      case r.kind when 'nps' then 10 when 'ces' then 7 else 5 end as beside
    from conversations_surveyresponse r join conversations_surveyask a on a.id = r.ask_id
    where r.answered_at >= {_SINCE} and r.score is not null and {_AMONG.format("a.customer_id")}
    order by a.customer_id, r.answered_at desc, r.id desc
  ) newest where (kind = 'csat' and score <= 2) or (kind = 'nps' and score <= 6) or (kind = 'ces' and score <= 3)
  union all
  select v.customer_id, 'contacts', count(*), {MANY_CONTACTS}, max(e.began_at)
  from conversations_episode e join conversations_conversation v on v.id = e.conversation_id
  where e.began_at >= {_SINCE} and e.is_inbound and not v.is_spam and {_AMONG.format("v.customer_id")}
  group by v.customer_id having count(*) >= {MANY_CONTACTS}
  union all
  select i.customer_id, 'refund', count(*), 1, max(o.changed_at)
  from customers_order o join customers_identity i on i.id = o.identity_id
  where o.refunded > 0 and o.changed_at >= {_SINCE} and {_AMONG.format("i.customer_id")}
  group by i.customer_id
  union all
  select late.customer_id, 'parcel', count(*), 1, max(late.at) from conversations_occasion late
  where late.kind = 'parcel' and {_AMONG.format("late.customer_id")} group by late.customer_id
  union all
  select p.customer_id, 'pause', round(extract(epoch from %(now)s - p.last_order_at) / 86400),
    round(p.days_between_orders::numeric, 1), p.last_order_at + own.pause
  from customers_profile p
  cross join lateral (
    select greatest(p.days_between_orders * {SILENT_TIMES}, 14) * interval '1 day' as pause
  ) own
  where p.orders >= {SILENT_ORDERS} and p.days_between_orders > 0
  and p.last_order_at >= %(now)s - interval '{LATELY.days} days' and p.last_order_at + own.pause < %(now)s
  and {_AMONG.format("p.customer_id")}
)
select 'risk:' || c.id || ':' || to_char(max(at) at time zone 'UTC', 'YYYY-MM') as key,
  c.id as customer, max(at) as at, coalesce(max(p.lifetime_value), 0) as value,
  coalesce(max(p.currency), '') as currency, count(*) as signals,
  jsonb_build_object('signals', jsonb_agg(
    jsonb_build_object('signal', signal, 'n', n, 'of', beside, 'at', at) order by signal)) as about
from signals
join customers_customer c on c.id = signals.customer and c.erased_at is null and c.merged_into_id is null
left join customers_profile p on p.customer_id = c.id
group by c.id having count(*) >= {LEAST_SIGNALS}"""

OF: Mapping[str, str] = {
    OccasionKind.CART: CART,
    OccasionKind.PARCEL: PARCEL,
    OccasionKind.REFILL: REFILL,
    OccasionKind.RISK: RISK,
}

USUAL_CARRIERS = f"""
insert into conversations_usualdays (kind, key, days, count, counted_at)
select 'carrier', coalesce(carrier, ''), greatest(2 * middle, middle + 2), parcels, %(now)s from (
  select carrier, percentile_cont(0.5) within group (order by took) as middle, count(*) as parcels from (
  select left(lower(parcel->>'carrier'), 160) as carrier,
    extract(epoch from o.changed_at - {_SENT}) / 86400 as took
  from customers_order o cross join lateral jsonb_array_elements(o.shipments) parcel
  where o.status = 'delivered' and o.changed_at >= %(now)s - interval '180 days' and not o.is_collected
  ) taken
  where took > 0 and took < 60 group by grouping sets ((carrier), ())
  having count(*) > 0 and (grouping(carrier) = 1 or carrier <> '')
) usual
on conflict (kind, key) do update set days = excluded.days, count = excluded.count, counted_at = excluded.counted_at"""

# Of products that are used up, the shop says, or that at least one in three of its buyers bought again.
USUAL_PRODUCTS = f"""
insert into conversations_usualdays (kind, key, days, count, counted_at)
with {_GAPS}
select 'product', left(gaps.source || ':' || product, 160), percentile_cont(0.5) within group (order by gap)
    filter (where gap >= {REFILL_BETWEEN[0]}),
  count(*) filter (where gap >= {REFILL_BETWEEN[0]}), %(now)s
from gaps
group by gaps.source, product
having count(*) filter (where gap >= {REFILL_BETWEEN[0]}) >= {LEAST_REFILLS} and (
  count(distinct customer) filter (where gap >= {REFILL_BETWEEN[0]}) * 3 >= count(distinct customer)
  or exists (select from customers_product p where p.source = gaps.source and p.external_id = gaps.product
    and p.is_replenishable)
)
on conflict (kind, key) do update set days = excluded.days, count = excluded.count, counted_at = excluded.counted_at"""

SAYS = {
    OccasionKind.CART: _(
        "Carts with something in them that nothing was heard of for the time after which a cart counts as left, in the"
        " last 30 days, and whose customer has ordered nothing since."
    ),
    OccasionKind.PARCEL: _(
        "Parcels of orders of the last 60 days that have not arrived by the day that the shop promised or, where it"
        " promised none, in twice the time in which half of the carrier's parcels came in half a year, and two days"
        " more at least (of all carriers where fewer than 20 are known, 10 days where those are too few). One line"
        " a parcel."
    ),
    OccasionKind.REFILL: _(
        "Products that a customer has bought at least twice in 400 days and that are due again by the middle of their"
        " own distances; bought once, by the middle distance of all customers, where 20 are known and the shop says"
        " that it is used up, or every third buyer bought it again. Due now: a quarter of that distance before or"
        " after, from 3 to 14 days."
    ),
    OccasionKind.RISK: _(
        "Customers with at least two of five signals: a low score as their newest answer in 30 days; three contacts or"
        " more in 30 days; a refund in 30 days; a parcel that is late now; a pause of more than twice their own usual"
        " distance between orders, for who ordered three times or more. Each is shown with its number."
    ),
}
