"""A Redis and workers of a test's own, which it may empty and kill."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from deskapp.keeper import redis_server
from tests.faults.servers import kill, until


@pytest.fixture
def short_folder():
    """A folder of the test's own whose path is short enough for sockets."""
    folder = Path("/tmp") / f"tl-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o700)
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture
def redis(tmp_path, short_folder):
    """A Redis of this test's own, so that emptying it takes nothing from others."""
    path = short_folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen([redis_server(), *options], stdout=subprocess.DEVNULL)
    until(path.exists)
    yield path
    server.terminate()
    server.wait(10)


@pytest.fixture
def workers(redis):
    """Starts workers on the test's own database and Redis; whatever is left of them is killed at the end."""
    started = []

    def start(ways=("inbound",)):
        queues = ",".join(queue for queue in settings.QUEUES if queue.partition(".")[0] in ways)
        database = connection.settings_dict
        host = str(database["HOST"]).replace("/", "%2F")
        environment = {
            **os.environ,
            "THROUGHLINE_TEST": "1",
            "DATABASE_URL": f"postgres://{database['USER']}@{host}/{database['NAME']}",
            "REDIS_URL": f"unix://{redis}",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        }
        options = ["-A", "deskapp", "worker", "--queues", queues, "--concurrency", "2", "--loglevel", "ERROR"]
        command = [sys.executable, "-m", "celery", *options]
        started.append(subprocess.Popen(command, env=environment, start_new_session=True))
        return started[-1]

    yield start
    for worker in started:
        kill(worker)
