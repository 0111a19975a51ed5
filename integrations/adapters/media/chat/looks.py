"""What open widgets are told of is read together, for all that are told while others are read for."""

from collections.abc import Sequence

from channels.db import database_sync_to_async

from integrations.adapters.media.chat.gathering import Gathered, by_loop
from integrations.adapters.media.chat.sight import Said, Sight, look_each

Look = tuple[Sight, Sequence[int]]  # for whom, and the messages
Shown = tuple[list[Said], int]

MOST = 50  # at once


async def _read(wanted: Sequence[Look]) -> Sequence[Shown | Exception]:
    return await database_sync_to_async(look_each)(wanted)


@by_loop
def looks() -> Gathered[Look, Shown]:
    """As `look_each`. Raises what it raises, such as a database that is away."""
    return Gathered(_read, MOST)
