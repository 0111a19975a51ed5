"""Frames that Redis did not take in time: a thread hands them over as soon as it does, in the order they came.

Memory is bounded, and so is the age of what is shown: the oldest are given up, and their groups are told that they
missed something, so that browsers catch up.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import structlog
from redis import RedisError

log = structlog.get_logger(__name__)

Packed = tuple[str, bytes]  # a group, and a frame as it goes over the wire

LONG_PATIENCE = 30.0  # seconds that the thread waits for an answer, where others go on with their work
PAUSE = 0.25  # seconds before Redis is tried again
KEPT_FOR = 30.0  # seconds, after which a row would show what is long past
MOST_BYTES = 16_000_000
AT_ONCE = 200  # frames in one round trip


class Backlog:
    """Of one process. `publish` raises RedisError; `missed` makes what a group is told whose frames were given up."""

    def __init__(self, publish: Callable[[Sequence[Packed]], None], missed: Callable[[], bytes]) -> None:
        self.publish, self.missed = publish, missed
        self.begin_anew()

    def begin_anew(self) -> None:
        """Empty, also in a forked process: its parent has the thread, and the frames."""
        self.lock = threading.Lock()
        self.waiting: deque[tuple[float, Packed]] = deque()
        self.bytes = 0
        self.gave_up: set[str] = set()
        self.sender: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        return self.sender is not None

    def add(self, frames: Sequence[Packed]) -> None:
        now = time.monotonic()
        with self.lock:
            self.waiting.extend((now, frame) for frame in frames)
            self.bytes += sum(len(body) for _, body in frames)
            self._give_up()
            if self.sender is None:
                self.sender = threading.Thread(target=self._send, name="live backlog", daemon=True)
                self.sender.start()

    def _send(self) -> None:
        while frames := self._next():
            try:
                self.publish([packed for _, packed in frames])
            except RedisError as error:
                log.warning("frames wait for Redis", frames=len(self.waiting) + len(frames), error=str(error))
                self._put_back(frames)
                time.sleep(PAUSE)

    def _next(self) -> list[tuple[float, Packed]]:
        """What is to go now: at the end, a word to those who missed something. With nothing left the thread ends."""
        with self.lock:
            self._give_up()
            if not self.waiting and self.gave_up:
                now = time.monotonic()
                self.waiting.extend((now, (group, self.missed())) for group in sorted(self.gave_up))
                self.bytes = sum(len(body) for _, (_, body) in self.waiting)
                self.gave_up.clear()
            frames = [self.waiting.popleft() for _ in range(min(AT_ONCE, len(self.waiting)))]
            self.bytes -= sum(len(body) for _, (_, body) in frames)
            if not frames:
                self.sender = None
            return frames

    def _put_back(self, frames: Sequence[tuple[float, Packed]]) -> None:
        with self.lock:
            self.waiting.extendleft(reversed(frames))
            self.bytes += sum(len(body) for _, (_, body) in frames)

    def _give_up(self) -> None:
        """Call with the lock."""
        oldest, count = time.monotonic() - KEPT_FOR, 0
        while self.waiting and (self.waiting[0][0] < oldest or self.bytes > MOST_BYTES):
            _at, (group, body) = self.waiting.popleft()
            self.bytes -= len(body)
            self.gave_up.add(group)
            count += 1
        if count:
            log.warning("frames were given up: their browsers catch up", frames=count)
