"""What a translator is, and how its provider is called: by an agent who waits, so not for long."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.public_web import leads_outside
from integrations.adapters import calling
from integrations.adapters.base import AdapterError, AwayError, CredentialError, Understood
from integrations.adapters.reading import read_json
from integrations.models import Connector, RawEvent

PATIENCE = (4.0, 12.0)  # seconds to connect, and for the answer
LARGEST = 2_000_000  # bytes of an answer


class Translates(Protocol):
    def translate(self, connector: Connector, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Each of them in `target`, in their order; languages as ISO 639-1, `source` "" is for the provider to find
        out. Raises AdapterError."""
        ...


class Translator:
    """What no translator does: nothing comes from it by itself, and it carries no messages."""

    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[Understood]:
        raise ValueError("A translator sends nothing by itself.")

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        raise AdapterError(_("A translator sends no messages."), permanent=True)


def call(method: str, url: str, *, headers: dict[str, str] | None = None, json: Any = None) -> Any:
    """What it answered, read as JSON. Raises AdapterError in words for who asked."""
    try:
        return calling.call(method, url, headers=headers, json=json, timeout=PATIENCE, largest=LARGEST).json
    except calling.RefusedError as error:
        raise _refusal(error) from error
    except calling.CallError as error:
        raise AwayError(_("The translator does not answer. Try again in a few minutes."), said=error.said) from error
    except ValueError as error:
        raise AdapterError(_("The translator's answer cannot be read: is this the address of its API?")) from error


def _refusal(error: calling.RefusedError) -> AdapterError:
    said, status = error.said, error.status
    if status == 456:  # DeepL's own: the month's signs, or the limit of costs
        return AdapterError(_("What the desk may translate this month is used up."), permanent=True, said=said)
    if error.is_busy:
        return AwayError(_("The translator is busy. Try again in a minute."), said=said, wait=error.wait)
    if error.is_out_of_order:
        return AwayError(_("The translator is out of order. Try again in a few minutes."), said=said)
    if status in (401, 403):
        return CredentialError(
            _("The translator does not know the desk's key. An admin can enter it again."), said=said
        )
    if status == 413:
        return AdapterError(_("That is more than the translator takes at once."), permanent=True, said=said)
    if error.moved or status == 404:
        return AdapterError(_("There is no translator at this address. An admin can correct it."), said=said)
    return AdapterError(_("The translator refused: %(reason)s") % {"reason": _reason(said)}, permanent=True, said=said)


def _reason(said: str) -> str:
    """LibreTranslate's “error”, DeepL's “message”."""
    try:
        found = read_json(said.encode())
    except ValueError:
        found = said
    told = (found.get("error") or found.get("message") or "") if isinstance(found, dict) else said
    return " ".join(str(told).split())[:200]


def an_address(text: str) -> str:
    """Raises ValueError with a sentence for the admin."""
    address = text.rstrip("/")
    is_plain = urlsplit(address).scheme == "http" and not settings.LOCAL
    if is_plain or urlsplit(address).scheme not in ("http", "https"):
        raise ValueError(_("It begins with https://, so that its key and your customers' words stay secret."))
    if not leads_outside(address):
        raise ValueError(_("%(text)s does not lead to a public server.") % {"text": text})
    return address


def texts_in(found: object, count: int) -> list[str]:
    """As many as were asked for. Raises AdapterError."""
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list) or len(found) != count or not all(isinstance(each, str) for each in found):
        raise AdapterError(_("The translator's answer cannot be read: is this the address of its API?"))
    return list(found)
