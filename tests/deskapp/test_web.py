"""`manage.py serve`: several processes at one port, each replaced when it dies, all gone at the end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from deskapp.bench.machine import family
from deskapp.management.commands.demo import free_port

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts processes in /proc")


@pytest.fixture
def web():
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--grace", "1"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "WEB_PROCESSES": "2", "THROUGHLINE_TEST": "1"})
    process.address = f"http://127.0.0.1:{port}/healthz"
    yield process
    process.kill()
    process.wait()


def eventually(holds, seconds=120):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers(web):
    try:
        return httpx.get(web.address, timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def test_one_of_two_processes_dies_and_the_desk_goes_on(web):
    eventually(lambda: answers(web))
    _parent, first, second = family(web.pid)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: len(family(web.pid)) == 3 and first not in family(web.pid))
    assert answers(web) and second in family(web.pid)


def test_the_end_is_the_end_of_all(web):
    eventually(lambda: answers(web))
    children = family(web.pid)[1:]
    web.terminate()
    assert web.wait(60) == 0
    assert len(children) == 2 and not any(Path(f"/proc/{pid}").exists() for pid in children)
