"""Events by the ten million for `bench timeline`: two years of what many did, and a few who have a long past."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date as Date
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from customers import partitions
from deskapp.bench.crowd import without_indexes
from deskapp.models import Role, User

MONTHS = 24
EACH = 100  # events of one of the many
SIZES = (100, 10_000, 100_000)  # events of those who are measured
MEASURED = 5  # customers of each size
WAYS = 5  # identities of each of those
SHOWN = 12  # per cent of events that stand in a timeline by themselves; the others fold into visits
AT_ONCE = 2_000_000
FIRST = 10_000_000  # numbers of the measured customers and their identities begin here

# What happened at number n: its name, category and whether it is folded, by a share of a hundred.
EVENT = """
  (array['Order Placed','Order Shipped','Order Delivered','Survey Answered','Product Added','Profile Changed',
         'Call Noted'])[1 + n % 7] as shown_name,
  (array['transactional','transactional','transactional','attitudinal','behavioural','profile','contextual'])[1 + n % 7]
    as shown_category
"""
INSERT = """
  insert into customers_event (number, occurred_at, received_at, identity_id, name, category, is_folded, source,
    external_id, properties, context)
  select nextval('customers_event_number'), at, at, identity, case when folded then 'Page Viewed' else shown_name end,
    case when folded then 'behavioural' else shown_category end, folded, 1, '',
    jsonb_build_object('title', 'Kestrel Trail Jacket', 'number', 'HF-' || n, 'total', '129.00', 'currency', 'GBP'),
    '{{}}'::jsonb
  from (select n, {identity} as identity, {at} as at, (n * 7919 % 100) >= {shown} as folded, {event}
        from generate_series({first}::bigint, {last}::bigint) n) made
"""


class History:
    def __init__(self, say: Callable[[str], None]) -> None:
        self.say, self.now = say, timezone.now()
        self.customers: dict[int, list[int]] = {
            size: [FIRST + place * MEASURED + number for number in range(MEASURED)] for place, size in enumerate(SIZES)
        }
        self.supervisor, _made = User.objects.get_or_create(
            email="timeline@bench.example", defaults={"name": "Sam Reyes", "role": Role.SUPERVISOR, "password": "!"}
        )

    def load(self, events: int) -> None:
        """`events` of the many, spread evenly over the months, and then those who are measured."""
        partitions.make_for(self._months())
        with _unchecked(), without_indexes("customers_event"):
            self._people(events // EACH)
            self._many(events, max(1, events // EACH))
            for size, customers in self.customers.items():
                for customer in customers:
                    self._past_of(customer, size)
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze")

    def spread(self, events: int, people: int) -> None:
        """Over so many identities that there are already, and nothing else."""
        partitions.make_for(self._months())
        with _unchecked(), without_indexes("customers_event"):
            self._many(events, people)

    def _many(self, events: int, people: int) -> None:
        for first in range(1, events + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, events)
            self._insert(f"1 + n * 7907 % {people}", first, last)
            self.say(f"bench: {last} events of {events}")

    def _months(self) -> list[Date]:
        """By the day: steps of thirty miss a February."""
        return [(self.now - timedelta(days=back)).date() for back in range(30 * MONTHS + 1)]

    def _people(self, many: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_PEOPLE, {"first": 1, "last": many, "now": self.now})
            cursor.execute(_IDENTITIES, {"first": 1, "last": many, "now": self.now})

    def _past_of(self, customer: int, size: int) -> None:
        """`size` events over five identities, a visit to every eight of them, and thirty messages."""
        own: dict[str, int | datetime] = {"first": customer, "last": customer, "now": self.now}
        base = FIRST + (customer - FIRST) * WAYS
        with connection.cursor() as cursor:
            cursor.execute(_PEOPLE, own)
            for way in range(WAYS):
                cursor.execute(_IDENTITY, {"pk": base + way, "customer": customer, "now": self.now})
            self._insert(f"{base} + n % {WAYS}", 1, size)
            values: dict[str, int | datetime] = {
                "base": base,
                "ways": WAYS,
                "visits": size // 8,
                "now": self.now,
                "customer": customer,
            }
            cursor.execute(_VISITS, values)
            cursor.execute(_TALK, values)
            cursor.execute(_MESSAGES, values)

    def _insert(self, identity: str, first: int, last: int) -> None:
        span = 30 * MONTHS * 86400
        at = f"timestamptz '{self.now.isoformat()}' - make_interval(secs => 60 + (n * 104729 % {span}))"
        sql = INSERT.format(identity=identity, at=at, shown=SHOWN, event=EVENT, first=first, last=last)
        with connection.cursor() as cursor:
            cursor.execute(sql)


_PEOPLE = """
  insert into customers_customer (id, name, language, timezone, city, tier, about, is_blocked)
  select n, 'Customer ' || n, 'en', '', '', '', '', false
  from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_IDENTITIES = """
  insert into customers_identity (id, customer_id, kind, value, display, is_verified, source, first_seen_at,
    last_seen_at)
  select n, n, 'visitor', 'v' || n, '', true, 'shop', %(now)s, %(now)s
  from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_IDENTITY = """
  insert into customers_identity (id, customer_id, kind, value, display, is_verified, source, first_seen_at,
    last_seen_at)
  values (%(pk)s, %(customer)s, 'api', 'way-' || %(pk)s, '', true, 'shop', %(now)s, %(now)s)
"""
_VISITS = """
  insert into customers_visit (identity_id, source, started_at, ended_at, pages, seconds, page, seen, searches, context)
  select %(base)s + n %% %(ways)s, 1, at, at + interval '8 minutes', 8, 480, '{"title": "Jackets"}'::jsonb,
    '[{"id": "1", "name": "Kestrel", "kind": "Jackets"}, {"id": "2", "name": "Harrier", "kind": "Jackets"}]'::jsonb,
    '[]'::jsonb, '{}'::jsonb
  from (select n, %(now)s - make_interval(hours => (n * 7919 %% 17000)::int, mins => 30) as at
        from generate_series(1, %(visits)s) n) made
"""
_TALK = """
  insert into conversations_conversation (id, customer_id, subject, status, priority, language, is_spam, created_at,
    queue_at, last_message_at, snippet, media)
  values (%(customer)s, %(customer)s, 'Size', 'open', 1, 'en', false, %(now)s, %(now)s, %(now)s, 'Size', '{email}')
"""
_MESSAGES = """
  insert into conversations_message (conversation_id, kind, is_bot, subject, text, quoted, html, external_id, client_id,
    details, is_automatic, is_unverified, created_at)
  select %(customer)s, case when n %% 2 = 0 then 'outbound' else 'inbound' end, false, '', 'The medium is tight ' || n,
    '[]'::jsonb, '', '', gen_random_uuid(), '{}'::jsonb, false, false, %(now)s - make_interval(days => n)
  from generate_series(1, 30) n
"""


@contextmanager
def _unchecked() -> Iterator[None]:
    """Spares a look-up of the foreign keys for each row: the rows are made right. For a superuser, as here."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        yield
        cursor.execute("set session_replication_role = origin")
