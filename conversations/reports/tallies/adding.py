"""Adds facts up into tallies: what was there of that time goes, and is counted anew, so that it may run any number of
times."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db import connection

from conversations.reports.tallies import clock
from conversations.reports.tallies.reading import Values, class_sql, value_sql
from conversations.reports.tallies.spreads import PACK
from conversations.reports.tallies.stream import Stream
from conversations.reports.tallies.stretches import DAYS, HOURS, MONTHS, TOGETHER, WEEKS

INTO = "insert into conversations_tally (stream, grain, cut, at, team, medium, value, klass, numbers)"


def names(stream: Stream) -> list[str]:
    """Of all that `Tally.cut` can be: cuts, and spreads with theirs."""
    spread = [f"{number}/{cut}" for number, cuts in stream.spreads.items() for cut in ("", *cuts)]
    return ["", *stream.cuts, *spread]


def whole_names(stream: Stream) -> list[str]:
    return ["", *(f"{number}/" for number in stream.spreads)]


def drop(stream: Stream, grain: str, cuts: Sequence[str], begin: int, end: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from conversations_tally where stream = %s and grain = %s and cut = any(%s)"
            " and at >= %s and at < %s",
            [stream.name, grain, list(cuts), clock.moment(begin), clock.moment(end)],
        )


def add_hours(stream: Stream, zone: ZoneInfo, begin: int, end: int, *, is_fine: bool) -> None:
    """Of [begin, end), whole hours of that clock; of every cut if `is_fine`."""
    step, _phase = clock.step_of(zone)
    drop(stream, HOURS, names(stream), begin, end)
    _add(stream, HOURS, range(begin, end, step), end, is_cut=is_fine)


def add_days(stream: Stream, days: Sequence[int], end: int, *, is_fine: bool) -> None:
    drop(stream, DAYS, names(stream), days[0], end)
    _add(stream, DAYS, days, end, is_cut=is_fine)
    _put_together(stream, DAYS, days[0], end)


def add_month(stream: Stream, zone: ZoneInfo, begin: int, end: int, *, is_fine: bool) -> None:
    """From its days, where they are there of every cut, else from the facts; hours of the week from hours."""
    for grain in (MONTHS, WEEKS):
        drop(stream, grain, names(stream), begin, end)
    values: Values = {
        "stream": stream.name,
        "since": clock.moment(begin),
        "until": clock.moment(end),
        "zone": zone.key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WEEK.format(into=INTO, sums=_sums(stream)), values)
        for cut in stream.weeks:
            cursor.execute(_week_of(stream, cut), values)
    if is_fine:
        _sum_up(stream, DAYS, MONTHS, begin, end, keys="%(since)s::timestamptz as at, team, medium")
    else:
        _add(stream, MONTHS, [begin], end, is_cut=True)
    _put_together(stream, MONTHS, begin, end)


def _week_of(stream: Stream, cut: str) -> str:
    """From the facts: hours of a cut are not kept for so long."""
    numbers = ", ".join(f'coalesce(fact."{number}", 0) as n{place}' for place, number in enumerate(stream.numbers))
    sums = ", ".join(f"sum(n{place})::bigint" for place in range(len(stream.numbers)))
    return (
        f"{INTO} select %(stream)s, 'w', '{cut}', %(since)s, team, medium, value, {_HOUR}, array[{sums}]"  # noqa: S608
        f" from (select team, medium, at at time zone %(zone)s as local, {value_sql(stream, cut)} as value, {numbers}"
        f" from ({stream.rows}) fact) f group by team, medium, value, {_HOUR}"
    )


def _put_together(stream: Stream, grain: str, begin: int, end: int) -> None:
    """The same once more without teams and media: what most reports read, in a twentieth of the rows."""
    drop(stream, TOGETHER[grain], names(stream), begin, end)
    _sum_up(stream, grain, TOGETHER[grain], begin, end, keys="at, 0 as team, '' as medium")


def _sum_up(stream: Stream, grain: str, into: str, begin: int, end: int, *, keys: str) -> None:
    """Tallies of one grain into those of another. `keys`: when, of which team and medium each of these is."""
    values: Values = {
        "stream": stream.name,
        "grain": grain,
        "into": into,
        "cuts": ["", *stream.cuts],
        "spreads": [name for name in names(stream) if "/" in name],
        "since": clock.moment(begin),
        "until": clock.moment(end),
    }
    summed = [_SUMMED, *([_SPREADS] if stream.spreads else [])]
    sql = " union all ".join(each.format(keys=keys, sums=_sums(stream), pack=PACK) for each in summed)
    with connection.cursor() as cursor:
        cursor.execute(f"{INTO} {sql}", values)


_THOSE = "conversations_tally where stream = %(stream)s and at >= %(since)s and at < %(until)s"
_HOUR = "(extract(isodow from local) - 1) * 24 + extract(hour from local)"
_WEEK = (
    "{into} select stream, 'w', '', %(since)s, team, medium, '', hour, array[{sums}]"  # noqa: S608 - ours
    f" from (select *, {_HOUR} as hour from (select *, at at time zone %(zone)s as local"
    f" from {_THOSE} and grain = 'h' and cut = '') t) h"
    " group by stream, team, medium, hour"
)
_SUMMED = (
    "select %(stream)s, %(into)s, cut, at, team, medium, value, -1, array[{sums}]"  # noqa: S608 - ours
    f" from (select cut, {{keys}}, value, numbers from {_THOSE} and grain = %(grain)s and cut = any(%(cuts)s)) t"
    " group by cut, at, team, medium, value"
)
_SPREADS = (
    "select %(stream)s, %(into)s, cut, at, team, medium, value, -1,"  # noqa: S608 - ours
    " array_agg(klass + {pack} * many order by klass)"
    " from (select cut, at, team, medium, value, pack %% {pack} as klass, sum(pack / {pack})::bigint as many"
    "   from (select cut, {keys}, value, unnest(numbers) as pack"
    f"     from {_THOSE} and grain = %(grain)s and cut = any(%(spreads)s)) u"
    "   group by cut, at, team, medium, value, pack %% {pack}) c"
    " group by cut, at, team, medium, value"
)


def _sums(stream: Stream) -> str:
    return ", ".join(f"sum(numbers[{place}])::bigint" for place in range(1, len(stream.numbers) + 1))


def _add(stream: Stream, grain: str, edges: Sequence[int], end: int, *, is_cut: bool) -> None:
    """In one statement: the facts are read once, and added up by every cut and class at once."""
    cuts = list(stream.cuts) if is_cut else []
    facts = ", ".join(
        [
            "(%(edges)s::timestamptz[])[width_bucket(at, %(edges)s::timestamptz[])] as start, team, medium",
            *(f"{value_sql(stream, cut)} as c{place}" for place, cut in enumerate(cuts)),
            *(f'coalesce(fact."{number}", 0) as n{place}' for place, number in enumerate(stream.numbers)),
            *(
                f'case when fact."{number}" is not null then {class_sql(number)} end as s{place}'
                for place, number in enumerate(stream.spreads)
            ),
        ]
    )
    counted = [_numbers(stream, cuts)] + ([_spreads(stream, cuts)] if stream.spreads else [])
    sql = (
        f"with fact as materialized (select {facts} from ({stream.rows}) fact) {INTO}"  # noqa: S608 - a stream's own
        f" {' union all '.join(counted)}"
    )
    values: Values = {
        "stream": stream.name,
        "grain": grain,
        "edges": [clock.moment(edge) for edge in edges],
        "since": clock.moment(edges[0]),
        "until": clock.moment(end),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _numbers(stream: Stream, cuts: Sequence[str]) -> str:
    columns = {cut: f"c{place}" for place, cut in enumerate(cuts)}
    sums = ", ".join(f"sum(n{place})::bigint" for place in range(len(stream.numbers)))
    sets = ", ".join(["()", *(f"({column})" for column in columns.values())])
    return (
        f"select %(stream)s, %(grain)s, {_which(columns)}, start, team, medium, {_value(columns)}, -1,"  # noqa: S608 - ours
        f" array[{sums}] from fact group by start, team, medium, grouping sets ({sets})"
    )


def _spreads(stream: Stream, cuts: Sequence[str]) -> str:
    """Each spread by its own cuts alone; where a fact took no time, it is in no class."""
    used = {cut for own in stream.spreads.values() for cut in own if cut in cuts}
    columns = {cut: f"c{place}" for place, cut in enumerate(cuts) if cut in used}
    sets, called, klass = [], [], []
    for place, (number, own) in enumerate(stream.spreads.items()):
        sets += [f"(s{place})", *(f"(s{place}, {columns[cut]})" for cut in own if cut in columns)]
        called.append(f"when grouping(s{place}) = 0 then '{number}/'")
        klass.append(f"when grouping(s{place}) = 0 then s{place}")
    return (
        "select %(stream)s, %(grain)s, cut, start, team, medium, value, -1,"  # noqa: S608 - a stream's own
        f" array_agg((klass + {PACK} * many)::bigint order by klass) from (select start, team, medium,"
        f" (case {' '.join(called)} end) || {_which(columns)} as cut, {_value(columns)} as value,"
        f" case {' '.join(klass)} end as klass, count(*) as many"
        f" from fact group by start, team, medium, grouping sets ({', '.join(sets)})) spread"
        " where klass is not null group by cut, start, team, medium, value"
    )


def _which(columns: Mapping[str, str]) -> str:
    cases = " ".join(f"when grouping({column}) = 0 then '{cut}'" for cut, column in columns.items())
    return f"(case {cases} else '' end)" if columns else "''"


def _value(columns: Mapping[str, str]) -> str:
    cases = " ".join(f"when grouping({column}) = 0 then {column}" for column in columns.values())
    return f"(case {cases} else '' end)" if columns else "''"
