"""What is known of one customer, for their page and for the panel beside a conversation: one statement reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from conversations.sight import customers_seen_by
from conversations.story_words import STILL_THERE, goods_of, lasted, money
from customers.models import (
    Cart,
    Category,
    Consent,
    Customer,
    Event,
    Loyalty,
    Membership,
    Order,
    Profile,
    Purpose,
    Return,
    Suggestion,
    Visit,
    WishItem,
)
from customers.models.order import CartStatus, OrderStatus, ReturnStatus

if TYPE_CHECKING:
    from deskapp.models import User

ORDERS = 3
ANSWERS = 8
RETURNING = [
    ReturnStatus.OPENED, ReturnStatus.APPROVED, ReturnStatus.SENT, ReturnStatus.RECEIVED,
]  # fmt: skip
LATELY = timedelta(days=7)  # how long a cart says anything of now

Row = Mapping[str, object]


@dataclass(frozen=True)
class Purchase:
    """An order as cards show it."""

    pk: int
    number: str
    goods: str
    state: str  # in words
    tone: str  # of the badge: good, warn, bad or ""
    total: str
    carrier: str = ""
    tracking: str = ""
    tracking_url: str = ""


@dataclass(frozen=True)
class Here:
    """On the site at this moment."""

    title: str
    url: str
    lasts: str
    place: str = ""


@dataclass(frozen=True)
class Basket:
    goods: str
    total: str
    step: str
    is_left: bool


@dataclass(frozen=True)
class Allowed:
    purpose: str
    label: str
    is_granted: bool
    said_at: datetime


@dataclass(frozen=True)
class Ratings:
    """Oldest first, 1 to 5, as a small line is drawn of them: `points` in a box of 96 × 24."""

    scores: list[float] = field(default_factory=list)

    @property
    def average(self) -> float:
        return sum(self.scores) / len(self.scores)

    @property
    def points(self) -> list[tuple[float, float]]:
        step = 91 / max(1, len(self.scores) - 1)
        return [(round(2 + step * index, 1), round(24 - 4 * score, 1)) for index, score in enumerate(self.scores)]

    @property
    def path(self) -> str:
        return "M" + " ".join(f"{x} {y}" for x, y in self.points)

    @property
    def low(self) -> tuple[float, float] | None:
        worst = min(range(len(self.scores)), key=self.scores.__getitem__)
        return self.points[worst] if self.scores[worst] <= 2 else None


@dataclass(frozen=True)
class Facts:
    customer: Customer
    profile: Profile | None
    here: Here | None
    basket: Basket | None
    orders: list[Purchase]
    order_count: int
    returns: list[Row]
    wishes: list[Row]
    loyalty: tuple[str, int | None]  # tier, points
    consents: list[Allowed]
    segments: list[Row]
    ratings: Ratings
    duplicates: int  # suggestions that wait for somebody's word
    sees_purchases: bool

    @property
    def value(self) -> dict[str, str]:
        """Figures by name, in the reader's language."""
        known = self.profile
        if known is None or not known.orders or not self.sees_purchases:
            return {}
        return {
            "lifetime": _short(money(known.lifetime_value, known.currency)),
            "average": _short(money(known.average_order, known.currency)),
            "orders": str(known.orders),
            "returned": f"{round(known.return_rate * 100)}%" if known.return_rate is not None else "",
            "returns": str(known.returns),
        }

    @property
    def points(self) -> str:
        return format_decimal(self.loyalty[1] or 0, locale=get_locale())

    @property
    def attributes(self) -> list[tuple[str, object]]:
        known = self.profile.attributes if self.profile and isinstance(self.profile.attributes, dict) else {}
        return [(str(name), value) for name, value in sorted(known.items()) if not isinstance(value, dict | list)]


