"""What reports read: a stream's numbers, added up by what is asked, from tallies and, where there are none, facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import connection

from conversations.reports.sheets.sheet import Asked
from conversations.reports.tallies import clock, marks
from conversations.reports.tallies.spreads import PACK, Spread
from conversations.reports.tallies.stream import BOUNDS, Numbers, Stream
from conversations.reports.tallies.stretches import FACTS, TOGETHER, WEEKS, Standing, Stretch, Wish, plan

ANEW = "/* planned by its values: a year is read otherwise than a day */"  # see deskapp.preparing
Key = tuple[object, ...]
Between = tuple[datetime, datetime]
Value = str | Sequence[str] | None  # of the cut: that one alone, or those
Values = dict[str, str | datetime | list[int] | list[str] | list[datetime] | None]


def read(
    stream: Stream,
    asked: Asked,
    *,
    cut: str = "",
    by: Sequence[str] = (),
    grain: str = "",
    value: Value = None,
    like: str = "",
    between: Between | None = None,
) -> dict[Key, Numbers]:
    """By any of "at" (see `points`), "team" (0: none), "medium", "value" (of the cut), "hour" (0 to 23) and "weekday"
    (0 is Monday): what is not there has no key, but `by` nothing always has one. `value` looks at that one alone, or at
    those; `like` at what is like that pattern of SQL."""
    question = _Question(stream, asked, cut, tuple(by), grain, value, like, between or (asked.begins, asked.ends))
    found: dict[Key, Numbers] = {} if by else {(): Numbers()}
    for row in question.rows(_Numbers(stream)):
        count, *sums = row[len(by) :]
        if count:
            found[question.key(row)] = Numbers(dict(zip(stream.numbers, sums, strict=True)))
    return found


def spread(
    stream: Stream,
    number: str,
    asked: Asked,
    *,
    cut: str = "",
    by: Sequence[str] = (),
    grain: str = "",
    value: Value = None,
    like: str = "",
    between: Between | None = None,
) -> dict[Key, Spread]:
    """As `read`; of `number`, which is one of the stream's spreads, and `cut`, which is one of those that it names."""
    if cut and cut not in stream.spreads[number]:
        raise KeyError(f"{stream.name}: {number} is not spread by {cut}")
    stretch = between or (asked.begins, asked.ends)
    question = _Question(stream, asked, cut, tuple(by), grain, value, like, stretch, number)
    classes: dict[Key, dict[int, int]] = {} if by else {(): {}}
    for row in question.rows(_Classes(number)):
        klass, count = row[len(by) :]
        classes.setdefault(question.key(row), {})[klass] = count
    return {key: Spread(each) for key, each in classes.items()}


def points(asked: Asked, grain: str = "", between: Between | None = None) -> list[datetime]:
    """What "at" can be, in order: where the days, weeks or months begin; the first may lie before what is asked."""
    begin, end = between or (asked.begins, asked.ends)
    edges = clock.begins(asked.zone, grain or asked.grain, int(begin.timestamp()), int(end.timestamp()))
    return [clock.moment(edge, asked.zone) for edge in edges]


@dataclass(frozen=True)
class _Numbers:
    """How numbers are taken from a row of tallies or facts, and added up."""

    stream: Stream

    @property
    def from_tally(self) -> str:
        numbers = [f"numbers[{place}] as n{place}" for place in range(1, len(self.stream.numbers) + 1)]
        return ", ".join(["1 as n0", *numbers])

    @property
    def from_fact(self) -> str:
        numbers = [f'coalesce(fact."{name}", 0) as n{place}' for place, name in enumerate(self.stream.numbers, 1)]
        return ", ".join(["1 as n0", *numbers])

    @property
    def sums(self) -> str:
        return ", ".join(f"sum(n{place})::bigint" for place in range(len(self.stream.numbers) + 1))

    tallies_more, facts_only, more_groups = "", "", ""


@dataclass(frozen=True)
class _Classes:
    number: str

    from_tally = f"(pack %% {PACK})::int as klass, pack / {PACK} as many"
    tallies_more = "cross join lateral unnest(numbers) pack"
    more_groups = "klass"
    sums = "klass, sum(many)::bigint"

    @property
    def from_fact(self) -> str:
        return f"{class_sql(self.number)} as klass, 1 as many"

    @property
    def facts_only(self) -> str:
        return f'and fact."{self.number}" is not null'


def class_sql(number: str) -> str:
    """As spreads.class_of: whole seconds at the bound itself are still in its class."""
    return f'width_bucket(fact."{number}"::bigint - 1, array{list(BOUNDS)}::bigint[])'


def value_sql(stream: Stream, cut: str) -> str:
    return f"coalesce(left(({stream.cuts[cut]})::text, 160), '')" if cut else "''"


def _standing(stream: Stream, asked: Asked) -> Standing:
    """Once for all that one `asked` reads, also for others' teams or by longer points: so every figure of a sheet is as
    of one moment, and asks once."""
    if stream.name not in asked.standings:
        asked.standings[stream.name] = marks.standing(stream)
    return asked.standings[stream.name]


