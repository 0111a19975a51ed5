"""Who of a list is meant: by value, tier, segment, language and time. The same for a page, an export and a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import Occasion
from conversations.outreach.definitions import SIGNALS
from conversations.outreach.shown import SIGNAL_NAMES
from conversations.person import language_name
from conversations.typed import whole_number
from customers.models import Membership, Segment

MOST_DAYS = 400


@dataclass(frozen=True)
class Filters:
    """The schema of OutreachRule.filters, and of a report's link: as texts. "" and None are all."""

    value: Decimal | None = None  # at least
    tier: str = ""
    segment: int | None = None
    language: str = ""
    since: int | None = None  # days
    signal: str = ""  # of customers at risk

    def kept(self) -> dict[str, str]:
        told = {
            "value": "" if self.value is None else f"{self.value:f}",
            "tier": self.tier,
            "segment": "" if self.segment is None else str(self.segment),
            "language": self.language,
            "since": "" if self.since is None else str(self.since),
            "signal": self.signal,
        }
        return {name: text for name, text in told.items() if text}


def filters_of(kept: Mapping[str, object]) -> Filters:
    """What means nothing is left out."""
    text = {name: str(value).replace("\x00", "").strip() for name, value in kept.items()}
    signal = text.get("signal", "")
    return Filters(
        _sum(text.get("value", "")),
        text.get("tier", "")[:40],
        _number(text.get("segment", ""), 2**62),
        text.get("language", "")[:12],
        _number(text.get("since", ""), MOST_DAYS),
        signal if signal in SIGNALS else "",
    )


def of_form(given: Mapping[str, object]) -> dict[str, str]:
    """As a rule keeps them. In its form, “language” is that of its words: whom it means is under “spoken”."""
    return filters_of({("language" if name == "spoken" else name): value or "" for name, value in given.items()}).kept()


def in_form(kept: Mapping[str, str]) -> dict[str, str]:
    """The other way round."""
    return {("spoken" if name == "language" else name): value for name, value in kept.items() if value}


def narrowed(rows: QuerySet[Occasion], filters: Filters) -> QuerySet[Occasion]:
    if filters.value is not None:
        rows = rows.filter(value__gte=filters.value)
    if filters.tier:
        rows = rows.filter(Q(customer__tier__iexact=filters.tier) | Q(customer__profile__tier__iexact=filters.tier))
    if filters.segment is not None:
        rows = rows.filter(customer__in=Membership.objects.filter(segment=filters.segment).values("customer"))
    if filters.language:
        spoken = Q(customer__language__iexact=filters.language)
        rows = rows.filter(spoken | Q(customer__language__istartswith=f"{filters.language}-"))
    if filters.since is not None:
        rows = rows.filter(at__gte=timezone.now() - timedelta(days=filters.since))
    if filters.signal:
        rows = rows.filter(about__signals__contains=[{"signal": filters.signal}])
    return rows


def said(filters: Filters) -> list[str]:
    """For a rule's line: "worth at least 50", "Gold", "in the last 7 days"."""
    found = []
    if filters.value is not None:
        found.append(_("worth at least %s") % f"{filters.value:f}")
    if filters.tier:
        found.append(filters.tier)
    if filters.segment is not None:
        name = Segment.objects.filter(pk=filters.segment).values_list("name", flat=True).first()
        found.append(_("in “%s”") % (name or filters.segment))
    if filters.language:
        found.append(language_name(filters.language))
    if filters.since is not None:
        found.append(_("of the last %d days") % filters.since)
    if filters.signal:
        found.append(str(SIGNAL_NAMES[filters.signal]))
    return found


def _sum(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < 10**11 else None


def _number(text: str, most: int) -> int | None:
    number = whole_number(text)
    return number if number and number <= most else None
