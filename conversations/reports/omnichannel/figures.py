"""The field's formula, and each part of it: the sum over channels of engagement by integration, by all touchpoints.

effectiveness = sum over channels of (engagements of the channel * its integration factor) / touchpoints of all
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from conversations.reports.service.figures import FEW
from conversations.reports.sheets.sheet import Figure, Unit

EFFECTIVENESS = Figure(
    "effectiveness",
    _("Omnichannel effectiveness"),
    _(
        "The sum over all channels of engagements times integration factor, by the touchpoints of all. It is whole"
        " where every touchpoint was answered, and after no switch anything was asked again. Each part is a number of"
        " this page. Where nobody switched, there is none: integration cannot be seen then."
    ),
    Unit.SHARE,
    better=1,
    least=FEW,
)
BEGUN = Figure(
    "begun_here",
    _("Begun"),
    _("Episodes that began in this time, at the channel of their first word; no spam, nothing that was merged away."),
)
CAME = Figure(
    "came", _("Came over"), _("Switches to this channel in this time, from another one within the same episode.")
)
TOUCHPOINTS = Figure(
    "touchpoints",
    _("Touchpoints"),
    _("How often a customer came to a channel: episodes that began there, and switches to it. The sum of the two."),
)
BEGUN_ANSWERED = Figure(
    "begun_answered",
    _("Begun and answered"),
    _("Of the episodes that began there: those in which people or the bot answered."),
    better=1,
)
CAME_ANSWERED = Figure(
    "came_answered",
    _("Came over, answered"),
    _("Of the switches to it: those that people or the bot answered before the next switch, or the end."),
    better=1,
)
ENGAGEMENTS = Figure(
    "engagements",
    _("Engagements"),
    _("Touchpoints that were answered: what began and what came over. The sum of the two."),
    better=1,
)
FACTOR = Figure(
    "factor",
    _("Integration factor"),
    _(
        "Of the switches to the channel: the share after which nothing was asked again that the desk knew. A channel to"
        " which nobody switched has the factor of all channels together."
    ),
    Unit.SHARE,
    better=1,
    least=FEW,
)
PART = Figure(
    "part",
    _("Its part"),
    _("Engagements of the channel by its integration factor, by the touchpoints of all: what it adds to the whole."),
    Unit.SHARE,
    better=1,
)


@dataclass(frozen=True)
class Channel:
    """What was counted of one."""

    begun: int = 0
    begun_answered: int = 0
    came: int = 0
    came_answered: int = 0
    repeated: int = 0

    @property
    def touchpoints(self) -> int:
        return self.begun + self.came

    @property
    def engagements(self) -> int:
        return self.begun_answered + self.came_answered

    @property
    def own_factor(self) -> float | None:
        return 1 - self.repeated / self.came if self.came else None

    def __add__(self, other: "Channel") -> "Channel":
        return Channel(
            self.begun + other.begun,
            self.begun_answered + other.begun_answered,
            self.came + other.came,
            self.came_answered + other.came_answered,
            self.repeated + other.repeated,
        )


@dataclass(frozen=True)
class Formula:
    """The formula, of one stretch: its only computation."""

    channels: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def whole(self) -> Channel:
        return sum(self.channels.values(), Channel())

    def factor(self, medium: str) -> float | None:
        own = self.channels[medium].own_factor
        return self.whole.own_factor if own is None else own

    def part(self, medium: str) -> float | None:
        factor, touchpoints = self.factor(medium), self.whole.touchpoints
        return None if factor is None or not touchpoints else self.channels[medium].engagements * factor / touchpoints

    @property
    def effectiveness(self) -> float | None:
        parts = [self.part(medium) for medium in self.channels]
        known = [part for part in parts if part is not None]
        return sum(known) if known else None
