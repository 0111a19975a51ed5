"""Moves the demo shop's orders along, and tells the desk of each change by its signed webhook, as any shop would."""

import json
import random
from collections.abc import Callable
from threading import Event, Thread

import httpx
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.urls import reverse

from integrations.adapters.signed import signed
from integrations.models import Connector
from integrations.simulators.demo_shop import back_end
from integrations.simulators.demo_shop.book import Book

log = structlog.get_logger(__name__)

ACTS_PATH = "/demo-shop/acts/"


class Warehouse(Thread):
    """Looks every second. What the desk did not take stays in the book, and is told again."""

    def __init__(self, book: Book | None = None, *, seconds: float = 1.0) -> None:
        super().__init__(name="demo-shop", daemon=True)
        self.book, self.seconds, self.stop = book or Book(), seconds, Event()

    def run(self) -> None:
        while not self.stop.wait(self.seconds):
            try:
                self.turn()
            except httpx.HTTPError as error:
                log.info("the desk could not be told", error=f"{type(error).__name__}: {error}")
                self.stop.wait(5 * random.uniform(0.8, 1.2))
            except (DatabaseError, InterfaceError):
                log.warning("the database is gone: the shop tells the desk later")
            finally:
                connection.close()  # back to the pool while we wait

    def turn(self) -> None:
        for item in self.book.to_step():
            back_end.step(item)
        if items := self.book.to_tell():
            tell(items)
            self.book.told(items)


def tell(items: list[dict[str, object]], *, post: Callable[..., httpx.Response] = httpx.post) -> None:
    """Raises httpx.HTTPError where the desk did not take it."""
    connector = shop_connector()
    if connector is None:
        return
    body = json.dumps({"items": [back_end.told(item) for item in items]}).encode()
    address = reverse("hook", args=[connector.pk, connector.secrets["webhook_secret"]])
    headers = {**signed(connector.secrets["signing_secret"], body), "Content-Type": "application/json"}
    post(f"{settings.SITE_URL}{address}", content=body, headers=headers, timeout=10.0).raise_for_status()


def shop_connector() -> Connector | None:
    """The connector of the demo shop itself, not of another shop that the desk may have."""
    found = Connector.objects.filter(adapter="orders", is_active=True, settings__act_url__endswith=ACTS_PATH)
    return found.order_by("pk").first()
