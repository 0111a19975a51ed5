"""How long the people of the past were at each conversation: reading what came, and writing what they wrote."""

from collections import defaultdict
from datetime import datetime

from conversations.models import Message
from conversations.models.message import MessageKind
from conversations.reports import work

READS, A_SIGN, LONGEST = 75, 0.3, 1500  # seconds for what is at hand; a sign of one's own words; a whole answer
AT_ONCE = 5000


def write() -> None:
    """Of every word and note that a person wrote, in the hour in which it was written."""
    spent: defaultdict[tuple[datetime, int, int], int] = defaultdict(int)
    rows = Message.objects.filter(
        kind__in=[MessageKind.OUTBOUND, MessageKind.NOTE], author__isnull=False, is_bot=False, is_automatic=False
    ).values_list("created_at", "author", "conversation", "text")
    for at, author, conversation, text in rows.iterator(chunk_size=AT_ONCE):
        if author:
            hour = at.replace(minute=0, second=0, microsecond=0)
            spent[hour, author, conversation] += min(LONGEST, READS + int(len(text) * A_SIGN))
    work.put(spent)
