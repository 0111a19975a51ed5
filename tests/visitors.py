"""A shop's visitor as the desk meets them: HTTP and a socket through the real ASGI application, nothing mocked."""

import json
import time
import uuid

import httpx
import jwt
from asgiref.testing import ApplicationCommunicator

from tests.conftest import SHOP_SECRET

ORIGIN = "https://shop.example"
DESK = "http://testserver"
PATIENCE = 60  # seconds, on a machine that has much else to do


def application():
    from deskapp.asgi import application

    return application


def signed(sub, *, secret=SHOP_SECRET, lasts=600, **claims):
    """What the shop's back end puts into data-identity."""
    return jwt.encode({"sub": sub, "exp": int(time.time()) + lasts, **claims}, secret, algorithm="HS256")


async def http(method, path, *, origin=ORIGIN, **options):
    transport = httpx.ASGITransport(app=application())
    async with httpx.AsyncClient(transport=transport, base_url=DESK) as client:
        headers = {"Origin": origin, **options.pop("headers", {})}
        return await client.request(method, path, headers=headers, **options)


async def session(key="chat-key", **body):
    answer = await http("POST", f"/chat/{key}/session", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


class Visitor:
    """One tab with the widget in it."""

    def __init__(self, session, *, key="chat-key"):
        self.session, self.key = session, key

    async def connect(self, *, since=None, origin=ORIGIN, token=None):
        headers = [(b"origin", origin.encode()), (b"host", b"testserver")]
        scope = {"type": "websocket", "path": f"/ws/chat/{self.key}/", "headers": headers, "query_string": b""}
        self.socket = ApplicationCommunicator(application(), scope)
        await self.socket.send_input({"type": "websocket.connect"})
        if (await self.socket.receive_output(timeout=PATIENCE))["type"] != "websocket.accept":
            return None
        token = self.session["token"] if token is None else token
        await self.send({"t": "hello", "token": token, "since": since or self.session["cursor"]})
        return await self.hear("ready")

    async def send(self, frame):
        await self.send_text(json.dumps(frame))

    async def send_text(self, text):
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def say(self, text, *, id=None, **more):
        frame = {"t": "say", "id": id or str(uuid.uuid4()), "text": text, **more}
        await self.send(frame)
        return await self.hear("ack", "refused", "busy")

    async def hear(self, *kinds):
        """The next frame of one of `kinds`; others are passed over."""
        while True:
            frame = await self.next()
            if frame["t"] in kinds:
                return frame

    async def next(self):
        return json.loads((await self.socket.receive_output(timeout=PATIENCE))["text"])

    async def closed(self):
        """The code with which the desk closed the socket."""
        return (await self.socket.receive_output(timeout=PATIENCE))["code"]

    async def leave(self):
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(timeout=PATIENCE)


async def arrives(**body):
    """A visitor with a new session and an open socket."""
    visitor = Visitor(await session(**body))
    await visitor.connect()
    return visitor
