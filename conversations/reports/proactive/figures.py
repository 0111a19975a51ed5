"""The figures of this report, each with its one definition."""

from django.utils.translation import gettext_lazy as _

from conversations.models.outreach import OccasionKind
from conversations.outreach.definitions import SAYS
from conversations.outreach.goals import LEAST
from conversations.outreach.goals import SAYS as OF_RULES
from conversations.reports.sheets.sheet import Figure, Unit

ON_LIST = {
    kind: Figure(f"list_{kind}", OccasionKind(kind).label, SAYS[OccasionKind(kind)]) for kind in OccasionKind.values
}
CUSTOMERS = Figure("outreach_customers", _("Customers"), _("How many customers these are; one may be there twice."))
WORTH = Figure(
    "outreach_worth",
    _("Worth"),
    _("The carts, the orders or the products together, in the currency that most of them are in."),
    Unit.MONEY,
)
WRITTEN = Figure("outreach_written", _("Written to"), OF_RULES["written"])
HELD = Figure("outreach_held", _("Held out"), OF_RULES["held"])
MET = Figure("outreach_met", _("Goal, written to"), OF_RULES["met"], Unit.SHARE, 1, LEAST)
MET_HELD = Figure("outreach_met_held", _("Goal, held out"), OF_RULES["met_held"], Unit.SHARE, 1, LEAST)
LIFT = Figure("outreach_lift", _("Difference"), OF_RULES["lift"], Unit.SHARE, 1, LEAST)
GIVE = Figure(
    "outreach_give",
    _("Give or take"),
    _("What the difference may lie off by, in 95 of 100 cases. Where it is more than that, there may be none."),
    Unit.SHARE,
    0,
    LEAST,
)
ANSWERED = Figure("outreach_answered", _("Answered"), OF_RULES["answered"], better=1)
REFUSED = Figure("outreach_refused", _("No more of these"), OF_RULES["refused"], better=-1)
COMPLAINED = Figure("outreach_complained", _("Complaints"), OF_RULES["complained"], better=-1)
FAILED = Figure("outreach_failed", _("Not delivered"), OF_RULES["failed"], better=-1)
