"""WooCommerce's REST API, v3: keys of the shop's own making, pages by number, totals in headers.

https://woocommerce.github.io/woocommerce-rest-api-docs/. Settings: site (https://shop.example), api_url for a
simulator, auth “query” for servers that drop the header. Secrets: consumer_key, consumer_secret.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.shops.calling import Answer, RefusedError, call, reason
from integrations.models import Connector

ROOT = "wp-json/wc/v3"
CODE = re.compile(r'"code"\s*:\s*"([a-z0-9_]+)"')


def rest(
    connector: Connector,
    path: str,
    params: dict[str, str] | None = None,
    *,
    method: str = "GET",
    json: dict[str, object] | None = None,
) -> Answer:
    """Raises as `calling.call` does. Whatever is no GET is taken for a change."""
    secrets = connector.secrets
    keys = (secrets.get("consumer_key", ""), secrets.get("consumer_secret", ""))
    asked, auth = dict(params or {}), keys
    if connector.settings.get("auth") == "query":
        asked |= {"consumer_key": keys[0], "consumer_secret": keys[1]}
    try:
        return call(
            method,
            f"{base_of(connector)}/{ROOT}/{path}",
            auth=None if connector.settings.get("auth") == "query" else auth,
            params=asked,
            json=json,
            changes=method != "GET",
        )
    except RefusedError as error:
        raise _in_words(error) from error
    except UncertainError as error:
        body = error.said.partition(" ")[2]
        if not CODE.search(body):
            raise
        # WooCommerce answers 500 also where it has looked and will not: its own code says that it was no accident.
        told = _("The shop refused: %(reason)s") % {"reason": reason(body)}
        raise RefusedError(told, status=500, said=body) from error


def base_of(connector: Connector) -> str:
    """Raises AdapterError: over plain HTTP everybody on the way would read the keys."""
    base = str(connector.settings.get("api_url") or connector.settings.get("site", "")).rstrip("/")
    if urlsplit(base).scheme != "https" and not settings.LOCAL:
        words = _("The shop's address must begin with https://, so that its keys stay secret.")
        raise AdapterError(words, permanent=True)
    return base


def code_of(error: RefusedError) -> str:
    """“woocommerce_rest_shop_order_invalid_id”"""
    found = CODE.search(error.said)
    return found.group(1) if found else ""


def _in_words(error: RefusedError) -> RefusedError:
    """WordPress says “not allowed” of a key it never saw, and answers 404 where there is no shop at all."""
    code, text = code_of(error), ""
    if code in ("woocommerce_rest_authentication_error", "woocommerce_rest_cannot_view") and error.status == 401:
        text = _(
            "The shop does not know this consumer key, or its server drops it: copy both keys again, or connect with"
            " --auth query."
        )
    elif code.startswith("woocommerce_rest_cannot") or code == "rest_forbidden":
        text = _("The key may only read: give it read/write under WooCommerce, Settings, Advanced, REST API.")
    elif code == "rest_no_route":
        text = _("The shop's WooCommerce is too old for this: an admin of the shop can update it.")
    elif error.status == 404 and not code:
        text = _("There is no WooCommerce at this address: check it, and that permalinks are not set to “Plain”.")
    return RefusedError(text or str(error), status=error.status, said=error.said)
