"""The agent's socket: one for each tab, in just the groups that its agent may see."""

import asyncio
import json
import random
import time
import uuid
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import get_user_model
from django.utils import timezone

from conversations.live import awake, groups, presence, ringing, sockets
from conversations.live.push import tell_visitor
from conversations.models import Conversation
from conversations.routing import availability
from conversations.sight import customers_seen_by

if TYPE_CHECKING:
    from deskapp.models import User

SIGNED_OUT = 4401  # the browser goes to the door
CHANGED = 4403  # what the agent may see has changed: the browser opens the page anew
LOOK_AGAIN = 60  # seconds between checks of a session that nobody told us about
# As they come, by each socket that hears them.
PASSED_ON = {
    "desk.event",
    "desk.row",
    "desk.typing",
    "desk.customer",
    "desk.call",
    "desk.call_backs",
    "desk.trouble",
    "desk.deadline",
    "desk.decision",
    "desk.replay",
    "desk.presence",
    "desk.board",
}
SPREAD = 2.0  # seconds over which browsers catch up that missed the same
REMEMBERED = 5.0  # seconds: who looks at a conversation is asked once a process for all sockets that are told of it

Frame = dict[str, object]


class AgentConsumer(AsyncJsonWebsocketConsumer):
    agent: "User"
    joined: list[str]
    opened: set[int]
    is_awake = False  # as the browser said last: it is in sight, and its agent has moved lately
    before_them = 0  # the conversation that was opened last
    customer: int  # whose page, or thread, is open; 0 for nobody's
    checked_at: float
    caught_up_at = -SPREAD

    async def connect(self) -> None:
        self.joined, self.opened, self.customer, self.checked_at = [], set(), 0, timezone.now().timestamp()
        agent = await self._agent()
        await self.accept()
        if agent is None:
            await self.close(SIGNED_OUT)
            return
        self.agent = agent
        self.joined = await database_sync_to_async(groups.for_agent)(agent)
        for group in self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await sync_to_async(sockets.opened)(self.channel_name, agent.pk)
        await database_sync_to_async(availability.came)(agent.pk)
        if await sync_to_async(ringing.calls_for)(agent):
            await self.send_json({"type": "desk.call"})

    async def disconnect(self, code: int) -> None:
        if self.joined:
            await sync_to_async(sockets.closed)(self.channel_name, self.agent.pk)
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)
        for conversation in list(self.opened):
            await self._close(conversation)
        await self._turn_to(0)

    async def dispatch(self, message: Frame) -> None:
        """Channels hops into a thread before every message, to close old connections: what is only passed on, for
        dozens of sockets at once, has none."""
        if message["type"] in PASSED_ON:
            await self.send(text_data=json.dumps(message))
        else:
            await super().dispatch(message)

    async def receive_json(self, content: Frame, **kwargs: object) -> None:
        """What a browser may say: {"open": id}, {"close": id}, {"typing": id, "writing": bool}, {"ping": 1, "awake":
        bool}, and {"customer": id} of the one customer whose facts its page shows, or 0."""
        if not self.joined or not isinstance(content, dict):
            return
        for word, act in (("open", self._open), ("close", self._close)):
            conversation = content.get(word)
            if isinstance(conversation, int):
                await act(conversation)
        customer = content.get("customer")
        if isinstance(customer, int) and customer != self.customer:
            await self._turn_to(customer)
        typing = content.get("typing")
        if isinstance(typing, int) and typing in self.opened:
            await self._look(typing, writing=bool(content.get("writing")))
            if content.get("writing") and content.get("mode") != "note":
                await database_sync_to_async(_tell_visitor)(typing, self.agent)
        if "ping" in content:
            await self._work(is_awake=content.get("awake") is True)
            await self._ping()

    async def _open(self, conversation: int) -> None:
        if conversation in self.opened or not await self._may_see(conversation):
            return
        self.opened.add(conversation)
        self.before_them = conversation
        await sync_to_async(awake.beat)(self.agent.pk)
        await self.channel_layer.group_add(groups.of_conversation(conversation), self.channel_name)
        await self._look(conversation)

    async def _close(self, conversation: int) -> None:
        if conversation not in self.opened:
            return
        if conversation == self.before_them:
            await self._work(is_awake=self.is_awake)
            self.before_them = 0
        self.opened.discard(conversation)
        await self.channel_layer.group_discard(groups.of_conversation(conversation), self.channel_name)
        await sync_to_async(presence.leave)(conversation, tab=self.channel_name)
        await self._tell(conversation)

    async def _turn_to(self, customer: int) -> None:
        """Leaves the customer of the page before, and hears of this one if the agent may see them."""
        if self.customer:
            await self.channel_layer.group_discard(groups.of_customer(self.customer), self.channel_name)
        self.customer = customer if customer and await self._may_see_customer(customer) else 0
        if self.customer:
            await self.channel_layer.group_add(groups.of_customer(self.customer), self.channel_name)

    async def _look(self, conversation: int, *, writing: bool = False) -> None:
        await sync_to_async(presence.look)(conversation, self.agent, tab=self.channel_name, writing=writing)
        await self._tell(conversation)

    async def _tell(self, conversation: int) -> None:
        """Who is there now, to all who see the row."""
        frame = {"type": "desk.viewers", "conversation": conversation, "telling": uuid.uuid4().hex}
        for group in await database_sync_to_async(_watching)(conversation):
            await self.channel_layer.group_send(group, frame)

    async def _work(self, *, is_awake: bool) -> None:
        """What lies between two words of a browser counts where it was awake at both."""
        if is_awake:
            counts = self.before_them if self.is_awake else 0
            await sync_to_async(awake.beat)(self.agent.pk, counts)
        self.is_awake = is_awake

    async def _ping(self) -> None:
        """Keeps presence alive, and notices a revoked session or a lost conversation nobody told this socket about."""
        now = timezone.now().timestamp()
        if now - self.checked_at > LOOK_AGAIN:
            self.checked_at = now
            if not await self._is_as_before():
                return
        await sync_to_async(sockets.opened)(self.channel_name, self.agent.pk)
        for conversation in self.opened:
            await sync_to_async(presence.look)(conversation, self.agent, tab=self.channel_name)
        await self.send_json({"type": "pong"})

    async def _is_as_before(self) -> bool:
        agent = await self._agent()
        if agent is None:
            await self.close(SIGNED_OUT)
            return False
        if set(await database_sync_to_async(groups.for_agent)(agent)) != set(self.joined):
            await self.close(CHANGED)
            return False
        for conversation in list(self.opened):
            if not await self._may_see(conversation):
                await self._close(conversation)
        if self.customer and not await self._may_see_customer(self.customer):
            await self._turn_to(0)
        await database_sync_to_async(availability.came)(agent.pk)  # whoever was thought gone, asleep with the lid shut
        return True

    async def _agent(self) -> "User | None":
        """From the session as it is in the database now: a revoked one has nobody in it."""
        return await database_sync_to_async(_agent_of)(self.scope["session"].session_key, self.scope["user"].pk)

    async def _may_see(self, conversation: int) -> bool:
        return await database_sync_to_async(_may_see)(self.agent, conversation)

    async def _may_see_customer(self, customer: int) -> bool:
        return await database_sync_to_async(_may_see_customer)(self.agent, customer)

    # Frames from the channel layer.

    async def desk_gone(self, frame: Frame) -> None:
        """A team this agent is in lost the conversation: where they see it otherwise, it stays. One that was merged
        (`into`) goes for everybody."""
        conversation = frame["conversation"]
        assert isinstance(conversation, int)
        if "into" not in frame and await self._may_see(conversation):
            return
        await self._close(conversation)
        await self.send_json(frame)

    async def desk_viewers(self, frame: Frame) -> None:
        conversation = frame["conversation"]
        assert isinstance(conversation, int)
        here = await _viewers(conversation, str(frame.pop("telling")))
        await self.send_json({**frame, "viewers": [viewer for viewer in here if viewer["id"] != self.agent.pk]})

    async def desk_missed(self, frame: Frame) -> None:
        """Redis was away for so long that frames were given up (conversations.live.backlog): the browser catches up,
        as after a lost connection, once for all of its groups that are told; others do at another moment."""
        if time.monotonic() < self.caught_up_at + SPREAD:
            return
        await asyncio.sleep(random.uniform(0, SPREAD))  # noqa: S311 - nothing secret
        self.caught_up_at = time.monotonic()
        if await self._is_as_before():  # among what was missed may have been a kick
            await self.send_json({"type": "desk:back"})

    async def desk_kick(self, frame: Frame) -> None:
        """Somebody changed this agent's rights, or ended this session (groups.kick)."""
        if await self._is_as_before():
            self.checked_at = timezone.now().timestamp()


