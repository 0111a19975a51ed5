"""Inbound 1, trackers: one request of the tracking API is kept whole before it is answered.

200 it is kept, with what of it will be set aside; 400 or 413 no request; 401 a wrong key; 403 a page of somebody else;
500 try again. Behaviour without consent is not kept at all: it is counted, and forgotten.
"""

import base64
import binascii
import hashlib
import secrets as randomness
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from integrations import secrets
from integrations.adapters.media.chat.limits import may
from integrations.adapters.media.chat.sessions import allows
from integrations.adapters.trackers import consents
from integrations.adapters.trackers.batch import (
    BATCHES,
    CALLS,
    MOST_CALLS,
    TOO_MANY,
    Batch,
    RefusedError,
    opened,
)
from integrations.adapters.trackers.calls import Sender, behaves
from integrations.adapters.trackers.refusing import refusals
from integrations.adapters.trackers.segment import clock, facts_of_call
from integrations.inbound.process import accept
from integrations.models import Connector, RawEvent
from integrations.queueing import queue_batch

ADAPTER = "segment"


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def track(request: HttpRequest, kind: str) -> HttpResponse:
    """There is no CSRF to guard against: this knows no cookie, only the write key."""
    if kind not in BATCHES and kind not in CALLS:
        raise Http404
    if request.method == "OPTIONS":
        return _preflight(request)
    try:
        connector, batch = _open(request, kind)
        origin = request.headers.get("Origin", "")
        if origin and not allows(connector, origin):
            raise RefusedError(403, "origin", "Pages of this origin may not use this key.")
        if not _may(connector, batch, request):
            raise RefusedError(429, "too_many", "Too much at once. Try again in a minute.")
        answer = JsonResponse({"success": True, **_take(connector, batch, kind)})
    except RefusedError as error:
        origin, answer = "", _refusal(error)
    return _shared_with(answer, origin)


def connector_of(key: str) -> Connector | None:
    """The connector with this write key. A key that names no connector is compared all the same."""
    number = key.removeprefix("tl").partition("_")[0]
    connector = None
    if key.startswith("tl") and number.isascii() and number.isdigit() and len(number) < 18:
        connector = Connector.objects.filter(pk=int(number), adapter=ADAPTER, is_active=True).first()
    expected = _write_key(bytes(connector.sealed)) if connector else ""
    given = key.encode(errors="replace")  # JSON may hold half a character
    is_right = constant_time_compare(given, (expected or randomness.token_urlsafe(24)).encode())
    return connector if is_right else None


@lru_cache(maxsize=256)
def _write_key(sealed: bytes) -> str:
    return secrets.unseal(sealed).get("write_key", "")


def _open(request: HttpRequest, kind: str) -> tuple[Connector, Batch]:
    """The key is in the header, or, as browsers send it, in the body, which is read for it in any case."""
    given = _basic(request.headers.get("Authorization", ""))
    connector = connector_of(given) if given else None
    if given and connector is None:
        raise RefusedError(401, "unauthorized", "There is no such write key.")
    batch = opened(request.body, kind=kind, encoding=request.headers.get("Content-Encoding", "").lower())
    connector = connector or connector_of(batch.write_key or _key_within(batch))
    if connector is None:
        raise RefusedError(401, "unauthorized", "There is no such write key.")
    return connector, batch


def _may(connector: Connector, batch: Batch, request: HttpRequest) -> bool:
    """A key that stands in a shop's pages is everybody's: one address of the network may report only so much. What is
    on the shop's own servers is not."""
    if connector.settings.get("trusted"):
        return True
    return may("track", request.META.get("REMOTE_ADDR", ""), times=max(1, len(batch.calls)))


def _key_within(batch: Batch) -> str:
    """Some libraries write it into each call of a batch."""
    first = batch.calls[0] if batch.calls else None
    key = first.get("writeKey") if isinstance(first, dict) else ""
    return key if isinstance(key, str) else ""


