"""The items that our own order webhook takes, checked as written here; docs/shops.schema.json is made of this."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

OrderState = Literal[
    "placed", "paid", "held", "partly", "shipped", "delivered", "ready", "collected", "cancelled", "refunded"
]
ReturnState = Literal["opened", "approved", "sent", "received", "refunded", "refused", "closed"]
Sum = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=3)]
Id = Annotated[str, Field(min_length=1, max_length=120)]
MOST_WORDS = 5


class Buyer(BaseModel):
    """At least one of account, email, phone, visitor or loyalty."""

    account: Annotated[str, Field(max_length=200, description="whose they were signed in to; none for a guest")] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=320)] = ""
    email_confirmed: Annotated[bool, Field(description="the shop has had the account's address confirmed")] = False
    phone: Annotated[str, Field(max_length=40, description="E.164")] = ""
    visitor: Annotated[str, Field(max_length=100, description="the browser, as the tracker names it")] = ""
    loyalty: Annotated[str, Field(max_length=100, description="the number on their loyalty card")] = ""
    loyalty_confirmed: Annotated[bool, Field(description="the shop knows that the card is the account's")] = False


class Line(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=300)]
    quantity: Annotated[int, Field(ge=0, le=1_000_000)] = 1
    price: Annotated[Sum, Field(description="of one piece")] = Decimal(0)
    product_id: str = ""
    sku: str = ""
    variant: str = ""
    image: str = ""
    url: str = ""
    line_id: str = ""


class Shipment(BaseModel):
    carrier: str = ""
    number: str = ""
    url: str = ""
    status: str = ""
    at: str = ""
    promised: Annotated[str, Field(description="ISO 8601: the day by which it is to be there")] = ""


class Order(BaseModel):
    kind: Literal["order"]
    id: Id
    number: Annotated[str, Field(max_length=80, description="as the buyer knows it; the id where there is none")] = ""
    status: OrderState = "placed"
    currency: Annotated[str, Field(description="ISO 4217")]
    total: Sum
    refunded: Sum = Decimal(0)
    placed_at: AwareDatetime
    changed_at: Annotated[AwareDatetime, Field(description="your clock; of two statements the newer stands")]
    buyer: Buyer
    lines: Annotated[list[Line], Field(max_length=500)] = []
    shipments: Annotated[list[Shipment], Field(max_length=50)] = []
    place: Annotated[str, Field(max_length=120, description="the shop it was bought or is collected in")] = ""
    collected: Annotated[bool, Field(description="click and collect")] = False
    cart_id: Annotated[str, Field(max_length=120)] = ""
    url: str = ""


class Return(BaseModel):
    kind: Literal["return"]
    id: Id
    order_id: Annotated[str, Field(max_length=120)] = ""
    number: Annotated[str, Field(max_length=80)] = ""
    status: ReturnState = "opened"
    currency: str
    amount: Sum = Decimal(0)
    opened_at: AwareDatetime
    changed_at: AwareDatetime
    buyer: Buyer
    lines: Annotated[list[Line], Field(max_length=500)] = []
    place: Annotated[str, Field(max_length=120, description="the counter it was handed in at")] = ""
    reason: Annotated[str, Field(max_length=400)] = ""


class Cart(BaseModel):
    kind: Literal["cart"]
    id: Id
    status: Literal["open", "left", "ordered"] = "open"
    step: Annotated[str, Field(max_length=80)] = ""
    currency: str = ""
    total: Sum = Decimal(0)
    changed_at: AwareDatetime
    buyer: Buyer
    lines: Annotated[list[Line], Field(max_length=500)] = []
    url: str = ""


class Product(BaseModel):
    kind: Literal["product"]
    id: Id
    name: Annotated[str, Field(max_length=300, description="without it the item is of stock alone")] = ""
    sku: Annotated[str, Field(max_length=120)] = ""
    type: Annotated[str, Field(max_length=120)] = ""
    url: str = ""
    image: str = ""
    currency: str = ""
    price: Sum | None = None
    replenishable: Annotated[bool, Field(description="bought again when it is used up")] = False
    stock: Annotated[dict[str, int], Field(max_length=1000, description="pieces by place")] = {}
    changed_at: AwareDatetime


class Loyalty(BaseModel):
    kind: Literal["loyalty"]
    buyer: Buyer
    tier: Annotated[str, Field(max_length=40)] = ""
    points: Annotated[int, Field(gt=-(2**31), lt=2**31)] | None = None
    since: AwareDatetime | None = None
    changed_at: AwareDatetime


class Customer(BaseModel):
    kind: Literal["customer"]
    buyer: Buyer
    traits: Annotated[dict[str, str | int | Decimal | bool], Field(max_length=100)] = {}
    consent: Annotated[dict[str, bool], Field(description="by purpose: email, sms, messaging, analytics …")] = {}
    evidence: Annotated[str, Field(max_length=400, description="how you know of the consent")] = ""
    changed_at: AwareDatetime


Item = Annotated[Order | Return | Cart | Product | Loyalty | Customer, Field(discriminator="kind")]
ITEM: TypeAdapter[Order | Return | Cart | Product | Loyalty | Customer] = TypeAdapter(Item)


def read(found: object) -> Order | Return | Cart | Product | Loyalty | Customer:
    """Raises ValueError that names the fields and says what is wrong with each."""
    try:
        return ITEM.validate_python(found)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}".lstrip(": ") for each in error.errors()]
        raise ValueError("; ".join(wrong[:MOST_WORDS])) from None


def schema() -> dict[str, object]:
    """As JSON Schema."""
    return ITEM.json_schema()
