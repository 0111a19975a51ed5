"""What crosses the border with integrations about a customer: frozen dataclasses, the same for every shop and tracker.

A fact is a full statement, not a change: hearing it twice, or late, ends in the same rows. `source` is the id of the
Connector it came by (0: an agent wrote it); `handles` say whose it is, as for a message (customers.identify).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from customers.identify import Handle

Json = Mapping[str, object]


@dataclass(frozen=True)
class EventFact:
    """One thing done. `name` is a standard one (customers.event_names) where there is one."""

    source: int
    external_id: str  # the reporter's own name of it: the same twice is one event
    handles: tuple[Handle, ...]
    name: str
    occurred_at: datetime
    properties: Json = field(default_factory=dict)
    context: Json = field(default_factory=dict)


@dataclass(frozen=True)
class TraitsFact:
    """Things known of a person: {"plan": "pro", "city": "Bergen"}."""

    source: int
    external_id: str
    handles: tuple[Handle, ...]
    traits: Json
    said_at: datetime


@dataclass(frozen=True)
class ConsentFact:
    source: int
    handles: tuple[Handle, ...]
    purpose: str  # customers.models.Purpose
    is_granted: bool
    said_at: datetime
    evidence: str = ""


@dataclass(frozen=True)
class LoyaltyFact:
    source: int
    handles: tuple[Handle, ...]
    changed_at: datetime
    tier: str = ""
    points: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Line:
    """Of an order, a return or a cart. `price` is of one piece."""

    name: str
    quantity: int
    price: Decimal
    product_id: str = ""
    sku: str = ""
    variant: str = ""
    image: str = ""
    url: str = ""
    line_id: str = ""  # the shop's own name of the line, where it has one: refunds name it


@dataclass(frozen=True)
class Shipment:
    carrier: str
    number: str
    url: str = ""
    status: str = ""  # in the carrier's or the shop's words
    at: str = ""  # ISO 8601
    promised: str = ""  # ISO 8601: the day by which it is to be there


@dataclass(frozen=True)
class OrderFact:
    source: int
    external_id: str
    number: str
    handles: tuple[Handle, ...]
    status: str  # customers.models.order.OrderStatus
    currency: str
    total: Decimal
    placed_at: datetime
    changed_at: datetime  # the shop's clock: an older fact changes nothing
    lines: tuple[Line, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    refunded: Decimal = Decimal(0)
    place: str = ""
    is_collected: bool = False
    cart_id: str = ""  # the cart it came from, as the shop names it
    url: str = ""


@dataclass(frozen=True)
class ReturnFact:
    source: int
    external_id: str
    handles: tuple[Handle, ...]
    status: str  # customers.models.order.ReturnStatus
    currency: str
    opened_at: datetime
    changed_at: datetime
    number: str = ""
    order_id: str = ""  # external id of the order at the same source
    amount: Decimal = Decimal(0)
    lines: tuple[Line, ...] = ()
    place: str = ""
    reason: str = ""


@dataclass(frozen=True)
class CartFact:
    source: int
    external_id: str
    handles: tuple[Handle, ...]
    changed_at: datetime
    status: str = "open"  # customers.models.order.CartStatus
    step: str = ""
    currency: str = ""
    total: Decimal = Decimal(0)
    lines: tuple[Line, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class ProductFact:
    source: int
    external_id: str
    name: str
    changed_at: datetime
    sku: str = ""
    kind: str = ""
    url: str = ""
    image: str = ""
    currency: str = ""
    price: Decimal | None = None
    is_replenishable: bool = False
    # (place, quantity). A place that is not named stays as it is; without a `name` the fact is of stock alone.
    stock: tuple[tuple[str, int], ...] = ()


Fact = EventFact | TraitsFact | ConsentFact | LoyaltyFact | OrderFact | ReturnFact | CartFact | ProductFact