def _basic(header: str) -> str:
    """The name of RFC 7617, which is the key; the password is empty."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[0] or "-"
    except (binascii.Error, UnicodeDecodeError):
        return "-"


def _take(connector: Connector, batch: Batch, kind: str) -> dict[str, Any]:
    """Keeps the request, and says what of it will not go in."""
    withheld = {number for number, call in enumerate(batch.calls) if _is_withheld(connector, call, batch)}
    calls = [call for number, call in enumerate(batch.calls) if number not in withheld]
    calls += refusals(connector, [batch.calls[number] for number in withheld], batch.context) if withheld else []
    body = batch.of(calls) if withheld else batch.raw
    with transaction.atomic():
        if withheld:
            _count(connector, len(withheld))
        raw = _keep(connector, batch, body, kind) if calls or not withheld else None
    if raw:
        queue_batch(raw.pk)
    rejected = _rejected(connector, batch, withheld, kind)
    return ({"rejected": rejected} if rejected else {}) | ({"withheld": len(withheld)} if withheld else {})


def _keep(connector: Connector, batch: Batch, body: bytes, kind: str) -> RawEvent | None:
    """None where the very same request came before. One that names neither its calls nor its time may come twice and
    mean it."""
    name = hashlib.sha256(body).hexdigest()
    if not batch.sent_at and not all(isinstance(call, dict) and call.get("messageId") for call in batch.calls):
        name = f"{name}:{randomness.token_hex(8)}"
    raw, is_new = accept(connector, external_id=f"{kind}:{name}", body=body, kind=kind)
    return raw if is_new else None


def _is_withheld(connector: Connector, call: object, batch: Batch) -> bool:
    if not isinstance(call, dict) or not behaves(call):
        return False
    own = call.get("context")
    context = {**batch.context, **own} if isinstance(own, dict) else batch.context
    return consents.allows_behaviour(connector, context) is False


def _count(connector: Connector, withheld: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update integrations_connector set cursor = jsonb_set(cursor, '{withheld}',"
            " to_jsonb(coalesce((cursor->>'withheld')::bigint, 0) + %s)) where id = %s",
            [withheld, connector.pk],
        )


def _rejected(connector: Connector, batch: Batch, withheld: set[int], kind: str) -> list[dict[str, Any]]:
    """What processing will set aside. The spec answers 200 whatever the calls are; why, it tells nobody, and we do."""
    sender = Sender(connector, timezone.now(), clock(batch.sent_at), "", kind == "import")
    found = []
    for number, call in enumerate(batch.calls[:MOST_CALLS]):
        if number in withheld:
            continue
        try:
            facts_of_call(batch, number, sender)
        except ValueError as error:
            name = call.get("messageId") if isinstance(call, dict) else None
            found.append({"index": number, "messageId": name if isinstance(name, str) else None, "reason": str(error)})
    if len(batch.calls) > MOST_CALLS:
        found.append({"index": MOST_CALLS, "messageId": None, "reason": TOO_MANY})
    return found


def _refusal(error: RefusedError) -> JsonResponse:
    return JsonResponse({"success": False, "code": error.code, "message": str(error)}, status=error.status)


def _preflight(request: HttpRequest) -> HttpResponse:
    """It comes without a key: the origin may be any that one of the trackers allows."""
    origin = request.headers.get("Origin", "")
    trackers = Connector.objects.filter(adapter=ADAPTER, is_active=True)
    is_allowed = bool(origin) and any(allows(connector, origin) for connector in trackers)
    return _shared_with(HttpResponse(status=204 if is_allowed else 403), origin if is_allowed else "")


def _shared_with(answer: HttpResponse, origin: str) -> HttpResponse:
    if origin:
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Content-Encoding"
        answer["Access-Control-Allow-Methods"] = "POST"
        answer["Access-Control-Max-Age"] = "86400"
    patch_vary_headers(answer, ["Origin"])
    answer["Cache-Control"] = "no-store"
    return answer
