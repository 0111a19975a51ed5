"""Connects a shop's chat: makes its key and identity secret, and prints the script tag for the shop's pages."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conversations.models import Channel, Medium, Team
from integrations.adapters.media.chat.about import tag_of
from integrations.wiring import WrongError, connect, find


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
        team = None
        if options["team"] and not (team := Team.objects.filter(name__iexact=options["team"]).first()):
            raise CommandError(f"There is no team named “{options['team']}”.")
        try:
            connector = find("chat", Medium.CHAT, key)
            connect(connector, {"origins": " ".join(origin)}, address=key, name=options["name"] or "", team=team)
        except WrongError as error:
            raise CommandError(str(error)) from None
        assert connector.channel is not None
        if options["fallback"]:
            connector.channel.fallback = self.mailbox(options["fallback"])
            connector.channel.save(update_fields=["fallback"])
        self.stdout.write(f"{connector.channel.name} is connected. On the shop's pages:")
        self.stdout.write(f"  {tag_of(connector)}")
        self.stdout.write(f"Identity secret, for the shop's back end only: {connector.secrets['identity']}")

    def mailbox(self, address: str) -> Channel:
        found = Channel.objects.filter(medium=Medium.EMAIL, address__iexact=address, is_active=True).first()
        if found is None:
            raise CommandError(f"No mailbox {address} is connected.")
        return found
