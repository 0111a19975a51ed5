"""The figures of journeys and of friction, each with its one definition."""

from django.utils.translation import gettext_lazy as _

from conversations.reports.measures import LEAST
from conversations.reports.sheets.sheet import Figure, Unit

JOURNEYS = Figure(
    "journeys",
    _("Journeys"),
    _(
        "Episodes that a customer began, each with the places they were at before and after: up to five in the thirty "
        "days before it, and up to five in the fourteen days after it ended. Staying at a place counts once. Counted "
        "when the episode began; spam, and what was merged into another, is none."
    ),
)
AT_PLACE = Figure(
    "at_place",
    _("Journeys here"),
    _(
        "How many journeys were at this place that many places before or after the contact; of a contact that began "
        "at one place and ended at another, both are named. The site is a visit of any length; talks with us at other "
        "times are places, too."
    ),
)
WENT = Figure("went", _("Went on"), _("How often a journey went from the one place straight to the other."))
SILENT = Figure(
    "silent",
    _("Went silent"),
    _(
        "Of the journeys whose fourteen days are over, the share after which nothing came: they did not come back "
        "with the same, bought nothing, sent nothing back, cancelled nothing, were not refunded, and had bought "
        "nothing in the thirty days before."
    ),
    Unit.SHARE,
    -1,
    LEAST,
)
BACK = Figure(
    "back",
    _("Came back with the same"),
    _(
        "Of the journeys whose fourteen days are over, the share whose customer opened the same conversation again "
        "within them, or began another one with the same topic."
    ),
    Unit.SHARE,
    -1,
    LEAST,
)
BOUGHT = Figure(
    "bought",
    _("Bought again"),
    _(
        "Of the journeys whose fourteen days are over, the share whose customer ordered something after they had "
        "begun, and did not come back with the same, cancel, send back, or get a refund."
    ),
    Unit.SHARE,
    1,
    LEAST,
)
LASTED = Figure(
    "lasted",
    _("From first to last place"),
    _("From when they came to the first place of the journey until they came to its last: the median, to a twentieth."),
    Unit.SECONDS,
)
BETWEEN = Figure(
    "between",
    _("Time between"),
    _("From leaving one place until coming to the next: the median, to a twentieth."),
    Unit.SECONDS,
)
CONTENT = Figure(
    "content",
    _("CSAT, content or better"),
    _("Of those who answered from 1 to 5 about the journey’s conversation, the share who said 4 or 5."),
    Unit.SHARE,
    1,
    LEAST,
)
DROPPED = Figure(
    "dropped",
    _("Dropped off"),
    _("Journeys that went silent, by the last place they were at; their fourteen days are over."),
    better=-1,
)
DROPPED_SHARE = Figure(
    "dropped_share",
    _("Of all silent ones"),
    _("Of all journeys that went silent, the share at this place."),
    Unit.SHARE,
)
OUTCOMES = Figure(
    "outcomes",
    _("Came of it"),
    _(
        "What came of the journeys whose fourteen days are over; of several, the first of: came back with the same, "
        "refunded, cancelled, sent something back, bought again, kept what they had bought, nothing more."
    ),
)

FRICTIONS = Figure(
    "frictions",
    _("How often"),
    _(
        "Journeys in which this was found; one may have several kinds. Waited long: the first answer of a person took "
        "over three times the usual wait, and more than five minutes, while the desk was open; usual is the median of "
        "that medium in the month before. Left the checkout: a checkout begun or left in the 24 hours before, and no "
        "order since. Channels to and fro: they wrote on one, then on another, then on the first again. Refused or "
        "failed: by the bot, or by the shop when an agent tried."
    ),
    better=-1,
)
EXTRA = Figure(
    "extra",
    _("Extra work, each"),
    _(
        "Minutes of agents’ work in an episode with it, on average, less those in one without it. Work is the time in "
        "which an agent had the conversation in front of them."
    ),
    Unit.SECONDS,
    -1,
    LEAST,
)
HARM = Figure(
    "harm",
    _("Harm"),
    _(
        "By this the list is sorted: how often, times what each costs. A cost is the extra minutes of work, and never "
        "less than one minute, since each was a bother to somebody; it is added up as time."
    ),
    Unit.SECONDS,
    -1,
)
REST = Figure(
    "rest",
    _("CSAT without it"),
    _("Of those who answered from 1 to 5 about journeys in which this was not found, the share who said 4 or 5."),
    Unit.SHARE,
    1,
    LEAST,
)
HARD = Figure(
    "hard",
    _("Journeys with friction"),
    _("Of all journeys, the share in which at least one of the kinds below was found."),
    Unit.SHARE,
    -1,
    LEAST,
)
