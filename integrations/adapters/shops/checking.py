"""The test of a connection to a shop: what its `look_over` found, and its webhooks, made where they are missing."""

import time
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.shops.base import Shop
from integrations.adapters.shops.calling import RefusedError
from integrations.models import Connector
from integrations.wiring import hook_address


def check(shop: Shop, connector: Connector) -> Iterator[Step]:
    """Raises AdapterError, CredentialError where the shop does not know the key."""
    began = time.monotonic()
    try:
        found = shop.look_over(connector)
    except RefusedError as error:
        if error.status == 401:
            raise CredentialError(str(error), said=error.said) from error
        raise
    for number, line in enumerate(found):
        yield Step(line, seconds=0.0 if number else time.monotonic() - began)
    yield _subscribed(shop, connector)


def _subscribed(shop: Shop, connector: Connector) -> Step:
    """What the shop refuses is no failure: its owner can make the webhooks there."""
    began = time.monotonic()
    try:
        new, wrong = shop.subscribe(connector, hook_address(connector))
    except AdapterError as error:
        new, wrong = 0, [str(error)]
    seconds = time.monotonic() - began
    if wrong:
        fix = _("Make them there by hand: %(wrong)s") % {"wrong": "; ".join(wrong[:3])}
        return Step(_("The shop does not send all of its webhooks here"), seconds=seconds, fix=fix)
    words = ngettext(
        "The shop sends %(n)s more kind of webhook here", "The shop sends %(n)s more kinds of webhooks here", new
    )
    return Step(words % {"n": new} if new else _("The shop sends its webhooks here"), seconds=seconds)
