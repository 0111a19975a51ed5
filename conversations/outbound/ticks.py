"""What comes after “sent”, of messages to customers: they have them, and have read them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from conversations.live.push import push_ticks

# Nothing but the tick in open threads depends on it.
_SETTLE = """
with customer as (
    select * from unnest(%(customers)s::int[], %(identities)s::bigint[]) as customer (number, identity)
), got as (
    select * from unnest(%(got_by)s::int[], %(got)s::bigint[]) as got (number, message)
), read as (
    select customer.number, max(message.created_at) as until
    from unnest(%(read_by)s::int[], %(read)s::bigint[]) as mark (number, message)
    join conversations_message as message on message.id = mark.message
    join customer on customer.number = mark.number and customer.identity = message.identity_id
    group by customer.number
)
update conversations_delivery as delivery
set status = found.status, settled_at = %(now)s, claimed_at = null, error = ''
from (
    select sent.id, case when message.created_at <= read.until then 'read' else 'delivered' end as status
    from customer
    join conversations_message as message on message.identity_id = customer.identity and message.kind = 'outbound'
    join conversations_delivery as sent on sent.message_id = message.id and sent.status in ('sent', 'delivered')
    left join read on read.number = customer.number
    where message.created_at <= read.until or (sent.status = 'sent' and exists (
        select from got where got.number = customer.number and got.message = message.id))
    order by sent.id for no key update of sent
) as found
where delivery.id = found.id returning delivery.message_id, delivery.conversation_id
"""


@dataclass(frozen=True)
class Told:
    """By one customer: the messages to `identities` that they have, and those until which they read all."""

    identities: Sequence[int]
    got: Collection[int] = ()
    read: Collection[int] = ()


def settle_each(told: Sequence[Told]) -> None:
    """As `outbox.settle` of all these messages."""
    for apart in _apart([each for each in told if each.identities and (each.got or each.read)]):
        _settle(apart)


def _apart(told: Sequence[Told]) -> Iterator[Sequence[Told]]:
    """No identity twice in one statement, which would take either of two words about the same message."""
    while told:
        taken: set[int] = set()
        now: list[Told] = []
        later: list[Told] = []
        for each in told:
            (now if taken.isdisjoint(each.identities) else later).append(each)
            taken.update(each.identities)
        yield now
        told = later


def _settle(told: Sequence[Told]) -> None:
    customers = [(number, identity) for number, each in enumerate(told) for identity in each.identities]
    got = [(number, message) for number, each in enumerate(told) for message in each.got]
    read = [(number, message) for number, each in enumerate(told) for message in each.read]
    values: dict[str, datetime | list[int]] = {
        "customers": [number for number, _ in customers],
        "identities": [identity for _, identity in customers],
        "got_by": [number for number, _ in got],
        "got": [message for _, message in got],
        "read_by": [number for number, _ in read],
        "read": [message for _, message in read],
        "now": timezone.now(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)
        push_ticks(cursor.fetchall())
