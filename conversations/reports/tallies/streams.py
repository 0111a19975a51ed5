"""Every stream there is; each owner of facts adds theirs."""

from conversations.reports.answers.streams import ANSWERS, ASKS, CREDITS
from conversations.reports.channels.streams import SWITCHES
from conversations.reports.journeys.streams import EVERY as JOURNEYS
from conversations.reports.sales.streams import EVERY as SOLD
from conversations.reports.streams_service import EVERY as SERVICE
from conversations.reports.tallies.stream import Stream

EVERY: tuple[Stream, ...] = (
    *SERVICE,
    SWITCHES,
    ANSWERS,
    CREDITS,
    ASKS,
    *JOURNEYS,
    *SOLD,
)
