"""The demo's customers at their phones: they text, write on messengers, post and call, and answer the desk's answers.

What they are to say comes in a folder: whoever plays them puts a scene there, and the process of the providers has it.
"""

import json
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

import httpx
import structlog
from django.conf import settings
from django.db import connection

from integrations.models import Connector
from integrations.simulators.line import LineServer
from integrations.simulators.mastodon import MastodonServer
from integrations.simulators.meta import GraphServer
from integrations.simulators.server import ProviderServer, Webhook
from integrations.simulators.telegram import TelegramServer
from integrations.simulators.twilio import TwilioServer
from integrations.simulators.twilio_calls import Course, Switchboard
from integrations.simulators.world import World
from integrations.simulators.x import XServer

log = structlog.get_logger(__name__)

ANSWER_SHARE = 0.7
MISSED_SHARE = 0.35  # of the calls
RINGS, SPEAKS = 18.0, 25.0  # seconds
SERVER_OF: dict[str, type[ProviderServer]] = {
    "phone": TwilioServer,
    "whatsapp": GraphServer,
    "messenger": GraphServer,
    "instagram": GraphServer,
    "telegram": TelegramServer,
    "mastodon": MastodonServer,
    "x": XServer,
    "line": LineServer,
}


@dataclass(frozen=True)
class Spoken:
    """What one person says by one medium. `medium` "voice" is a call, and `lines` are left on the tape."""

    medium: str
    kind: str  # of the handle
    value: str
    name: str
    lines: tuple[str, ...]
    more: tuple[str, ...]
    pace: float


def folder() -> Path:
    return Path(settings.DATA_DIR) / "scenes"


def put(spoken: Spoken) -> None:
    """For the process of the providers."""
    folder().mkdir(parents=True, exist_ok=True)
    name = folder() / f"{time.time_ns()}-{uuid.uuid4().hex}"
    name.with_suffix(".part").write_text(json.dumps(asdict(spoken)))
    name.with_suffix(".part").rename(name.with_suffix(".json"))


def taken() -> Iterator[Spoken]:
    """The scenes that lie there, oldest first; they are gone then."""
    for path in sorted(folder().glob("*.json")):
        found = json.loads(path.read_text())
        path.unlink()
        yield Spoken(**{**found, "lines": tuple(found["lines"]), "more": tuple(found["more"])})


