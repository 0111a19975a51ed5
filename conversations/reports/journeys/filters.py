"""What journeys can be narrowed to: a tier, a segment, an outcome; and how far the drawing reaches."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from conversations.models import Journey
from conversations.models.journey import JourneyOutcome
from conversations.reports.journeys.counting import OPEN
from conversations.reports.sheets.finding import of_asked
from conversations.reports.sheets.sheet import Asked, Filter
from customers.models import Customer, Loyalty, Segment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User

KNOWN_FOR = 300  # seconds
MOST = 50
OF_PURCHASES = frozenset({"refunded", "cancelled", "returned", "bought", "kept"})  # outcomes
FAR, NEAR = 5, 3  # places on one side that are drawn, or on each


def tiers() -> Iterable[tuple[str, "StrOrPromise"]]:
    """Those that customers have, by their shop's word or an agent's."""
    return [(name, name) for name in cache.get_or_set("journey-tiers", _tiers, KNOWN_FOR) or []]


def _tiers() -> list[str]:
    found = set(Loyalty.objects.exclude(tier="").order_by("tier").values_list("tier", flat=True).distinct()[:MOST])
    found.update(Customer.objects.exclude(tier="").order_by("tier").values_list("tier", flat=True).distinct()[:MOST])
    return sorted(name[:40] for name in found)


def _segments() -> Iterable[tuple[str, "StrOrPromise"]]:
    return [(str(pk), name) for pk, name in Segment.objects.order_by("name").values_list("pk", "name")]


def _outcomes() -> Iterable[tuple[str, "StrOrPromise"]]:
    return [(each.value or OPEN, each.label) for each in JourneyOutcome]


def _sees_purchases(agent: "User", _value: str) -> bool:
    """A tier, as most segments, follows from what somebody bought."""
    return agent.may("purchases.see")


def may_ask_for(agent: "User", outcome: str) -> bool:
    return outcome not in OF_PURCHASES or agent.may("purchases.see")


TIER = Filter("tier", _("Tier"), tiers, is_for=_sees_purchases)
FILTERS = (
    TIER,
    Filter("segment", _("Segment"), _segments, is_for=_sees_purchases),
    Filter("outcome", _("What came of it"), _outcomes, is_for=may_ask_for),
    Filter(
        "far",
        _("Places drawn"),
        lambda: [("before", _("five before")), ("after", _("five after"))],
        blank=_("three on each side"),
    ),
)


def wanted(asked: Asked, prefix: str = "") -> Q:
    """The same as conditions on rows: of journeys, or of what hangs on them by `prefix`."""
    only = asked.only
    found = Q(at__gte=asked.begins, at__lt=asked.ends) & of_asked(asked, f"{prefix}episode__")
    if only.get("tier"):
        found &= Q(**{f"{prefix}episode__tier": only["tier"]})
    if only.get("segment"):
        found &= Q(**{f"{prefix}segments__contains": [int(only["segment"])]})
    if only.get("outcome"):
        found &= Q(**{f"{prefix}outcome": "" if only["outcome"] == OPEN else only["outcome"]})
    return found


def reach(asked: Asked) -> tuple[int, int]:
    """The first column that is drawn, and the last; eleven at once nobody could read."""
    return {"before": (-FAR, 0), "after": (0, FAR)}.get(asked.only.get("far", ""), (-NEAR, NEAR))


def of_moves(asked: Asked) -> Q:
    return wanted(asked, "journey__")


def rows(asked: Asked) -> QuerySet[Journey]:
    return Journey.objects.filter(wanted(asked)).select_related("episode__conversation__customer")
