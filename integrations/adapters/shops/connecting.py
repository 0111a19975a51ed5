"""What a connection to Shopify or WooCommerce is made of: which settings and secrets, and what is wrong with them."""

import re
import secrets as randomness
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from conversations.public_web import leads_outside
from customers.models.order import OrderStatus
from integrations.models import Connector

# adapter: (settings that may be given, secrets that may be given, secrets of which one set must be there)
KINDS = {
    "shopify": (
        ("domain",),
        ("client_id", "client_secret", "access_token", "signing_secret", "former_secret"),
        (("client_id", "client_secret"), ("access_token", "client_secret"), ("access_token", "signing_secret")),
    ),
    "woocommerce": (
        ("site", "auth", "verifies"),
        ("consumer_key", "consumer_secret", "signing_secret", "former_secret"),
        (("consumer_key", "consumer_secret"),),
    ),
}
DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")


def wire(connector: Connector, given: Mapping[str, str], statuses: Mapping[str, str]) -> None:
    """Takes what is given into the connector, and makes the secrets that are ours to make. Saves nothing. Raises
    ValueError with the reason in words."""
    wanted, keys, sets = KINDS[connector.adapter]
    fresh = {name: given[name] for name in (*wanted, "shop", "api_url") if given.get(name)}
    connector.settings = {**connector.settings, **fresh}
    if statuses:
        connector.settings["statuses"] = {**connector.settings.get("statuses", {}), **_ours(statuses)}
    _where(connector)
    own = {"webhook_secret": randomness.token_urlsafe(24)}
    if connector.adapter == "woocommerce":
        own["signing_secret"] = randomness.token_urlsafe(32)
    secrets = {**own, **connector.secrets, **{name: given[name] for name in keys if given.get(name)}}
    if not any(all(secrets.get(name) for name in some) for some in sets):
        asked = " or ".join(" and ".join(f"--{name.replace('_', '-')}" for name in some) for some in sets)
        raise ValueError(f"It needs {asked}.")
    connector.secrets = secrets


def _where(connector: Connector) -> None:
    """The shop's address in one form, and the word its accounts are told apart by."""
    said = connector.settings
    if connector.adapter == "shopify":
        domain = str(said.get("domain", "")).lower().removeprefix("https://").rstrip("/")
        if not DOMAIN.fullmatch(domain):
            raise ValueError("--domain is the shop's own at Shopify, as in hollin-fell.myshopify.com.")
        said["domain"], host = domain, domain
    else:
        site = str(said.get("site", "")).rstrip("/")
        parts = urlsplit(site)
        if parts.scheme != "https" and not (settings.LOCAL and parts.scheme == "http"):
            raise ValueError("--site is the shop's address, and begins with https://, so that its keys stay secret.")
        said["site"], host = site, parts.netloc
    if said.get("api_url") and not settings.LOCAL:
        raise ValueError("--api-url names a simulated shop: that is for a desk on one's own machine.")
    if not leads_outside(str(said.get("api_url") or f"https://{host}")):
        raise ValueError(f"{host} does not lead to a public server.")
    said.setdefault("shop", host)


def _ours(statuses: Mapping[str, str]) -> dict[str, str]:
    for word, ours in statuses.items():
        if ours not in OrderStatus.values:
            raise ValueError(f"“{ours}” is no state of an order, for “{word}”: it is one of {', '.join(OrderStatus)}.")
    return dict(statuses)