_asked: dict[str, "asyncio.Task[list[presence.Viewer]]"] = {}


async def _viewers(conversation: int, telling: str) -> list[presence.Viewer]:
    """Who is there by now: one look into Redis for all sockets of this process that hear the same telling."""
    if telling not in _asked:
        _asked[telling] = asyncio.create_task(_look_once(conversation))
        asyncio.get_running_loop().call_later(REMEMBERED, _asked.pop, telling, None)
    return await asyncio.shield(_asked[telling])


async def _look_once(conversation: int) -> list[presence.Viewer]:
    return (await sync_to_async(presence.in_conversations)([conversation])).get(conversation, [])


def _agent_of(session_key: str | None, user: int | None) -> "User | None":
    from django.contrib.sessions.models import Session

    alive = Session.objects.filter(session_key=session_key or "", expire_date__gt=timezone.now()).exists()
    return get_user_model().objects.filter(pk=user, is_active=True).first() if alive and user else None


def _may_see(agent: "User", conversation: int) -> bool:
    return Conversation.objects.visible_to(agent).filter(pk=conversation).exists()


def _may_see_customer(agent: "User", customer: int) -> bool:
    return customers_seen_by(agent).filter(pk=customer).exists()


def _tell_visitor(conversation: int, agent: "User") -> None:
    """The dots in the customer's widget; a note that is being written is none of their business."""
    if found := Conversation.objects.filter(pk=conversation).first():
        tell_visitor(found, {"type": "visitor.typing", "name": agent.short_name})


def _watching(conversation: int) -> list[str]:
    found = Conversation.objects.filter(pk=conversation).first()
    return groups.watching(found) if found else []
