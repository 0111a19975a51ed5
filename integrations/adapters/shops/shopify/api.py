"""Shopify's Admin API: REST for what webhooks also bring in that shape, GraphQL for the rest and for all that changes.

REST is legacy and still served to apps of one shop (https://shopify.dev/docs/api/admin-rest/2026-10/resources/order);
a bucket of 40 calls that leaks 2 a second, told in X-Shopify-Shop-Api-Call-Limit (…/admin-rest/usage/rate-limits).
Since 2026 apps get a client id and secret that buy a token of a day (the client credentials grant); older ones have a
token that lasts. Secrets: client_id and client_secret, or access_token; webhook_secrets. Settings: domain, api_url.
"""

import hashlib
import re
import time
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError
from integrations.adapters.reading import inner, read_json, words
from integrations.adapters.shops.calling import Answer, BusyError, RefusedError, call
from integrations.models import Connector

VERSION = "2026-10"
EARLY_SECONDS = 300  # a token is not used in its last minutes
NEXT = re.compile(r'<[^>]*[?&]page_info=([^&>]+)[^>]*>;\s*rel="?next"?')
_tokens: dict[str, tuple[str, float]] = {}  # of this process: a token is bought again at no cost

VARIANT = """id legacyResourceId title sku price updatedAt
  product { title productType onlineStoreUrl featuredMedia { preview { image { url } } } }
  inventoryItem { id inventoryLevels(first: 10) {
    nodes { updatedAt location { name } quantities(names: ["available"]) { name quantity } } } }"""
RETURN = """id name status createdAt
  order { id email currencyCode customer { legacyResourceId } }
  refunds(first: 20) { nodes { totalRefundedSet { shopMoney { amount currencyCode } } } }
  returnLineItems(first: 50) { nodes { ... on ReturnLineItem {
    quantity returnReasonDefinition { name } returnReasonNote customerNote
    fulfillmentLineItem { lineItem { id title variantTitle sku variant { legacyResourceId }
      originalUnitPriceSet { shopMoney { amount currencyCode } } } } } } }"""


def base_of(connector: Connector) -> str:
    """Where the shop is; `api_url` names a simulator."""
    return str(connector.settings.get("api_url") or f"https://{connector.settings['domain']}").rstrip("/")


def rest(connector: Connector, path: str, params: dict[str, str] | None = None) -> Answer:
    """One GET. Raises as `calling.call` does."""
    url = f"{base_of(connector)}/admin/api/{VERSION}/{path}"
    return _signed_in(connector, lambda token: call("GET", url, headers=_headers(token), params=params))


def graphql(connector: Connector, query: str, variables: dict[str, object] | None = None) -> Answer:
    """One call, whose errors come with status 200. Raises as `calling.call` does."""
    url, body = f"{base_of(connector)}/admin/api/{VERSION}/graphql.json", {"query": query, "variables": variables or {}}
    changes = query.startswith("mutation")
    answer = _signed_in(connector, lambda token: call("POST", url, headers=_headers(token), json=body, changes=changes))
    found = answer.json
    if not isinstance(found, dict):
        raise AdapterError(_("The shop's answer cannot be read: is this the address of its API?"))
    errors = found.get("errors")
    if errors:
        raise _failure(errors, found)
    return answer


def data_of(answer: Answer) -> dict[str, Any]:
    return inner(answer.json, "data")


def next_of(answer: Answer) -> str:
    """The cursor of the next page, from the Link header; "" on the last one."""
    found = NEXT.search(answer.headers.get("link", ""))
    return found.group(1) if found else ""


