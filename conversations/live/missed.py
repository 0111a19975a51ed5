"""What changed in lists between the drawing of one and its socket's joining: nobody was there yet to be told of it.

A list carries a stamp: the oldest transaction that was under way before its rows were read, and how far the numbers of
messages and of log entries had come. Whatever such a transaction, or a later one, has written is asked for by it.
"""

import re

from django.db import connection

MOST = 50  # rows; with more, the list is asked for anew
TAKEN = 1000  # numbers before the last that a transaction may have taken, and not yet committed
FURTHEST = 20_000  # numbers that are looked through: of an older stamp, or one that nobody was given, nothing is told
STAMP = re.compile(r"\d{1,19}-\d{1,18}-\d{1,18}")

_NOW = """
select pg_snapshot_xmin(pg_current_snapshot())::text,
  (select coalesce(max(id), 0) from conversations_message), (select coalesce(max(id), 0) from conversations_activity)
"""
_IS_NEAR = """
select coalesce((select max(id) from conversations_message), 0) - %(message)s < %(furthest)s
  and coalesce((select max(id) from conversations_activity), 0) - %(activity)s < %(furthest)s
"""
# A row's own number of a transaction has 32 bits, which begin anew: the distance says which came first.
_SINCE = """
select conversation_id from conversations_message
where id > %(message)s and ((xmin::text::bigint - %(transaction)s) & 4294967295) < 2147483648
union
select conversation_id from conversations_activity
where id > %(activity)s and ((xmin::text::bigint - %(transaction)s) & 4294967295) < 2147483648
limit %(most)s
"""


def stamp() -> str:
    """Ask before the rows are read: what comes meanwhile is then given twice, not never."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW)
        return "-".join(map(str, cursor.fetchone()))


def since(known: str) -> list[int] | None:
    """The conversations in which something was said or done since that stamp; None where that is not to be told."""
    if not STAMP.fullmatch(known):
        return None
    transaction, message, activity = map(int, known.split("-"))
    asked = {"transaction": transaction, "message": message - TAKEN, "activity": activity - TAKEN, "most": MOST + 1}
    with connection.cursor() as cursor:
        cursor.execute(_IS_NEAR, {**asked, "furthest": FURTHEST + TAKEN})
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(_SINCE, asked)
        found = [pk for (pk,) in cursor.fetchall()]
    return found if len(found) <= MOST else None
