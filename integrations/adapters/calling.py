"""Calls a provider's API: never into our own network, with an end to waiting and reading; each failure told apart."""

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import parse_url

from conversations.public_web import public_session
from integrations.adapters.reading import read_json

TIMEOUT = (10.0, 30.0)  # seconds to connect, and between two parts of the answer
LARGEST_ANSWER = 50_000_000
TOO_LARGE = "The answer is larger than the desk takes."
LATER = 2.0  # seconds, where a busy provider does not say how long
LONGEST_WAIT = 24 * 3600.0  # seconds; whoever asks for more, by mistake or in malice, is asked again all the same
# An address as requests and urllib3 write it down: what stands before its path, and the rest.
_CALLED = re.compile(r"""(?i)(with url: )\S+|([a-z][\w+.-]*://)(?:[^\s/?#'"@]*@)?([^\s/?#'"]*)[^\s'"]*""")


class CallError(Exception):
    """`said`: the provider's own words, or those of the failure."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class UnreachedError(CallError):
    """It never had the call: nothing is done. `why` is "certificate", "address" or "nobody"."""

    def __init__(self, said: str, why: str = "nobody") -> None:
        super().__init__(said)
        self.why = why


class SilentError(CallError):
    """It had the call, or may have had it, and did not end its answer."""


class RefusedError(CallError):
    """It answered, and not with 2xx."""

    def __init__(self, status: int, headers: CaseInsensitiveDict[str], body: bytes, *, moved: bool) -> None:
        super().__init__(body[:4000].decode(errors="replace"))
        self.status, self.headers, self.body, self.moved = status, headers, body, moved

    @property
    def is_busy(self) -> bool:
        return self.status == 429 or (self.status == 503 and "retry-after" in self.headers)

    @property
    def is_out_of_order(self) -> bool:
        return self.status >= 500 or self.status == 408

    @property
    def wait(self) -> float:
        """Seconds that it asks us to leave it in peace."""
        return seconds(self.headers.get("retry-after", ""))

    @property
    def json(self) -> Any:
        """{} where it is none."""
        try:
            return read_json(self.body)
        except ValueError:
            return {}


class Answer:
    """What it said: the status was 2xx."""

    def __init__(self, status: int, body: bytes, headers: CaseInsensitiveDict[str]) -> None:
        self.status, self.body, self.headers = status, body, headers

    @property
    def json(self) -> Any:
        """Raises ValueError."""
        return read_json(self.body)

    @property
    def at(self) -> datetime:
        """Its clock when it answered."""
        try:
            return parsedate_to_datetime(self.headers["date"]).astimezone(UTC)
        except (KeyError, ValueError):
            return datetime.now(UTC)


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    data: bytes | Mapping[str, str] | list[tuple[str, str]] | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    timeout: tuple[float, float] = TIMEOUT,
    largest: int | None = None,
) -> Answer:
    """Raises UnreachedError, SilentError or RefusedError. `largest`: bytes of the answer that are taken
    (LARGEST_ANSWER). Redirects are not followed: they would carry our keys to wherever they lead."""
    _check(url)
    try:
        with public_session() as session:
            response = session.request(
                method,
                url,
                headers=dict(headers or {}),
                auth=auth,
                params=dict(params or {}),
                json=json,
                data=data,
                files=files,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            )
            body = _read(response, largest or LARGEST_ANSWER, timeout[1])
    except (requests.RequestException, ValueError) as error:
        raise _silent(error) from error
    if response.ok and not response.is_redirect:
        return Answer(response.status_code, body, response.headers)
    raise RefusedError(response.status_code, response.headers, body, moved=response.is_redirect)


def seconds(text: str) -> float:
    """Retry-After: seconds, or a date (RFC 9110 10.2.3)."""
    try:
        return bounded(float(text))
    except ValueError:
        pass
    try:
        return bounded((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return LATER


def bounded(wait: float) -> float:
    """“inf” and “nan” are numbers, too."""
    return min(wait, LONGEST_WAIT) if wait > 0 else 0.0


def _check(url: str) -> None:
    """Raises UnreachedError where the host that stands there for whoever looks at it is not the one that would be
    called, as in "https://evil.example\\@ours.example/"."""
    try:
        looked_at, called = urlsplit(url).hostname or "", (parse_url(url).host or "").strip("[]")
    except ValueError:  # urllib3's own is one, too
        looked_at, called = "", "none"
    is_same = looked_at.lower() == called.lower() or not looked_at.isascii()  # that one is called by another spelling
    if "\\" in url or not is_same:
        raise UnreachedError("The address does not say clearly which host is meant.", "address")


def _read(response: requests.Response, largest: int, patience: float) -> bytes:
    """One that sends a byte now and then ends, too: read1 gives what is there, where others wait for the whole part."""
    parts, size, end = [], 0, time.monotonic() + 4 * patience
    while part := _part(response):
        parts.append(part)
        size += len(part)
        if size > largest:
            raise ValueError(TOO_LARGE)
        if time.monotonic() > end:
            raise requests.exceptions.ReadTimeout("The answer does not end.")
    response.close()
    return b"".join(parts)


def _part(response: requests.Response) -> bytes:
    try:
        return bytes(response.raw.read1(1 << 16, decode_content=True))
    except HTTPError as error:
        raise requests.exceptions.ConnectionError(error) from error


def _silent(error: Exception) -> CallError:
    said = _CALLED.sub(r"\1\2\3…", f"{type(error).__name__}: {error}")[:1000]  # keys may stand in the address itself
    if isinstance(error, requests.exceptions.SSLError):
        return UnreachedError(said, "certificate")
    cause = error.args[0] if error.args else None
    was_never_there = isinstance(getattr(cause, "reason", None), NewConnectionError)
    if isinstance(error, requests.ConnectTimeout) or was_never_there:
        return UnreachedError(said)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return UnreachedError(said, "address")
    return SilentError(said)
