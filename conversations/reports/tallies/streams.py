"""Every stream there is; each owner of facts adds theirs."""

from conversations.reports.answers.streams import ANSWERS, ASKS, CREDITS
from conversations.reports.channels.streams import EVERY as OF_CHANNELS
from conversations.reports.journeys.streams import EVERY as JOURNEYS
from conversations.reports.sales.streams import EVERY as SOLD
from conversations.reports.streams_service import EVERY as SERVICE
from conversations.reports.tallies.stream import Stream

EVERY: tuple[Stream, ...] = (
    *SERVICE,
    *OF_CHANNELS,
    ANSWERS,
    CREDITS,
    ASKS,
    *JOURNEYS,
    *SOLD,
)
