"""Connects a shop or a till that sends its orders itself: makes its keys, and prints where and how it sends them."""

import secrets as randomness
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from conversations.public_web import leads_outside
from integrations.adapters.shops.base import OrderAct
from integrations.adapters.shops.orders.signature import SIGNATURE, TIMESTAMP
from integrations.models import Connector


class Command(BaseCommand):
    help = "Connects a shop that sends its orders by the desk's own webhook (docs/shops.md), or changes its settings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what agents call it, such as “Till in Kendal”; the same name changes it")
        parser.add_argument(
            "--shop", default=None, help="the word that its accounts' numbers stand behind; the same as the chat's"
        )
        parser.add_argument("--act-url", default=None, help="where the shop takes refunds and the like from the desk")
        parser.add_argument(
            "--act", action="append", default=[], choices=list(OrderAct), help="what it takes there; may be repeated"
        )
        parser.add_argument("--new-keys", action="store_true", help="make the keys anew: the old ones stop working")

    @transaction.atomic
    def handle(self, *, name: str, **options: Any) -> None:
        connector = Connector.objects.filter(adapter="orders", name=name).first()
        connector = connector or Connector(adapter="orders", name=name)
        if options["shop"] is not None:
            connector.settings["shop"] = options["shop"]
        if options["act_url"]:
            if not leads_outside(options["act_url"]):
                raise CommandError(f"{options['act_url']} does not lead to a public server.")
            connector.settings |= {"act_url": options["act_url"], "acts": options["act"] or list(OrderAct)}
        known = {} if options["new_keys"] else connector.secrets
        fresh = {key: randomness.token_urlsafe(32) for key in ("webhook_secret", "signing_secret")}
        connector.secrets = {**fresh, **known}
        connector.is_active, connector.error = True, ""
        connector.save()
        address = reverse("hook", args=[connector.pk, connector.secrets["webhook_secret"]])
        self.stdout.write(f"{name} is connected (its number is {connector.pk}). It sends its orders to")
        self.stdout.write(f"  {settings.SITE_URL}{address}")
        self.stdout.write(f"with the headers {TIMESTAMP} and {SIGNATURE}, as docs/shops.md says.")
        self.stdout.write(f"Signing secret, for the shop's back end only: {connector.secrets['signing_secret']}")
