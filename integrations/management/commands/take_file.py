"""Takes a file that is too large for the browser: `manage.py take_file FILE --by EMAIL`; the desk does the rest."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from integrations.imports.files import LARGEST, RefusedError
from integrations.imports.uploading import take


class Command(BaseCommand):
    help = (
        "Takes a file of customers, agents or old conversations, up to 1 GB (docs/imports.md), and brings nothing in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV, mbox or another desk's JSON, also packed as .zip or .gz")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the agent in whose name it is brought in")

    def handle(self, *, file: str, by: str, **options: object) -> None:
        agent = get_user_model().objects.filter(email__iexact=by, is_active=True).first()
        if agent is None or not agent.may("settings.moves"):
            raise CommandError(f"Nobody with the address “{by}” may bring anything in.")
        path = Path(file)
        try:
            with path.open("rb") as opened:
                one = take(opened, path.name, path.stat().st_size, by=agent, most=LARGEST)
        except (OSError, RefusedError) as error:
            raise CommandError(str(error)) from None
        where = f"{settings.SITE_URL}{reverse('import', args=[one.pk])}"
        self.stdout.write(f"Taken, {one.size} bytes. Look at it and bring it in at {where}")
