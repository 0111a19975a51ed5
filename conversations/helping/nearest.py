"""Who is near? By the bits of a vector, through an index of pgvector where the database has it; else among the newest.

The nearest by bits are fetched with more to spare than is wanted, and put in order by their bytes. What an agent may
not see falls out in between, within the statement; where that leaves too few, one further step looks wider.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from conversations.helping.vectors import MEANING, Vector
from conversations.models import Conversation, Likeness

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

Values = dict[str, str | int | list[int]]
Near = tuple[int, float]  # a conversation's key, and how like it is: 0 to 1

STEPS = (120, 1000)  # how many by bits, before sight
KEPT = 100  # of them, after sight, to be put in order
MOST_WIDE = 1000  # of pgvector
NEWEST = 100_000  # that a database without pgvector looks at
INDEX = "likeness_near"
LOOKED_FOR = 60.0  # seconds between two looks for it
# Of the same model alone; by words, of the same language: in others, the same letters mean something else.
_OF_ONE = "model = %(model)s and (%(model)s = %(meaning)s or language = %(language)s)"
_BY_INDEX = f"""
select conversation_id, places, bits <~> %(bits)s::bit(384) as apart from conversations_likeness
where {_OF_ONE} order by bits <~> %(bits)s::bit(384) limit %(many)s
"""  # noqa: S608  our own words
_BY_NEWEST = f"""
select l.conversation_id, l.places, n.apart from (
  select conversation_id, bit_count(bits # %(bits)s::bit(384)) as apart from (
    select conversation_id, bits from conversations_likeness where model = %(model)s and language = %(language)s
    order by conversation_id desc limit {NEWEST}
  ) newest order by apart limit %(many)s
) n join conversations_likeness l using (conversation_id)
"""  # noqa: S608  our own words
_WIDE = """select set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
set_config('enable_seqscan', 'off', true)"""
# In memory of its own: a container's shared memory is too small for several that build together.
_BUILT = """select set_config('maintenance_work_mem', '512MB', true),
set_config('max_parallel_maintenance_workers', '0', true)"""
_SEEN = """
with near as materialized ({near})
select conversation_id, places from near
where conversation_id <> %(self)s and conversation_id in ({seen}) order by apart limit %(kept)s
"""


def nearest(vector: Vector, agent: "User", *, but: int, wanted: int = 8) -> list[Near]:
    """Solved conversations that `agent` may see, the likest first; without `but`, the one that is compared."""
    rows: list[tuple[int, bytes]] = []
    for many in STEPS if has_index() else STEPS[:1]:
        rows = _seen(vector, agent, but, many)
        if len(rows) >= wanted:
            break
    likeness = vector.likeness_to([bytes(places) for _key, places in rows])
    found = [(key, float(like)) for (key, _places), like in zip(rows, likeness, strict=True)]
    return sorted(found, key=lambda each: (-each[1], -each[0]))[:wanted]


def statement(vector: Vector, agent: "User", *, but: int, many: int) -> tuple[str, Values] | None:
    """What is asked of the database; None where this agent sees nothing at all."""
    visible = Conversation.objects.visible_to(agent).resolved().values("pk")
    try:
        seen, given = visible.query.sql_with_params()
    except EmptyResultSet:
        return None
    values: Values = {f"seen_{at}": value for at, value in enumerate(given)}
    for name in values:
        seen = seen.replace("%s", f"%({name})s", 1)
    values |= {"model": vector.model, "meaning": MEANING, "language": vector.language, "bits": vector.bits}
    values |= {"self": but, "many": many, "kept": KEPT}
    return _SEEN.format(near=_BY_INDEX if has_index() else _BY_NEWEST, seen=seen), values


def _seen(vector: Vector, agent: "User", but: int, many: int) -> list[tuple[int, bytes]]:
    asked = statement(vector, agent, but=but, many=many)
    if asked is None:
        return []
    with asking(many) as cursor:
        cursor.execute(*asked)
        return [(key, places) for key, places in cursor.fetchall()]


@contextmanager
def asking(many: int) -> Iterator[CursorWrapper]:
    """A cursor in whose transaction the index is walked as wide as `many` wants. Without pgvector, nothing changes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WIDE, [str(min(many, MOST_WIDE))])
        yield cursor


@dataclass
class _Known:
    has_index: bool = False
    until: float = 0.0  # by the monotonic clock: another process may have made it meanwhile


_known = _Known()


def has_index() -> bool:
    if time.monotonic() > _known.until:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_indexes where indexname = %s", [INDEX])
            _known.has_index, _known.until = bool(cursor.fetchone()[0]), time.monotonic() + LOOKED_FOR
    return _known.has_index


def look_again() -> None:
    _known.until = 0.0


def index() -> bool:
    """Makes the index where the database has pgvector and lets us; says whether it is there now. Once: later it grows
    row by row."""
    look_again()
    if has_index():
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_available_extensions where name = 'vector'")
            if not cursor.fetchone()[0]:
                return False
            cursor.execute("create extension if not exists vector")
            cursor.execute(_BUILT)
            table = Likeness._meta.db_table
            cursor.execute(f"create index if not exists {INDEX} on {table} using hnsw (bits bit_hamming_ops)")
    except DatabaseError as error:  # not allowed, a version that cannot, or another makes it just now
        log.warning("no index of likeness", error=str(error))
        return False
    look_again()
    return has_index()
