"""Imports a till's file of sales: `manage.py import_orders FILE --source NAME`; a second import changes nothing."""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DataError, IntegrityError, transaction

from conversations.live.customers import push_customer
from customers import profile
from customers.gather import gather_all
from integrations.models import Connector, RawEvent
from integrations.order_files import Sale, digest, sales

AT_ONCE = 50
SHOWN = 20
POISON = (ValueError, DataError, IntegrityError)


class Command(BaseCommand):
    help = "Imports orders, click-and-collect and counter returns from a CSV file (columns: docs/shops.md)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV file in UTF-8, or - for standard input")
        parser.add_argument("--source", required=True, help="the till, by the name it was given to connect_shop")
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help="of dates without one, as Europe/Oslo")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, and keep nothing")

    def handle(self, *, file: str, source: str, dry_run: bool, **options: str) -> None:
        connector = Connector.objects.filter(adapter="orders", name=source).first()
        if connector is None:
            raise CommandError(f"No till is named “{source}”: run manage.py connect_shop “{source}” first.")
        try:
            zone = ZoneInfo(options["time_zone"])
        except (KeyError, ValueError):
            raise CommandError(f"“{options['time_zone']}” is no time zone, such as Europe/Oslo.") from None
        self.good = self.bad = self.orders = 0
        try:
            with opened(file) as table:
                self.take(sales(table, connector, zone), connector, dry_run=dry_run)
        except UnicodeDecodeError as error:
            raise CommandError(f"The file is not UTF-8 (at byte {error.start}): save it as CSV UTF-8.") from None
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from None
        verb = "would go in" if dry_run else "are in"
        self.stdout.write(f"{self.good} orders {verb}, {self.bad} were set aside.")

    def take(self, found: Iterable[Sale], connector: Connector, *, dry_run: bool) -> None:
        """Some at a time, each in a transaction: what was taken before a crash is taken, and is the same again."""
        stream = iter(found)
        while some := list(islice(stream, AT_ONCE)):
            self.orders += len(some)
            for sale in some:
                if sale.wrong:
                    self.set_aside(connector, sale, sale.wrong, dry_run=dry_run)
            self.keep([sale for sale in some if not sale.wrong], connector, dry_run=dry_run)
            self.stderr.write(f"\r{self.orders} orders read, {self.bad} set aside", ending="")
            self.stderr.flush()
        self.stderr.write("")

    def keep(self, some: list[Sale], connector: Connector, *, dry_run: bool) -> None:
        try:
            self.gather([some], dry_run=dry_run)
        except POISON:
            for sale in some:
                self.keep_one(sale, connector, dry_run=dry_run)
        else:
            self.good += len(some)

    def keep_one(self, sale: Sale, connector: Connector, *, dry_run: bool) -> None:
        try:
            self.gather([[sale]], dry_run=dry_run)
        except POISON as error:
            self.set_aside(connector, sale, str(error), dry_run=dry_run)
        else:
            self.good += 1

    @transaction.atomic
    def gather(self, batches: Iterable[list[Sale]], *, dry_run: bool) -> None:
        """A dry run does everything, so that it finds everything that is wrong, and takes it back."""
        touched = gather_all(fact for some in batches for sale in some for fact in sale.facts)
        if dry_run:
            transaction.set_rollback(True)
            return
        profile.changed(touched)
        push_customer(touched)

    def set_aside(self, connector: Connector, sale: Sale, why: str, *, dry_run: bool) -> None:
        self.bad += 1
        if self.bad <= SHOWN:
            self.stderr.write(f"\rLine {sale.line}: {why}")
        if dry_run:
            return
        body = json.dumps([row.cells for row in sale.rows], ensure_ascii=False).encode()
        RawEvent.objects.get_or_create(
            connector=connector,
            external_id=digest(sale),
            defaults={
                "kind": "file",
                "body": body,
                "headers": {"line": sale.line},
                "state": RawEvent.State.ASIDE,
                "error": f"Line {sale.line}: {why}"[:2000],
            },
        )


@contextmanager
def opened(name: str) -> Iterator[TextIO]:
    """Excel puts a mark before UTF-8."""
    if name == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
        return
    with Path(name).open(encoding="utf-8-sig", newline="") as file:
        yield file
