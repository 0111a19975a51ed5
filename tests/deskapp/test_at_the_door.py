"""What the desk's own door lets in, and what of it reaches the logs."""

import asyncio
import logging

import pytest

from deskapp.body_limit import BodyLimit
from deskapp.operations import logs


def ask(bodies, **headers):
    """The events that a client gets back, and what the application behind the door read."""
    waiting, sent, read = [{"type": "http.request", "body": body, "more_body": True} for body in bodies], [], []

    async def receive():
        return waiting.pop(0)

    async def send(event):
        sent.append(event)

    async def app(scope, receive, send):
        while (event := await receive())["type"] == "http.request" and waiting:
            read.append(event["body"])
        read.append(event["type"])

    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(BodyLimit(app, most=10)({"type": "http", "headers": told}, receive, send))
    return sent, read


@pytest.mark.parametrize("told", ["11", "999999999999", "-1", "x"])
def test_a_body_that_says_it_is_too_long_is_not_read(told):
    sent, read = ask([b"12345"], content_length=told)
    assert sent[0]["status"] == 413 and read == []


def test_a_body_that_does_not_say_how_long_it_is_ends_where_it_grows_too_long():
    assert ask([b"12345", b"12345", b"1", b"2"]) == ([], [b"12345", b"12345", "http.disconnect"])


def test_a_body_that_fits_passes():
    assert ask([b"12345", b"12345"], content_length="10") == ([], [b"12345", "http.request"])


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/7/s3cret/tracking/",
        "/accounts/password/reset/key/s3cret/",
        "/pictures/s3cret:x/",
        "/chat/k/files/s3cret",
        "/lent/s3cret:x/photo.png",
        "/somewhere/?hub.mode=subscribe&hub.verify_token=s3cret&hub.challenge=1",
        "/settings/connectors/signed-in/?code=s3cret&scope=mail",
    ],
)
def test_an_address_that_opens_something_is_not_logged(path):
    made = logs.configure(local=False)["formatters"]["desk"]
    formatter = made.pop("()")(**made)
    record = logging.LogRecord("django.request", logging.ERROR, "x", 1, "%s: %s", ("Internal Server Error", path), None)
    line = formatter.format(record)
    assert "s3cret" not in line and path.partition("s3cret")[0] in line
