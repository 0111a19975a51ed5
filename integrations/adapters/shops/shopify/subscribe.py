"""Has a Shopify shop send its webhooks here: a subscription for each topic that is not there yet.

https://shopify.dev/docs/api/admin-graphql/latest/mutations/webhookSubscriptionCreate. The three topics of privacy law
cannot be subscribed to this way: they stand in the app's configuration (docs/shops.md).
"""

from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.calling import RefusedError
from integrations.adapters.shops.shopify import api
from integrations.models import Connector

WANTED = (
    "ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_PAID", "ORDERS_CANCELLED", "ORDERS_EDITED",
    "ORDERS_FULFILLED", "ORDERS_PARTIALLY_FULFILLED", "FULFILLMENTS_CREATE", "FULFILLMENTS_UPDATE",
    "FULFILLMENT_ORDERS_PLACED_ON_HOLD", "FULFILLMENT_ORDERS_HOLD_RELEASED",
    "FULFILLMENT_ORDERS_LINE_ITEMS_PREPARED_FOR_PICKUP", "REFUNDS_CREATE",
    "RETURNS_REQUEST", "RETURNS_APPROVE", "RETURNS_DECLINE", "RETURNS_CANCEL", "RETURNS_CLOSE", "RETURNS_REOPEN",
    "RETURNS_UPDATE", "CHECKOUTS_CREATE", "CHECKOUTS_UPDATE",
    "CUSTOMERS_CREATE", "CUSTOMERS_UPDATE", "CUSTOMERS_ENABLE", "CUSTOMERS_DISABLE",
    "CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE", "CUSTOMERS_MARKETING_CONSENT_UPDATE",
    "PRODUCTS_CREATE", "PRODUCTS_UPDATE", "INVENTORY_LEVELS_UPDATE",
)  # fmt: skip
_KNOWN = "query Known { webhookSubscriptions(first: 200) { nodes { topic uri } } }"
_NEW = """mutation Subscribe($topic: WebhookSubscriptionTopic!, $given: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $given) {
    webhookSubscription { id } userErrors { field message } } }"""


def subscribe(connector: Connector, address: str) -> tuple[int, list[str]]:
    """How many are new, and what the shop said of those that it refused. Raises AdapterError."""
    nodes = rows(inner(api.data_of(api.graphql(connector, _KNOWN)), "webhookSubscriptions"), "nodes")
    known = {words(each.get("topic")) for each in nodes if each.get("uri") == address}
    new, wrong = 0, []
    for topic in WANTED:
        if topic in known:
            continue
        try:
            answer = api.graphql(connector, _NEW, {"topic": topic, "given": {"uri": address, "format": "JSON"}})
        except RefusedError as error:
            wrong.append(f"{topic}: {error}")
            continue
        refused = rows(inner(api.data_of(answer), "webhookSubscriptionCreate"), "userErrors")
        wrong += [f"{topic}: {words(each.get('message'))}" for each in refused]
        new += not refused
    return new, wrong
