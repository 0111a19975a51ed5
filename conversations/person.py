"""What is known of one customer, for their page and for the panel beside a conversation: one statement reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from conversations.known import (
    RETURNING,
    Facts,
    Ratings,
    allowed,
    basket,
    here_by_visit,
    here_now,
    purchase,
    score_of,
    short,
)
from conversations.sight import customers_seen_by
from conversations.story_words import STILL_THERE, get_locale, money
from customers.models import (
    Cart,
    Category,
    Consent,
    Customer,
    Event,
    Identity,
    Loyalty,
    Membership,
    Order,
    Return,
    Suggestion,
    Visit,
    WishItem,
)
from customers.models.consent import OLDEST_FIRST
from customers.models.identity import Kind
from customers.models.order import CartStatus, ReturnStatus

if TYPE_CHECKING:
    from deskapp.models import User

ORDERS = 3
ANSWERS = 8
BROWSERS = 20
LATELY = timedelta(days=7)  # how long a cart says anything of now


def facts(agent: "User", pk: int) -> Facts | None:
    """None for whom this agent may not see. What they may not know of the customer is not read."""
    of, ids = OuterRef("pk"), {"identity__customer": OuterRef("pk")}
    rows = customers_seen_by(agent).select_related("profile").filter(pk=pk)
    annotations: dict[str, BaseExpression] = {
        "known_consents": ArraySubquery(
            _json(_newest_words(ids), "purpose", "is_granted", "said_at"),
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
        "known_segments": ArraySubquery(  # their conditions may be of purchases
            Membership.objects.filter(customer=OuterRef("pk")).order_by("segment__name").values(
                row=JSONObject(id="segment_id", name="segment__name")
            )[:20]
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
        "known_browsers": ArraySubquery(
            Identity.objects.filter(customer=OuterRef("pk"), kind=Kind.VISITOR).order_by("-last_seen_at")
            .values("value")[:BROWSERS]
        ),
    }  # fmt: skip


def _newest_words(ids: Mapping[str, object]) -> QuerySet[Consent]:
    """Of each purpose what was said last, by any of their identities."""
    return Consent.objects.filter(**ids).order_by("-purpose", *OLDEST_FIRST).reverse().distinct("purpose")


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
        here=here_now(known.get("known_browsers") or []) or (here_by_visit(rows["here"][0]) if rows["here"] else None),
        basket=basket(rows["cart"][0]) if rows["cart"] else None,
        orders=[purchase(row, {each["order"] for each in rows["returns"]}) for row in rows["orders"]],
        order_count=known.get("known_order_count") or 0,
        returns=[{**row, "state": str(ReturnStatus(row["status"]).label)} for row in rows["returns"]],
        wishes=rows["wishes"],
        loyalty=(standing.get("tier") or customer.tier, standing.get("points")),
        consents=[allowed(row) for row in known["known_consents"]],
        segments=known.get("known_segments") or [],
        ratings=Ratings([score for row in reversed(known["known_ratings"]) if (score := score_of(row)) is not None]),
        duplicates=known["as_one"] + known["as_other"],
        sees_purchases=agent.sees_purchases,
    )


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
    lifetime = short(money(profile.lifetime_value, profile.currency)) if profile.orders else ""
    return Listed(customer, handles, profile.orders, lifetime, max(seen, default=None))
