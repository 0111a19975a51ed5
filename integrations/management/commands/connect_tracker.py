"""Connects what reports by the Segment HTTP spec: makes its write key, and prints the key once, with the address."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from integrations.adapters.trackers.door import ADAPTER
from integrations.models import Connector
from integrations.wiring import WrongError, connect


class Command(BaseCommand):
    help = "Connects a tracker: the pages of a shop (--origins), or its own servers (--server); or changes one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="what agents call it; the same name changes what is there")
        parser.add_argument("--origins", nargs="+", default=[], help="https://shop.example: pages that may call")
        parser.add_argument("--server", action="store_true", help="the key stays on the shop's servers: ids are proven")
        parser.add_argument("--shop", help="whose customers the user ids are, as at the shop's other connectors")
        parser.add_argument(
            "--verifies", nargs="+", default=[], choices=["email", "phone"], help="what it had confirmed"
        )
        parser.add_argument("--consent", choices=["required", "assumed"], help="for calls that say nothing of consent")
        parser.add_argument(
            "--category", nargs="+", default=[], help="analytics=C0002: a category of your consent manager"
        )
        parser.add_argument("--new-key", action="store_true", help="make a new write key; the one before ends at once")

    @transaction.atomic
    def handle(self, *, name: str, origins: list[str], server: bool, **options: Any) -> None:
        connector = Connector.objects.select_for_update().filter(adapter=ADAPTER, name=name).first()
        is_new = connector is None
        connector = connector or Connector(adapter=ADAPTER, name=name)
        given = {
            "origins": " ".join(origins),
            "trusted": "on" if server else "",
            "consent": options["consent"] or ("assumed" if server else "required"),
            "verifies": " ".join(options["verifies"]),
        }
        given |= {"shop": options["shop"]} if options["shop"] else {}
        if options["category"]:
            connector.settings["consent_categories"] = self.categories(options["category"])
        if options["new_key"]:
            connector.secrets = {}
        try:
            connect(connector, given, name=name)
        except WrongError as error:
            raise CommandError(str(error)) from None
        self.say(connector, with_key=is_new or options["new_key"])

    def categories(self, given: list[str]) -> dict[str, str]:
        """By the shop's word for it, in lower case."""
        pairs = [each.partition("=") for each in given]
        if any(purpose not in ("analytics", "location", "personal") or not category for purpose, _, category in pairs):
            raise CommandError("A category is analytics=…, location=… or personal=…, then the consent manager's word.")
        return {category.lower(): purpose for purpose, _, category in pairs}

    def say(self, connector: Connector, *, with_key: bool) -> None:
        self.stdout.write(f"{connector.name} is connected.")
        self.stdout.write(
            f"  address    {settings.SITE_URL}/v1  (host of the public client libraries: {settings.SITE_URL})"
        )
        if with_key:
            self.stdout.write(f"  write key  {connector.secrets['write_key']}")
            self.stdout.write("  The key is not shown again; --new-key makes another.")
        if connector.settings["consent"] == "required":
            self.stdout.write(
                "  Behaviour is kept only of calls that say in context.consent that analytics is allowed."
            )
