"""Connects a shop: Shopify, WooCommerce, or one that sends its orders itself; tries it, and says what is left to do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from integrations import health
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError
from integrations.adapters.shops.base import OrderAct, Shop
from integrations.adapters.shops.connecting import KINDS, translate_statuses
from integrations.adapters.signed import SIGNATURE, TIMESTAMP
from integrations.models import Connector
from integrations.wiring import WrongError, connect, hook_address

GIVEN = sorted({name for wanted, keys, _sets in KINDS.values() for name in (*wanted, *keys)} - {"auth", "verifies"})


class Command(BaseCommand):
    help = "Connects a shop (docs/shops.md says what to click there), or changes how it is connected."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what agents call it, such as “Till in Kendal”; the same name changes it")
        parser.add_argument("--adapter", choices=["orders", *KINDS], default="orders")
        parser.add_argument("--shop", help="the word that its accounts' numbers stand behind; the same as the chat's")
        parser.add_argument("--region", help="country in which numbers without one are read, as in ISO 3166: NO")
        own = parser.add_argument_group("orders: a shop or a till that sends its orders by the desk's own webhook")
        own.add_argument("--act-url", help="where the shop takes refunds and the like from the desk")
        own.add_argument("--act", action="append", default=[], choices=list(OrderAct), help="may be repeated")
        own.add_argument("--new-keys", action="store_true", help="make the keys anew: the old ones stop working")
        theirs = parser.add_argument_group("shopify and woocommerce")
        for name in GIVEN:
            theirs.add_argument(f"--{name.replace('_', '-')}")
        theirs.add_argument("--auth", choices=["header", "query"], help="query: the shop's server drops the header")
        theirs.add_argument(
            "--verifies",
            choices=["email", "nothing"],
            help="email: a plug-in of the shop has every account confirm its own",
        )
        theirs.add_argument("--status", action="append", default=[], help="a plug-in's word and ours: being-sewn=paid")
        theirs.add_argument("--api-url", help="where a simulated shop is")
        theirs.add_argument("--no-webhooks", action="store_true", help="do not have the shop send its webhooks here")
        theirs.add_argument("--untried", action="store_true", help="do not call the shop")

    @transaction.atomic
    def handle(self, *, name: str, adapter: str, **options: Any) -> None:
        connector = Connector.objects.filter(adapter=adapter, name=name).first()
        connector = connector or Connector(adapter=adapter, name=name)
        connector.is_active, connector.error = True, ""
        if adapter == "orders":
            self.connect_own(connector, options)
        else:
            self.connect_theirs(connector, options)

    def connect_own(self, connector: Connector, options: dict[str, Any]) -> None:
        if options["new_keys"]:
            connector.secrets = {}
        given = {name: options[name] for name in ("shop", "act_url", "region") if options[name] is not None}
        self.wire(connector, {**given, "acts": " ".join(options["act"])})
        self.stdout.write(f"{connector.name} is connected (its number is {connector.pk}). It sends its orders to")
        self.stdout.write(f"  {hook_address(connector)}")
        self.stdout.write(f"with the headers {TIMESTAMP} and {SIGNATURE}, as docs/shops.md says.")
        self.stdout.write(f"Signing secret, for the shop's back end only: {connector.secrets['signing_secret']}")

    def connect_theirs(self, connector: Connector, options: dict[str, Any]) -> None:
        """Tried before it is stored: one that does not work changes nothing."""
        try:
            translate_statuses(connector, pairs(options["status"]))
        except ValueError as error:
            raise CommandError(str(error)) from None
        names = (*GIVEN, "auth", "verifies", "shop", "api_url", "region")
        self.wire(connector, {name: options[name] for name in names if options[name]})
        if not options["untried"]:
            self.try_out(connector)
        if not options["untried"] and not options["no_webhooks"]:
            self.subscribe(connector)
        self.stdout.write(f"{connector.name} is connected (its number is {connector.pk}). Its webhooks come to")
        self.stdout.write(f"  {hook_address(connector)}")
        if connector.adapter == "woocommerce":
            self.stdout.write(f"Secret of the webhooks: {connector.secrets['signing_secret']}")
        self.stdout.write(f"`manage.py backfill {connector.pk}` reads what it sold before.")

    def wire(self, connector: Connector, given: dict[str, str]) -> None:
        try:
            connect(connector, given, name=connector.name)
        except WrongError as error:
            raise CommandError(str(error)) from None

    def try_out(self, connector: Connector) -> None:
        shop: Shop = adapter_named(connector.adapter)  # type: ignore[assignment]  # KINDS has only shops
        try:
            for line in shop.look_over(connector):
                self.stdout.write(line)
        except AdapterError as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        health.mended(connector)
        connector.checked_at = timezone.now()
        connector.save(update_fields=["settings", "checked_at"])

    def subscribe(self, connector: Connector) -> None:
        """What the shop refuses is said and no hindrance: its owner can make the webhooks there."""
        shop: Shop = adapter_named(connector.adapter)  # type: ignore[assignment]  # as above
        try:
            new, wrong = shop.subscribe(connector, hook_address(connector))
        except AdapterError as error:
            new, wrong = 0, [str(error)]
        if new:
            self.stdout.write(f"The shop sends {new} kinds of webhooks here from now on.")
        for each in wrong[:5]:
            self.stderr.write(f"The shop does not send: {each}")
        if wrong:
            self.stderr.write("Make the webhooks in the shop, as docs/shops.md says.")


def pairs(given: list[str]) -> dict[str, str]:
    parted = [each.partition("=") for each in given]
    if wrong := next((word for word, equals, _ours in parted if not equals), ""):
        raise CommandError(f"“{wrong}” has no meaning beside it: write --status {wrong}=paid.")
    return {word: ours for word, _equals, ours in parted}
