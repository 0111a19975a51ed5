"""A whole desk on this machine, live: `manage.py demo`, which bin/demo calls."""

import argparse
import errno
import fcntl
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from deskapp import embedded
from deskapp.demo_check import check_pipeline, is_ready, why_not
from deskapp.keeper import last_line
from deskapp.sign_ins import SIGN_INS
from deskapp.supervisor import Child, Stopped, Supervisor, python

QUEUES = ",".join(settings.QUEUES)
READY_SECONDS = 90
MOST_DEATHS = 3  # before the desk is ready; later it is started again for ever
KEPT_ON_RESET = {"logs", "test", "setup.lock", "demo.lock", "start.lock", "users.lock", "keeper.lock"}


class Command(BaseCommand):
    help = "Runs a whole desk on this machine: database, Redis, web, worker, beat, mailboxes and simulated customers."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000, help="where the desk listens (8000)")
        parser.add_argument("--reset", action="store_true", help="forget everything and start from the seed")
        parser.add_argument(
            "--check", action="store_true", help="start, send one mail through the desk, say so and stop"
        )

    def handle(self, *, port: int, reset: bool, check: bool, **options: object) -> None:
        data = Path(settings.DATA_DIR)
        with only_demo_in(data, say=self.say) as lock:
            if reset:
                self.reset(data, *(["--check"] if check else ["--port", str(port)]))
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
            self.supervisor.watch(until=servers_watched(data))
            self.say("Stopping …")
        except Stopped:
            self.say("Stopping …")

    def prepare(self) -> None:
        for step in (["migrate", "--verbosity", "0"], ["seed"]):
            if code := self.supervisor.run_once(python("manage.py", *step)):
                raise CommandError(f"manage.py {step[0]} ended with {code}, for the reason above.")

    def wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        url = f"http://127.0.0.1:{port}/readyz"

        def decided() -> bool:
            return bool(self.hopeless()) or time.monotonic() > deadline or is_ready(url)

        if not self.supervisor.watch(until=decided):
            raise Stopped
        if child := self.hopeless():
            raise CommandError(f"The {child.name} does not stay up: “{last_line(child.log)}” ({child.log}).")
        if not is_ready(url):
            raise CommandError(f"The desk was not ready within {READY_SECONDS} seconds: {why_not(url)}.")

    def hopeless(self) -> Child | None:
        return next((child for child in self.supervisor.children if child.deaths >= MOST_DEATHS), None)

    def welcome(self, port: int) -> None:
        self.say(f"\nThroughline is at http://localhost:{port}/  (the shop: http://localhost:{port}/demo-shop/)\n")
        for who in SIGN_INS:
            self.say(f"  {who.role:<11} {who.email:<28} {who.password}")
        self.say("\nCtrl-C stops it.")

    def reset(self, data: Path, *again: str) -> None:
        """Starts itself again with nothing in the data directory: these settings point at the old database."""
        if not uses_embedded():
            raise CommandError("--reset empties only the desk's own database; DATABASE_URL or REDIS_URL names another.")
        embedded.stop(data)
        for path in data.iterdir():
            if path.name not in KEPT_ON_RESET:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        os.execv(sys.executable, python("manage.py", "demo", *again))

    def stop(self, data: Path) -> None:
        if hasattr(self, "supervisor"):
            self.supervisor.stop()
        if uses_embedded():
            embedded.stop(data)

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def processes(data: Path, port: int) -> dict[str, list[str]]:
    """Every process of a desk but its database and Redis, and the world around it; compose.yaml lists the desk's."""
    celery = python("-m", "celery", "-A", "deskapp")
    beat = ["--beat", "--schedule", str(data / "beat-schedule")]  # in the one worker: it shares its memory
    # One more than two cores have: what reckons for a second in the background leaves routing and the bot a process.
    return {
        "simulators": python("manage.py", "simulate"),
        "customers": python("manage.py", "simulate_customers"),
        "web": python("manage.py", "serve", "--port", str(port), "--grace", "5"),
        "worker": [*celery, "worker", "--queues", QUEUES, "--concurrency", "3", "--loglevel", "INFO", *beat],
        "watch": python("manage.py", "watch"),
    }


def environment(port: int) -> dict[str, str]:
    site = {"THROUGHLINE_DEMO": "1", "SITE_URL": os.environ.get("SITE_URL") or f"http://localhost:{port}"}
    return {**os.environ, **site, "PYTHONUNBUFFERED": "1"}


def uses_embedded() -> bool:
    return not (os.environ.get("DATABASE_URL", "").strip() and os.environ.get("REDIS_URL", "").strip())


def servers_watched(data: Path) -> Callable[[], bool]:
    """For the supervisor's loop: never the end, but every few seconds a look whether the database's keeper lives."""
    looked_at = time.monotonic()

    def watched() -> bool:
        nonlocal looked_at
        if uses_embedded() and time.monotonic() - looked_at > 3:
            looked_at = time.monotonic()
            if not embedded.is_running(data):
                embedded.database_url()
        return False

    return watched


@contextmanager
def only_demo_in(data: Path, *, say: Callable[[str], object]) -> Iterator[TextIO]:
    """The kernel's lock says who runs; what is written in the file only tells whom to name."""
    data.mkdir(parents=True, exist_ok=True)
    with open(data / "demo.lock", "a+") as lock:
        lock.seek(0)
        process, _, port = lock.read().strip().partition(" ")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = f"at http://localhost:{port}/ (process {process})" if port else "and is still starting"
            raise CommandError(f"A demo already runs in this folder {where}: stop that one first.") from None
        if process:
            say(f"The last demo here (process {process}) did not stop by itself; its stale lock is taken over.")
            write(lock, "")
        yield lock


def write(lock: TextIO, text: str) -> None:
    lock.truncate(0)
    lock.write(text)
    lock.flush()


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CommandError(f"Port {port} is not for ordinary users: choose one above 1023 with --port.") from None
        except OSError:
            raise CommandError(f"Port {port} is taken: choose another, as in bin/demo --port {port + 1}.") from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_number(word: str) -> int:
    if not word.isdigit() or not 1 <= int(word) <= 65535:
        raise argparse.ArgumentTypeError(f"“{word}” is no port: it is a number from 1 to 65535")
    return int(word)
