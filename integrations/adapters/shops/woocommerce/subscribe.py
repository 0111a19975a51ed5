"""Has a WooCommerce shop send its webhooks here: one for each topic that is not there yet."""

from integrations.adapters.reading import rows, words
from integrations.adapters.shops.calling import RefusedError
from integrations.adapters.shops.woocommerce import api
from integrations.models import Connector

WANTED = (
    "order.created", "order.updated", "order.deleted", "order.restored", "customer.created", "customer.updated",
    "product.created", "product.updated",
)  # fmt: skip


def subscribe(connector: Connector, address: str) -> tuple[int, list[str]]:
    """How many are new, and what the shop said of those that it refused. Raises AdapterError. One that the shop has
    paused after five failures is woken."""
    listed = rows({"all": api.rest(connector, "webhooks", {"per_page": "100", "status": "all"}).json}, "all")
    known = {words(each.get("topic")): each for each in listed if each.get("delivery_url") == address}
    new, wrong = 0, []
    for topic in WANTED:
        found = known.get(topic)
        try:
            if found is None:
                _make(connector, topic, address)
                new += 1
            elif found.get("status") != "active":
                api.rest(connector, f"webhooks/{found['id']}", method="PUT", json={"status": "active"})
        except RefusedError as error:
            wrong.append(f"{topic}: {error}")
    return new, wrong


def _make(connector: Connector, topic: str, address: str) -> None:
    given: dict[str, object] = {
        "name": f"Throughline: {topic}",
        "topic": topic,
        "delivery_url": address,
        "secret": connector.secrets["signing_secret"],
        "status": "active",
    }
    api.rest(connector, "webhooks", method="POST", json=given)
