"""What came of a rule: who reached its goal within the days, of those written to and of those held out, read from what
happened since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.history import NOT_SAID
from conversations.models import Conversation, Message, OutreachRecord, SurveyResponse
from conversations.models.message import FROM_THEM
from conversations.models.outreach import Goal
from conversations.outreach.links import MARKETING
from conversations.outreach.ways import MARKETING as OF_MARKETING
from conversations.reports.measures import Z
from conversations.reports.satisfaction import BAD
from conversations.routing.candidates import ANGRY
from customers.models import Consent, Order, Purpose
from customers.models.order import OrderStatus

LEAST = 20  # in each group, for a share or a difference to be shown


# Whether an order's lines hold the product “source:product”.
_HAS_PRODUCT = Func(
    F("lines"),
    F("source"),
    OuterRef("product"),
    template=(
        "coalesce((select bool_or(left(given.source || ':' || (line->>'product_id'), 160) = given.product)"
        " from (values (%(expressions)s)) given (lines, source, product),"
        " jsonb_array_elements(given.lines) line), false)"
    ),
    output_field=BooleanField(),
)


def _in_time(field: str) -> Q:
    """After it, and before the days are over."""
    return Q(**{f"{field}__gt": OuterRef("at"), f"{field}__lte": OuterRef("until")})


_ORDERS = Order.objects.filter(_in_time("placed_at"), identity__customer=OuterRef("customer")).exclude(
    status=OrderStatus.CANCELLED
)
BOUGHT = Exists(_ORDERS)
AGAIN = Exists(_ORDERS.filter(_HAS_PRODUCT))
WROTE = Exists(Message.objects.filter(FROM_THEM, _in_time("created_at"), conversation__customer=OuterRef("customer")))
_UNHAPPY = SurveyResponse.objects.filter(BAD, _in_time("answered_at"), ask__customer=OuterRef("customer"))
_ANGRY = Conversation.objects.filter(
    _in_time("last_inbound_at"), customer=OuterRef("customer"), is_spam=False, mood__lte=ANGRY
)
COMPLAINED = Q(Exists(_UNHAPPY)) | Q(Exists(_ANGRY))
_NO = Consent.objects.filter(_in_time("said_at"), identity__customer=OuterRef("customer"), is_granted=False)
REFUSED = Q(rule__kind__in=OF_MARKETING) & Q(Exists(_NO.filter(purpose__in=[*MARKETING, Purpose.ANY_MESSAGE])))
REFUSED |= ~Q(rule__kind__in=OF_MARKETING) & Q(Exists(_NO.filter(purpose__in=[Purpose.NEWS, Purpose.ANY_MESSAGE])))
MET = (
    Q(Q(goal=Goal.BOUGHT) & Q(BOUGHT))
    | Q(Q(goal=Goal.REORDERED) & Q(AGAIN))
    | Q(Q(goal=Goal.WROTE) & Q(WROTE))
    | Q(Q(goal=Goal.CALM) & ~COMPLAINED)
)
WHAT: Mapping[str, Q] = {
    "written": Q(is_held_out=False),
    "held": Q(is_held_out=True),
    "met": Q(is_held_out=False) & MET,
    "met_held": Q(is_held_out=True) & MET,
    "answered": Q(is_held_out=False) & Q(WROTE),
    "refused": Q(is_held_out=False) & REFUSED,
    "complained": Q(is_held_out=False) & COMPLAINED,
    "failed": Q(message__delivery__status__in=NOT_SAID),
}
_OF_THE_OVER = ("met", "met_held")  # only those whose days are over can be compared

SAYS = {
    "written": _("Customers to whom the rule has written."),
    "held": _(
        "Customers whom the rule would have written to at that moment, and did not: drawn by chance, the same ones"
        " always. They show what happens by itself."
    ),
    "met": _("Of those written to whose days are over, how many reached the rule's goal within the days."),
    "met_held": _("The same of those held out."),
    "lift": _(
        "The share of those written to that reached the goal, less that of those held out. What it may lie off by, in"
        " 95 of 100 cases, stands beside it (Agresti and Caffo); where that is more than the difference, there may be"
        " none."
    ),
    "answered": _("Of those written to, how many wrote or rang within the days."),
    "refused": _("Of those written to, how many said within the days that they want no more such messages."),
    "complained": _(
        "Of those written to, how many gave a low score within the days, or wrote so that they were taken as angry."
    ),
    "failed": _("Messages that could not be delivered, or were taken back because it was over."),
}


@dataclass(frozen=True)
class Result:
    """Of one rule in a stretch. `over`, `over_held`: of whom the days are over."""

    rule: int
    written: int = 0
    held: int = 0
    over: int = 0
    over_held: int = 0
    met: int = 0
    met_held: int = 0
    answered: int = 0
    refused: int = 0
    complained: int = 0
    failed: int = 0

    @property
    def lift(self) -> float | None:
        if not self.over or not self.over_held:
            return None
        return self.met / self.over - self.met_held / self.over_held

    @property
    def give(self) -> float | None:
        """Half of what the difference may lie off by: with a success and a failure more in each group, as Agresti and
        Caffo (2000) found to hold for few, too."""
        if not self.over or not self.over_held:
            return None
        parts = ((self.met, self.over), (self.met_held, self.over_held))
        return Z * sqrt(sum(_variance((met + 1) / (of + 2), of + 2) for met, of in parts))

    @property
    def fewest(self) -> int:
        return min(self.over, self.over_held)


def _variance(share: float, of: int) -> float:
    return share * (1 - share) / of


def records(begins: datetime, ends: datetime) -> QuerySet[OutreachRecord]:
    return OutreachRecord.objects.filter(at__gte=begins, at__lt=ends)


def behind(rows: QuerySet[OutreachRecord], what: str, now: datetime | None = None) -> QuerySet[OutreachRecord]:
    """The rows of a number of `results`: as many as that says."""
    found = rows.filter(WHAT[what])
    return found.filter(until__lte=now or timezone.now()) if what in _OF_THE_OVER else found


def results(rows: QuerySet[OutreachRecord], now: datetime | None = None) -> dict[int, Result]:
    """By rule. One statement, by the same words as `behind`."""
    over = Q(until__lte=now or timezone.now())
    counted = {
        name: Count("pk", filter=where & over if name in _OF_THE_OVER else where) for name, where in WHAT.items()
    }
    counted["over"] = Count("pk", filter=over & Q(is_held_out=False))
    counted["over_held"] = Count("pk", filter=over & Q(is_held_out=True))
    found = rows.order_by().values("rule").annotate(**counted)
    return {row["rule"]: Result(**row) for row in found}
