"""What a connection to Shopify or WooCommerce is made of: which settings and secrets, and what is wrong with them."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

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


def complete(connector: Connector) -> None:
    """What is to be there, and how it is written. Raises ValueError with the reason in words."""
    _where(connector)
    sets, secrets = KINDS[connector.adapter][2], connector.secrets
    if not any(all(secrets.get(name) for name in some) for some in sets):
        asked = _(", or ").join(_(" and ").join(name.replace("_", " ") for name in some) for some in sets)
        raise ValueError(_("It needs %(secrets)s.") % {"secrets": asked})


def translate_statuses(connector: Connector, statuses: Mapping[str, str]) -> None:
    """Words of plug-ins for the state of an order, and ours. Raises ValueError."""
    for word, ours in statuses.items():
        if ours not in OrderStatus.values:
            raise ValueError(f"“{ours}” is no state of an order, for “{word}”: it is one of {', '.join(OrderStatus)}.")
    if statuses:
        connector.settings["statuses"] = {**connector.settings.get("statuses", {}), **statuses}


def _where(connector: Connector) -> None:
    """The shop's address in one form, and the word its accounts are told apart by."""
    said = connector.settings
    if connector.adapter == "shopify":
        domain = str(said.get("domain", "")).lower().removeprefix("https://").rstrip("/")
        if not DOMAIN.fullmatch(domain):
            raise ValueError(_("The domain is the shop's own at Shopify, as in hollin-fell.myshopify.com."))
        said["domain"], host = domain, domain
    else:
        site = str(said.get("site", "")).rstrip("/")
        parts = urlsplit(site)
        if parts.scheme != "https" and not (settings.LOCAL and parts.scheme == "http"):
            raise ValueError(_("The shop's address begins with https://, so that its keys stay secret."))
        said["site"], host = site, parts.netloc
    if said.get("api_url") and not settings.LOCAL:
        raise ValueError(_("A simulated shop is for a desk on one's own machine."))
    if not leads_outside(str(said.get("api_url") or f"https://{host}")):
        raise ValueError(_("%(text)s does not lead to a public server.") % {"text": host})
    said.setdefault("shop", host)
