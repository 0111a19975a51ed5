"""Is a WooCommerce shop connected rightly? Calls it, and says in words what is missing and where to mend it."""

from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.base import OrderAct
from integrations.adapters.shops.calling import RefusedError
from integrations.adapters.shops.woocommerce import api
from integrations.adapters.shops.woocommerce.acts import HAS
from integrations.models import Connector

OLDEST = (8, 0)  # orders in tables of their own
RESENDS = (9, 8)


def check(connector: Connector) -> list[str]:
    """Raises AdapterError."""
    if not connector.secrets.get("signing_secret"):
        raise AdapterError(_("Without the webhooks' secret none can be believed: enter it."), permanent=True)
    api.rest(connector, "orders", {"per_page": "1"})
    found = _status(connector)
    told = words(inner(found, "environment").get("version"))
    version = _numbers(told)
    if version and version < OLDEST:
        text = _("The shop's WooCommerce is %(version)s: the desk works with 8.0 and later.") % {"version": told}
        raise RefusedError(text, status=422)
    mailed = (OrderAct.RESEND, OrderAct.INVOICE)
    may = [act.value for act in OrderAct if act in HAS and (act not in mailed or not version or version >= RESENDS)]
    may = may if _may_write(connector) else []
    connector.settings = {
        **connector.settings,
        "currency": words(inner(found, "settings").get("currency")) or _currency(connector),
        "may": may,
    }
    acts = _("Agents can do this to orders: %(acts)s.") % {"acts": ", ".join(may)}
    none = _("Agents can do nothing to orders: the key may only read.")
    return [_("Signed in to WooCommerce %(version)s.") % {"version": told or "?"}, acts if may else none]


def _status(connector: Connector) -> dict[str, Any]:
    """Only a shop manager's key may read it; without, the rest works too."""
    try:
        found = api.rest(connector, "system_status", {"_fields": "environment,settings"}).json
    except RefusedError as error:
        if error.status not in (401, 403, 404):
            raise
        return {}
    return found if isinstance(found, dict) else {}


def _may_write(connector: Connector) -> bool:
    """A change that changes nothing: it names no order. A key that only reads is refused before it is looked at."""
    try:
        api.rest(connector, "orders/batch", method="POST", json={"update": []})
    except RefusedError as error:
        return error.status not in (401, 403)
    return True


def _currency(connector: Connector) -> str:
    """Of the newest order, where the shop's own settings may not be read."""
    found = api.rest(connector, "orders", {"per_page": "1"}).json
    newest = rows({"orders": found}, "orders")
    return words(newest[0].get("currency")) if newest else ""


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:2]
    return tuple(int(part) for part in parts) if parts and all(part.isdecimal() for part in parts) else ()
