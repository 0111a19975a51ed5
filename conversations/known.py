"""The shapes in which cards and the panel show what is known of a customer, and how rows become them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.live import on_site
from conversations.models import Medium
from conversations.story_words import get_locale, goods_of, lasted, money
from customers.models import Customer, Profile, Purpose
from customers.models.order import CartStatus, OrderStatus, ReturnStatus

RETURNING = [ReturnStatus.OPENED, ReturnStatus.APPROVED, ReturnStatus.SENT, ReturnStatus.RECEIVED]
TONES = {
    OrderStatus.DELIVERED: "good",
    OrderStatus.COLLECTED: "good",
    OrderStatus.HELD: "warn",
    OrderStatus.READY: "warn",
    OrderStatus.CANCELLED: "bad",
}

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
class Expected:
    """A product that is used up, and when they will need it again, with the purchases that say so."""

    product: str
    at: datetime
    days: int
    because: list[date]


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
            "lifetime": short(money(known.lifetime_value, known.currency)),
            "average": short(money(known.average_order, known.currency)),
            "orders": str(known.orders),
            "returned": f"{round(known.return_rate * 100)}%" if known.return_rate is not None else "",
            "returns": str(known.returns),
        }

    @property
    def risks(self) -> list[str]:
        """Why we may lose them, each rule as a sentence with its figure."""
        known = self.profile
        if known is None or not known.at_risk or not self.sees_purchases:
            return []
        return [sentence for row in known.because if (sentence := _risk(row))]

    @property
    def expected(self) -> list[Expected]:
        """What they will need again, the next first."""
        known = self.profile
        rows = known.next_purchase if known and self.sees_purchases else []
        return [found for row in rows[:3] if (found := _expected(row))]

    @property
    def habits(self) -> list[str]:
        known = self.profile
        if known is None:
            return []
        found = []
        if known.preferred_medium in Medium.values:
            found.append(_("Writes most by %(medium)s") % {"medium": Medium(known.preferred_medium).label})
        if known.preferred_hour is not None:
            found.append(_("most often around %(hour)02d:00, by their own clock") % {"hour": known.preferred_hour})
        if known.days_between_orders and self.sees_purchases:
            days = round(known.days_between_orders)
            found.append(ngettext("orders every %(n)d day", "orders every %(n)d days", days) % {"n": days})
        return found

    @property
    def points(self) -> str:
        return format_decimal(self.loyalty[1] or 0, locale=get_locale())

    @property
    def attributes(self) -> list[tuple[str, object]]:
        known = self.profile.attributes if self.profile and isinstance(self.profile.attributes, dict) else {}
        return [(str(name), value) for name, value in sorted(known.items()) if not isinstance(value, dict | list)]


def purchase(row: Row, returning: set[object]) -> Purchase:
    """Of the columns of an order; `returning`: the orders of which something is on its way back."""
    status = OrderStatus(str(row["status"]))
    parts = row["shipments"] if isinstance(row["shipments"], list) else []
    shipment = parts[-1] if parts and isinstance(parts[-1], Mapping) else {}
    state, tone = str(status.label), TONES.get(status, "")
    if row["id"] in returning:
        state, tone = _("Returning"), "warn"
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


def goods(lines: list[Row]) -> str:
    """ "Wool socks × 3, Fjord cap and 2 more" """
    named = [name for row in lines if isinstance(row, Mapping) and (name := goods_of(row))]
    return ", ".join(named[:2]) + (f" + {len(named) - 2}" if len(named) > 2 else "")


def here_now(browsers: list[str]) -> Here | None:
    """By our tracker's own word, which is exact; other trackers only tell of events."""
    newest = max(on_site.among(browsers), key=lambda each: each.page_at, default=None)
    if newest is None:
        return None
    url = newest.url if newest.url.startswith(("https://", "http://")) else ""
    return Here(newest.title or newest.url, url, lasted(int(timezone.now().timestamp() - newest.page_at)))


def here_by_visit(row: Row) -> Here:
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


def basket(row: Row) -> Basket | None:
    lines = row["lines"] if isinstance(row["lines"], list) else []
    if not lines:
        return None
    total = money(row["total"], str(row["currency"] or ""))
    return Basket(goods(lines), total, str(row["step"] or ""), is_left=row["status"] == CartStatus.LEFT)


def allowed(row: Row) -> Allowed:
    purpose, said_at = str(row["purpose"]), parse_datetime(str(row["said_at"]))
    assert said_at
    label = str(Purpose(purpose).label) if purpose in Purpose.values else purpose
    return Allowed(purpose, label, bool(row["is_granted"]), said_at)


def score_of(properties: object) -> float | None:
    value = properties.get("score", properties.get("rating")) if isinstance(properties, Mapping) else None
    try:
        score = float(str(value))
    except ValueError:
        return None
    return score if 1 <= score <= 5 else None


def short(sum_: str) -> str:
    """Without its cents: figures are for comparing."""
    for cents in (".", ","):
        head, point, tail = sum_.rpartition(cents)
        if point and tail[:2].isdigit() and not tail[2:3].isdigit():
            return head + tail[2:]
    return sum_


def _risk(row: Row) -> str:
    sentences = {
        "silent": _("No order for %(value)s days; up to %(limit)s would be usual"),
        "unhappy": _("The last rating was %(value)s of 5"),
        "returns": _("%(value)s%% of what they bought came back"),
    }
    return sentences[str(row["rule"])] % row if row.get("rule") in sentences else ""


def _expected(row: Row) -> Expected | None:
    at, because = parse_datetime(str(row.get("at"))), row.get("because")
    if at is None or not isinstance(because, list):
        return None
    days = [day for text in because if (day := parse_date(str(text)))]
    return Expected(str(row.get("product") or ""), at, int(str(row.get("days") or 0)), days)
