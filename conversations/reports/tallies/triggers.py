"""Marks hours stale whose facts change after they were added up: by triggers on the facts' tables, since nothing else
hears of all that cascades. They follow from Stream.tables; whoever rolls puts them in order first.

What is written in the hour that runs is after every mark, so that nothing is written for it and nobody waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from conversations.reports.tallies.stream import Stream, Through

PREFIX = "tally_stale_"
WAIT = "800ms"  # for a table that is written to, less than until a deadlock is looked for: this one gives way
EVENTS: Mapping[str, tuple[str, ...]] = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}
SLOT = "date_bin('15 minutes', changed.{column}, timestamptz '2000-01-01 00:00+00')"


@dataclass(frozen=True)
class Trigger:
    table: str
    event: str
    body: str  # of its function, which has the same name

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.table}_{self.event}"[:63]


def wanted(streams: Sequence[Stream]) -> list[Trigger]:
    columns: dict[str, dict[str | Through, list[str]]] = {}
    for stream in streams:
        for table, column in stream.tables:
            columns.setdefault(table, {}).setdefault(column, []).append(stream.name)
    return [
        Trigger(table, event, _body(own, sides)) for table, own in columns.items() for event, sides in EVENTS.items()
    ]


def install(streams: Sequence[Stream]) -> list[str]:
    """Makes triggers be exactly those that are wanted; gives the names of those that it changed. Needs the tables."""
    need, have = {trigger.name: trigger for trigger in wanted(streams)}, _installed()
    changed = [name for name, trigger in need.items() if have.get(name, (None, ""))[1] != trigger.body]
    gone = [name for name in have if name not in need]
    if changed or gone:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local lock_timeout = '{WAIT}'")
            for name in [*gone, *(name for name in changed if name in have)]:
                _drop(name, have[name][0])
            for name in changed:
                _make(need[name])
    return [*changed, *gone]


def _installed() -> Mapping[str, tuple[str, str]]:
    """Name to table and the body of its function."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.tgname, c.relname, p.prosrc from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " join pg_proc p on p.oid = t.tgfoid where t.tgname like %s and t.tgparentid = 0"
            " and pg_table_is_visible(c.oid)",
            [PREFIX.replace("_", r"\_") + "%"],
        )
        return {name: (table, body) for name, table, body in cursor.fetchall()}


def _body(columns: Mapping[str | Through, Sequence[str]], sides: Sequence[str]) -> str:
    marks = (_marks_of(column, own, sides) for column, own in columns.items())
    return "\nbegin\n" + "".join(marks) + "  return null;\nend"


def _marks_of(column: str | Through, streams: Sequence[str], sides: Sequence[str]) -> str:
    if isinstance(column, Through):  # a row that is new has no facts yet, and one that goes takes its facts with it
        return _marks_through(column, streams) if len(sides) == 2 else ""
    return _marks_between(column, streams, sides) if ".." in column else _marks(column, streams, sides)


def _marks_between(columns: str, streams: Sequence[str], sides: Sequence[str]) -> str:
    """Where a fact lies in every hour from the first to the last, or to now: all of them. Whose end alone moves, those
    between the two ends: who goes now after days leaves those days as they were counted."""
    first, last = columns.split("..")
    changed = " union all ".join(f"select {first} as a, {last} as b from {side}_rows" for side in sides)  # noqa: S608
    if len(sides) == 2:
        ends = f"coalesce(o.{last}, 'infinity'), coalesce(n.{last}, 'infinity')"
        is_more = f"to_jsonb(o) - '{last}' <> to_jsonb(n) - '{last}'"
        changed = (
            f"select case when {is_more} then least(o.{first}, n.{first}) else least({ends}) end as a,"  # noqa: S608
            f" greatest({ends}) as b from old_rows o join new_rows n using (id)"
            f" where {is_more} or o.{last} is distinct from n.{last}"
        )
    slot = SLOT.replace("changed.{column}", "changed.a")
    named = ", ".join(f"'{name}'" for name in sorted(streams))
    return (
        f"  insert into conversations_stalehour (stream, hour) select distinct mark.stream, slot\n"  # noqa: S608 - ours
        f"    from ({changed}) changed join conversations_tallymark mark\n"
        f"    on mark.stream in ({named}) and changed.a < mark.watched cross join lateral\n"
        f"    generate_series({slot}, least(coalesce(changed.b, now()), mark.watched), interval '15 minutes') slot;\n"
    )


def _marks(column: str, streams: Sequence[str], sides: Sequence[str]) -> str:
    return _marks_from(" union all ".join(f"select {column} from {side}_rows" for side in sides), column, streams)  # noqa: S608


def _marks_through(through: Through, streams: Sequence[str]) -> str:
    old, new = (", ".join(f"{side}.{column}" for column in through.columns) for side in ("o", "n"))
    changed = (
        f"select f.{through.at} from old_rows o join new_rows n using (id)"  # noqa: S608
        f" join {through.facts} f on f.{through.key} = n.id where ({old}) is distinct from ({new})"
    )
    return _marks_from(changed, through.at, streams)


def _marks_from(changed: str, column: str, streams: Sequence[str]) -> str:
    slot = SLOT.format(column=column)
    named = ", ".join(f"'{name}'" for name in sorted(streams))
    return (
        f"  insert into conversations_stalehour (stream, hour) select distinct mark.stream, {slot}\n"  # noqa: S608 - ours
        f"    from ({changed}) changed join conversations_tallymark mark\n"
        f"    on mark.stream in ({named}) and changed.{column} < mark.watched;\n"
    )


def _drop(name: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'drop trigger "{name}" on "{table}"')
        cursor.execute(f'drop function "{name}"()')


def _make(trigger: Trigger) -> None:
    tables = " ".join(f"{side} table as {side}_rows" for side in EVENTS[trigger.event])
    with connection.cursor() as cursor:
        cursor.execute(
            f'create function "{trigger.name}"() returns trigger language plpgsql as $tally${trigger.body}$tally$'
        )
        cursor.execute(
            f'create trigger "{trigger.name}" after {trigger.event} on "{trigger.table}" referencing {tables}'
            f' for each statement execute function "{trigger.name}"()'
        )
