"""Lets the demo's customers write, and its agents be there, until it is stopped: `manage.py simulate_customers`."""

import asyncio
import signal

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from redis import RedisError

from deskapp.demo import shifts
from deskapp.demo.casting import cast
from integrations.simulators.customers import live

log = structlog.get_logger(__name__)

PACE = 30.0
STAYS = 20.0  # seconds


class Command(BaseCommand):
    help = "Lets simulated customers write through the real doors, at a gentle pace."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pace", type=float, default=PACE, help="seconds between two who write, on average (30)")
        parser.add_argument("--site", default=settings.SITE_URL, help="where the desk listens")

    def handle(self, *, pace: float, site: str, **options: object) -> None:
        if not (settings.DEMO or settings.DEBUG or settings.TESTING):
            raise CommandError("Simulated customers are for a demo (THROUGHLINE_DEMO=1), not for a desk at work.")
        asyncio.run(until_stopped(pace, site))


async def until_stopped(pace: float, site: str) -> None:
    living = asyncio.create_task(live(pace, site=site, cast=cast))
    colleagues = asyncio.create_task(stay_there())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, living.cancel)
    try:
        await living
    except asyncio.CancelledError:
        return
    finally:
        colleagues.cancel()


async def stay_there() -> None:
    """The agents whom nobody plays: their browsers would say so every twenty seconds."""
    while True:
        try:
            await sync_to_async(shifts.keep_there)()
        except (DatabaseError, RedisError):
            log.warning("the colleagues could not say that they are there")
        await asyncio.sleep(STAYS)