def facts(agent: "User", pk: int) -> Facts | None:
    """None for whom this agent may not see. What they may not know of the customer is not read."""
    of, ids = OuterRef("pk"), {"identity__customer": OuterRef("pk")}
    rows = customers_seen_by(agent).select_related("profile").filter(pk=pk)
    annotations: dict[str, BaseExpression] = {
        "known_consents": ArraySubquery(
            _json(_newest_words(ids), "purpose", "is_granted", "said_at"),
        ),
        "known_segments": ArraySubquery(
            Membership.objects.filter(customer=of).order_by("segment__name").values(
                row=JSONObject(id="segment_id", name="segment__name")
            )[:20]
        ),
        "known_ratings": ArraySubquery(
            Event.objects.filter(**ids, category=Category.ATTITUDINAL, is_folded=False, name="Survey Answered")
            .order_by("-occurred_at").values("properties")[:ANSWERS]
        ),
        "known_loyalty": ArraySubquery(
            _json(Loyalty.objects.filter(**ids).order_by("-changed_at"), "tier", "points")[:1]
        ),
        "as_one": _count(Suggestion.objects.filter(one=of)),
        "as_other": _count(Suggestion.objects.filter(other=of)),
    }  # fmt: skip
    if agent.sees_purchases:
        annotations |= _purchases(ids)
    if agent.sees_browsing:
        annotations |= _browsing(ids)
    found = rows.annotate(**annotations).first()
    return _facts(agent, found) if found else None


def _purchases(ids: Mapping[str, object]) -> dict[str, BaseExpression]:
    orders = Order.objects.filter(**ids)
    shown = ("id", "number", "status", "currency", "total", "lines", "shipments", "is_collected")
    opened = Return.objects.filter(**ids, status__in=RETURNING).order_by("-opened_at")
    return {
        "known_orders": ArraySubquery(_json(orders.order_by("-placed_at", "-pk"), *shown)[:ORDERS]),
        "known_order_count": _count(orders),
        "known_returns": ArraySubquery(
            opened.values(row=JSONObject(number="number", status="status", order="order_id", of="order__number"))[:5]
        ),
        "known_wishes": ArraySubquery(
            _json(WishItem.objects.filter(**ids).order_by("-added_at"), "name", "url")[:10]
        ),
    }  # fmt: skip


def _browsing(ids: Mapping[str, object]) -> dict[str, BaseExpression]:
    now = timezone.now()
    here = Visit.objects.filter(**ids, ended_at__gte=now - STILL_THERE).order_by("-ended_at")
    carts = Cart.objects.filter(**ids, changed_at__gte=now - LATELY).exclude(status=CartStatus.ORDERED)
    shown = ("lines", "total", "currency", "step", "status")
    return {
        "known_here": ArraySubquery(_json(here, "page", "started_at", "context")[:1]),
        "known_cart": ArraySubquery(_json(carts.order_by("-changed_at"), *shown)[:1]),
    }


def _newest_words(ids: Mapping[str, object]) -> QuerySet[Consent]:
    """Of each purpose what was said last, by any of their identities."""
    return Consent.objects.filter(**ids).order_by("purpose", "-said_at", "-pk").distinct("purpose")


def _json(rows: QuerySet, *names: str) -> QuerySet:
    return rows.values(row=JSONObject(**{name: name for name in names}))


