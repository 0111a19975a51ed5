"""The measures of satisfaction: each with its one definition, computed from counts, and honest where they are few."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LEAST = 10  # answers, for a figure to be shown
Z = 1.96  # of a normal distribution: 95 of 100


@dataclass(frozen=True)
class Counts:
    """Of one kind of survey in one cell of a report. They add up: a cell of cells is their sum."""

    answers: int = 0
    total: float = 0.0  # of the scores
    squares: float = 0.0
    good: int = 0  # CSAT 4 or 5; NPS 9 or 10
    bad: int = 0  # CSAT 1 or 2; NPS 0 to 6

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.answers + other.answers,
            self.total + other.total,
            self.squares + other.squares,
            self.good + other.good,
            self.bad + other.bad,
        )


@dataclass(frozen=True)
class Value:
    """`give`: half of what the true value may lie off by, in 95 of 100 cases."""

    value: float
    give: float
    answers: int

    @property
    def is_enough(self) -> bool:
        return self.answers >= LEAST


@dataclass(frozen=True)
class Measure:
    """`says` is the definition that every page shows."""

    kind: str
    label: "StrOrPromise"
    title: "StrOrPromise"
    says: "StrOrPromise"
    of: Callable[[Counts], Value]
    low: float  # of its scale, for charts
    high: float
    places: int = 0
    signed: bool = False
    unit: str = ""


def _share(counts: Counts) -> Value:
    """The share of the content, in per cent; Wilson's interval, which holds for few and for all alike."""
    n, p = counts.answers, counts.good / counts.answers
    give = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Value(100 * p, 100 * give, n)


def _promoters(counts: Counts) -> Value:
    n, up, down = counts.answers, counts.good / counts.answers, counts.bad / counts.answers
    return Value(100 * (up - down), 100 * Z * sqrt(max(0.0, up + down - (up - down) ** 2) / n), n)


def _mean(counts: Counts) -> Value:
    n, mean = counts.answers, counts.total / counts.answers
    spread = max(0.0, counts.squares / n - mean * mean)
    return Value(mean, Z * sqrt(spread / n), n)


MEASURES: Mapping[str, Measure] = {
    "csat": Measure(
        "csat",
        _("CSAT"),
        _("CSAT, content or better"),
        _("Of those who answered from 1 to 5, the share who said 4 or 5."),
        _share,
        0,
        100,
        unit="%",
    ),
    "nps": Measure(
        "nps",
        _("NPS"),
        _("NPS, would recommend"),
        _("Of those who answered from 0 to 10, the share who said 9 or 10, less the share who said 6 or less."),
        _promoters,
        -100,
        100,
        signed=True,
    ),
    "ces": Measure(
        "ces",
        _("CES"),
        _("CES, “it was easy”, of 7"),
        _("What people answered to “it was easy”, from 1 to 7, on average."),
        _mean,
        1,
        7,
        places=1,
    ),
}

RATE = _("Of those who were asked, the share who answered. Who was left out, and why, is not counted as asked.")


def value(kind: str, counts: Counts) -> Value | None:
    return MEASURES[kind].of(counts) if counts.answers else None
