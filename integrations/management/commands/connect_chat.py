"""Connects a shop's chat: makes its key and identity secret, and prints the script tag for the shop's pages."""

import secrets as randomness
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conversations.models import Channel, Medium, Team
from integrations.models import Connector


class Command(BaseCommand):
    help = "Connects the chat widget of a shop, or changes the origins from which it may be opened."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="a word for the widget's address, such as my-shop")
        parser.add_argument("--origin", action="append", required=True, help="https://shop.example; may be repeated")
        parser.add_argument("--name", help="what agents call it")
        parser.add_argument("--team", help="who answers it")
        parser.add_argument("--fallback", help="the address of the mailbox that answers those who have left")

    @transaction.atomic
    def handle(self, *, key: str, origin: list[str], **options: Any) -> None:
        for each in origin:
            parts = urlsplit(each)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
                raise CommandError(f"“{each}” is no origin: it is a scheme and a host, as in https://shop.example.")
        channel, _made = Channel.objects.get_or_create(
            medium=Medium.CHAT, address=key, defaults={"name": options["name"] or key}
        )
        if options["team"] and not (team := Team.objects.filter(name__iexact=options["team"]).first()):
            raise CommandError(f"There is no team named “{options['team']}”.")
        channel.team = team if options["team"] else channel.team
        if options["fallback"]:
            mailbox = Channel.objects.filter(medium=Medium.EMAIL, address__iexact=options["fallback"]).first()
            if mailbox is None:
                raise CommandError(f"No mailbox {options['fallback']} is connected.")
            channel.fallback = mailbox
        channel.save()
        connector = Connector.objects.filter(channel=channel).first() or Connector(channel=channel, adapter="chat")
        connector.name = channel.name
        connector.settings = {**connector.settings, "origins": origin}
        secret = connector.secrets.get("identity") or randomness.token_urlsafe(32)
        connector.secrets = {**connector.secrets, "identity": secret}
        connector.save()
        self.stdout.write(f"{channel.name} is connected. On the shop's pages:")
        script = f"{settings.SITE_URL}/widget/throughline.js"
        self.stdout.write(f'  <script type="module" src="{script}" data-channel="{key}"></script>')
        self.stdout.write(f"Identity secret, for the shop's back end only: {secret}")
