"""Customers who keep writing to the demo's desk at a gentle pace, by the doors that real ones use: SMTP, the widget and
the contact form.

They read what agents answer, in their mailbox and over their socket, and now and then say something to it. Nothing
here writes a row.
"""

import asyncio
import imaplib
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import httpx
import jwt
import structlog
import websockets
from asgiref.sync import sync_to_async

from integrations.models import Connector
from integrations.simulators import people
from integrations.simulators.chatting import Chat
from integrations.simulators.corresponding import Post
from integrations.simulators.demo_shop.back_end import open_return, place_order
from integrations.simulators.demo_shop.book import Book

log = structlog.get_logger(__name__)

CHAT_SHARE, FORM_SHARE = 0.45, 0.2
READS = 3.0  # seconds: who fills in a form faster than anybody can is asked to send it again
MOST_CHATS = 8  # at once
UNREACHABLE = (OSError, imaplib.IMAP4.error, httpx.HTTPError, websockets.WebSocketException, TimeoutError)


@dataclass(frozen=True)
class Scene:
    """What one customer is about to say. `shop` is their number in the shop, and "" for who never signs in there."""

    name: str
    email: str
    language: str
    subject: str
    letter: str
    lines: tuple[str, ...]  # the same in a chat
    more: tuple[str, ...]  # to an agent's answers, one each
    shop: str = ""
    buys: tuple[tuple[str, str, int], ...] = ()  # slug, size and pieces: before they write, they order this
    sends_back: bool = False  # the first thing of their last order, once it has arrived
    by: tuple[str, str, str] | None = None  # a medium of their phone's, and the kind and value of their handle on it
    knows: tuple[str, ...] = ()  # of their last order, should a bot ask: its number, and what it was


@dataclass(frozen=True)
class Doors:
    """Where the demo's desk can be reached."""

    site: str
    mailbox: str
    smtp: tuple[str, int]
    imap: tuple[str, int]
    chat_key: str
    identity_secret: str
    form_key: str = ""


async def live(pace: float, *, site: str, cast: Callable[[], Scene]) -> None:
    """Somebody writes every `pace` seconds or so, until cancelled; what does not work now is tried again later."""
    doors = await sync_to_async(find_doors)(site)
    post = Post(doors.smtp, doors.imap, doors.mailbox)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_again(lambda: post.answer_the_desk(pace)))
        chats: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(pace * random.uniform(0.6, 1.4))
            doors = await sync_to_async(find_doors)(site)
            post.turn_to(doors.smtp, doors.imap)
            scene = await sync_to_async(cast)()
            if scene.buys:
                await sync_to_async(shop)(scene)
            if scene.by:
                people.put(people.Spoken(*scene.by, scene.name, scene.lines, scene.more, pace))
            elif scene.shop and len(chats) < MOST_CHATS and random.random() < CHAT_SHARE:
                task = tasks.create_task(_tried(partial(chat, doors, scene, pace)))
                chats.add(task)
                task.add_done_callback(chats.discard)
            elif doors.form_key and random.random() < FORM_SHARE:
                await _tried(partial(fill_in, doors, post, scene))
            else:
                await _tried(partial(write, post, scene))


def find_doors(site: str) -> Doors:
    mail = Connector.objects.select_related("channel").filter(adapter="imap", is_active=True).order_by("pk")[0]
    talk = Connector.objects.select_related("channel").filter(adapter="chat", is_active=True).order_by("pk")[0]
    assert mail.channel is not None and talk.channel is not None
    form = Connector.objects.select_related("channel").filter(adapter="form", is_active=True).order_by("pk").first()
    place = mail.settings
    return Doors(
        site=site.rstrip("/"),
        mailbox=mail.channel.address,
        smtp=(str(place["smtp_host"]), int(place["smtp_port"])),
        imap=(str(place["imap_host"]), int(place["imap_port"])),
        chat_key=talk.channel.address,
        identity_secret=talk.secrets.get("identity", ""),
        form_key=form.channel.address if form and form.channel else "",
    )


def shop(scene: Scene) -> None:
    """At the demo shop's own till: the shop tells the desk, by its signed webhook."""
    book = Book()
    arrived = book.arrived(scene.shop) if scene.sends_back else None
    if arrived is not None:
        back = open_return(arrived, reason="changed my mind")
        book.put({**arrived, "return": back["number"]}, tell=False)
        return
    place_order(scene.buys, account=scene.shop, name=scene.name, email=scene.email)


async def write(post: Post, scene: Scene) -> None:
    post.expect(scene.email, name=scene.name, more=scene.more)
    await post.send(scene.email, name=scene.name, subject=scene.subject, text=scene.letter)


async def fill_in(doors: Doors, post: Post, scene: Scene) -> None:
    """The contact form; its answer comes by mail."""
    path = f"/form/{doors.form_key}/"
    async with httpx.AsyncClient(base_url=doors.site, timeout=20) as client:
        page = await client.get(path, params={"lang": scene.language})
        page.raise_for_status()
        shown = re.search(r'name="shown" value="([^"]+)"', page.text)
        await asyncio.sleep(READS)
        said = {"name": scene.name, "email": scene.email, "text": scene.letter, "shown": shown[1] if shown else ""}
        answer = await client.post(path, params={"lang": scene.language}, data=said)
    if answer.status_code == 302:
        post.expect(scene.email, name=scene.name, more=scene.more)
    else:
        log.info("the form was not taken", status=answer.status_code)


async def chat(doors: Doors, scene: Scene, pace: float) -> None:
    claims = {"sub": scene.shop, "email": scene.email, "name": scene.name, "exp": int(time.time()) + 3600}
    identity = jwt.encode(claims, doors.identity_secret, algorithm="HS256")
    visit = Chat(doors.site, doors.chat_key, identity, language=scene.language, pace=pace, knows=scene.knows)
    await visit.run(scene.lines, scene.more)


async def _tried(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except UNREACHABLE as error:
        log.info("the desk could not be reached", error=f"{type(error).__name__}: {error}")


async def _again(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _tried(work)
        await asyncio.sleep(5)
