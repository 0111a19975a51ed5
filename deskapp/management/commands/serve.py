"""Serves the desk's pages and sockets: `manage.py serve`."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from deskapp.web import serve


class Command(BaseCommand):
    help = "Serves pages and sockets, in as many processes as WEB_PROCESSES says."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="and the port (8000)")
        parser.add_argument("--grace", type=int, default=20, help="seconds to finish requests in when stopped (20)")

    def handle(self, *, host: str, port: int, grace: int, **options: object) -> None:
        serve(host, port, processes=settings.WEB_PROCESSES, grace=grace)
