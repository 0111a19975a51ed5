"""The world around the demo, on loopback: mail servers for the desk's mailboxes, the warehouse of its shop, and the
providers of its telephone, text and messenger channels."""

import signal
from threading import Event
from types import FrameType

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.adapters.media.email.envelope import our_addresses
from integrations.models import Connector
from integrations.simulators.demo_shop.telling import Warehouse
from integrations.simulators.mail_servers import CUSTOMERS, PASSWORD, MailServers
from integrations.simulators.people import People
from integrations.simulators.world import World

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Command(BaseCommand):
    help = (
        "Runs SMTP and IMAP for the mailboxes that are connected to this machine, the demo shop's warehouse, and "
        "Twilio, Meta, Telegram and Mastodon for the connectors whose api_url is on this machine."
    )
    requires_system_checks = []  # the pages of the desk are not its business

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--smtp-port", type=int, help="as the mailbox is connected, unless named here")
        parser.add_argument("--imap-port", type=int)

    def handle(self, *, smtp_port: int | None, imap_port: int | None, **options: object) -> None:
        connectors = on_loopback()
        if not connectors:
            raise CommandError("No mailbox is connected to this machine: run the seed, or connect one to 127.0.0.1.")
        first = connectors[0]
        wanted = (smtp_port or int(first.settings["smtp_port"]), imap_port or int(first.settings["imap_port"]))
        ending = Event()

        def end_soon(number: int, frame: FrameType | None) -> None:
            ending.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end_soon)
        servers = start(connectors, *wanted)
        warehouse = Warehouse()
        warehouse.start()
        world = World()
        try:
            rewire(connectors, servers)
            world.start()
            People(world).start()
            self.stdout.write(
                f"Mail to {', '.join(sorted(servers.desk_addresses))} is taken at 127.0.0.1:{servers.smtp_port}, lies "
                f"at 127.0.0.1:{servers.imap_port}; what customers get lies there too, for {CUSTOMERS} with {PASSWORD}."
            )
            self.stdout.flush()
            for wired in world.wired:
                names = ", ".join(each.name for each in wired.connectors)
                self.stdout.write(f"{type(wired.server).__name__} at {wired.server.url}: {names}.")
            self.stdout.flush()
            ending.wait()
        finally:
            world.end()
            warehouse.stop.set()
            servers.stop()


def on_loopback() -> list[Connector]:
    """The mailboxes whose servers are here: those of the demo, which no real mail server is."""
    if not (settings.DEMO or settings.DEBUG or settings.TESTING):
        raise CommandError("Simulated mail servers are for a demo (THROUGHLINE_DEMO=1), not for a desk at work.")
    found = Connector.objects.filter(adapter="imap", is_active=True, settings__imap_host__in=LOOPBACK)
    return list(found.select_related("channel").order_by("pk"))


def start(connectors: list[Connector], smtp_port: int, imap_port: int) -> MailServers:
    """On the wanted ports or, where another program has them, on free ones."""
    addresses = {address for connector in connectors for address in our_addresses(connector)}
    first = connectors[0]
    account = (str(first.settings.get("username", "")), first.secrets.get("password", ""))
    for ports in ((smtp_port, imap_port), (0, 0)):
        servers = MailServers(addresses, name=account[0], password=account[1], smtp_port=ports[0], imap_port=ports[1])
        try:
            servers.start()
        except OSError:
            continue
        return servers
    raise CommandError("No port is free for the demo's mail servers.")


def rewire(connectors: list[Connector], servers: MailServers) -> None:
    """The watchers notice changed settings by themselves."""
    for connector in connectors:
        ports = {"smtp_port": servers.smtp_port, "imap_port": servers.imap_port}
        if any(connector.settings.get(name) != port for name, port in ports.items()):
            connector.settings = {**connector.settings, **ports}
            connector.save(update_fields=["settings"])
