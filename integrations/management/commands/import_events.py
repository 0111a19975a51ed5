"""Brings history in, at the speed of COPY: a file of calls as the Segment HTTP spec has them, one a line."""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.events import backfill
from customers.facts import EventFact
from customers.gather import gather_all
from integrations.adapters.trackers.batch import check_shape
from integrations.adapters.trackers.calls import Sender, facts_of
from integrations.adapters.trackers.door import ADAPTER
from integrations.models import Connector

SAY_EACH = 50_000


class Command(BaseCommand):
    help = "Imports events (NDJSON, also .gz) as a tracker's. A line that was imported before changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tracker", required=True, help="the name given to connect_tracker")

    def handle(self, *, file: Path, tracker: str, **options: object) -> None:
        connector = Connector.objects.filter(adapter=ADAPTER, name=tracker).first()
        if connector is None:
            raise CommandError(f"No tracker is named “{tracker}”.")
        self.bad = self.lines = 0
        sender = Sender(connector, timezone.now(), None, f"import:{file.name}", is_history=True)
        kept = backfill(self.events(sender, file))
        self.stdout.write(f"{self.lines} lines, {kept} new events; {self.bad} lines were left out.")

    def events(self, sender: Sender, file: Path) -> Iterator[EventFact]:
        """Those of each line; what it says beside them, of consent and of traits, is kept on the way."""
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
            yield from self.understood(sender, lines)

    def understood(self, sender: Sender, lines: Iterable[bytes]) -> Iterator[EventFact]:
        for number, line in enumerate(lines):
            self.lines += 1
            try:
                facts = facts_of(check_shape(json.loads(line)), sender, number, {})
            except (ValueError, RecursionError) as error:
                self.bad += 1
                self.stderr.write(f"line {number + 1}: {error}")
                continue
            yield from (fact for fact in facts if isinstance(fact, EventFact))
            if others := [fact for fact in facts if not isinstance(fact, EventFact)]:
                gather_all(others)
            if self.lines % SAY_EACH == 0:
                self.stderr.write(f"{self.lines} lines …")
