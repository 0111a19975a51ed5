"""That widgets got and read our messages is written a moment later, for all sockets together."""

import asyncio
from collections.abc import Sequence

import structlog
from channels.db import database_sync_to_async

from integrations.adapters.media.chat import door
from integrations.adapters.media.chat.door import Tick
from integrations.adapters.media.chat.gathering import by_loop
from integrations.adapters.media.chat.sessions import Visitor
from integrations.adapters.media.chat.sight import Sight

log = structlog.get_logger(__name__)

PAUSE = 0.2  # seconds; a widget says that it got a message and, right after, that it is read
MOST = 20  # frames of one visitor that wait at once

Written = asyncio.Future[bool]


class Ticks:
    """Of one event loop."""

    def __init__(self) -> None:
        self.waiting: dict[Visitor, tuple[Tick, Written]] = {}
        self.writing: asyncio.Task[None] | None = None

    async def tell(self, sight: Sight, *, got: Sequence[int], read: Sequence[int]) -> Written:
        """What this gives is False for a flood, as soon as it is known."""
        while (known := self.waiting.get(sight.visitor)) and known[0].frames >= MOST:
            await asyncio.wait([known[1]])
        tick, written = known or (Tick(sight), asyncio.get_running_loop().create_future())
        tick.sight, tick.frames = sight, tick.frames + 1  # who has spoken meanwhile is known by more
        tick.got.update(got)
        tick.read.update(read)
        self.waiting[sight.visitor] = tick, written
        if self.writing is None:
            self.writing = asyncio.create_task(self._write())
        return written

    async def _write(self) -> None:
        try:
            while self.waiting:
                await asyncio.sleep(PAUSE)
                taken, self.waiting = list(self.waiting.values()), {}
                outcomes = await _outcomes([tick for tick, _ in taken])
                for (_, written), outcome in zip(taken, outcomes, strict=True):
                    written.set_result(outcome)
        finally:
            self.writing = None


async def _outcomes(ticks: list[Tick]) -> list[bool]:
    try:
        return await database_sync_to_async(door.settle_each)(ticks)
    except Exception:  # such as a database that is away: the sockets are closed, and their widgets come again
        log.exception("what was got and read is not written")
        return [False] * len(ticks)


@by_loop
def ticks() -> Ticks:
    return Ticks()