def pause_after(answer: Answer) -> float:
    """Seconds to wait so that half of the shop's allowance stays free for webhooks' look-ups and agents."""
    used, _, most = answer.headers.get("x-shopify-shop-api-call-limit", "").partition("/")
    if used.isdecimal() and most.isdecimal() and int(used) * 2 > int(most):
        return (int(used) - int(most) / 2) / (int(most) / 20)  # the bucket leaks a twentieth of itself a second
    status = inner(inner(inner(_object(answer), "extensions"), "cost"), "throttleStatus")
    most_points, left = _number(status, "maximumAvailable"), _number(status, "currentlyAvailable")
    return max(0.0, (most_points / 2 - left) / (_number(status, "restoreRate") or 100)) if most_points else 0.0


def forget_token(connector: Connector) -> None:
    _tokens.pop(_key(connector), None)


def token_of(connector: Connector) -> str:
    """Raises AdapterError with what an admin can do."""
    secrets = connector.secrets
    if secrets.get("access_token"):
        return secrets["access_token"]
    token, good_until = _tokens.get(_key(connector), ("", 0.0))
    if time.time() < good_until:
        return token
    form = {"grant_type": "client_credentials"}
    form |= {name: secrets.get(name, "") for name in ("client_id", "client_secret")}
    try:
        bought = call("POST", f"{base_of(connector)}/admin/oauth/access_token", json=form).json
    except RefusedError as error:
        raise _not_bought(error) from error
    token = words(bought.get("access_token"))
    _tokens[_key(connector)] = (token, time.time() + float(bought.get("expires_in", 3600)) - EARLY_SECONDS)
    return token


def _not_bought(error: RefusedError) -> AdapterError:
    if "shop_not_permitted" in error.said:
        text = _("The app and the shop belong to different organisations at Shopify: make the app in the shop's own.")
    elif "app_not_installed" in error.said:
        text = _("The app is not installed in the shop: install it there (Dev Dashboard, the app, Install).")
    else:
        text = _("Shopify does not know this client id and secret: copy both again from the app's settings.")
    return RefusedError(text, status=error.status, said=error.said)


def _signed_in(connector: Connector, ask: Callable[[str], Answer]) -> Answer:
    """A token may be taken back early: once more with a new one."""
    try:
        return ask(token_of(connector))
    except RefusedError as error:
        if error.status != 401 or connector.secrets.get("access_token"):
            raise
    forget_token(connector)
    return ask(token_of(connector))


def _headers(token: str) -> dict[str, str]:
    return {"X-Shopify-Access-Token": token, "Accept": "application/json"}


def _key(connector: Connector) -> str:
    said = f"{connector.pk}:{base_of(connector)}:{connector.secrets.get('client_secret', '')}"
    return hashlib.sha256(said.encode()).hexdigest()


def _failure(errors: Any, found: dict[str, Any]) -> AdapterError:
    """https://shopify.dev/docs/api/admin-graphql#status_and_error_codes"""
    said = str(errors)[:4000]
    listed = errors if isinstance(errors, list) else [{"message": errors}]
    codes = {words(inner(each, "extensions").get("code")) for each in listed if isinstance(each, dict)}
    if "THROTTLED" in codes:
        cost = inner(inner(found, "extensions"), "cost")
        status = inner(cost, "throttleStatus")
        missing = _number(cost, "requestedQueryCost") - _number(status, "currentlyAvailable")
        wait = max(1.0, missing / (_number(status, "restoreRate") or 100))
        return BusyError(_("The shop is busy. The desk tries again."), wait=wait, said=said)
    if "ACCESS_DENIED" in codes:
        text = _(
            "The desk's app may not do this in the shop. An admin can give it the right: docs/shops.md lists them."
        )
        return RefusedError(text, status=403, said=said)
    if "INTERNAL_SERVER_ERROR" in codes:
        return AdapterError(_("The shop is out of order. Try again in a few minutes."), said=said)
    told = "; ".join(words(each.get("message")) for each in listed if isinstance(each, dict))
    return RefusedError(_("The shop refused: %(reason)s") % {"reason": told[:300]}, status=400, said=said)


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = read_json(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(found: dict[str, Any], name: str) -> float:
    try:
        return float(found.get(name) or 0)
    except (TypeError, ValueError):
        return 0.0
