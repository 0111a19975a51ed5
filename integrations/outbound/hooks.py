"""Outbound, to machines: calls the webhooks that rules of automation asked for, signed, and says how it went."""

import json
from datetime import timedelta

from conversations.models import WebhookCall
from conversations.outbound import calling_out
from integrations import secrets
from integrations.adapters import calling, signed

LEASE = timedelta(minutes=2)  # longer than any call: its worker is dead
TIMEOUT = (5.0, 10.0)  # seconds to connect, and for the answer: its words are not read
LARGEST = 64_000
# What may be different a little later; any other 4xx is final.
PASSING = frozenset({408, 409, 423, 425, 429})


def call(call_id: int) -> WebhookCall | None:
    """One try. None where another worker has it, or it is not due. Whoever receives it may hear it twice, under the
    same `Idempotency-Key`: where we heard no answer, it is told again."""
    one = calling_out.claim(call_id, LEASE)
    if one is None:
        return None
    if not one.webhook.is_active:
        return calling_out.settle(one, answer=None, error="The webhook is switched off.", is_permanent=True)
    body = json.dumps({"id": str(one.key), **one.body}).encode()
    try:
        answer = calling.call(
            "POST", one.webhook.url, headers=_headers(one, body), data=body, timeout=TIMEOUT, largest=LARGEST
        )
    except calling.RefusedError as error:
        is_final = error.moved or (400 <= error.status < 500 and error.status not in PASSING)
        said = f"{error.status} {error.said[:400]}".strip()
        return calling_out.settle(one, answer=error.status, error=said, is_permanent=is_final)
    except calling.CallError as error:
        return calling_out.settle(one, answer=None, error=error.said)
    return calling_out.settle(one, answer=answer.status)


def _headers(one: WebhookCall, body: bytes) -> dict[str, str]:
    secret = secrets.unseal(bytes(one.webhook.sealed)).get("signing_secret", "")
    return {
        **signed.signed(secret, body),
        "Content-Type": "application/json",
        "Idempotency-Key": str(one.key),
        "User-Agent": "Throughline",
    }
