"""A Shopify or WooCommerce shop of one's own on this machine: to connect, to read, to act on, and to hear from."""

import random
import signal
from collections.abc import Callable
from threading import Event
from types import FrameType
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.urls import reverse

from integrations.models import Connector
from integrations.simulators.server import Webhook
from integrations.simulators.shops import shopify, woocommerce
from integrations.simulators.shops.server import ShopServer
from integrations.simulators.shops.shopify import ShopifyShop
from integrations.simulators.shops.woocommerce import WooShop

SHOPS: dict[str, type[ShopServer]] = {"shopify": ShopifyShop, "woocommerce": WooShop}
KEYS = {
    "shopify": f"--domain {shopify.DOMAIN} --client-id {shopify.CLIENT} --client-secret {shopify.SECRET}",
    "woocommerce": "--site https://woo.example"
    f" --consumer-key {woocommerce.KEY} --consumer-secret {woocommerce.KEY_SECRET} --signing-secret",
}


class Command(BaseCommand):
    help = "Runs a simulated shop until it is stopped, and has it sell something now and then."
    requires_system_checks = []  # the pages of the desk are not its business

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("adapter", choices=list(SHOPS))
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--orders", type=int, default=100, help="sold before it is connected")
        parser.add_argument("--every", type=float, default=10.0, help="seconds between two sales; 0: none")
        parser.add_argument("--copies", type=int, default=1, help="how often each webhook is sent")
        parser.add_argument("--shuffle", action="store_true", help="send the webhooks of a sale in any order")
        parser.add_argument("--delay", type=float, default=0.0, help="seconds between two webhooks")

    def handle(self, *, adapter: str, port: int, orders: int, every: float, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG or settings.TESTING):
            raise CommandError("Simulated shops are for a demo (THROUGHLINE_DEMO=1), not for a desk at work.")
        ending = Event()

        def end_soon(number: int, frame: FrameType | None) -> None:
            ending.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end_soon)
        with SHOPS[adapter](port=port) as shop:
            for _ in range(orders):
                sell(shop, owe=False)
            self.explain(adapter, shop)
            while not ending.wait(every or 3600):
                if every:
                    sell(shop, owe=True)
                    self.tell(adapter, shop, options)

    def explain(self, adapter: str, shop: ShopServer) -> None:
        keys = KEYS[adapter] + (f" “{woocommerce.SECRET}”" if adapter == "woocommerce" else "")
        self.stdout.write(f"The shop is at {shop.url}. In another terminal:")
        wired = f"--adapter {adapter} --api-url {shop.url} {keys}".replace("“", '"').replace("”", '"')
        self.stdout.write(f'  manage.py connect_shop "My shop" {wired} --no-webhooks')
        self.stdout.write('  manage.py backfill "My shop"')
        self.stdout.flush()

    def tell(self, adapter: str, shop: ShopServer, options: dict[str, Any]) -> None:
        """To every connector that is wired to this shop."""
        try:
            wired = list(Connector.objects.filter(adapter=adapter, is_active=True, settings__api_url=shop.url))
        except DatabaseError:  # the desk is being restarted: what is owed is sent when it is back
            connection.close()
            return
        for connector in wired:
            order = list(range(len(shop.owed)))
            if options["shuffle"]:
                random.shuffle(order)
            address = settings.SITE_URL + reverse("hook", args=[connector.pk, connector.secrets["webhook_secret"]])
            sent = shop.deliver(poster(address), order=order, copies=options["copies"], delay=options["delay"])
            self.stdout.write(f"{sent} webhooks sent to {connector.name}.")


def sell(shop: ShopServer, *, owe: bool) -> None:
    """One order, some way along its life."""
    if isinstance(shop, ShopifyShop):
        number = shop.place(random.choice(list(shop.customers)), owe=owe)
        for step in (shop.pay, shop.ship, shop.arrive)[: random.randint(0, 3)]:
            step(number)
    elif isinstance(shop, WooShop):
        number = shop.place(random.choice([0, 7, 8]), owe=owe)
        for status in ("processing", "completed")[: random.randint(0, 2)]:
            shop.become(number, status)
    if not owe:
        shop.owed.clear()


def poster(address: str) -> Callable[[Webhook], int]:
    def send(webhook: Webhook) -> int:
        headers = {"Content-Type": "application/json", **webhook.headers}
        try:
            return requests.post(address, data=webhook.body, headers=headers, timeout=10).status_code
        except requests.RequestException:
            return 0  # the desk is away: as a shop, we would try again for hours

    return send