@dataclass(frozen=True)
class _Question:
    stream: Stream
    asked: Asked
    cut: str
    by: tuple[str, ...]
    grain: str
    value: Value
    like: str
    between: Between
    number: str = ""  # of which the spread is asked

    def rows(self, what: "_Numbers | _Classes") -> list[tuple[int, ...]]:
        begin, end = (int(each.timestamp()) for each in self.between)
        if begin >= end:
            return []
        standing = _standing(self.stream, self.asked)
        parts = self._edges if "at" in self.by else ()
        has_weeks = not self.cut or self.cut in self.stream.weeks
        wish = Wish(self.asked.zone, frozenset(self.by), parts, bool(self.cut), bool(self.number), has_weeks)
        stretches = plan(wish, standing, begin, end)
        branches = " union all ".join(self._branch(what, place, each) for place, each in enumerate(stretches))
        keys = ", ".join(f"by_{each}" for each in self.by)
        groups = ", ".join(filter(None, (keys, what.more_groups)))
        sums = f"{keys}, {what.sums}" if keys else what.sums
        sql = f"{ANEW} select {sums} from ({branches}) part" + (f" group by {groups}" if groups else "")  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self._values, **_ends(stretches)})
            return cursor.fetchall()

    def key(self, row: Sequence[object]) -> Key:
        return tuple(self._name(way, part) for way, part in zip(self.by, row, strict=False))

    def _name(self, way: str, part: object) -> object:
        return clock.moment(self._edges[int(str(part)) - 1], self.asked.zone) if way == "at" else part

    @cached_property
    def _edges(self) -> tuple[int, ...]:
        begin, end = self.between
        grain = self.grain or self.asked.grain
        return clock.begins(self.asked.zone, grain, int(begin.timestamp()), int(end.timestamp()))

    @property
    def _values(self) -> Values:
        return {
            "stream": self.stream.name,
            "cut": f"{self.number}/{self.cut}" if self.number else self.cut,
            "teams": sorted(self.asked.teams or ()),
            "medium": self.asked.medium,
            "values": [self.value] if isinstance(self.value, str) else list(self.value or ()),
            "like": self.like,
            "zone": self.asked.zone.key,
            "edges": [clock.moment(edge) for edge in self._edges] if "at" in self.by else None,
        }

    def _branch(self, what: "_Numbers | _Classes", place: int, stretch: Stretch) -> str:
        since, until = f"%(since_{place})s", f"%(until_{place})s"
        if stretch.source == FACTS:
            rows = self.stream.rows.replace("%(since)s", since).replace("%(until)s", until)
            named = self._named(value_sql(self.stream, self.cut), stretch.source)
            only = f"{self._only(value_sql(self.stream, self.cut))} {what.facts_only}"
            return f"select {named}{what.from_fact} from ({rows}) fact where true {only}"  # noqa: S608 - a stream's own
        named = self._named("value", stretch.source)
        return (
            f"select {named}{what.from_tally} from conversations_tally {what.tallies_more}"  # noqa: S608 - ours
            f" where stream = %(stream)s and grain = '{self._grain(stretch.source)}' and cut = %(cut)s"
            f" and at >= {since} and at < {until} {self._only('value')}"
        )

    def _grain(self, source: str) -> str:
        tells_apart = self.asked.teams is not None or self.asked.medium or {"team", "medium"} & set(self.by)
        return source if tells_apart else TOGETHER.get(source, source)

    def _named(self, value: str, source: str) -> str:
        return "".join(f"{_WAYS[way](value, source)} as by_{way}, " for way in self.by)

    def _only(self, value: str) -> str:
        only = ["and team = any(%(teams)s)"] if self.asked.teams is not None else []
        only += ["and medium = %(medium)s"] if self.asked.medium else []
        only += [f"and {value} = any(%(values)s)"] if self.value is not None else []
        only += [f"and {value} like %(like)s"] if self.like else []
        return " ".join(only)


_LOCAL = "at at time zone %(zone)s"
_WAYS: Mapping[str, Callable[[str, str], str]] = {
    "at": lambda _value, _source: "width_bucket(at, %(edges)s::timestamptz[])",
    "team": lambda _value, _source: "team",
    "medium": lambda _value, _source: "medium",
    "value": lambda value, _source: value,
    "hour": lambda _value, source: "klass %% 24" if source == WEEKS else f"extract(hour from {_LOCAL})::int",
    "weekday": lambda _value, source: "klass / 24" if source == WEEKS else f"extract(isodow from {_LOCAL})::int - 1",
}


def _ends(stretches: Sequence[Stretch]) -> Values:
    ends: Values = {}
    for place, each in enumerate(stretches):
        ends |= {f"since_{place}": clock.moment(each.begin), f"until_{place}": clock.moment(each.end)}
    return ends
