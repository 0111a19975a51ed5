"""Connects an e-mail service: keeps its keys, and prints the addresses that its webhooks must call."""

import secrets as randomness
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from conversations.models import Channel, Medium, Team
from customers.identify import normalise
from customers.models.identity import Kind
from integrations.adapters.media.email.esp import SERVICES, TRACKING
from integrations.models import Connector


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
        for name in sorted({key for service in SERVICES.values() for key in (*service.api, *service.keys)}):
            parser.add_argument(f"--{name.replace('_', '-')}")

    @transaction.atomic
    def handle(self, *, service: str, address: str, **options: Any) -> None:
        try:
            address = normalise(Kind.EMAIL, address)
        except ValueError as error:
            raise CommandError(str(error)) from None
        wanted = (*SERVICES[service].api, *SERVICES[service].keys)
        keys = {key: options[key] for key in wanted if options.get(key)}
        channel, _made = Channel.objects.get_or_create(
            medium=Medium.EMAIL, address=address, defaults={"name": options["name"] or address}
        )
        if options["team"]:
            channel.team = self.team(options["team"])
            channel.save(update_fields=["team"])
        connector = Connector.objects.filter(channel=channel).first() or Connector(channel=channel)
        if connector.pk and connector.adapter != "esp":
            raise CommandError(f"{address} is connected as a mailbox already.")
        keys = {"webhook_secret": randomness.token_urlsafe(24)} | connector.secrets | keys
        if missing := [key for key in wanted if not keys.get(key)]:
            asked = ", ".join(f"--{key.replace('_', '-')}" for key in missing)
            raise CommandError(f"{service.capitalize()} needs {asked}.")
        connector.adapter, connector.name, connector.secrets = "esp", channel.name, keys
        given = {key: options[key] for key in ("brand", "sender_domain", "api_url") if options[key]}
        connector.settings = {**connector.settings, **given, "esp": service}
        connector.save()
        self.say(connector, keys["webhook_secret"])

    def team(self, name: str) -> Team:
        team = Team.objects.filter(name__iexact=name).first()
        if team is None:
            raise CommandError(f"There is no team named “{name}”.")
        return team

    def say(self, connector: Connector, secret: str) -> None:
        mail = reverse("hook", args=[connector.pk, secret])
        reports = reverse("hook_kind", args=[connector.pk, secret, TRACKING])
        self.stdout.write(f"{connector.name} is connected. Enter these addresses at the service, and keep them secret:")
        self.stdout.write(f"  incoming mail     {settings.SITE_URL}{mail}")
        self.stdout.write(f"  delivery reports  {settings.SITE_URL}{reports}")
