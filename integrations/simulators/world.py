"""The providers of the demo, all in one process: each listens where its connectors say, calls the desk as the real one
would, and knows whom the desk has heard from already."""

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread
from urllib.parse import urlsplit

import httpx
import structlog
from django.db import DatabaseError, InterfaceError, connection

from conversations.models import Message
from integrations import trials
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.voice.twilio import flow
from integrations.models import Connector, Trial
from integrations.simulators.brains.assistant import ShopBot, ShopDirectLine, ShopModel, ShopRasa
from integrations.simulators.line import LineServer
from integrations.simulators.mastodon import MastodonServer
from integrations.simulators.meta import GraphServer
from integrations.simulators.meta_talks import OBJECTS
from integrations.simulators.server import ProviderServer, Webhook
from integrations.simulators.telegram import TelegramServer
from integrations.simulators.translators import LibreTranslateServer
from integrations.simulators.twilio import TwilioServer
from integrations.simulators.twilio_calls import Course, Switchboard
from integrations.simulators.x import XServer

log = structlog.get_logger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SERVERS: dict[str, type[ProviderServer]] = {
    "twilio": TwilioServer,
    "twilio_voice": TwilioServer,
    "whatsapp": GraphServer,
    "messenger": GraphServer,
    "instagram": GraphServer,
    "telegram": TelegramServer,
    "mastodon": MastodonServer,
    "x": XServer,
    "line": LineServer,
    "libretranslate": LibreTranslateServer,
    "rasa": ShopRasa,
    "bot_webhook": ShopBot,
    "bot_framework": ShopDirectLine,
    "openai": ShopModel,
}
MESSAGE_SECONDS = 14  # of a voice-mail
REMEMBERED = 500  # messages of each channel: who of before may be answered


@dataclass(frozen=True)
class Wired:
    """The connectors of one server."""

    server: ProviderServer
    connectors: tuple[Connector, ...]


class World:
    """`later` has something done in so many seconds; what the desk did not take is told again."""

    def __init__(self) -> None:
        self.wired: list[Wired] = []
        self.stop = Event()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._client = httpx.Client(timeout=20, trust_env=False)
        self._thread = Thread(target=self._run, name="world", daemon=True)

    def start(self) -> None:
        self.wired = list(_opened())
        for wired in self.wired:
            wired.server.start()
            _remember(wired)
        self._thread.start()

    def end(self) -> None:
        self.stop.set()
        for wired in self.wired:
            wired.server.stop()

    def server(self, kind: type[ProviderServer]) -> ProviderServer | None:
        return next((wired.server for wired in self.wired if isinstance(wired.server, kind)), None)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._number), do))

    def tell(self, webhook: Webhook) -> str:
        """Hands it to the desk and gives what it answers. Raises httpx.HTTPError where it was not taken."""
        answer = self._client.post(webhook.url, content=webhook.body, headers=dict(webhook.headers))
        answer.raise_for_status()
        return answer.text

    def turn(self) -> None:
        """All that is due, then all that is owed."""
        while self._due and self._due[0][0] <= time.monotonic():
            try:
                heapq.heappop(self._due)[2]()
            except (DatabaseError, InterfaceError):
                raise
            except Exception:
                log.exception("somebody at a phone made a mistake")  # the others go on
        for wired in self.wired:
            self._deliver(wired.server)

    def _deliver(self, server: ProviderServer) -> None:
        with server.lock:
            owed, server.owed = server.owed, []
        for place, webhook in enumerate(owed):
            if not webhook.url:
                continue  # nobody has told the provider where
            try:
                self.tell(webhook)
            except httpx.HTTPStatusError as refusal:
                log.info("the desk refused a webhook", url=webhook.url, status=refusal.response.status_code)
            except httpx.HTTPError as error:
                log.info("the desk could not be reached", error=f"{type(error).__name__}: {error}")
                with server.lock:
                    server.owed = [*owed[place:], *server.owed]
                self.stop.wait(3)
                return

    def _run(self) -> None:
        self._connect()
        connection.close()
        while not self.stop.wait(0.5):
            try:
                self.turn()
            except (DatabaseError, InterfaceError):
                log.warning("the database is gone: the providers go on later")
            finally:
                connection.close()  # back to the pool while we wait

    def _connect(self) -> None:
        """As an admin presses Test connection: a provider that was just started knows no address of ours."""
        for wired in self.wired:
            for connector in wired.connectors:
                if isinstance(wired.server, GraphServer) and connector.adapter != "whatsapp":
                    _enter(wired.server, connector)
                trial = Trial.objects.create(connector=connector, what=Trial.What.CHECK, language="en")
                trials.run(trial.pk)
                if isinstance(wired.server, TwilioServer) and connector.adapter == "twilio_voice":
                    _tell_recordings(wired.server, connector)