def _count(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(one_group=Value(1)).values("one_group").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _facts(agent: "User", customer: Customer) -> Facts:
    known = vars(customer)  # the annotations, which the model's type does not name
    rows = {name: known.get(f"known_{name}") or [] for name in ("orders", "returns", "wishes", "here", "cart")}
    standing = known["known_loyalty"][0] if known["known_loyalty"] else {}
    profile = getattr(customer, "profile", None)
    return Facts(
        customer=customer,
        profile=profile,
        here=_here(rows["here"][0]) if rows["here"] else None,
        basket=_basket(rows["cart"][0]) if rows["cart"] else None,
        orders=[purchase(row, {each["order"] for each in rows["returns"]}) for row in rows["orders"]],
        order_count=known.get("known_order_count") or 0,
        returns=[{**row, "state": str(ReturnStatus(row["status"]).label)} for row in rows["returns"]],
        wishes=rows["wishes"],
        loyalty=(standing.get("tier") or customer.tier, standing.get("points")),
        consents=[_allowed(row) for row in known["known_consents"]],
        segments=known["known_segments"],
        ratings=Ratings([score for row in reversed(known["known_ratings"]) if (score := _score(row)) is not None]),
        duplicates=known["as_one"] + known["as_other"],
        sees_purchases=agent.sees_purchases,
    )


def purchase(row: Row, returning: set[object]) -> Purchase:
    """Of the columns of an order; `returning`: the orders of which something is on its way back."""
    status = OrderStatus(str(row["status"]))
    parts = row["shipments"] if isinstance(row["shipments"], list) else []
    shipment = parts[-1] if parts and isinstance(parts[-1], Mapping) else {}
    state, tone = str(status.label), TONES.get(status, "")
    if row["id"] in returning:
        state, tone = _returning(), "warn"
    lines = row["lines"] if isinstance(row["lines"], list) else []
    url = str(shipment.get("url") or "")
    return Purchase(
        pk=int(str(row["id"])),
        number=str(row["number"]),
        goods=goods(lines),
        state=state,
        tone=tone,
        total=money(row["total"], str(row["currency"])),
        carrier=str(shipment.get("carrier") or ""),
        tracking=str(shipment.get("number") or ""),
        tracking_url=url if url.startswith(("https://", "http://")) else "",
    )


TONES = {
    OrderStatus.DELIVERED: "good",
    OrderStatus.COLLECTED: "good",
    OrderStatus.HELD: "warn",
    OrderStatus.READY: "warn",
    OrderStatus.CANCELLED: "bad",
}


def _returning() -> str:
    from django.utils.translation import gettext

    return gettext("Returning")


def goods(lines: list[Row]) -> str:
    """ "Wool socks × 3, Fjord cap and 2 more" """
    named = [name for row in lines if isinstance(row, Mapping) and (name := goods_of(row))]
    return ", ".join(named[:2]) + (f" + {len(named) - 2}" if len(named) > 2 else "")


def _here(row: Row) -> Here:
    page = row["page"] if isinstance(row["page"], Mapping) else {}
    context = row["context"] if isinstance(row["context"], Mapping) else {}
    since = parse_datetime(str(page.get("since") or row["started_at"]))
    url = str(page.get("url") or "")
    return Here(
        title=str(page.get("title") or url),
        url=url if url.startswith(("https://", "http://")) else "",
        lasts=lasted(int((timezone.now() - since).total_seconds())) if since else "",
        place=str(context.get("place") or ""),
    )


def _basket(row: Row) -> Basket | None:
    lines = row["lines"] if isinstance(row["lines"], list) else []
    if not lines:
        return None
    total = money(row["total"], str(row["currency"] or ""))
    return Basket(goods(lines), total, str(row["step"] or ""), is_left=row["status"] == CartStatus.LEFT)


def _allowed(row: Row) -> Allowed:
    purpose, said_at = str(row["purpose"]), parse_datetime(str(row["said_at"]))
    assert said_at
    label = str(Purpose(purpose).label) if purpose in Purpose.values else purpose
    return Allowed(purpose, label, bool(row["is_granted"]), said_at)


def _score(properties: object) -> float | None:
    value = properties.get("score", properties.get("rating")) if isinstance(properties, Mapping) else None
    try:
        score = float(str(value))
    except ValueError:
        return None
    return score if 1 <= score <= 5 else None


def _short(sum_: str) -> str:
    """Without its cents: figures are for comparing."""
    for cents in (".", ","):
        head, point, tail = sum_.rpartition(cents)
        if point and tail[:2].isdigit() and not tail[2:3].isdigit():
            return head + tail[2:]
    return sum_


def local_time(customer: Customer) -> datetime | None:
    try:
        return timezone.now().astimezone(ZoneInfo(customer.timezone)) if customer.timezone else None
    except (KeyError, ValueError):
        return None


def language_name(code: str) -> str:
    """ "Norwegian" of "no", in the reader's language."""
    try:
        return Locale.parse(code.replace("-", "_")).get_language_name(str(get_locale())) or code
    except (UnknownLocaleError, ValueError):
        return code


def get_locale() -> Locale:
    """Babel's word for the reader's language."""
    try:
        return Locale.parse((get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@dataclass(frozen=True)
class Listed:
    """A customer as the list of customers shows them."""

    customer: Customer
    handles: list[str]
    orders: int | None = None  # None for who may not know
    lifetime: str = ""
    seen_at: datetime | None = None


def row_of(agent: "User", customer: Customer) -> Listed:
    known = sorted(customer.identities.all(), key=lambda identity: identity.rank)
    profile = getattr(customer, "profile", None)
    seen = [identity.last_seen_at for identity in known]
    handles = [identity.label for identity in known if identity.kind != "visitor"][:2]
    if profile is None or not agent.sees_purchases:
        return Listed(customer, handles, seen_at=max(seen, default=None))
    lifetime = _short(money(profile.lifetime_value, profile.currency)) if profile.orders else ""
    return Listed(customer, handles, profile.orders, lifetime, max(seen, default=None))
