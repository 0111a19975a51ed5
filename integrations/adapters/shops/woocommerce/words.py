"""WooCommerce's words for the state of an order, and ours.

https://woocommerce.com/document/managing-orders/order-statuses/. Plug-ins add words of their own: the connector's
setting “statuses” translates those, {"shipped": "shipped"}.
"""

from customers.models.order import OrderStatus
from integrations.models import Connector

STATUS = {
    "pending": OrderStatus.PLACED,  # not paid yet
    "processing": OrderStatus.PAID,
    "on-hold": OrderStatus.HELD,
    "completed": OrderStatus.SHIPPED,  # nothing is left to do: it was sent, or handed over
    "cancelled": OrderStatus.CANCELLED,
    "refunded": OrderStatus.REFUNDED,
    "failed": OrderStatus.CANCELLED,  # the payment was refused: nobody will send anything
    "trash": OrderStatus.CANCELLED,
    "ready-for-pickup": OrderStatus.READY,
}
DRAFT = "checkout-draft"  # somebody is filling in the checkout: a cart, not an order yet
UNSEEN = ("auto-draft", "draft", "new")
PICKUP = ("local_pickup", "pickup_location")  # methods of shipping that ship nothing


def order_status(connector: Connector, status: str, *, is_collected: bool) -> str:
    """Raises ValueError for a word that neither the desk nor the connector knows."""
    own = connector.settings.get("statuses")
    known = {**STATUS, **own} if isinstance(own, dict) else STATUS
    ours = known.get(status.removeprefix("wc-"))
    if ours is None:
        raise ValueError(f"“status” is “{status[:40]}”, which the desk does not know: translate it in the settings.")
    return OrderStatus.COLLECTED if is_collected and ours == OrderStatus.SHIPPED else str(ours)
