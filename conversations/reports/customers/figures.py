"""The figures of customers and what they buy, each with its one definition."""

from django.utils.translation import gettext_lazy as _

from conversations.reports.measures import LEAST
from conversations.reports.sheets.sheet import Figure, Unit

ORDERS = Figure(
    "sold",
    _("Orders"),
    _(
        "Orders placed in the period, at all shops, without those that were cancelled. What an erased customer bought "
        "is not counted. Purchases belong to no team: a choice of teams changes nothing here."
    ),
)
BUYERS = Figure(
    "buyers",
    _("Customers who bought"),
    _("Customers with at least one order in the period, each once. Whoever was merged is one."),
)
AGAIN = Figure(
    "again",
    _("Bought again within 90 days"),
    _(
        "Of the orders whose 90 days ended in the period, the share whose customer placed another one within them. So "
        "these orders were placed 90 days before; none is counted before its time is over."
    ),
    Unit.SHARE,
    1,
    LEAST,
)
NEXT = Figure(
    "next",
    _("Days to the next order"),
    _(
        "Of the orders whose 90 days ended in the period and that another one followed, whenever that was: the middle "
        "of the times between the two, to a twentieth."
    ),
    Unit.SECONDS,
    0,
    LEAST,
)
REVENUE = Figure(
    "revenue",
    _("Bought for"),
    _("The sum of the orders placed in the period in this currency, without the cancelled, before any refund."),
    Unit.MONEY,
    1,
)
PER_ORDER = Figure("per_order", _("Per order"), _("Bought for, divided by the number of orders."), Unit.MONEY, 1)
PER_CUSTOMER = Figure(
    "per_customer",
    _("Per customer"),
    _(
        "Bought for, divided by the number of customers who bought so: by this combination of channels and in this "
        "currency. Each is counted once in the period."
    ),
    Unit.MONEY,
    1,
)
ALIKE = Figure(
    "alike",
    _("Customers"),
    _("Customers with at least one order in the period by this combination of channels and in this currency."),
)
RETURNED = Figure(
    "returned",
    _("Returned"),
    _(
        "The share of the orders placed in the period of which something went back or is on its way back; returns that "
        "were refused do not count. One that comes later changes the figure of the day on which it was ordered."
    ),
    Unit.SHARE,
    -1,
    LEAST,
)
BY_POST = Figure(
    "by_post",
    _("Returned by post"),
    _("The share of the orders of which something was sent back. An order may be returned both ways."),
    Unit.SHARE,
    0,
    LEAST,
)
IN_SHOP = Figure(
    "in_shop",
    _("Returned in a shop"),
    _("The share of the orders of which something was handed in at a shop's counter."),
    Unit.SHARE,
    0,
    LEAST,
)
TALKS = Figure(
    "advice",
    _("Talks with nothing on order"),
    _(
        "Conversations, counted each time they began anew, that a customer began while nothing that they had ordered "
        "was under way, and whose 30 days ended in the period. An order is under way until it arrives, is fetched or "
        "cancelled; where the shop does not tell, for 30 days."
    ),
)
IN_14 = Figure(
    "in14",
    _("Bought within 14 days"),
    _("Of those talks, the share after which the customer placed an order within 14 days."),
    Unit.SHARE,
    1,
    LEAST,
)
IN_30 = Figure(
    "in30",
    _("Within 30 days"),
    _("Of those talks, the share after which the customer placed an order within 30 days."),
    Unit.SHARE,
    1,
    LEAST,
)
EARLIER_14 = Figure(
    "earlier14",
    _("Base: within 14 days, otherwise"),
    _(
        "To compare: of the same customers, where we knew them 13 weeks before that talk already, the share who placed "
        "an order within 14 days of the same hour 13 weeks earlier, whether or not they talked to us then."
    ),
    Unit.SHARE,
    0,
    LEAST,
)
EARLIER_30 = Figure(
    "earlier30",
    _("Base: within 30 days, otherwise"),
    _(
        "To compare: of the same customers, where we knew them 13 weeks before that talk already, the share who placed "
        "an order within 30 days of the same hour 13 weeks earlier, whether or not they talked to us then."
    ),
    Unit.SHARE,
    0,
    LEAST,
)
FETCHED = Figure(
    "fetched",
    _("Click and collect"),
    _("Orders of the period that were to be fetched in a shop, without the cancelled."),
)
READY = Figure(
    "ready",
    _("Until it is ready"),
    _("From the order until the shop said that it can be fetched: the middle of all, to a twentieth."),
    Unit.SECONDS,
    -1,
    LEAST,
)
COLLECTED = Figure(
    "collected",
    _("Until it is fetched"),
    _("From the order until the customer had fetched it: the middle of all, to a twentieth."),
    Unit.SECONDS,
    -1,
    LEAST,
)
LATE = Figure(
    "late",
    _("Late"),
    _(
        "Of the orders that were to be sent, the share that was not there on the day that the shop promised. Where it "
        "promised none: that took longer than seven days, or had not been sent after seven."
    ),
    Unit.SHARE,
    -1,
    LEAST,
)
PROBLEMS = Figure(
    "problems",
    _("Orders that led to a talk"),
    _(
        "Orders, the cancelled with them, after which the customer came to talk within 30 days. A talk belongs to "
        "their newest order before it, and is counted once, by what had become of the order when they came or was "
        "done about it within two days: it goes back, money was given back, it was cancelled, had arrived, was on "
        "hold, was late, was under way; the first of these that holds."
    ),
    Unit.COUNT,
    -1,
)
LED = Figure(
    "led",
    _("Led to a talk"),
    _(
        "Of all orders placed in the period, the cancelled with them, the share after which the customer came to talk "
        "within 30 days."
    ),
    Unit.SHARE,
    -1,
    LEAST,
)
SAME = Figure(
    "same",
    _("Bought again"),
    _(
        "Orders of the period with goods that the same customer had bought before: the same product, or another one of "
        "its kind, as the shop's own list names it."
    ),
)
BETWEEN = Figure(
    "between",
    _("Time between"),
    _("From one purchase to the next of the same customer: the middle of all, to a twentieth."),
    Unit.SECONDS,
    0,
    LEAST,
)
DUE = Figure(
    "due",
    _("Customers due"),
    _(
        "Customers who by their own rhythm need something again: a product that is used up and that they bought at "
        "least twice, one middle interval after the last time. As of now, whatever the period is."
    ),
)
