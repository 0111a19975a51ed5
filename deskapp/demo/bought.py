"""What the demo's customers bought: orders with their way, returns, and how numbers follow from dates."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from customers.facts import Line, Shipment
from customers.models.order import OrderStatus, ReturnStatus
from deskapp.demo.talk import Person
from integrations.simulators.demo_shop.goods import PRODUCTS

NUMBER_NOW, A_DAY = 48540, 33  # order numbers: HF-48540 is of today, and the shop sells 33 a day
PLACES = ("Kendal", "York", "Oslo Torggata", "Bergen")
CARRIERS = {"no": "Bring", "de": "DHL", "pl": "InPost", "fr": "Colissimo", "ja": "Yamato", "en": "Royal Mail"}
BY_NAME = {product.name: product for product in PRODUCTS}
REPLENISHED = ("otter-socks",)


@dataclass(frozen=True)
class Bought:
    """The purchase that a conversation is about; `days` is how long before its first message it was placed."""

    number: str
    product: str
    size: str
    topic: str
    days: float


@dataclass
class GivenBack:
    number: str
    opened_at: datetime
    status: str = ReturnStatus.OPENED
    changed_at: datetime | None = None
    place: str = ""
    reason: str = ""


@dataclass
class Purchase:
    """One order and its way: each step is a state and when it was reached."""

    person: Person
    number: str
    lines: tuple[Line, ...]
    steps: list[tuple[str, datetime]]
    extra: Decimal = Decimal(0)  # postage
    refunded: Decimal = Decimal(0)
    place: str = ""
    is_collected: bool = False
    back: GivenBack | None = None
    tracking: str = ""
    cart: str = ""

    @property
    def placed_at(self) -> datetime:
        return self.steps[0][1]

    @property
    def status(self) -> str:
        return self.steps[-1][0]

    @property
    def changed_at(self) -> datetime:
        return self.steps[-1][1]

    @property
    def total(self) -> Decimal:
        return sum((line.price * line.quantity for line in self.lines), self.extra)

    @property
    def shipments(self) -> tuple[Shipment, ...]:
        sent = next((at for state, at in self.steps if state == OrderStatus.SHIPPED), None)
        if sent is None:
            return ()
        carrier = CARRIERS.get(self.person.language, "DHL")
        number = self.tracking or f"{carrier[:2].upper()}{self.number[3:]}7{len(self.person.email):02}GB"
        status = "delivered" if self.status == OrderStatus.DELIVERED else "in transit"
        url = f"https://track.example/{carrier.lower().replace(' ', '-')}/{number}"
        return (Shipment(carrier, number, url, status, sent.isoformat()),)


@dataclass
class Numbers:
    """Order numbers that no two orders share."""

    now: datetime
    taken: set[str] = field(default_factory=set)

    def of(self, at: datetime) -> str:
        number = NUMBER_NOW - int((self.now - at) / timedelta(days=1) * A_DAY)
        while f"HF-{number}" in self.taken:
            number -= 1
        self.taken.add(f"HF-{number}")
        return f"HF-{number}"


def line(product: str, size: str, quantity: int = 1, *, pence: int = 0) -> Line:
    """Of the shop's goods by name, or of something it does not sell any more, at this price."""
    known = BY_NAME.get(product)
    price = Decimal(pence or (known.pence if known else 0)) / 100
    if known is None:
        return Line(product, quantity, price, variant=size)
    article = f"{known.slug}:{size}"
    return Line(product, quantity, price, known.slug, sku_of(article), f"{size}, {known.colour}", line_id=article)


def sku_of(article: str) -> str:
    """ "kestrel-trail-jacket:M" is KTJ-M."""
    slug, _, size = article.partition(":")
    return f"{''.join(word[0] for word in slug.split('-'))}-{size}".upper().replace(" ", "")


def sent(placed_at: datetime, *, now: datetime, packed: float = 8, under_way: float = 60) -> list[tuple[str, datetime]]:
    """Placed, paid, shipped and delivered, in hours, as far as that has come by now."""
    steps = [
        (OrderStatus.PLACED, placed_at),
        (OrderStatus.PAID, placed_at + timedelta(minutes=1)),
        (OrderStatus.SHIPPED, placed_at + timedelta(hours=packed)),
        (OrderStatus.DELIVERED, placed_at + timedelta(hours=packed + under_way)),
    ]
    return [(str(state), at) for state, at in steps if at <= now]


def collected(
    placed_at: datetime, *, now: datetime, ready: float = 5, fetched: float = 30
) -> list[tuple[str, datetime]]:
    steps = [
        (OrderStatus.PLACED, placed_at),
        (OrderStatus.PAID, placed_at + timedelta(minutes=1)),
        (OrderStatus.READY, placed_at + timedelta(hours=ready)),
        (OrderStatus.COLLECTED, placed_at + timedelta(hours=fetched)),
    ]
    return [(str(state), at) for state, at in steps if at <= now]
