"""What a report says, without how it looks: tiles, tables and charts, each cell a number with its one definition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from conversations.reports.tallies.stretches import Standing
    from deskapp.models import User


class Unit(StrEnum):
    COUNT = "count"
    SHARE = "share"  # 0 to 1
    SECONDS = "seconds"
    MONEY = "money"  # in whole units of `Cell.currency`
    SCORE = "score"
    DAYS = "days"


@dataclass(frozen=True)
class Figure:
    """A number that reports show, and its only definition: `says` stands one click away wherever it is shown."""

    key: str
    label: "StrOrPromise"
    says: "StrOrPromise"
    unit: Unit = Unit.COUNT
    better: int = 0  # 1: more is better; -1: less is
    least: int = 0  # rows behind it, below which "too few" stands in its place


@dataclass(frozen=True)
class Cell:
    """`value` None: there is nothing to count. `rows`: how many facts are behind it. `give`: what the true value may
    lie off by. `before`: the same of the stretch that it is compared with. `drill`: what `Report.behind` is asked for,
    as the query of a link ("what=solved&team=3"); "" where nothing can be shown."""

    figure: Figure
    value: float | int | None
    rows: int | None = None
    give: float | None = None
    before: float | int | None = None
    drill: str = ""
    currency: str = ""

    @property
    def is_too_few(self) -> bool:
        return self.rows is not None and self.rows < self.figure.least


@dataclass(frozen=True)
class Row:
    label: "StrOrPromise"
    cells: Sequence[Cell]
    drill: str = ""
    hue: str = ""
    is_sum: bool = False


@dataclass(frozen=True)
class Tiles:
    title: "StrOrPromise"
    cells: Sequence[Cell]
    sparks: Mapping[str, Sequence[float | None]] = field(default_factory=dict)  # by the figure's key


@dataclass(frozen=True)
class Table:
    title: "StrOrPromise"
    of: "StrOrPromise"  # what the first column holds
    figures: Sequence[Figure]
    rows: Sequence[Row]
    says: "StrOrPromise" = ""
    wide: bool = True  # as wide as the page; else half of it
    act: "tuple[StrOrPromise, str] | None" = None  # a button on the page: its words, and where it leads


@dataclass(frozen=True)
class Series:
    label: "StrOrPromise"
    cells: Sequence[Cell]  # one a point of `at`
    hue: str = ""


@dataclass(frozen=True)
class Lines:
    """Over time. `bars`: stacked, for what adds up."""

    title: "StrOrPromise"
    figure: Figure
    at: Sequence[datetime]
    series: Sequence[Series]
    bars: bool = False
    target: float | None = None
    says: "StrOrPromise" = ""
    wide: bool = True
    grain: str = ""  # its own, where it is not the one that was asked for


@dataclass(frozen=True)
class Bars:
    """One bar a row, of the row's only cell."""

    title: "StrOrPromise"
    figure: Figure
    rows: Sequence[Row]
    says: "StrOrPromise" = ""
    wide: bool = False


@dataclass(frozen=True)
class Heat:
    """Rows by columns, as hours by weekdays are; stronger is more."""

    title: "StrOrPromise"
    of: "StrOrPromise"
    figure: Figure
    columns: Sequence["StrOrPromise"]
    rows: Sequence[Row]
    says: "StrOrPromise" = ""
    wide: bool = True


@dataclass(frozen=True)
class Link:
    source: str  # keys of nodes
    target: str
    cell: Cell


@dataclass(frozen=True)
class Node:
    key: str
    label: "StrOrPromise"
    column: int
    cell: Cell
    hue: str = ""


@dataclass(frozen=True)
class Flow:
    """How many went from where to where (Sankey)."""

    title: "StrOrPromise"
    figure: Figure
    columns: Sequence["StrOrPromise"]
    nodes: Sequence[Node]
    links: Sequence[Link]
    says: "StrOrPromise" = ""
    wide: bool = True


@dataclass(frozen=True)
class Words:
    title: "StrOrPromise"
    lines: Sequence["StrOrPromise"]
    wide: bool = False


Part = Tiles | Table | Lines | Bars | Heat | Flow | Words


@dataclass(frozen=True)
class Sheet:
    parts: Sequence[Part]
    as_of: datetime | None = None  # None: as it stands now


@dataclass(frozen=True)
class Asked:
    """All that a report's link says; the same link gives the same report. `begins` and `ends` are midnights of `zone`,
    [begins, ends); `before` is the stretch that it is compared with, None for none. `teams`: those that are looked at,
    None for all there are, 0 for what has none; never more than the agent may see. `only`: the report's own filters.
    `is_fitted`: nobody chose the grain. `standings`: how far streams were added up when it was read first; what is
    asked otherwise (`replace`) is read as of the same moment."""

    agent: "User"
    begins: datetime
    ends: datetime
    zone: ZoneInfo
    grain: str = "day"  # of lines: day, week, month
    before: tuple[datetime, datetime] | None = None
    teams: frozenset[int] | None = None
    medium: str = ""
    only: Mapping[str, str] = field(default_factory=dict)
    is_fitted: bool = False
    standings: "dict[str, Standing]" = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Column:
    """Of the rows behind a number: its name, and what of a row stands there (text, number or moment)."""

    label: "StrOrPromise"
    take: Callable[[object], object]


@dataclass(frozen=True)
class Behind:
    """The rows behind a number: `counted.count()` is that number. They are `rows`, unless the number counts what this
    agent may not open (`whole`). Ordered by (-`at`, -pk), and paged by them.
    `conversation` and `customer` give keys for links, None where there is none. `says`: what the page says of all of
    them beside how many they are; asked for there alone."""

    title: "StrOrPromise"
    rows: "QuerySet"  # of whatever fact it counts
    at: str
    columns: Sequence[Column]
    conversation: Callable[[object], int | None]
    customer: Callable[[object], int | None] = lambda _row: None
    says: Callable[[], str] = lambda: ""
    whole: "QuerySet | None" = None

    @property
    def counted(self) -> "QuerySet":
        return self.rows if self.whole is None else self.whole


@dataclass(frozen=True)
class Filter:
    """A choice on the report's page: (value, label) each, besides "" for all, or what `blank` calls it. `is_for`:
    whether an agent may choose this value; to whoever may choose none the filter is not shown. A choice of the name of
    `blank` is understood in a link, and not offered a second time."""

    name: str
    label: "StrOrPromise"
    choices: Callable[[], Iterable[tuple[str, "StrOrPromise"]]]
    blank: "StrOrPromise" = pgettext_lazy("of a filter", "all")
    is_for: Callable[["User", str], bool] = lambda _agent, _value: True

    def choices_for(self, agent: "User") -> "list[tuple[str, StrOrPromise]]":
        return [(value, label) for value, label in self.choices() if self.is_for(agent, value)]


@dataclass(frozen=True)
class Report:
    """`behind` raises Http404 for what is no number of this report."""

    key: str
    title: "StrOrPromise"
    says: "StrOrPromise"
    sheet: Callable[[Asked], Sheet]
    behind: Callable[[Asked, Mapping[str, str]], Behind]
    filters: Sequence[Filter] = ()
    icon: str = "reports"
    has_media: bool = True  # can be looked at for one medium
    is_own: bool = False  # every agent's, of themselves
    needs: frozenset[str] = frozenset()  # permissions besides those of reports: of purchases, of browsing
