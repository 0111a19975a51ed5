"""The process that sends `bench channels`' webhooks: each at its time, whether or not those before it were answered.

It imports nothing of the desk.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

TIMEOUT_SECONDS = 30.0
AHEAD_SECONDS = 1.0  # between the start of this process's clock and the first webhook


@dataclass(frozen=True)
class Call:
    at: float  # seconds after the start
    request: bytes  # as it goes over the wire


@dataclass(frozen=True)
class Answer:
    """`seconds`: from the time at which it was to go until its answer was whole. `status` 0: no answer came."""

    status: int
    seconds: float
    late: float  # of these, how long the sender itself was behind


@dataclass(frozen=True)
class Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


def send(host: str, port: int, calls: Sequence[Call], answers: Connection) -> None:
    """Its main function; hands over an Answer for each Call, in their order."""
    answers.send(asyncio.run(_send(host, port, calls)))


async def _send(host: str, port: int, calls: Sequence[Call]) -> list[Answer]:
    free: list[Line] = []
    started = time.perf_counter() + AHEAD_SECONDS
    under_way = []
    for call in calls:
        due = started + call.at
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(_one(host, port, call.request, due, free)))
    return list(await asyncio.gather(*under_way))


async def _one(host: str, port: int, request: bytes, due: float, free: list[Line]) -> Answer:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            status = await _asked(host, port, request, free)
    except (OSError, EOFError, ValueError):
        status = 0
    return Answer(status, time.perf_counter() - due, began - due)


async def _asked(host: str, port: int, request: bytes, free: list[Line]) -> int:
    """By a line that is open already, if the server has not closed it meanwhile, as it may."""
    while free:
        line = free.pop()
        if line.reader.at_eof():
            line.writer.close()
            continue
        try:
            return await _exchange(line, request, free)
        except (ConnectionError, asyncio.IncompleteReadError):
            line.writer.close()
    return await _exchange(Line(*await asyncio.open_connection(host, port)), request, free)


async def _exchange(line: Line, request: bytes, free: list[Line]) -> int:
    line.writer.write(request)
    head = (await line.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *fields = head.split("\r\n")
    named = dict(each.lower().split(": ", 1) for each in fields if ": " in each)
    await line.reader.readexactly(int(named.get("content-length", "0")))
    if named.get("connection") == "close":
        line.writer.close()
    else:
        free.append(line)
    return int(first.split(" ")[1])
