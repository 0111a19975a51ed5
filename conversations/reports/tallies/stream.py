"""A stream: facts of one kind that are added up, by hour and day, team, medium and one cut more."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Upper bounds, in seconds, of the classes that times are counted in: each a twentieth above the one before at most, so
# that a median read from them lies off by a twentieth. Whole numbers: SQL's width_bucket and Python's bisect agree.
# What people promise by is among them: how many were within it is exact.

ROUND = (
    *(30, 60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 7200, 10_800, 14_400, 21_600, 28_800, 43_200),
    *(86_400 * days for days in (1, 2, 3, 4, 5, 7, 14, 30)),
)


def _bounds() -> tuple[int, ...]:
    bounds, at = {0, *ROUND}, 1.0
    while at < 400 * 86_400:
        bounds.add(round(at))
        at *= 1.05
    return tuple(sorted(bounds))


BOUNDS = _bounds()


@dataclass(frozen=True)
class Through:
    """Columns of another table that a fact is cut by: where one of them changes, the facts that hang on its row do."""

    facts: str  # their table
    key: str  # its column with the other table's key
    at: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Stream:
    """`rows` is SQL that gives a row for each fact with `at` in [%(since)s, %(until)s): the columns `at`, `team` (0 for
    none) and `medium`, what `cuts` and `spreads` name, and each of `numbers`, which are whole: seconds, thousandths of
    a sum of money, millionths of a share. It reads one table of facts, and no more than a key's row of others.

    `cuts`: SQL of one text over these columns, by name; a report reads one of them at a time. There always is "", the
    whole. `weeks`: those of which hours of the week are kept for each month, as they are of the whole. `spreads`:
    columns of seconds, null where there is none, for medians; each with the cuts that need one.
    `tables`: which tables change a fact, each with the column that says in which hour: a trigger there marks it stale.
    Where one row is a fact of every hour from a moment to another, "since..until"; None as `until` is now. Of a table
    that is joined, Through.
    """

    name: str  # of Tally.stream
    rows: str
    numbers: tuple[str, ...]
    cuts: Mapping[str, str] = field(default_factory=dict)
    spreads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tables: tuple[tuple[str, str | Through], ...] = ()
    weeks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """Of one cell, by name. They add up: a cell of cells is their sum."""

    by_name: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.by_name.get(name, 0)

    def __add__(self, other: "Numbers") -> "Numbers":
        names = {**self.by_name, **other.by_name}
        return Numbers({name: self[name] + other[name] for name in names})

    def per(self, part: str, whole: str) -> float | None:
        """None where there is nothing to divide by."""
        return self[part] / self[whole] if self[whole] else None
