"""Lines that come while others are stored go together into the next transaction; a lone one goes at once."""

import asyncio
from collections import deque
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from integrations.adapters.media.chat import door
from integrations.adapters.media.chat.door import Line
from integrations.adapters.media.chat.sight import Said
from integrations.inbound.together import MOST_TOGETHER

Turn = tuple[Line, "asyncio.Future[Said]"]


class Turns:
    """Of one event loop. A socket waits for its answer before it is heard again, so no more wait than are open."""

    def __init__(self) -> None:
        self.waiting: deque[Turn] = deque()
        self.storing: asyncio.Task[None] | None = None

    async def say(self, line: Line) -> Said:
        """Stored and committed, after what the same visitor said before. Raises what `door.say` raises."""
        told: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self.waiting.append((line, told))
        if self.storing is None:
            self.storing = asyncio.create_task(self._store())
        return await told

    async def _store(self) -> None:
        try:
            while self.waiting:
                turns = [self.waiting.popleft() for _ in range(min(len(self.waiting), MOST_TOGETHER))]
                _tell(turns, await _outcomes([line for line, _ in turns]))
        finally:
            self.storing = None


async def _outcomes(lines: Sequence[Line]) -> list[Said | Exception]:
    """In a thread of its own: what is said does not queue behind the look-ups of all sockets, which share one."""
    try:
        return await database_sync_to_async(door.say_each, thread_sensitive=False)(lines)
    except Exception as error:  # such as a database that is away: each socket hears of it, and its widget comes again
        return [error] * len(lines)


def _tell(turns: Sequence[Turn], outcomes: Sequence[Said | Exception]) -> None:
    for (_, told), outcome in zip(turns, outcomes, strict=True):
        if told.done():  # the socket is gone; what it said is stored
            continue
        if isinstance(outcome, Exception):
            told.set_exception(outcome)
        else:
            told.set_result(outcome)


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


def turns() -> Turns:
    """Those of this process; a test has many loops, one after the other."""
    return _by_loop.setdefault(asyncio.get_running_loop(), Turns())
