"""The stream of one account: server-sent events over a line that stays open.

https://docs.joinmastodon.org/methods/streaming/#http: lines “event:” and “data:”, an empty one ends an event, and one
that begins with a colon only says that the line is alive.
"""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from django.utils.translation import gettext as _

from conversations.public_web import public_session
from integrations.adapters.base import AwayError
from integrations.adapters.media.mastodon import api
from integrations.models import Connector

SILENCE = 60.0  # seconds without a sign of life, which servers send every 15
LONGEST_EVENT = 5_000_000  # characters


@dataclass(frozen=True)
class Event:
    """ "" and "" is a sign of life."""

    name: str = ""
    data: str = ""


@contextmanager
def opened(connector: Connector) -> Iterator[Iterator[Event]]:
    """Raises AwayError, also while the events are read."""
    url = f"{server_of(connector)}/api/v1/streaming/user"
    with public_session() as session:
        try:
            headers = {**api.bearer(connector), "Accept": "text/event-stream"}
            response = session.get(url, headers=headers, stream=True, timeout=(10.0, SILENCE), allow_redirects=False)
        except requests.RequestException as error:
            raise _away(str(error)) from error
        with response:
            if response.status_code != 200:
                raise _away(f"{response.status_code} {response.reason}")
            yield _events(response)


def server_of(connector: Connector) -> str:
    """configuration.urls.streaming, as `check` noted it: https://docs.joinmastodon.org/entities/Instance/"""
    told = str(connector.settings.get("streaming") or "").rstrip("/")
    if not told or "api_url" in connector.settings:
        return api.site_of(connector)
    return told.replace("wss://", "https://", 1).replace("ws://", "http://", 1)


def _events(response: requests.Response) -> Iterator[Event]:
    name, data = "", list[str]()
    for line in _lines(response):
        if line.startswith(":"):
            yield Event()
        elif not line:
            if name or data:
                yield Event(name, "\n".join(data))
            name, data = "", []
        else:
            field, _colon, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)


def _lines(response: requests.Response) -> Iterator[str]:
    decoder, rest = codecs.getincrementaldecoder("utf-8")("replace"), ""
    try:
        for chunk in response.iter_content(None):
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            if len(rest) > LONGEST_EVENT:
                raise _away("an event that does not end")
            yield from (line.rstrip("\r") for line in lines)
    except requests.RequestException as error:
        raise _away(str(error)) from error


def _away(said: str) -> AwayError:
    return AwayError(_("The stream of the Mastodon server broke off; the desk opens it again."), said=said[:1000])
