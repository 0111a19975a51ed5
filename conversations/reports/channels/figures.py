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
        " every hour in which agents worked at its conversations in this time; an address with rates of its own by"
        " those. Where no rate is set, none is shown."
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
class Done:
    """Of one medium or one address: what there is to pay for."""

    begun: int = 0
    worked: int = 0  # seconds

    def __sub__(self, other: "Done") -> "Done":
        return Done(self.begun - other.begun, self.worked - other.worked)

    def by(self, rate: ChannelRate) -> "Paid":
        hours = Decimal(self.worked) / HOUR
        return Paid(float(self.begun * rate.per_conversation + hours * rate.per_hour), self.begun)


@dataclass(frozen=True)
class Paid:
    """`cost` None: nothing of it has a rate. `episodes`: those that it is for."""

    cost: float | None = None
    episodes: int = 0

    def __add__(self, other: "Paid") -> "Paid":
        if self.cost is None or other.cost is None:
            return other if self.cost is None else self
        return Paid(self.cost + other.cost, self.episodes + other.episodes)

    @property
    def each(self) -> float | None:
        return self.cost / self.episodes if self.cost is not None and self.episodes else None


@dataclass(frozen=True)
class Costs:
    """Of one stretch: the rates, by medium and by address, and what was done by both. Of addresses, those with a rate
    of their own."""

    rates: Mapping[str, ChannelRate]
    done: Mapping[str, Done] = field(default_factory=dict)
    own: Mapping[str, ChannelRate] = field(default_factory=dict)
    done_at: Mapping[str, Done] = field(default_factory=dict)

    def at(self, address: str) -> Paid:
        return self.done_at.get(address, Done()).by(self.own[address])

    def rest_of(self, medium: str) -> Done:
        """At addresses without a rate of their own."""
        rest = self.done.get(medium, Done())
        for address in self.addresses_of(medium):
            rest -= self.done_at.get(address, Done())
        return rest

    def addresses_of(self, medium: str) -> list[str]:
        return [address for address, rate in self.own.items() if rate.medium == medium]

    def of(self, medium: str) -> Paid:
        paid = sum((self.at(address) for address in self.addresses_of(medium)), Paid())
        rate = self.rates.get(medium)
        return paid + self.rest_of(medium).by(rate) if rate else paid

    def whole(self) -> Paid:
        """Of the channels that have a rate."""
        return sum((self.of(medium) for medium in self.done), Paid())

    @property
    def currency(self) -> str:
        return next((rate.currency for rate in (*self.rates.values(), *self.own.values())), "")


def cost(now: Costs, then: Costs | None, medium: str | None, drill: str) -> list[Cell]:
    """The cost and what each episode cost, of one channel or of all that have a rate."""
    paid, before = _paid(now, medium), _paid(then, medium) if then else Paid()
    if medium is not None and medium not in now.rates:  # of some addresses alone: fewer than the channel's rows
        drill = ""
    return cells_of(paid, before, drill, now.currency)


def cells_of(paid: Paid, before: Paid, drill: str, currency: str) -> list[Cell]:
    drill = drill if paid.episodes else ""
    return [
        Cell(COST, paid.cost, paid.episodes, before=before.cost, drill=drill, currency=currency),
        Cell(COST_EACH, paid.each, paid.episodes, before=before.each, drill=drill, currency=currency),
    ]


def _paid(costs: Costs, medium: str | None) -> Paid:
    return costs.whole() if medium is None else costs.of(medium)


def repeated(now: Numbers, then: Numbers | None, drill: str) -> Cell:
    before = then.per("repeated", "switches") if then and then["switches"] >= FEW else None
    return Cell(REPEATED, now.per("repeated", "switches"), now["switches"], before=before, drill=drill)
