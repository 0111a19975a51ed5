"""Frames reach who listens, and a Redis that is away or hangs holds nobody up."""

import asyncio
import socket
import threading
import time

import pytest
from channels.layers import get_channel_layer
from redis import Redis

from conversations.live import wire


@pytest.fixture
def another_redis(monkeypatch):
    """Gives wire another Redis, by its address."""

    def use(address, patience=0.5):
        there = Redis.from_url(
            address, socket_timeout=patience, socket_connect_timeout=patience, retry=wire._redis().get_retry()
        )
        monkeypatch.setattr(wire, "_redis", lambda: there)
        monkeypatch.setattr(wire, "_rests_until", 0.0)

    return use


def test_a_frame_reaches_the_group_that_a_socket_has_joined_and_no_other():
    async def hear():
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add("wire.joined", channel)
        heard = await asyncio.to_thread(wire.listened_to, ["wire.left", "wire.joined", "wire.other"])
        frames = [("wire.other", {"type": "x"}), ("wire.joined", {"type": "one"}), ("wire.joined", {"type": "two"})]
        await asyncio.to_thread(wire.put, frames)
        told = [(await asyncio.wait_for(layer.receive(channel), 10))["type"] for _ in range(2)]
        await layer.group_discard("wire.joined", channel)
        gone = await asyncio.to_thread(wire.listened_to, ["wire.joined"])
        await layer.flush()
        return heard, told, gone

    assert asyncio.run(hear()) == ({"wire.joined"}, ["one", "two"], set())


def test_a_redis_that_is_away_is_asked_again_as_soon_as_it_is_back(another_redis, tmp_path):
    another_redis(f"unix://{tmp_path}/nowhere.sock")
    wire.put([("anybody", {"type": "lost"})])
    assert wire.listened_to(["anybody"]) == set()
    assert not wire._rests()


def test_a_redis_that_hangs_is_waited_for_once(another_redis):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=silent.accept, daemon=True).start()
        another_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        for _ in range(20):
            wire.put([("anybody", {"type": "lost"})])
            assert wire.listened_to(["anybody"]) == set()
        assert wire._rests()
        assert time.monotonic() - began < 10 * 0.5
