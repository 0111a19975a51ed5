"""Is it connected rightly? The steps that WhatsApp, Messenger and Instagram have in common.

developers.facebook.com/docs/graph-api/reference/debug_token (a token's app, its permissions and its end), …/app.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.meta.graph import ask
from integrations.adapters.reading import inner, words
from integrations.models import Connector

Json = dict[str, Any]


class StopError(Exception):
    """This step is not well, and those behind it cannot be tried."""

    def __init__(self, step: Step) -> None:
        super().__init__(str(step.text))
        self.step = step


def tried(do: Callable[[], Json], fix: str) -> tuple[Json, float]:
    """What it answered, and in how many seconds. Raises StopError."""
    started = time.monotonic()
    try:
        return do(), time.monotonic() - started
    except AdapterError as error:
        raise StopError(Step(str(error), is_well=False, seconds=time.monotonic() - started, fix=fix)) from error


def until_stopped(steps: Iterator[Step]) -> Iterator[Step]:
    """Raises CredentialError behind the step that our key was refused at: then nothing goes until it is mended."""
    try:
        yield from steps
    except StopError as stop:
        yield stop.step
        if isinstance(stop.__cause__, CredentialError):
            raise stop.__cause__ from stop


def token(connector: Connector, needed: tuple[str, ...]) -> Iterator[Step]:
    """Whose token, until when, and what it may. Notes app_id and expires_at. Raises StopError."""
    fix = _("Make a new access token at Meta, and enter it here.")
    app, seconds = tried(lambda: ask(connector, "GET", "app", params={"fields": "id,name"}), fix)
    note(connector, app_id=words(app.get("id")))
    yield Step(_("The access token belongs to the app “%(name)s”.") % {"name": words(app.get("name"))}, seconds=seconds)
    fix = _("Is the app's secret the one at Meta, under App settings, Basic? Enter it again.")
    asked = {"input_token": connector.secrets.get("access_token", "")}
    found, seconds = tried(lambda: ask(connector, "GET", "debug_token", params=asked, as_app=True), fix)
    yield from _rights(connector, inner(found, "data"), needed, seconds)


def _rights(connector: Connector, found: Json, needed: tuple[str, ...], seconds: float) -> Iterator[Step]:
    ends = [int(words(found.get(name)) or "0") for name in ("expires_at", "data_access_expires_at")]
    ends = [each for each in ends if each > 0]
    connector.expires_at = datetime.fromtimestamp(min(ends), UTC) if ends else None
    scopes = found.get("scopes")
    missing = [each for each in needed if each not in (scopes if isinstance(scopes, list) else [])]
    if missing:
        fix = _("Make a new access token at Meta and tick these permissions.")
        raise StopError(Step(_("The token lacks: %(names)s.") % {"names": ", ".join(missing)}, is_well=False, fix=fix))
    yield Step(until(connector), seconds=seconds)


def until(connector: Connector) -> str:
    if connector.expires_at is None:
        return _("It has all permissions, and does not end.")
    when = date_format(timezone.localtime(connector.expires_at), "DATE_FORMAT")
    return _("It has all permissions, and ends on %(when)s. One of a system user does not end.") % {"when": when}


def reaches_us(address: str) -> None:
    """Raises StopError where Meta would not even call."""
    if not address.startswith("https://") and not settings.LOCAL:
        text = _("Meta calls only addresses that begin with https://. This desk has %(address)s.")
        fix = _("Give the desk a certificate, and set SITE_URL to its public address.")
        raise StopError(Step(text % {"address": settings.SITE_URL}, is_well=False, fix=fix))


def note(connector: Connector, **known: str) -> None:
    connector.settings = {**connector.settings, **{name: value for name, value in known.items() if value}}
