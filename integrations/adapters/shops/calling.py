"""Calls a shop's API: within its limits, never into our own network, and with failures in words an agent can act on."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from django.utils.translation import gettext as _
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import NewConnectionError

from conversations.public_web import public_session
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.shops.reading import read_json

TIMEOUT = (10.0, 30.0)  # seconds to connect, and between two parts of the answer
LARGEST_ANSWER = 50_000_000
SHORT_WAIT = 3.0  # seconds that an agent waits for a shop that is busy
LATER = 2.0  # seconds, where a busy shop does not say how long


class BusyError(AdapterError):
    """The shop asks us to come back in `wait` seconds."""

    def __init__(self, text: str, *, wait: float, said: str = "") -> None:
        super().__init__(text, said=said)
        self.wait = wait


class RefusedError(AdapterError):
    """The shop understood and will not: `status` and `said` tell why."""

    def __init__(self, text: str, *, status: int, said: str = "") -> None:
        super().__init__(text, permanent=True, said=said)
        self.status = status


class Answer:
    """What the shop said: the status was 2xx."""

    def __init__(self, body: bytes, headers: CaseInsensitiveDict[str]) -> None:
        self.body, self.headers = body, headers

    @property
    def json(self) -> Any:
        try:
            return read_json(self.body)
        except ValueError:
            words = _("The shop's answer cannot be read: is this the address of its API?")
            raise AdapterError(words, said=self.body[:400].decode(errors="replace")) from None

    @property
    def at(self) -> datetime:
        """The shop's clock when it answered."""
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
    data: bytes | None = None,
    changes: bool = False,
) -> Answer:
    """`changes`: the call does something in the shop. Raises BusyError, RefusedError, UncertainError (it had the whole
    call and fell silent, so that a change may be made), or AdapterError. Redirects are not followed: they would carry
    our keys to wherever they lead."""
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
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            body = _read(response)
    except (requests.RequestException, ValueError) as error:
        raise _silent(error, changes) from error
    if response.ok and not response.is_redirect:
        return Answer(body, response.headers)
    raise _failure(response, body[:4000].decode(errors="replace"), changes)


def patient(ask: Callable[[], Answer]) -> Answer:
    """Once more after a short wait, for an agent who stands by."""
    try:
        return ask()
    except BusyError as error:
        if error.wait > SHORT_WAIT:
            raise
        time.sleep(error.wait)
    return ask()


def reason(said: str) -> str:
    """The sentence in an error's body: Shopify's “errors”, WooCommerce's “message”."""
    try:
        found = read_json(said.encode())
    except ValueError:
        return " ".join(said.split())[:200]
    if not isinstance(found, dict):
        return ""
    told = found.get("errors") or found.get("message") or found.get("error_description") or found.get("error") or ""
    if isinstance(told, dict):
        told = "; ".join(f"{name} {_plain(value)}" for name, value in told.items())
    return _plain(told)[:300]


def _read(response: requests.Response) -> bytes:
    body = b""
    for part in response.iter_content(1 << 16):
        body += part
        if len(body) > LARGEST_ANSWER:
            raise ValueError("The answer is larger than the desk takes.")
    return body


def _silent(error: Exception, changes: bool) -> AdapterError:
    said = f"{type(error).__name__}: {error}"[:1000]
    if isinstance(error, requests.exceptions.SSLError):
        return AdapterError(_("The shop's certificate is not valid. Its owner must renew it."), said=said)
    cause = error.args[0] if error.args else None
    was_never_there = isinstance(getattr(cause, "reason", None), NewConnectionError)
    if isinstance(error, requests.ConnectTimeout) or was_never_there:
        return AdapterError(_("The shop does not answer. Try again in a few minutes."), said=said)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return AdapterError(_("The shop's address is not written rightly. An admin can correct it."), said=said)
    if not changes:
        return AdapterError(_("The shop stopped in the middle of its answer. Try again in a few minutes."), said=said)
    words = _("The shop fell silent: it may have been done. Look at the order before you try again.")
    return UncertainError(words, said=said)


def _failure(response: requests.Response, said: str, changes: bool) -> AdapterError:
    status = response.status_code
    if status == 429 or (status == 503 and "retry-after" in response.headers):
        wait = _seconds(response.headers.get("retry-after", ""))
        return BusyError(_("The shop is busy. Try again in a minute."), wait=wait, said=said)
    if status >= 500 or status == 408:
        if changes:
            words = _("The shop is out of order: it may have been done. Look at the order before you try again.")
            return UncertainError(words, said=f"{status} {said}")
        return AdapterError(_("The shop is out of order. Try again in a few minutes."), said=f"{status} {said}")
    return RefusedError(_refusal(response, said), status=status, said=said)


def _refusal(response: requests.Response, said: str) -> str:
    if response.is_redirect:
        return _("The shop has moved to another address. An admin can enter it.")
    if response.status_code == 401:
        return _("The shop does not know the desk's key. An admin can enter it again.")
    if response.status_code == 403:
        return _("The desk's key may not do this in the shop. An admin can give it the right there.")
    if response.status_code == 404:
        return _("The shop has no such thing any more.")
    return _("The shop refused: %(reason)s") % {"reason": reason(said) or response.status_code}


def _seconds(text: str) -> float:
    """Retry-After: seconds, or a date (RFC 9110 10.2.3)."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return LATER


def _plain(told: object) -> str:
    return ", ".join(map(str, told)) if isinstance(told, list) else str(told)
