"""Connects an e-mail service: keeps its keys, and prints the addresses that its webhooks must call."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conversations.models import Medium, Team
from integrations.adapters.media.email.esp import TRACKING
from integrations.adapters.media.email.esp_services import SERVICES
from integrations.models import Connector
from integrations.wiring import WrongError, connect, find, hook_address

KEYS = sorted({key for service in SERVICES.values() for key in (*service.api, *service.keys)})
GIVEN = ("brand", "sender_domain", "api_url", *KEYS)


class Command(BaseCommand):
    help = "Connects an e-mail service (Mailgun, Postmark, SendGrid, Brevo, Mailjet), or changes its keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("service", choices=SERVICES)
        parser.add_argument("address", help="support@shop.example")
        parser.add_argument("--name", help="what agents call it")
        parser.add_argument("--team", help="whose mail it is")
        parser.add_argument("--brand", help="the name customers see beside the agent's")
        parser.add_argument("--sender-domain", help="Mailgun: the domain that sends")
        parser.add_argument("--api-url", help="where the service's API is, if not at its usual place")
        for name in KEYS:
            parser.add_argument(f"--{name.replace('_', '-')}")

    @transaction.atomic
    def handle(self, *, service: str, address: str, **options: Any) -> None:
        team = self.team(options["team"]) if options["team"] else None
        given = {name: options[name] for name in GIVEN if options.get(name)}
        try:
            connector = find("esp", Medium.EMAIL, address)
            connect(connector, {**given, "esp": service}, address=address, name=options["name"] or "", team=team)
        except WrongError as error:
            raise CommandError(str(error)) from None
        self.say(connector)

    def team(self, name: str) -> Team:
        team = Team.objects.filter(name__iexact=name).first()
        if team is None:
            raise CommandError(f"There is no team named “{name}”.")
        return team

    def say(self, connector: Connector) -> None:
        self.stdout.write(f"{connector.name} is connected. Enter these addresses at the service, and keep them secret:")
        self.stdout.write(f"  incoming mail     {hook_address(connector)}")
        self.stdout.write(f"  delivery reports  {hook_address(connector, TRACKING)}")
