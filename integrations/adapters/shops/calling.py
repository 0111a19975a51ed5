"""Calls a shop's API: within its limits, and with failures in words an agent can act on."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters import calling
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.reading import read_json

SHORT_WAIT = 3.0  # seconds that an agent waits for a shop that is busy


class BusyError(AdapterError):
    """The shop asks us to come back in `wait` seconds."""

    wait: float


class RefusedError(AdapterError):
    """The shop understood and will not: `status` and `said` tell why."""

    def __init__(self, text: str, *, status: int, said: str = "") -> None:
        super().__init__(text, permanent=True, said=said)
        self.status = status


class Answer(calling.Answer):
    """What the shop said: the status was 2xx."""

    @property
    def json(self) -> Any:
        try:
            return super().json
        except ValueError:
            words = _("The shop's answer cannot be read: is this the address of its API?")
            raise AdapterError(words, said=self.body[:400].decode(errors="replace")) from None


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
    call and fell silent, so that a change may be made), or AdapterError."""
    try:
        found = calling.call(method, url, headers=headers, auth=auth, params=params, json=json, data=data)
    except calling.UnreachedError as error:
        raise AdapterError(_unreached(error.why), said=error.said) from error
    except calling.SilentError as error:
        raise _silent(error.said, changes) from error
    except calling.RefusedError as error:
        raise _failure(error, changes) from error
    return Answer(found.status, found.body, found.headers)


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


def _unreached(why: str) -> str:
    if why == "certificate":
        return _("The shop's certificate is not valid. Its owner must renew it.")
    if why == "address":
        return _("The shop's address is not written rightly. An admin can correct it.")
    return _("The shop does not answer. Try again in a few minutes.")


def _silent(said: str, changes: bool) -> AdapterError:
    if not changes:
        return AdapterError(_("The shop stopped in the middle of its answer. Try again in a few minutes."), said=said)
    words = _("The shop fell silent: it may have been done. Look at the order before you try again.")
    return UncertainError(words, said=said)


def _failure(refused: calling.RefusedError, changes: bool) -> AdapterError:
    status, said = refused.status, refused.said
    if refused.is_busy:
        return BusyError(_("The shop is busy. Try again in a minute."), wait=refused.wait, said=said)
    if refused.is_out_of_order:
        if changes:
            words = _("The shop is out of order: it may have been done. Look at the order before you try again.")
            return UncertainError(words, said=f"{status} {said}")
        return AdapterError(_("The shop is out of order. Try again in a few minutes."), said=f"{status} {said}")
    return RefusedError(_refusal(refused), status=status, said=said)


def _refusal(refused: calling.RefusedError) -> str:
    if refused.moved:
        return _("The shop has moved to another address. An admin can enter it.")
    if refused.status == 401:
        return _("The shop does not know the desk's key. An admin can enter it again.")
    if refused.status == 403:
        return _("The desk's key may not do this in the shop. An admin can give it the right there.")
    if refused.status == 404:
        return _("The shop has no such thing any more.")
    return _("The shop refused: %(reason)s") % {"reason": reason(refused.said) or refused.status}


def _plain(told: object) -> str:
    return ", ".join(map(str, told)) if isinstance(told, list) else str(told)
