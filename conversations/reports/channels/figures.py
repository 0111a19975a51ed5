"""The figures of channels that no other report has, each with its one definition, and how it is computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from conversations.models import ChannelRate
from conversations.reports.service.figures import FEW
from conversations.reports.sheets.sheet import Cell, Figure, Unit
from conversations.reports.tallies.stream import Numbers

HOUR = 3600

COST = Figure(
    "cost",
    _("Cost"),
    _(
        "By the rates of the settings: so much for every episode begun in this time on the channel, and so much for"
        " every hour in which agents worked at its conversations in this time. Where no rate is set, none is shown."
    ),
    Unit.MONEY,
    better=-1,
)
COST_EACH = Figure(
    "cost_each",
    _("Cost per conversation"),
    _("The cost of the channel in this time by the episodes that began on it in this time."),
    Unit.MONEY,
    better=-1,
    least=FEW,
)
SWITCHED = Figure(
    "switches",
    _("Switches"),
    _("How often customers went on by another channel than their word before, within one episode; counted where they"
      " came to."),
    better=0,
)  # fmt: skip
SWITCHED_EACH = Figure(
    "switches_each",
    _("Switches per conversation"),
    _("The switches in this time by the episodes that began in this time."),
    Unit.SHARE,
    least=FEW,
)
REPEATED = Figure(
    "repeated_after",
    _("Asked again after a switch"),
    _(
        "Of the switches in this time: the share after which, before the next one or the end, somebody asked the"
        " customer for what the desk had been told already."
    ),
    Unit.SHARE,
    better=-1,
    least=FEW,
)
CONTAINED = Figure(
    "contained",
    _("Contained by the bot"),
    _(
        "Of the episodes solved in this time in which the bot answered: the share in which no person had to. Whether"
        " the customer said that it was solved is told by the report of the bot."
    ),
    Unit.SHARE,
    least=FEW,
)


@dataclass(frozen=True)
class Costs:
    """Of one stretch: the rates, and what was done by channel."""

    rates: Mapping[str, ChannelRate]
    begun: Mapping[str, int] = field(default_factory=dict)
    worked: Mapping[str, int] = field(default_factory=dict)  # seconds

    def of(self, medium: str) -> float | None:
        rate = self.rates.get(medium)
        if rate is None:
            return None
        hours = Decimal(self.worked.get(medium, 0)) / HOUR
        return float(self.begun.get(medium, 0) * rate.per_conversation + hours * rate.per_hour)

    @property
    def media(self) -> list[str]:
        return [medium for medium in {**self.begun, **self.worked} if medium in self.rates]

    def whole(self) -> tuple[float | None, int]:
        """Of the channels that have a rate: the cost, and the episodes it is for."""
        known = [(self.of(medium) or 0.0, self.begun.get(medium, 0)) for medium in self.media]
        return (sum(cost for cost, _n in known), sum(count for _cost, count in known)) if known else (None, 0)

    @property
    def currency(self) -> str:
        return next((rate.currency for rate in self.rates.values()), "")


def cost(now: Costs, then: Costs | None, medium: str | None, drill: str) -> list[Cell]:
    """The cost and what each episode cost, of one channel or of all that have a rate."""
    much, many = _cost(now, medium)
    before, before_many = _cost(then, medium) if then else (None, 0)
    each = much / many if much is not None and many else None
    before_each = before / before_many if before is not None and before_many else None
    return [
        Cell(COST, much, many, before=before, drill=drill if many else "", currency=now.currency),
        Cell(COST_EACH, each, many, before=before_each, drill=drill if many else "", currency=now.currency),
    ]


def _cost(costs: Costs, medium: str | None) -> tuple[float | None, int]:
    return costs.whole() if medium is None else (costs.of(medium), costs.begun.get(medium, 0))


def repeated(now: Numbers, then: Numbers | None, drill: str) -> Cell:
    before = then.per("repeated", "switches") if then and then["switches"] >= FEW else None
    return Cell(REPEATED, now.per("repeated", "switches"), now["switches"], before=before, drill=drill)
