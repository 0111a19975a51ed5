"""Is a Shopify shop connected rightly? Calls it, and says in words what is missing and where to mend it."""

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.base import OrderAct
from integrations.adapters.shops.calling import RefusedError
from integrations.adapters.shops.shopify import api
from integrations.models import Connector

# https://shopify.dev/docs/api/usage/access-scopes. A right to write is one to read as well.
READS = ("read_orders", "read_customers", "read_products", "read_inventory", "read_locations", "read_returns")
PARCELS = ("read_merchant_managed_fulfillment_orders",)
ACTS = {
    OrderAct.REFUND: "write_orders",
    OrderAct.CANCEL: "write_orders",
    OrderAct.RESEND: "write_orders",
    OrderAct.HOLD: "write_merchant_managed_fulfillment_orders",
    OrderAct.RELEASE: "write_merchant_managed_fulfillment_orders",
    OrderAct.ADDRESS: "write_orders",
    OrderAct.INSTRUCT: "write_orders",
    OrderAct.INVOICE: "write_orders",
    OrderAct.RETURN: "write_returns",
}
_SHOP = """query Shop { shop { name myshopifyDomain currencyCode primaryDomain { url } }
  currentAppInstallation { accessScopes { handle } } }"""
_PLACES = "query Places { locations(first: 100) { nodes { legacyResourceId name } } }"


def check(connector: Connector) -> list[str]:
    """Raises AdapterError."""
    if not any(connector.secrets.get(name) for name in ("client_secret", "signing_secret")):
        raise AdapterError(_("Without the app's client secret no webhook can be believed: enter it."), permanent=True)
    api.forget_token(connector)
    found = api.data_of(api.graphql(connector, _SHOP))
    shop = inner(found, "shop")
    if words(shop.get("myshopifyDomain")).lower() != str(connector.settings.get("domain", "")).lower():
        text = _("This key opens another shop: %(domain)s.") % {"domain": words(shop.get("myshopifyDomain"))}
        raise RefusedError(text, status=403)
    scopes = {words(each.get("handle")) for each in rows(inner(found, "currentAppInstallation"), "accessScopes")}
    has = scopes | {scope.replace("write_", "read_") for scope in scopes}
    if missing := [scope for scope in (*READS, *PARCELS) if scope not in has]:
        text = _("The app may not read all that the desk shows. Give it these scopes and install it again: %(scopes)s.")
        raise RefusedError(text % {"scopes": ", ".join(missing)}, status=403)
    places = rows(inner(api.data_of(api.graphql(connector, _PLACES)), "locations"), "nodes")
    connector.settings = {
        **connector.settings,
        "currency": words(shop.get("currencyCode")),
        "site": words(inner(shop, "primaryDomain").get("url")).rstrip("/"),
        "locations": {words(each.get("legacyResourceId")): words(each.get("name")) for each in places},
        "may": [act.value for act, scope in ACTS.items() if scope in scopes],
    }
    return [_found(words(shop.get("name")), len(places)), _may(connector), _age(has)]


def _found(name: str, places: int) -> str:
    return _("Signed in to %(name)s, which has %(places)s places.") % {"name": name, "places": places}


def _may(connector: Connector) -> str:
    may = connector.settings["may"]
    if not may:
        return _("Agents can do nothing to orders: the app has no right to write.")
    return _("Agents can do this to orders: %(acts)s.") % {"acts": ", ".join(may)}


def _age(has: set[str]) -> str:
    if "read_all_orders" in has:
        return _("All orders can be read.")
    return _("Orders of the last 60 days can be read: for older ones the app needs the scope read_all_orders.")
