"""Tests the shop's own webhook: a signed call is believed at the door, and the shop answers where it takes acts."""

import time
from collections.abc import Iterator

from django.utils.translation import gettext as _

from integrations.adapters import calling, signed
from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, NotGenuineError
from integrations.models import Connector

SAMPLE = b'{"items": []}'


def check(connector: Connector) -> Iterator[Step]:
    """Raises AdapterError."""
    began, secret = time.monotonic(), connector.secrets.get("signing_secret", "")
    given = signed.signed(secret, SAMPLE)
    try:
        signed.check(secret, SAMPLE, stamp=given[signed.TIMESTAMP], signature=given[signed.SIGNATURE])
    except NotGenuineError as error:
        raise AdapterError(str(error)) from error
    yield Step(_("A call signed with the secret is believed"), seconds=time.monotonic() - began)
    if url := str(connector.settings.get("act_url", "")):
        yield _answers(url)
    if connector.last_in_at:
        yield Step(_("The shop's calls come in"))
    else:
        yield Step(_("Nothing has come in yet"), fix=_("Have the shop send one order, as docs/shops.md shows."))


def _answers(url: str) -> Step:
    """What it answers to a question that asks for nothing does not matter: it is there."""
    began = time.monotonic()
    try:
        calling.call("HEAD", url, timeout=(10.0, 10.0))
    except calling.RefusedError:
        pass
    except calling.CallError as error:
        raise AdapterError(_("The shop does not answer where it is to take refunds."), said=error.said) from error
    return Step(_("The shop answers where it is to take refunds"), seconds=time.monotonic() - began)