def _enter(server: GraphServer, connector: Connector) -> None:
    """What an admin enters by hand among the app's webhooks, where the desk may not."""
    kept: dict[str, object] = {"object": OBJECTS[connector.adapter], "callback_url": address_of(connector)}
    server.subscriptions[OBJECTS[connector.adapter]] = {**kept, "active": True}


def _tell_recordings(server: TwilioServer, connector: Connector) -> None:
    """Of the calls that the seed has written down, by the door: the desk then fetches them as it does any other."""
    board = Switchboard(server, lambda webhook: "", holds=True)
    calls = Message.objects.filter(channel=connector.channel, kind=Message.Kind.CALL, external_id__startswith="CA")
    for call in calls.exclude(text="").order_by("-pk")[:REMEMBERED]:
        known = call.details.get("call", {})
        if not known.get("recordings"):
            course = Course(seconds=int(known.get("seconds") or MESSAGE_SECONDS), at=call.created_at)
            board.keep(flow.address(connector, flow.RECORDING), {"CallSid": call.external_id}, course)


def _opened() -> Iterator[Wired]:
    """A server for each address on this machine, or where another program has its port, on a free one."""
    found = Connector.objects.filter(adapter__in=SERVERS, is_active=True, is_draft=False).select_related("channel")
    at: dict[str, list[Connector]] = {}
    for connector in found.order_by("pk"):
        url = str(connector.settings.get("api_url") or connector.settings.get("brain_url") or "")
        if urlsplit(url).hostname in LOOPBACK:
            at.setdefault(url, []).append(connector)
    for url, connectors in at.items():
        server = _server(connectors, urlsplit(url).port or 0)
        if server.url != url:
            for connector in connectors:
                _rewire(connector, url, server.url)
        yield Wired(server, tuple(connectors))


def _server(connectors: list[Connector], port: int) -> ProviderServer:
    """One that counts from now on: nothing of today has the number of something of yesterday."""
    kind = SERVERS[connectors[0].adapter]
    numbers = tuple(each.channel.address for each in connectors if each.channel)
    more = {"numbers": numbers} if kind is TwilioServer else {}
    try:
        server = kind(port=port, **more)
    except OSError:
        server = kind(port=0, **more)
    server.count_from(int(time.time()))
    return server


def _rewire(connector: Connector, old: str, new: str) -> None:
    connector.settings = {name: new if value == old else value for name, value in connector.settings.items()}
    connector.save(update_fields=["settings"])


def _remember(wired: Wired) -> None:
    """Who has written before may be answered: the server learns it from what the desk has of them."""
    for connector in wired.connectors:
        wired.server.trust(connector.secrets)
        if connector.channel is None:
            continue
        said = Message.objects.filter(channel=connector.channel, kind=Message.Kind.INBOUND, identity__isnull=False)
        for message in reversed(said.select_related("identity__customer").order_by("-pk")[:REMEMBERED]):
            assert message.identity
            wired.server.remember(
                message.identity.value,
                name=message.identity.customer.name,
                at=message.created_at,
                said=message.external_id,
                text=message.text,
                is_public=message.is_public,
            )
