"""Connects a mailbox: asks what it needs to know, tries both sign-ins, and says what is wrong and how to mend it."""

import getpass
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conversations.models import Medium, Team
from integrations import health
from integrations.adapters.base import AdapterError
from integrations.adapters.media.email import mailbox_about, smtp
from integrations.adapters.media.email.imap import open_mailbox
from integrations.adapters.media.email.mailbox_about import BY_AUTH, KNOWN, SECURITIES
from integrations.models import Connector
from integrations.wiring import WrongError, connect, find

SECURITY = [word for word, _label in SECURITIES]


class Command(BaseCommand):
    help = "Connects a mailbox to the desk, or changes how it is connected. Asks for what is not given as an option."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="?", help="support@shop.example")
        parser.add_argument("--name", help="what agents call it")
        parser.add_argument("--team", help="whose mail it is")
        parser.add_argument("--brand", help="the name customers see beside the agent's")
        parser.add_argument("--alias", action="append", default=[], type=an_address, help="a further address of yours")
        parser.add_argument("--auth", choices=["password", "google", "microsoft"], default="password")
        parser.add_argument("--ca-file", type=Path, help="who signed your server's certificate, in PEM")
        for name in ("username", "password", "tenant", "client-id", "client-secret", "refresh-token", "folder"):
            parser.add_argument(f"--{name}")
        for way in ("imap", "smtp"):
            parser.add_argument(f"--{way}-host")
            parser.add_argument(f"--{way}-port", type=int)
            parser.add_argument(f"--{way}-security", choices=SECURITY)
        parser.add_argument(
            "--start", choices=["all", "now"], default="all", help="fetch all its mail, or new mail only"
        )
        parser.add_argument("--no-smtp-auth", action="store_true", help="the mail server takes mail without a password")
        parser.add_argument("--no-plus", action="store_true", help="the server does not take support+word@shop.example")
        parser.add_argument("--untried", action="store_true", help="do not try to sign in")

    def handle(self, *, address: str | None, **options: Any) -> None:
        address = self.asked("Address of the mailbox", address)
        team = None
        if options["team"] and not (team := Team.objects.filter(name=options["team"]).first()):
            raise CommandError(f"There is no team named “{options['team']}”.")
        with transaction.atomic():
            try:
                connector = find("imap", Medium.EMAIL, address)
                connector.name = connector.name or f"Mailbox {address}"[:80]
                given = {**self.settings(address, options), **self.secrets(options)}
                connect(connector, given, address=address, name=options["name"] or "", team=team)
            except WrongError as error:
                raise CommandError(str(error)) from None
            if not options["untried"]:
                self.try_out(connector)
            health.mended(connector)
        self.stdout.write(f"{address} is connected. `manage.py watch` fetches its mail.")

    def settings(self, address: str, options: dict[str, Any]) -> dict[str, str]:
        domain = address.rpartition("@")[2].lower()
        imap, out, security = BY_AUTH.get(options["auth"]) or KNOWN.get(domain) or ("", "", "")
        settings = {
            "username": options["username"] or address,
            "auth": options["auth"],
            "imap_host": options["imap_host"]
            or imap
            or self.asked("Server of incoming mail (IMAP)", None, f"imap.{domain}"),
            "imap_security": options["imap_security"] or "tls",
            "smtp_host": options["smtp_host"]
            or out
            or self.asked("Server of outgoing mail (SMTP)", None, f"smtp.{domain}"),
            "smtp_security": options["smtp_security"] or security or "starttls",
            "folder": options["folder"] or "INBOX",
            "start": options["start"],
            "aliases": " ".join(options["alias"]),
            "smtp_auth": "" if options["no_smtp_auth"] else "on",
            "plus_addresses": "" if options["no_plus"] else "on",
        }
        if options["ca_file"]:
            settings["ca"] = self.read(options["ca_file"])
        named = ("imap_port", "smtp_port", "tenant", "brand")
        return settings | {name: str(options[name]) for name in named if options[name]}

    def read(self, path: Path) -> str:
        try:
            return path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from None

    def secrets(self, options: dict[str, Any]) -> dict[str, str]:
        if options["auth"] == "password":
            return {"password": options["password"] or self.hidden("Password")}
        names = ("client_id", "client_secret", "refresh_token")
        return {name: options[name] or self.hidden(name.replace("_", " ").capitalize()) for name in names}

    def try_out(self, connector: Connector) -> None:
        """Both, before anything is stored: one answer tells everything that is wrong."""
        wrong = []
        try:
            with open_mailbox(connector) as mailbox:
                idle = "tells of new mail at once" if mailbox.can_idle else "is asked for new mail every half minute"
                self.stdout.write(f"Incoming mail: signed in to {connector.settings['imap_host']}, which {idle}.")
        except AdapterError as error:
            wrong.append(f"Incoming mail (IMAP): {error}")
        try:
            with smtp.session(connector):
                self.stdout.write(f"Outgoing mail: signed in to {connector.settings['smtp_host']}.")
        except AdapterError as error:
            wrong.append(f"Outgoing mail (SMTP): {error}")
        if wrong:
            raise CommandError("\n".join([*wrong, "Nothing was changed."]))

    def asked(self, question: str, given: str | None, proposed: str = "") -> str:
        if given:
            return given
        if not sys.stdin.isatty():
            if proposed:
                return proposed
            raise CommandError(f"{question} is missing.")
        hint = f" [{proposed}]" if proposed else ""
        return input(f"{question}{hint}: ").strip() or proposed

    def hidden(self, question: str) -> str:
        if not sys.stdin.isatty():
            raise CommandError(f"{question} is missing.")
        return getpass.getpass(f"{question}: ")


def an_address(text: str) -> str:
    try:
        return mailbox_about.an_address(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
