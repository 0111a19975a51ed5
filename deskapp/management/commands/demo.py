"""A whole desk on this machine, live: `manage.py demo`, which bin/demo calls."""

import argparse
import errno
import fcntl
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser

from deskapp import embedded
from deskapp.demo_check import check_pipeline, is_ready
from deskapp.sign_ins import SIGN_INS
from deskapp.supervisor import Stopped, Supervisor, python

QUEUES = "inbound,outbound,routing,bots,reports,celery"
READY_SECONDS = 90
KEPT_ON_RESET = {"logs", "test", "setup.lock", "demo.lock", "start.lock", "users.lock", "keeper.lock"}


class Command(BaseCommand):
    help = "Runs a whole desk on this machine: database, Redis, web, worker, beat, mailboxes and simulated customers."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000, help="where the desk listens (8000)")
        parser.add_argument("--reset", action="store_true", help="forget everything and start from the seed")
        parser.add_argument("--check", action="store_true", help="start, send one mail through the desk, say so and stop")

    def handle(self, *, port: int, reset: bool, check: bool, **options: object) -> None:
        data = Path(settings.DATA_DIR)
        with only_demo_in(data, say=self.say) as lock:
            if reset:
                self.reset(data)
            port = free_port() if check else port
            refuse_taken(port)
            write(lock, f"{os.getpid()} {port}")
            try:
                self.run(data, port, check=check)
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise CommandError(f"The disk of {data} is full.") from None
                raise
            finally:
                self.stop(data)
            write(lock, "")

    def run(self, data: Path, port: int, *, check: bool) -> None:
        self.supervisor = Supervisor(data / "logs", environment=environment(port), say=self.say)
        self.supervisor.take_signals()
        try:
            self.prepare()
            for name, command in processes(data, port).items():
                self.supervisor.start(name, command)
            self.wait_until_ready(port)
            if check:
                self.say(check_pipeline(f"http://127.0.0.1:{port}", watch=self.supervisor.watch))
                return
            self.welcome(port)
            self.supervisor.watch(until=servers_watched())
            self.say("Stopping …")
        except Stopped:
            self.say("Stopping …")

    def prepare(self) -> None:
        commands = get_commands()
        for step in (["migrate", "--verbosity", "0"], ["seed"]):
            if step[0] in commands and (code := self.supervisor.run_once(python("manage.py", *step))):
                raise CommandError(f"manage.py {step[0]} ended with {code}, for the reason above.")

    def wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        url = f"http://127.0.0.1:{port}/readyz"
        late = False

        def ready() -> bool:
            nonlocal late
            late = time.monotonic() > deadline
            return late or is_ready(url)

        if not self.supervisor.watch(until=ready):
            raise Stopped
        if late:
            raise CommandError(f"The desk was not ready within {READY_SECONDS} seconds: {settings.DATA_DIR}/logs says why.")

    def welcome(self, port: int) -> None:
        self.say(f"\nThroughline is at http://localhost:{port}/  (the shop: http://localhost:{port}/demo-shop/)\n")
        for who in SIGN_INS:
            self.say(f"  {who.role:<11} {who.email:<28} {who.password}")
        self.say("\nCtrl-C stops it.")

    def reset(self, data: Path) -> None:
        """Starts itself again with nothing in the data directory: these settings point at the old database."""
        if not uses_embedded():
            raise CommandError("--reset empties only the desk's own database; DATABASE_URL or REDIS_URL names another.")
        embedded.stop(data)
        for path in data.iterdir():
            if path.name not in KEPT_ON_RESET:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        os.execv(sys.executable, python(*(word for word in sys.argv if not "--reset".startswith(word) or len(word) < 4)))

    def stop(self, data: Path) -> None:
        if hasattr(self, "supervisor"):
            self.supervisor.stop()
        if uses_embedded():
            embedded.stop(data)

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def processes(data: Path, port: int) -> dict[str, list[str]]:
    """Every process of a desk but its database and Redis; compose.yaml lists the same."""
    celery = python("-m", "celery", "-A", "deskapp")
    web = ["-m", "uvicorn", "deskapp.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    named = {
        "web": python(*web, "--lifespan", "off", "--timeout-graceful-shutdown", "5"),
        "worker": [*celery, "worker", "--queues", QUEUES, "--concurrency", "2", "--loglevel", "INFO"],
        # No pid file: after kill -9 a stale one would keep beat from starting.
        "beat": [*celery, "beat", "--schedule", str(data / "beat-schedule"), "--pidfile=", "--loglevel", "INFO"],
    }
    known = get_commands()
    for name, command in (("mailboxes", "watch_mailboxes"), ("simulators", "simulate")):
        if command in known:
            named[name] = python("manage.py", command)
    return named


def environment(port: int) -> dict[str, str]:
    site = {"THROUGHLINE_DEMO": "1", "SITE_URL": os.environ.get("SITE_URL") or f"http://localhost:{port}"}
    return {**os.environ, **site, "PYTHONUNBUFFERED": "1"}


def uses_embedded() -> bool:
    return not (os.environ.get("DATABASE_URL", "").strip() and os.environ.get("REDIS_URL", "").strip())


def servers_watched() -> "Iterator[bool]":
    raise NotImplementedError
