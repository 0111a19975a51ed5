"""The providers of `bench channels`: each a simulator in this process, connected to the desk as an admin would."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conversations.models import Channel, Medium, Team
from integrations.adapters import signed
from integrations.models import Connector
from integrations.simulators import line, meta, meta_graph, telegram, twilio, x
from integrations.simulators.server import Call, ProviderServer, Reply, Webhook
from integrations.simulators.source import Source

ADDRESS, SIGNING = "the-last-word-of-the-address", "what-our-own-webhooks-are-signed-with"
MARK = "bench-{}-"
STATES = ("ringing", "answered", "ended")
Told = tuple[float, bytes]  # when a provider was asked something, and what


@dataclass
class Provider:
    """`writes`: has a person say something with the mark of this number, so that the server owes the desk a webhook."""

    name: str
    share: int  # of a hundred webhooks
    connector: Connector
    server: ProviderServer
    writes: Callable[[str, int], object]
    person: Callable[[int], str]
    is_heard: bool = True  # its people can be answered in writing
    taken: list[Told] = field(default_factory=list)  # what it was asked while it was there

    @property
    def path(self) -> str:
        return f"/hooks/{self.connector.pk}/{ADDRESS}/"

    def webhook(self, person: int, number: int) -> Webhook:
        self.writes(self.person(person), number)
        return self.server.owed.pop()

    def note_what_it_takes(self) -> None:
        answer = self.server.answer

        def noted(call: Call) -> Reply:
            self.taken.append((time.time(), call.body))
            return answer(call)

        self.server.answer = noted  # type: ignore[method-assign]  # of this one server


def words(number: int) -> str:
    return f"{MARK.format(number)} Is the fell jacket in stock, and when would it be here?"


@contextmanager
def providers(site: str) -> Iterator[list[Provider]]:
    team, _ = Team.objects.get_or_create(name="Bench")
    with ExitStack() as running:
        found = [
            *_of_meta(running, team),
            _telegram(running, team),
            _twilio(running, team, site),
            _line(running, team),
            _x(running, team),
            _source(running, team),
            _calls(running, team),
        ]
        for each in found:
            each.note_what_it_takes()
        yield found


def _connected(
    team: Team, adapter: str, medium: Medium, secrets: dict[str, str], *, address: str = "", **settings: object
) -> Connector:
    name = f"bench {adapter}"
    channel, _ = Channel.objects.get_or_create(
        medium=medium, address=address or name, defaults={"name": name, "team": team}
    )
    connector = Connector.objects.filter(channel=channel).first() or Connector(channel=channel)
    connector.name, connector.adapter, connector.settings = name, adapter, settings
    connector.secrets = {"webhook_secret": ADDRESS, **secrets}
    connector.save()
    return connector


def _of_meta(running: ExitStack, team: Team) -> Iterator[Provider]:
    """A server for each, so that one can be away by itself."""
    secrets = {"access_token": meta_graph.TOKEN, "app_secret": meta_graph.APP_SECRET, "verify_token": "ours"}
    number = {"phone_number_id": meta_graph.NUMBER, "account_id": meta_graph.ACCOUNT}
    page = {"page_id": meta_graph.PAGE, "app_id": meta_graph.APP_ID}
    account = {"account_id": meta_graph.INSTAGRAM, "app_id": meta_graph.APP_ID}
    graph = running.enter_context(meta.GraphServer())
    graph.reports = False
    wired = _connected(team, "whatsapp", Medium.WHATSAPP, secrets, api_url=graph.url, **number)
    yield Provider("whatsapp", 24, wired, graph, lambda who, n: graph.write(who, words(n)), lambda n: f"4477009{n:05d}")
    for name, share, medium, own in (
        ("messenger", 12, Medium.MESSENGER, page),
        ("instagram", 12, Medium.INSTAGRAM, account),
    ):
        server = running.enter_context(meta.GraphServer())
        wired = _connected(team, name, medium, secrets, api_url=server.url, **own)
        yield Provider(name, share, wired, server, _talks(server, name), lambda n: f"33832904{n:08d}")


def _talks(server: meta.GraphServer, on: str) -> Callable[[str, int], object]:
    return lambda who, number: server.talk(on, who, words(number))


def _telegram(running: ExitStack, team: Team) -> Provider:
    server = running.enter_context(telegram.TelegramServer())
    secret = "only-Telegram-knows"  # noqa: S105 - of the simulator
    own = {"way": "webhook", "groups": "none", "username": str(telegram.BOT["username"])}
    secrets = {"token": telegram.TOKEN, "secret_token": secret}
    wired = _connected(team, "telegram", Medium.TELEGRAM, secrets, api_url=server.url, **own)
    server.webhook = {"url": "here", "secret_token": secret, "allowed_updates": ["message"]}
    return Provider(
        "telegram", 18, wired, server, lambda who, n: server.write(int(who), words(n)), lambda n: str(7_000_000 + n)
    )


def _twilio(running: ExitStack, team: Team, site: str) -> Provider:
    server = running.enter_context(twilio.TwilioServer())
    own = {"account_sid": twilio.ACCOUNT, "region": "GB", "api_url": server.url}
    wired = _connected(team, "twilio", Medium.SMS, {"auth_token": twilio.TOKEN}, address=twilio.NUMBER, **own)
    hook = f"{site}/hooks/{wired.pk}/{ADDRESS}/"
    return Provider(
        "sms", 14, wired, server, lambda who, n: server.text(who, words(n), hook=hook), lambda n: f"+4477008{n:05d}"
    )


def _line(running: ExitStack, team: Team) -> Provider:
    server = running.enter_context(line.LineServer())
    secrets = {"channel_secret": line.SECRET, "access_token": line.TOKEN}
    wired = _connected(team, "line", Medium.LINE, secrets, api_url=server.url)
    return Provider("line", 6, wired, server, lambda who, n: server.write(who, words(n)), lambda n: f"U{n:032x}")


def _x(running: ExitStack, team: Team) -> Provider:
    server = running.enter_context(x.XServer())
    secrets = {**x.SECRETS, "access_ends": str(time.time() + 7000)}
    own = {"way": "webhook", "auth": "oauth2", "account_id": x.US["id"]}
    wired = _connected(team, "x", Medium.X, secrets, api_url=server.url, **own)
    return Provider("x", 4, wired, server, lambda who, n: server.write(who, words(n)), lambda n: f"2222{n:015d}")


def _source(running: ExitStack, team: Team) -> Provider:
    server = running.enter_context(Source(SIGNING))
    own = {"source": "app", "send_url": f"{server.url}/desk"}
    wired = _connected(team, "api", Medium.API, {"signing_secret": SIGNING}, **own)
    return Provider("api", 6, wired, server, lambda who, n: server.says(who, words(n)), lambda n: f"customer-{n}")


class PhoneSystem(ProviderServer):
    """It tells of calls by the desk's own signed webhook (docs/calls.md): each rings, is answered, and ends."""

    def answer(self, call: Call) -> Reply:
        return Reply({"call_id": "ours"})

    def tells(self, number: str, event: int) -> None:
        call, state = divmod(event, len(STATES))
        at = datetime.now(UTC).isoformat()
        told = {"call_id": MARK.format(call), "state": STATES[state], "at": at, "number": number, "agent": "21"}
        body = json.dumps({**told, "seconds": 40} if STATES[state] == "ended" else told).encode()
        headers = {"Content-Type": "application/json", **signed.signed(SIGNING, body)}
        self.owed.append(Webhook("call", headers, body))


def _calls(running: ExitStack, team: Team) -> Provider:
    server = running.enter_context(PhoneSystem())
    wired = _connected(team, "calls", Medium.VOICE, {"signing_secret": SIGNING}, region="GB")
    return Provider("voice", 4, wired, server, server.tells, lambda n: f"+4420794{n:05d}", is_heard=False)
