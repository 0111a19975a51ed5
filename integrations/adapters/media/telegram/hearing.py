"""Telegram's updates at the door: by its webhook, or by asking for them again and again.

https://core.telegram.org/bots/api#getting-updates: the two exclude each other. An update is named by its number, so
that it is one whichever way it came. #setwebhook: the header carries the secret that we gave.
"""

import json
from collections.abc import Iterator
from threading import Event

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from integrations.adapters.base import AdapterError, NotGenuineError, check_address
from integrations.adapters.media.heard import body_of, digest_of, object_in
from integrations.adapters.media.telegram import api
from integrations.adapters.media.telegram.understanding import KINDS, kind_of
from integrations.adapters.reading import inner, words
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector

HEADER = "X-Telegram-Bot-Api-Secret-Token"
UNAUTHORISED = 401
POLL_SECONDS = 10  # as long as one question waits for news; a watcher that is to stop is held up by no more
ALLOWED = list(KINDS)  # reactions come only to who names them


def hear(connector: Connector, request: HttpRequest, secret: str) -> list[Arrival]:
    """Raises NotGenuineError."""
    check_address(connector, secret)
    known = connector.secrets.get("secret_token", "")
    if not known or not constant_time_compare(request.headers.get(HEADER, ""), known):
        raise NotGenuineError("The secret token does not fit.", status=UNAUTHORISED)
    body = body_of(request)
    return [arrival(body)]


def arrival(body: bytes) -> Arrival:
    update = object_in(body)
    number = words(update.get("update_id"))
    return Arrival(f"update:{number}" if number else "", digest_of(update or body.hex()), body, kind_of(update)[:40])


def answered(arrivals: list[Arrival]) -> HttpResponse:
    """A pressed button turns until the bot answers: the answer to the webhook may carry that call
    (https://core.telegram.org/bots/api#making-requests-when-getting-updates)."""
    for each in arrivals:
        if query := _pressed(each):
            return JsonResponse({"method": "answerCallbackQuery", "callback_query_id": query})
    return HttpResponse()


def watch(connector: Connector, stop: Event) -> Iterator[News]:
    """Long polling. Telegram forgets what comes before the offset, so that this moves only when all is kept."""
    while not stop.is_set():
        offset = int(connector.cursor.get("offset", 0))
        asked = {"offset": offset, "timeout": POLL_SECONDS, "limit": 100, "allowed_updates": ALLOWED}
        updates = [each for each in api.call(connector, "getUpdates", asked) or [] if isinstance(each, dict)]
        arrivals = [arrival(json.dumps(update, default=str).encode()) for update in updates]
        numbers = [int(words(update.get("update_id")) or 0) for update in updates]
        yield News(tuple(arrivals), {"offset": max(numbers) + 1} if numbers else None)
        for each in arrivals:
            if query := _pressed(each):
                _answer(connector, query)


def _pressed(found: Arrival) -> str:
    return words(inner(object_in(found.body), "callback_query").get("id")) if found.kind == "callback_query" else ""


def _answer(connector: Connector, query: str) -> None:
    """It holds for a short while only, and is a courtesy: what was pressed is kept already."""
    try:
        api.call(connector, "answerCallbackQuery", {"callback_query_id": query})
    except AdapterError:
        return
