"""The widget's socket: hello with a token, then it speaks, listens and catches up; what it may see, chat.sight says."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence

import structlog
from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings

from conversations.live import groups
from integrations.adapters.media.chat import door, limits, presence
from integrations.adapters.media.chat.door import Line
from integrations.adapters.media.chat.looks import looks
from integrations.adapters.media.chat.sessions import allows, connector_of, read_token
from integrations.adapters.media.chat.sight import Handed, Said, Sight, cursor_for
from integrations.adapters.media.chat.ticks import Written, ticks
from integrations.adapters.media.chat.turns import turns
from integrations.models import Connector

log = structlog.get_logger(__name__)

HELLO_WITHIN = 15  # seconds; a socket that says nothing holds nothing
TOO_BIG, GOODBYE, FAILED, NOT_KNOWN = 1009, 1000, 1011, 4401
PAUSE = 0.01  # seconds
BUSY_FOR = 10  # seconds

Frame = dict[str, object]


def tabs_of(visitor_id: str) -> str:
    """The group of one browser's tabs; it exists before the visitor's identity does."""
    return f"chat.{visitor_id}"


class VisitorConsumer(AsyncJsonWebsocketConsumer):
    sight: Sight | None = None
    connector: Connector
    origin = ""
    has_spoken = False  # in this tab
    is_closed = False
    ticked: Written | None = None  # the last of them
    showing: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.joined: set[str] = set()
        self.told: dict[int, Said] = {}
        self.news: list[int] = []  # messages to be shown
        self.origin = dict(self.scope["headers"]).get(b"origin", b"").decode("latin-1")
        connector = await database_sync_to_async(connector_of)(self.scope["url_route"]["kwargs"]["key"])
        if connector is None or not allows(connector, self.origin):
            await self.close()  # before accept: the browser gets a 403
            return
        self.connector = connector
        await self.accept()
        self.deadline = asyncio.create_task(self._expect_hello())

    async def dispatch(self, message: Frame) -> None:
        """Without the hop into a thread that Channels makes before every message, to close old connections: whatever
        asks the database here does so by `database_sync_to_async`, which closes them as well."""
        await getattr(self, get_handler_name(message))(message)

    async def disconnect(self, code: int) -> None:
        if deadline := getattr(self, "deadline", None):
            deadline.cancel()
        self.is_closed = True
        if self.showing:
            self.showing.cancel()
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)
        if self.ticked:
            await asyncio.wait([self.ticked])
        if self.sight:
            await database_sync_to_async(presence.leave)(self.sight.visitor.id)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Once: frames that were on their way when it was closed may each be a reason to do so again."""
        if not self.is_closed:
            self.is_closed = True
            await super().close(code, reason)

    async def send_json(self, content: Frame, close: bool = False) -> None:
        if not self.is_closed:
            await super().send_json(content, close)

    async def _expect_hello(self) -> None:
        await asyncio.sleep(HELLO_WITHIN)
        if self.sight is None:
            await self.close(NOT_KNOWN)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: object) -> None:
        if self.is_closed:
            return
        if text_data is None or len(text_data) > limits.FRAME_SIZE:
            await self.close(TOO_BIG)
            return
        try:
            frame = json.loads(text_data)
        except (ValueError, RecursionError):
            frame = None
        handler = HANDLERS.get(str(frame.get("t"))) if isinstance(frame, dict) else None
        if handler is None or (self.sight is None and handler is not VisitorConsumer.hello):
            await self.close(NOT_KNOWN if self.sight is None else GOODBYE)
            return
        if await self._may(handler):
            await handler(self, frame)
        else:
            await self.close(GOODBYE)

    async def _may(self, handler: "Handler") -> bool:
        """What is said is counted where it is stored, and what was got or read, with it."""
        if self.sight is None or handler in (VisitorConsumer.say, VisitorConsumer.got, VisitorConsumer.read):
            return True
        return await database_sync_to_async(limits.may)("frame", self.sight.visitor.id)

    # What the widget says.

    async def hello(self, frame: Frame) -> None:
        visitor = read_token(self.connector, str(frame.get("token") or ""))
        if visitor is None:
            await self.close(NOT_KNOWN)
            return
        self.deadline.cancel()
        self.sight = Sight(self.connector, visitor, _desk(self.scope))
        await self._join()  # before the catch-up: what comes in between is told twice rather than not at all
        since = str(frame.get("since") or "")
        messages, seen, handed = await database_sync_to_async(self._arrive)(since)
        self.told |= {said["id"]: said for said in messages}
        told = {"messages": messages, "seen": seen, "handed": handed, "cursor": cursor_for(messages, since)}
        await self.send_json({"t": "ready", **told})

    def _arrive(self, since: str) -> tuple[list[Said], int, Handed | None]:
        assert self.sight
        return *self._still_here(since), self.sight.handed()

    def _still_here(self, since: str) -> tuple[list[Said], int]:
        assert self.sight
        presence.arrive(self.sight.visitor.id)
        return self.sight.since(since), self.sight.seen()

    async def say(self, frame: Frame) -> None:
        assert self.sight
        is_first_word = not self.has_spoken  # it may make an identity, also of who is known by mail already
        sight = self._looking_anew() if is_first_word else self.sight
        try:
            said = await turns().ask(Line(sight, frame, self.origin))
        except door.Refused:
            await self.send_json({"t": "refused", "id": str(frame.get("id"))[:64]})
            return
        except door.Busy:
            await self.send_json({"t": "busy", "id": str(frame.get("id"))[:64], "after": BUSY_FOR})
            return
        except door.Flood:
            await self.close(GOODBYE)
            return
        self.told[said["id"]], self.has_spoken = said, True
        if is_first_word:
            self.sight = sight
            await self._join()
        await self.send_json({"t": "ack", "id": frame["id"], "message": said})
        if is_first_word:
            await self.channel_layer.group_send(
                tabs_of(self.sight.visitor.id),
                {"type": "visitor.known", "message": said["id"], "by": self.channel_name},
            )

    async def typing(self, frame: Frame) -> None:
        """To the agents who have the conversation open; never stored."""
        assert self.sight
        conversation = await database_sync_to_async(door.conversation_of)(self.sight)
        if conversation:
            await self.channel_layer.group_send(
                groups.of_conversation(conversation), {"type": "desk.typing", "conversation": conversation}
            )

    async def got(self, frame: Frame) -> None:
        await self._tick(got=door.ids_in(frame.get("ids")))

    async def read(self, frame: Frame) -> None:
        await self._tick(read=door.ids_in([frame.get("id")]))

    async def _tick(self, *, got: Sequence[int] = (), read: Sequence[int] = ()) -> None:
        """Not waited for: what is said next is heard at once."""
        assert self.sight
        self.ticked = await ticks().tell(self.sight, got=got, read=read)
        self.ticked.add_done_callback(self._ticks_written)

    def _ticks_written(self, written: Written) -> None:
        if not written.result():
            self.closing = asyncio.create_task(self.close(GOODBYE))

    async def about(self, frame: Frame) -> None:
        assert self.sight
        await database_sync_to_async(door.tell_about)(self.sight.visitor, frame.get("about"))

    async def ping(self, frame: Frame) -> None:
        """Still here; and should a nudge have been lost, as when Redis restarts, here is what it was about."""
        assert self.sight
        since = str(frame.get("since") or "")
        if not since:
            await database_sync_to_async(presence.arrive)(self.sight.visitor.id)
            await self.send_json({"t": "pong"})
            return
        messages, seen = await database_sync_to_async(self._still_here)(since)
        news = [said for said in messages if self.told.get(said["id"]) != said]
        self.told |= {said["id"]: said for said in news}
        await self.send_json({"t": "pong", "messages": news, "seen": seen, "cursor": cursor_for(messages, since)})

    # What the desk says: a nudge without content. What is shown is read afresh, with this visitor's eyes.

    async def visitor_message(self, event: dict[str, int]) -> None:
        """Not waited for: what is said together, as the bot says its greeting and its answer, is shown together."""
        if event.get("is_new") and event["message"] in self.told:
            return  # this tab said it
        self.news.append(event["message"])
        if self.showing is None:
            self.showing = asyncio.create_task(self._show())

    async def _show(self) -> None:
        assert self.sight
        try:
            while self.news:
                await asyncio.sleep(PAUSE)
                asked, self.news = self.news, []
                found, seen = await looks().ask((self.sight, list(dict.fromkeys(asked))))
                fresh = [said for said in found if self.told.get(said["id"]) != said]
                self.told |= {said["id"]: said for said in fresh}
                if fresh:
                    await self.send_json({"t": "messages", "messages": fresh, "seen": seen})
        except Exception:  # such as a database that is away: the widget comes again, and catches up
            log.exception("a message is not shown")
            await self.close(FAILED)
        finally:
            self.showing = None

    async def _shown(self) -> None:
        """What comes after a message is told after it."""
        if self.showing:
            await asyncio.wait([self.showing])

    async def visitor_known(self, event: dict[str, int]) -> None:
        """A tab of this browser said the first word: now there is an identity to listen for."""
        if event.get("by") == self.channel_name:
            return  # it has looked
        await self._look_again()
        await self.visitor_message(event)

    async def visitor_typing(self, event: dict[str, str]) -> None:
        await self._shown()
        await self.send_json({"t": "typing", "name": event["name"]})

    async def visitor_seen(self, event: dict[str, str]) -> None:
        assert self.sight
        await self._shown()
        await self.send_json({"t": "seen", "id": await database_sync_to_async(self.sight.seen)()})

    async def visitor_handover(self, event: Frame) -> None:
        """Who took over from the bot has the talk on their screen; or the bot has it again, and nobody has."""
        assert self.sight
        await self._shown()
        await self.send_json({"t": "handed", "handed": await database_sync_to_async(self.sight.handed)()})

    async def desk_missed(self, event: Frame) -> None:
        """The widget's next ping asks what it missed."""

    async def _look_again(self) -> None:
        self.sight = self._looking_anew()
        await self._join()

    def _looking_anew(self) -> Sight:
        """A sight knows the identities it began with; now there may be more."""
        assert self.sight
        return Sight(self.connector, self.sight.visitor, self.sight.desk)

    async def _join(self) -> None:
        assert self.sight
        identities = vars(self.sight).get("identities")
        if identities is None:
            identities = await database_sync_to_async(lambda sight: sight.identities)(self.sight)
        wanted = {tabs_of(self.sight.visitor.id), *(groups.of_visitor(pk) for pk in identities)}
        for group in wanted - self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        self.joined |= wanted


Handler = Callable[[VisitorConsumer, Frame], Awaitable[None]]

HANDLERS: dict[str, Handler] = {
    "hello": VisitorConsumer.hello,
    "say": VisitorConsumer.say,
    "typing": VisitorConsumer.typing,
    "got": VisitorConsumer.got,
    "read": VisitorConsumer.read,
    "about": VisitorConsumer.about,
    "ping": VisitorConsumer.ping,
}


def _desk(scope: dict[str, object]) -> str:
    """Our own address as the widget reached it, for the addresses of files."""
    headers = dict(scope["headers"])  # type: ignore[call-overload]
    host = headers.get(b"host", b"").decode("latin-1")
    if settings.LOCAL and host:
        return f"http://{host}"
    return settings.SITE_URL
