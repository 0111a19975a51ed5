"""Measures the desk: `manage.py bench NAME --json`, in a process and a database of its own."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string
from psycopg import sql
from psycopg.conninfo import make_conninfo

from deskapp import preparing

BENCHES = {name: f"deskapp.bench.{name}.run" for name in ("ingest", "inbox", "live", "timeline", "events", "moves")}
BENCHES["channels"] = "deskapp.bench.doors.run"  # no module is named for what Django means by another thing
BENCHES["routing"] = "deskapp.bench.routing.run"
BENCHES["intents"] = "deskapp.bench.intents.run"
BENCHES["guard"] = "deskapp.bench.guard.run"
BENCHES["bot"] = "deskapp.bench.bot.run"
BENCHES["reports"] = "deskapp.bench.reports.run"
BENCHES["likeness"] = "deskapp.bench.likeness.run"
INSIDE = "THROUGHLINE_BENCH"  # set in the process that measures


class Command(BaseCommand):
    help = "Measures one thing in a database of its own; the last line of its output is one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=BENCHES)
        parser.add_argument("--json", action="store_true", help="only the JSON object on standard output")
        parser.add_argument("--keep", action="store_true", help="keep the database, and use it again next time")
        parser.add_argument("--database", default="throughline_bench", help="its name (throughline_bench)")
        parser.add_argument("--template", default="", help="a migrated database to begin with a copy of (an empty one)")
        parser.add_argument("--messages", type=int, help="ingest: mails (2000); live: messages at each rate")
        parser.add_argument("--scales", default="10000,100000,1000000", help="inbox: conversations at each scale")
        parser.add_argument("--repeat", type=int, default=100, help="inbox: requests of each kind (100)")
        parser.add_argument(
            "--events", type=int, default=20_000_000, help="timeline, reports: events of all (20 million)"
        )
        parser.add_argument(
            "--tracked", type=int, default=20_000, help="events: calls through the tracking API (20000)"
        )
        parser.add_argument(
            "--rows", type=int, default=200_000, help="moves: customers in the table; likeness: solved conversations"
        )
        parser.add_argument("--megabytes", type=int, default=300, help="moves: the size of the mailbox (300)")
        parser.add_argument("--agents", type=int, default=200, help="live: connected agents (200)")
        parser.add_argument("--rates", default="1,50", help="live: messages a second (1,50)")
        parser.add_argument("--waiting", type=int, default=5000, help="routing: how many wait for agents (5000)")
        parser.add_argument("--replayed", type=int, default=100_000, help="routing: decisions to replay (100000)")
        parser.add_argument("--rate", type=int, default=100, help="channels: webhooks a second (100)")
        parser.add_argument("--seconds", type=int, default=60, help="channels, bot: how long it goes on (60)")
        parser.add_argument(
            "--outage", type=int, default=60, dest="outage_seconds", metavar="SECONDS",
            help="channels: how long a provider is away then (60; 0 for not at all)",
        )  # fmt: skip

        parser.add_argument("--conversations", type=int, default=1_000_000, help="reports: how many (1 million)")
        parser.add_argument("--responses", type=int, default=300_000, help="reports: answers to surveys (300000)")
        parser.add_argument("--months", type=int, default=12, help="reports: over which they are spread (12)")
        parser.add_argument("--train", metavar="FILE", help="intents: CSV of text and category to learn from")
        parser.add_argument("--test", metavar="FILE", help="intents: CSV of text and category to find")
        parser.add_argument("--oos", metavar="FILE", help="intents: CSV of texts that belong to no topic")
        parser.add_argument("--predictions", metavar="OUT", help="intents: where to write what was found")

    def handle(self, *, name: str, database: str, keep: bool, template: str, **options: object) -> None:
        if os.environ.get(INSIDE) == database:
            self.measure(name, keep=keep, **options)
            return
        create(database, keep=keep, template=template)
        try:
            code = subprocess.run([sys.executable, *sys.argv], env=environment(database), check=False).returncode
        finally:
            if not keep:
                drop(database)
        if code:
            raise CommandError(f"bench {name} ended with {code}, for the reason above.")

    def measure(self, name: str, **options: object) -> None:
        from deskapp.bench import machine

        call_command("migrate", verbosity=0)
        self.stderr.write(f"bench {name}: database {settings.DATABASES['default']['NAME']} is ready")
        preparing.begin()  # as the desk's own processes do
        facts = machine.facts()
        figures = import_string(BENCHES[name])(say=self.say, **options)
        if not options["json"]:
            for figure, value in figures.items():
                self.stdout.write(f"{figure}: {value}")
        self.stdout.write(json.dumps({"bench": name, "machine": facts, **figures}, ensure_ascii=False))

    def say(self, sentence: str) -> None:
        self.stderr.write(sentence)
        self.stderr.flush()


def environment(database: str) -> dict[str, str]:
    """For the process that measures: the same server with another database, and keys of its own in Redis."""
    place = {name: str(value or "") for name, value in settings.DATABASES["default"].items()}
    who = quote(place["USER"], safe="") + (f":{quote(place['PASSWORD'], safe='')}" if place["PASSWORD"] else "")
    port = f"&port={place['PORT']}" if place["PORT"] else ""
    url = f"postgresql://{who}@/{database}?host={quote(place['HOST'], safe='')}{port}"
    redis = settings.REDIS_URL if "?" in settings.REDIS_URL else f"{settings.REDIS_URL}?db=15"
    return {**os.environ, INSIDE: database, "DATABASE_URL": url, "REDIS_URL": redis}


def create(database: str, *, keep: bool, template: str = "") -> None:
    with server() as connection:
        exists = connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
        if exists and keep:
            return
        if exists:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database)))
        copied = sql.SQL(" template {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)) + copied)


def drop(database: str) -> None:
    with server() as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def server() -> psycopg.Connection:
    """A connection to the desk's own database, from which another can be made and dropped."""
    place = settings.DATABASES["default"]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    where = make_conninfo(**{name: str(place[key]) for name, key in names.items() if place[key]})
    return psycopg.connect(where, autocommit=True)
