"""Hands frames to the channel layer from any thread: one event loop and one connection for each process.

`async_to_sync` would start a loop and connect to Redis anew for each frame. Nobody waits for a frame, and none is
tried twice: what is stored stays stored when Redis is away, and the browsers' catch-up brings it later.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Iterable

import structlog
from channels.layers import get_channel_layer

log = structlog.get_logger(__name__)

Frame = dict[str, object]

DRAIN_SECONDS = 2.0  # at the end of the process


class Wire:
    """A thread that sends what is put on it, in the order in which it was put."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.waiting: asyncio.Queue[tuple[str, Frame] | None] = asyncio.Queue()
        self.thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self.thread.start()

    def put(self, pairs: Iterable[tuple[str, Frame]]) -> None:
        self.loop.call_soon_threadsafe(self._put, list(pairs))

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.waiting.put_nowait, None)
        self.thread.join(DRAIN_SECONDS)

    def _put(self, pairs: list[tuple[str, Frame]]) -> None:
        for pair in pairs:
            self.waiting.put_nowait(pair)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._send())

    async def _send(self) -> None:
        while (pair := await self.waiting.get()) is not None:
            group, frame = pair
            try:
                await get_channel_layer().group_send(group, frame)
            except Exception as error:  # whatever is wrong with one frame or with Redis, the next one is tried
                log.warning("frame lost", group=group, frame=frame.get("type"), error=str(error))


_wire: Wire | None = None
_making = threading.Lock()


def put(pairs: Iterable[tuple[str, Frame]]) -> None:
    """Each frame to its group, soon and in this order; returns at once."""
    global _wire
    with _making:
        if _wire is None:
            _wire = Wire()
            atexit.register(_wire.end)
    _wire.put(pairs)


def _forget() -> None:
    """A forked worker has none of its parent's threads."""
    global _wire, _making
    _wire, _making = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
