"""`manage.py erase_again DATE`: after a back-up was restored, forgets anew who was forgotten since it was made."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime

from django.core.management.base import BaseCommand, CommandError

from customers import privacy


class Command(BaseCommand):
    help = "Erases once more every customer whose erasure was asked for on or after DATE, the day of the back-up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", help="YYYY-MM-DD")
        parser.add_argument(
            "--customer", type=int, action="append", default=[], help="a number from the log that the back-up lacks"
        )

    def handle(self, *args: object, **options: object) -> None:
        try:
            since = datetime.combine(date.fromisoformat(str(options["date"])), datetime.min.time(), UTC)
        except ValueError as error:
            raise CommandError(f"“{options['date']}” is not a date such as 2026-11-22.") from error
        numbers = options["customer"]
        assert isinstance(numbers, list)
        self.stdout.write(f"{privacy.again(since, also=numbers)} customers forgotten anew")
