"""Counts what is pushed to a group, as a browser's socket would get it."""

import asyncio
import threading
import time
from collections import Counter
from types import TracebackType

from channels.layers import get_channel_layer


class FrameCounter:
    """Listens to `group` on the real channel layer, in a thread of its own, between `with` and its end."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.counts: Counter[str] = Counter()
        self.listening = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "FrameCounter":
        self.thread.start()
        self.listening.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join(10)

    def seen(self, kind: str, *, at_least: int, wait: float = 10) -> int:
        """How many frames of this type have come; waits a little for those on their way."""
        deadline = time.monotonic() + wait
        while self.counts[kind] < at_least and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.counts[kind]

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.task = self.loop.create_task(self._listen())
        try:
            self.loop.run_until_complete(self.task)
        except asyncio.CancelledError:
            return
        finally:
            self.loop.close()

    async def _listen(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(self.group, channel)
        self.listening.set()
        try:
            while True:
                frame = await layer.receive(channel)
                self.counts[frame["type"]] += 1
        finally:
            await layer.flush()
