"""`manage.py retain`: carries out the rules of how long data is kept; `--dry-run` only counts."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from customers import retention


class Command(BaseCommand):
    help = "Drops what was kept for as long as the rules say. Beat does the same every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and touch nothing")

    def handle(self, *args: object, **options: object) -> None:
        if options["dry_run"]:
            for verdict in retention.tried():
                state = "on" if verdict.rule.is_on else "off"
                self.stdout.write(
                    f"{verdict.kind.name}: {verdict.rows} rows from before {verdict.before:%Y-%m-%d} ({state})"
                )
            return
        for kind, rows in retention.carry_out().items():
            self.stdout.write(f"{kind}: {rows} rows dropped")
