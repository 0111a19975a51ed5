"""Frames reach who listens, also where Redis is late or was away; and they hold nobody up."""

import asyncio
import socket
import threading
import time
from contextlib import closing
from unittest.mock import AsyncMock

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from redis import Redis
from redis.connection import parse_url

from conversations.live import backlog, consumers, wire
from conversations.live.backlog import Backlog
from conversations.live.consumers import AgentConsumer


@pytest.fixture
def another_redis(monkeypatch):
    """Gives wire another Redis, by its address, and little patience."""

    def use(address, patience=0.5):
        def there(patience):
            return Redis.from_url(
                address, socket_timeout=patience, socket_connect_timeout=patience, retry=retry, protocol=2
            )

        retry = wire._redis(1.0).get_retry()
        monkeypatch.setattr(wire, "PATIENCE", patience)
        monkeypatch.setattr(wire, "_redis", there)
        monkeypatch.setattr(wire, "_rests_until", 0.0)
        monkeypatch.setattr(wire, "_backlog", Backlog(wire._publish_late, wire._missed))

    yield use
    wait_until(lambda: not wire._backlog.is_busy or wire._backlog.begin_anew() is None)


def wait_until(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Slow:
    """A way to the real Redis on which each answer comes late."""

    def __init__(self, delay):
        self.delay, self.bytes = delay, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"redis://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.server.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            far = _real_redis()
            threading.Thread(target=self._pass_on, args=(near, far, 0), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, self.delay), daemon=True).start()

    def _pass_on(self, here, there, delay):
        with here, there:
            try:
                while data := here.recv(65536):
                    time.sleep(delay)
                    there.sendall(data)
            except OSError:
                return


def _real_redis():
    where = parse_url(settings.REDIS_URL)
    if path := where.get("path"):
        far = socket.socket(socket.AF_UNIX)
        far.connect(path)
        return far
    return socket.create_connection((where["host"], where.get("port", 6379)))


def test_a_frame_reaches_the_group_that_a_socket_has_joined_and_no_other():
    async def hear():
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add("wire.joined", channel)
        heard = await asyncio.to_thread(wire.listened_to, ["wire.left", "wire.joined", "wire.other"])
        frames = [("wire.other", {"type": "x"}), ("wire.joined", {"type": "one"}), ("wire.joined", {"type": "two"})]
        await asyncio.to_thread(wire.put, frames)
        told = [(await asyncio.wait_for(layer.receive(channel), 60))["type"] for _ in range(2)]
        await layer.group_discard("wire.joined", channel)
        gone = await asyncio.to_thread(wire.listened_to, ["wire.joined"])
        await layer.flush()
        return heard, told, gone

    assert asyncio.run(hear()) == ({"wire.joined"}, ["one", "two"], set())


def test_what_a_late_redis_did_not_take_in_time_arrives_in_order_and_nobody_waits_for_it_twice(another_redis):
    numbers = range(300)

    async def hear():
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add("wire.late", channel)
        began = time.monotonic()
        await asyncio.to_thread(lambda: [wire.put([("wire.late", {"type": "n", "n": n})]) for n in numbers])
        assert await asyncio.to_thread(wire.listened_to, ["wire.late", "anybody"]) == {"wire.late", "anybody"}
        waited = time.monotonic() - began
        told = []
        while not told or told[-1] != numbers[-1]:
            told.append((await asyncio.wait_for(layer.receive(channel), 60))["n"])
        await layer.flush()
        return told, waited

    with closing(Slow(delay=0.6)) as slow:
        another_redis(slow.address, patience=0.2)
        told, waited = asyncio.run(hear())
    assert list(dict.fromkeys(told)) == list(numbers)  # what Redis took without saying so in time comes once more
    assert waited < 300 * 0.2 / 2


def test_a_redis_that_was_away_gets_what_waited_for_it(another_redis, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    another_redis(f"redis://127.0.0.1:{port}")
    wire.put([("anybody", {"type": "first"}), ("anybody", {"type": "second"})])
    assert wire.listened_to(["anybody"]) == {"anybody"}
    assert wire._backlog.is_busy
    taken = []
    with socket.create_server(("127.0.0.1", port)) as server:
        threading.Thread(target=answer_publish, args=(server, taken), daemon=True).start()
        wait_until(lambda: not wire._backlog.is_busy)
    assert [b"first" in each or b"second" in each for each in taken] == [True, True]
    assert not wire.is_late()


def answer_publish(server, taken):
    """As far as a PUBLISH needs a Redis: RESP, and one more for each command."""
    connection, _ = server.accept()
    reader = connection.makefile("rb")
    while head := reader.readline():
        words = []
        for _ in range(int(head[1:])):
            words.append(reader.read(int(reader.readline()[1:]) + 2)[:-2])
        if words[0] == b"PUBLISH":
            taken.append(words[2])
            connection.sendall(b":1\r\n")
        else:
            connection.sendall(b"+OK\r\n")


def test_a_redis_that_hangs_is_waited_for_once(another_redis):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=silent.accept, daemon=True).start()
        another_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        for _ in range(100):
            wire.put([("anybody", {"type": "waits"})])
            assert wire.listened_to(["anybody"]) == {"anybody"}
        assert wire.is_late()
        assert time.monotonic() - began < 100 * 0.5 / 2
        wire._backlog.begin_anew()


def test_what_is_too_old_or_too_much_is_given_up_and_its_groups_are_told(monkeypatch):
    """Memory is bounded, and browsers catch up with what they missed."""
    told, is_there = [], threading.Event()

    def publish(frames):
        if not is_there.is_set():
            raise wire.ConnectionError("away")
        told.extend(frames)

    monkeypatch.setattr(backlog, "PAUSE", 0.01)
    monkeypatch.setattr(backlog, "MOST_BYTES", 300)
    waiting = Backlog(publish, lambda: b"missed")
    for number in range(6):
        waiting.add([(f"group {number}", b"x" * 100)])
    assert waiting.is_busy
    wait_until(lambda: len(waiting.waiting) <= 3)
    is_there.set()
    wait_until(lambda: not waiting.is_busy)
    shown = {group for group, body in told if body != b"missed"}
    missed = {group for group, body in told if body == b"missed"}
    assert "group 5" in shown and "group 0" in missed
    assert shown | missed == {f"group {number}" for number in range(6)} and not shown & missed
    assert sum(len(body) for _, body in told if body != b"missed") <= 400


def test_a_browser_is_told_to_catch_up_when_its_socket_missed_frames(monkeypatch):
    agents = AgentConsumer()
    agents._is_as_before, agents.send_json = AsyncMock(return_value=True), AsyncMock()
    monkeypatch.setattr(consumers.random, "uniform", lambda _least, _most: 0.0)

    async def miss():
        for _ in range(2):  # of two of its groups
            await agents.desk_missed({"type": "desk.missed"})

    asyncio.run(miss())
    agents.send_json.assert_awaited_once_with({"type": "desk:back"})
