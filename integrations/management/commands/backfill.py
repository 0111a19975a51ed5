"""Reads the past of a shop or a mailbox, and shows how far it is; stopped, it goes on there the next time."""

import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from integrations.inbound import backfill
from integrations.models import Backfill, Connector

WIDTH = 30  # of the bar
A_LOOK, LONGEST_LOOK = 1.0, 5.0  # seconds between two looks at what a worker does, and at a shop that is away
ENDED = (Backfill.State.DONE, Backfill.State.STOPPED)


class Command(BaseCommand):
    help = "Reads what a shop sold, or a mailbox got, before it was connected, or in a period."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connector", help="its name or number, as the command that connected it says it")
        parser.add_argument("--since", help="only what is newer than this date, such as 2026-01-31")
        parser.add_argument(
            "--until", help="only what is older than this date, where the provider can leave out the rest"
        )
        parser.add_argument("--queue", action="store_true", help="leave it to the workers, and do not wait")

    def handle(self, *, connector: str, since: str | None, until: str | None, queue: bool, **options: Any) -> None:
        found = backfill.start(
            self.connector(connector), since=a_date(since) if since else None, until=a_date(until) if until else None
        )
        if queue:
            self.stdout.write(f"The workers read it: {found.percent} % so far.")
            return
        while (found := backfill.run(found.pk, watch=self.show)).state not in ENDED:
            self.show(found, f" {found.error}" if found.error else "")
            time.sleep(self.seconds_until(found))
        self.show(found)
        self.stderr.write("")
        if found.state == Backfill.State.STOPPED:
            raise CommandError(f"{found.error} What was read is kept; the same command goes on from there.")
        self.stdout.write(f"{found.done} things were read from {found.connector.name}. The workers take them in.")

    def connector(self, named: str) -> Connector:
        found = Connector.objects.filter(Q(name__iexact=named) | Q(pk=int(named) if named.isdecimal() else 0)).first()
        if found is None or not backfill.can_be_read(found.adapter):
            raise CommandError(f"There is no connector “{named}” whose past can be read.")
        return found

    def seconds_until(self, found: Backfill) -> float:
        """Seconds to the next look: it is due then, or a worker has it in hand."""
        if found.state == Backfill.State.RUNNING:
            return A_LOOK
        return min(max((found.due_at - timezone.now()).total_seconds(), 0.1), LONGEST_LOOK)

    def show(self, found: Backfill, words: str = "") -> None:
        full = WIDTH * found.percent // 100
        of = f" of {found.total}" if found.total else ""
        bar = f"\r[{'█' * full}{'·' * (WIDTH - full)}] {found.percent:3d} % · {found.done}{of}{words}\x1b[K"
        self.stderr.write(bar, ending="")
        self.stderr.flush()


def a_date(text: str) -> datetime:
    try:
        at = parse_datetime(text)
        day = parse_date(text) if at is None else None
    except ValueError:
        at, day = None, None
    if at is None and day is None:
        raise CommandError(f"“{text}” is no date: write it as in 2026-01-31.")
    found = at or datetime(day.year, day.month, day.day, tzinfo=UTC)  # type: ignore[union-attr]  # one of them is
    return found if timezone.is_aware(found) else found.replace(tzinfo=UTC)
