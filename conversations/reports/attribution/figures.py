"""The figures of attribution: what is shared out, and how each model does it."""

from django.utils.translation import gettext_lazy as _

from conversations.reports.measures import LEAST
from conversations.reports.sheets.sheet import Figure, Unit

RESOLVED = Figure(
    "resolved",
    _("Resolved sales"),
    _(
        "Orders placed in the period that were paid for and not cancelled. What comes later counts on the day of the "
        "order: one that is cancelled goes, and refunds are taken off."
    ),
)
NET = Figure(
    "net",
    _("Paid"),
    _("The sum of the resolved sales in this currency, without what was refunded."),
    Unit.MONEY,
    1,
)
UNTOUCHED = Figure(
    "untouched",
    _("Unattributed"),
    _(
        "The share of the resolved sales for which nothing is known that led to them: in the 30 days before, no visit "
        "with campaign parameters or from another site, and no talk with us. A visit that came by typing the address "
        "or by a bookmark is nobody's doing."
    ),
    Unit.SHARE,
    -1,
    LEAST,
)
TOUCHED = Figure(
    "touched",
    _("Sales touched"),
    _(
        "Resolved sales with at least one such touch in the 30 days before them: a visit that campaign parameters "
        "(utm_source, utm_medium, utm_campaign) came with or, without them, one from another site; a conversation that "
        "the customer began, or that we began. A sale with several touches stands in several rows, in each once."
    ),
)
FIRST = Figure("first", _("First"), _("The oldest touch of the 30 days before a sale gets the whole of it."))
LAST = Figure("last", _("Last"), _("The newest touch before a sale gets the whole of it."))
LINEAR = Figure("linear", _("Linear"), _("Every touch of the 30 days before a sale gets the same part of it."))
POSITION = Figure(
    "position",
    _("By position"),
    _(
        "The first and the last touch of the 30 days before a sale get 40 % of it each, those between share 20 %; of "
        "two each gets a half, and one alone gets all."
    ),
)
DECAY = Figure(
    "decay",
    _("Time decay"),
    _(
        "Every touch of the 30 days before a sale gets a part of it: one that is seven days older than another gets "
        "half as much."
    ),
)
CREDITS = {"first": FIRST, "last": LAST, "linear": LINEAR, "position": POSITION, "decay": DECAY}
WORTH = {name: Figure(f"{name}_worth", figure.label, figure.says, Unit.MONEY, 1) for name, figure in CREDITS.items()}
