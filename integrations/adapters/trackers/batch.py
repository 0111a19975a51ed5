"""A request of the tracking API, opened: the calls in it, what they have in common, and what no call may be.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/: a call has up to 32 kB, a batch up to
500 kB and 2,500 calls; a request that is too large or no JSON is refused whole, any other fault is its call's own.
"""

import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from customers.stored import as_json

CALL_BYTES, BATCH_BYTES = 32 * 1024, 500 * 1024
MOST_CALLS = 2500
TOO_MANY = f"A batch has up to {MOST_CALLS} calls. These and the following ones were too many."
MOST_KEYS, MOST_DEPTH = 1000, 16
# Short names are the first letters, as the browser libraries send them.
CALLS = {
    "identify": "identify",
    "track": "track",
    "page": "page",
    "screen": "screen",
    "alias": "alias",
    "group": "group",
    "i": "identify",
    "t": "track",
    "p": "page",
    "s": "screen",
    "a": "alias",
    "g": "group",
}
BATCHES = ("batch", "import", "b")
CONSENT = "consent"  # our own: what is left of a call whose sender refused
KINDS = frozenset(CALLS.values()) | {CONSENT}
Json = dict[str, Any]


class RefusedError(Exception):
    """The request as a whole is none. `code` and the text are in the answer, as the libraries read it."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Batch:
    """`calls` as they came: a call may be anything that JSON is."""

    calls: list[Any]
    context: Json
    sent_at: str
    write_key: str
    raw: bytes  # as it came, unpacked: who asks to be forgotten must be found in it
    fault: str = ""  # of what its calls have in common, so that none of them can be believed

    def alone(self, call: object) -> bytes:
        """This one call as a batch of its own, in bytes as they came."""
        return self.of([call])

    def of(self, calls: list[Any]) -> bytes:
        """A batch of these calls, and all else as it came. Raises RefusedError for what is nested without end."""
        whole = {"batch": calls, "context": self.context, "sentAt": self.sent_at}
        try:
            return json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # half a character that came as an escape leaves as one
            return json.dumps(whole).encode()
        except RecursionError as error:
            raise RefusedError(400, "invalid_json", "The body is nested too deep.") from error


def opened(body: bytes, *, kind: str, encoding: str = "") -> Batch:
    """`kind` is the last word of the address. Raises RefusedError. Bytes that are no UTF-8 spoil only their call."""
    raw = _unpacked(body, BATCH_BYTES if kind in BATCHES else CALL_BYTES) if encoding == "gzip" else body
    if len(raw) > BATCH_BYTES:
        raise RefusedError(413, "too_large", f"A request has up to {BATCH_BYTES // 1024} kB.")
    if kind not in BATCHES and len(raw) > CALL_BYTES:
        raise RefusedError(400, "too_large", f"A call has up to {CALL_BYTES // 1024} kB.")
    whole = _parsed(raw)
    calls, context = whole.get("batch"), whole.get("context")
    is_batch = kind in BATCHES or isinstance(calls, list)  # one call that was set aside comes again as a batch
    if not is_batch:
        calls = [{**whole, "type": CALLS[kind]}]
    if not isinstance(calls, list):
        raise RefusedError(400, "invalid_request", "A batch has a list of calls under “batch”.")
    shared = context if is_batch and isinstance(context, dict) else {}
    return Batch(
        calls,
        shared,
        _word(whole.get("sentAt") or whole.get("sent_at")),
        _word(whole.get("writeKey") or whole.get("write_key")),
        raw,
        _fault(shared) if shared else "",
    )


def _fault(shared: Json) -> str:
    """Looked for once: each of thousands of calls has all of it. So it has no more room than one of them."""
    try:
        text = as_json(shared)
        if len(text.encode()) <= CALL_BYTES:
            _walk(shared, 1, MOST_KEYS)
            return ""
    except ValueError as error:
        return str(error)
    raise RefusedError(400, "too_large", f"What a batch has in common is up to {CALL_BYTES // 1024} kB.")


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _unpacked(body: bytes, most: int) -> bytes:
    """A small body may hold a very large one: no more of it is unpacked than may be."""
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        raw = unpacking.decompress(body, most + 1)
    except zlib.error as error:
        raise RefusedError(400, "invalid_gzip", "The body is not gzip, as its header says.") from error
    if len(raw) <= most and not unpacking.eof:
        raise RefusedError(400, "invalid_gzip", "The body ends before its gzip does.")
    return raw


def _parsed(raw: bytes) -> Json:
    try:
        whole = json.loads(raw.decode("utf-8", "surrogateescape"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "invalid_json", "The body is not JSON.") from error
    if not isinstance(whole, dict):
        raise RefusedError(400, "invalid_json", "The body is not a JSON object.")
    return whole


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON.")


def check_shape(call: object) -> Json:
    """Raises ValueError for what is no call at all, or more than one may be."""
    if not isinstance(call, dict):
        raise ValueError("A call is a JSON object.")
    text = as_json(call)
    if len(text) > CALL_BYTES or len(text.encode()) > CALL_BYTES:
        raise ValueError(f"A call has up to {CALL_BYTES // 1024} kB.")
    if not isinstance(call.get("type"), str) or call["type"] not in KINDS:
        raise ValueError(f"“{str(call.get('type'))[:40]}” is no type of call: it is one of {', '.join(sorted(KINDS))}.")
    if text.count("{") + text.count("[") > MOST_DEPTH or text.count(",") >= MOST_KEYS:  # it may be; few calls are
        _walk(call, 1, MOST_KEYS)
    for name in ("properties", "traits", "context"):
        if call.get(name) is not None and not isinstance(call[name], dict):
            raise ValueError(f"“{name}” is not an object.")
    return call


def _walk(value: Any, depth: int, left: int) -> int:
    """How many values there may still be. Goes no deeper than is allowed."""
    if depth > MOST_DEPTH:
        raise ValueError(f"It is nested more than {MOST_DEPTH} deep.")
    inner = value.values() if isinstance(value, dict) else value
    left -= len(inner)
    if left < 0:
        raise ValueError(f"It has more than {MOST_KEYS} values.")
    for each in inner:
        if isinstance(each, dict | list):
            left = _walk(each, depth + 1, left)
    return left


def moment(text: object) -> datetime | None:
    """ISO 8601, in UTC where no zone is given. None where there is none; raises ValueError for what is no date."""
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise ValueError("A date is text, as ISO 8601 has it.")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        lenient = parse_datetime(text)  # a month or a day of one digit
        if lenient is None:
            raise ValueError(f"“{text[:40]}” is no date.") from None
        at = lenient
    return at if at.tzinfo else at.replace(tzinfo=UTC)