class People:
    """Looks for scenes and for answers of the desk in every turn of the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.expecting: dict[tuple[type[ProviderServer], str], Spoken] = {}
        self.seen: dict[type[ProviderServer], int] = {}
        self.rung: set[str] = set()

    def start(self) -> None:
        for _stale in taken():
            pass  # of a demo that was stopped before they spoke
        self.world.later(0, self.look)

    def look(self) -> None:
        self.world.later(1, self.look)
        for spoken in taken():
            self.play(spoken)
        for wired in self.world.wired:
            self._answer(wired.server)
            if isinstance(wired.server, TwilioServer):
                self._put_through(wired.server)

    def play(self, spoken: Spoken) -> None:
        server = self.world.server(SERVER_OF.get(spoken.kind, ProviderServer))
        if server is None:
            return
        if spoken.medium == "voice":
            assert isinstance(server, TwilioServer)
            Thread(target=self._tried, args=[partial(self._call, server, spoken)], name="caller", daemon=True).start()
            return
        self.expecting[type(server), spoken.value.lstrip("+")] = spoken
        for place, line in enumerate(spoken.lines):
            self.world.later(place * min(spoken.pace, 6.0), partial(self._say, server, spoken, line, ""))

    def _say(self, server: ProviderServer, spoken: Spoken, line: str, answered: str) -> None:
        if isinstance(server, TwilioServer):
            texts = [number for number, known in server.numbers.items() if known["sms_url"]]
            if texts:
                server.text(spoken.value, line, to=texts[0])
        elif isinstance(server, GraphServer) and spoken.kind == "whatsapp":
            server.write(spoken.value.lstrip("+"), line, name=spoken.name)
        elif isinstance(server, GraphServer):
            server.profiles[spoken.value] = {"name": spoken.name, "username": spoken.name.split()[0].lower()}
            server.talk(spoken.kind, spoken.value, line)
        elif isinstance(server, TelegramServer):
            first, _space, last = spoken.name.partition(" ")
            server.person(int(spoken.value), first, last)
            server.write(int(spoken.value), line)
        elif isinstance(server, MastodonServer):
            server.write(spoken.value, line, visibility="direct" if answered else "public", reply_to=answered)
        elif isinstance(server, XServer):
            server.person(spoken.value, spoken.name, spoken.name.split()[0].lower())
            if answered:
                server.write(spoken.value, line)
            else:
                server.mention(spoken.value, line)
        elif isinstance(server, LineServer):
            server.names[spoken.value] = spoken.name
            server.write(spoken.value, line)

    def _answer(self, server: ProviderServer) -> None:
        """Each answer of an agent gets one word more, while they have one."""
        said = list(_answers(server))
        new, self.seen[type(server)] = said[self.seen.get(type(server), 0) :], len(said)
        for whom, number in new:
            spoken = self.expecting.get((type(server), whom))
            if spoken is None or not spoken.more or random.random() > ANSWER_SHARE:
                continue
            left = Spoken(**{**asdict(spoken), "more": spoken.more[1:]})
            self.expecting[type(server), whom] = left
            wait = random.uniform(0.3, 1.0) * spoken.pace
            self.world.later(wait, partial(self._say, server, spoken, spoken.more[0], number))

    # Calls

    def _call(self, server: TwilioServer, spoken: Spoken) -> None:
        voice = [number for number, known in server.numbers.items() if known["voice_url"]]
        if not voice:
            return
        lines, course = _lines_of(voice[0]), Course(name=spoken.name.upper(), at=datetime.now(UTC))
        if not lines or random.random() < MISSED_SHARE:
            course.leaves = " ".join(spoken.lines)
        else:
            course.answers, course.seconds = random.choice(lines), int(SPEAKS)
        self._board(server, course).ring(spoken.value, to=voice[0], course=course)

    def _put_through(self, server: TwilioServer) -> None:
        """The calls that the desk asked for: the customer picks up."""
        for sid in server.phone_calls.keys() - self.rung:
            self.rung.add(sid)
            rung = re.search(r">(\+\d+)<", str(server.phone_calls[sid].get("Twiml", "")))
            course = Course(answers=rung[1] if rung else "", seconds=int(SPEAKS))
            board = self._board(server, course)
            Thread(target=self._tried, args=[partial(board.run_asked, sid, course=course)], daemon=True).start()

    def _board(self, server: TwilioServer, course: Course) -> Switchboard:
        def ask(webhook: Webhook) -> str:
            """A telephone rings for a while, and people speak for a while."""
            answer = self.world.tell(webhook)
            if b"CallStatus=ringing" in webhook.body:
                self.world.stop.wait(RINGS / 3)
            elif b"CallStatus=in-progress" in webhook.body and b"ParentCallSid" in webhook.body:
                self.world.stop.wait(SPEAKS)
            course.at = datetime.now(UTC)
            return answer

        return Switchboard(server, ask)

    def _tried(self, call: Callable[[], object]) -> None:
        try:
            call()
        except httpx.HTTPError as error:
            log.info("a call did not get through", error=f"{type(error).__name__}: {error}")
        finally:
            connection.close()  # of this call's thread


def _lines_of(number: str) -> list[str]:
    """Of ours, that ring for it."""
    found = Connector.objects.filter(adapter="twilio_voice", channel__address=number).first()
    return [str(line) for line in found.settings.get("ring", [])] if found else []


def _answers(server: ProviderServer) -> Iterator[tuple[str, str]]:
    """To whom the desk has written, without a plus, in order, and the number of what it wrote."""
    if isinstance(server, TwilioServer):
        yield from ((message["to"].lstrip("+"), sid) for sid, message in list(server.messages.items()))
    elif isinstance(server, GraphServer):
        yield from ((str(said["to"]).lstrip("+"), said["id"]) for said in list(server.said))
    elif isinstance(server, TelegramServer):
        yield from ((str(said["chat"]["id"]), str(said["message_id"])) for said in list(server.said))
    elif isinstance(server, MastodonServer):
        for said in list(server.said):
            answered = server.statuses.get(said["in_reply_to_id"] or "")
            yield (answered["account"]["acct"] if answered else "", said["id"])
    elif isinstance(server, XServer):
        yield from ((said.get("to") or server.author_of(said), said["id"]) for said in list(server.said))
    elif isinstance(server, LineServer):
        yield from ((str(said["to"]), said["sentMessages"][0]["id"]) for said in list(server.said))
