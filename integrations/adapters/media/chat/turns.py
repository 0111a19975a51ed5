"""Lines that come while others are stored go together into the next transaction; a lone one goes at once."""

from collections.abc import Sequence

from channels.db import database_sync_to_async

from integrations.adapters.media.chat import door
from integrations.adapters.media.chat.door import Line
from integrations.adapters.media.chat.gathering import Gathered, by_loop
from integrations.adapters.media.chat.sight import Said
from integrations.inbound.together import MOST_TOGETHER


async def _store(lines: Sequence[Line]) -> Sequence[Said | Exception]:
    """In a thread of its own: what is said does not queue behind the look-ups of all sockets, which share one."""
    return await database_sync_to_async(door.say_each, thread_sensitive=False)(lines)


@by_loop
def turns() -> Gathered[Line, Said]:
    """Stored and committed, after what the same visitor said before. Raises what `door.say` raises."""
    return Gathered(_store, MOST_TOGETHER)
