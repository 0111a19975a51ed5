"""The whole story of one customer: what was said, bought, looked at and done, on one line, newest first.

Each kind of row is walked along an index of its own, for each identity or conversation by itself (LATERAL), and the
database merges the few keys that a page can need: so a page costs the same however long the story is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q

from conversations.models import Activity, Conversation, Message
from conversations.sight import categories_seen_by, verbs_hidden_from
from customers.models import Category, Event, MergeEntry, Visit

if TYPE_CHECKING:
    from deskapp.models import User

PAGE = 50
COUNT_TO = 1000
FEW = 2  # categories
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
TALK = "talk"  # the filter beside the categories: messages, calls, and what agents did with them
GROUPS = (TALK, *Category.values)
SITE = "site"  # the channel that no medium is: the shop's pages
BROWSING = (Category.BEHAVIOURAL, Category.CONTEXTUAL)


class Kind(IntEnum):
    """Also the order of what happened at the same moment: what was done stands before what was said."""

    ACTIVITY = 0
    MERGE = 1
    UNMERGE = 2
    VISIT = 3
    EVENT = 4
    MESSAGE = 5


Key = tuple[datetime, int, int]  # when, kind, id: total, since no two rows of a kind have the same id


@dataclass(frozen=True)
class Wanted:
    """A reading of the story. `groups`: of GROUPS; `medium`: of Medium, or SITE."""

    groups: frozenset[str] = frozenset(GROUPS)
    medium: str = ""
    words: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Happening:
    key: Key
    row: Model

    @property
    def at(self) -> datetime:
        return self.key[0]

    @property
    def kind(self) -> Kind:
        return Kind(self.key[1])

    @property
    def id(self) -> str:
        return f"{self.kind.name.lower()}-{self.key[2]}"


@dataclass(frozen=True)
class Story:
    happenings: list[Happening] = field(default_factory=list)  # newest first
    older: str = ""  # the cursor of what was before; "" at the beginning
    newer: str = ""  # of what came after; "" at the end


def newest(agent: "User", customer: int, wanted: Wanted) -> Story:
    return before(agent, customer, wanted, None)


def before(agent: "User", customer: int, wanted: Wanted, edge: Key | None) -> Story:
    """The page that ends at `edge`, which is not in it."""
    keys = _keys(agent, customer, wanted, edge, forwards=False)
    shown = _loaded(keys[:PAGE])
    newer = cursor(edge) if edge else ""
    return Story(shown, cursor(keys[PAGE - 1]) if len(keys) > PAGE else "", newer)


def after(agent: "User", customer: int, wanted: Wanted, edge: Key) -> Story:
    """The page that begins after `edge`."""
    keys = _keys(agent, customer, wanted, edge, forwards=True)
    shown = _loaded(keys[:PAGE][::-1])
    return Story(shown, "", cursor(keys[PAGE - 1]) if len(keys) > PAGE else "")


def between(agent: "User", customer: int, since: datetime, until: datetime | None, limit: int) -> list[Happening]:
    """What happened outside of conversations in that time, oldest first, for standing among their messages. Where
    there is more than `limit`, the newest."""
    groups = frozenset(categories_seen_by(agent))
    edge = (until, 0, 0) if until else None
    keys = _keys(agent, customer, Wanted(groups=groups, since=since), edge, forwards=False)
    return _loaded(keys[:limit][::-1])


def walk(agent: "User", customer: int, wanted: Wanted, until: datetime | None, limit: int) -> "Piece":
    """A statement of the newest `limit` keys before `until`, as (kind, at, id), for standing in another."""
    edge = (until, 0, 0) if until else None
    parts = list(_pieces(agent, customer, wanted, edge, forwards=False))
    union = _union([_limited(sql, limit) for sql, _params in parts])
    sql = f"select kind, at, id from ({union}) walked order by at desc, kind desc, id desc limit {limit}"  # noqa: S608
    return sql, [value for _sql, params in parts for value in params]


def cursor(key: Key) -> str:
    at, kind, pk = key
    return f"{at.isoformat()}~{int(kind)}~{pk}"


def edge_of(text: str) -> Key | None:
    """The key that a cursor names; None where it names nothing."""
    at, kind, pk = (text.split("~") + ["", "", ""])[:3]
    try:
        when, rank, number = datetime.fromisoformat(at), int(kind), int(pk)
    except ValueError:
        return None
    return (when, rank, number) if when.tzinfo and 0 <= rank <= Kind.MESSAGE and 0 <= number < 2**63 else None


def counts(agent: "User", customer: int, since: datetime | None = None) -> dict[str, int]:
    """How many happenings each group has, up to COUNT_TO, in one query."""
    categories = categories_seen_by(agent)
    parts: list[Piece] = [
        _counted(TALK, list(_pieces(agent, customer, Wanted(frozenset([TALK]), since=since), None, forwards=False))),
        (_OF_CATEGORIES, [customer, categories, since or LONG_AGO]),
    ]
    if Category.BEHAVIOURAL in categories:
        visits = _Ways(customer, Wanted(since=since), None, forwards=False).visits()
        parts.append(_counted(Category.BEHAVIOURAL, [visits]))
    found = dict.fromkeys([TALK, *categories], 0)
    with connection.cursor() as asking:
        asking.execute(_union(sql for sql, _params in parts), [value for _sql, params in parts for value in params])
        for group, count in asking.fetchall():
            found[group] = min(found[group] + int(count), COUNT_TO)
    return found


def _counted(group: str, pieces: "list[Piece]") -> "Piece":
    union = _union(_limited(sql, COUNT_TO) for sql, _params in pieces)
    values = [value for _sql, params in pieces for value in params]
    return f"(select '{group}', count(*) from (select from ({union}) alike limit {COUNT_TO}) few)", values  # noqa: S608


# The keys of a page, in one statement.

Value = str | int | datetime | list[str] | list[int]
Piece = tuple[str, list[Value]]  # a statement, and what stands in it


def _keys(agent: "User", customer: int, wanted: Wanted, edge: Key | None, *, forwards: bool) -> list[Key]:
    """One more than a page has, so that the next page is known of."""
    parts = list(_pieces(agent, customer, wanted, edge, forwards=forwards))
    if not parts:
        return []
    way = "asc" if forwards else "desc"
    union = _union([_limited(sql, PAGE + 1) for sql, _params in parts])
    statement = (
        f"select kind, at, id from ({union}) walked"  # noqa: S608  our own words, with their parameters
        f" order by at {way}, kind {way}, id {way} limit {PAGE + 1}"
    )
    with connection.cursor() as asking:
        # It takes an identity's events of a month to be few, and would sort all that there are instead of walking to
        # the first fifty: of a hundred thousand that is twenty times the work.
        statement = f"set local enable_sort = off; {statement}; set local enable_sort = on"
        asking.execute(statement, [value for _sql, params in parts for value in params])
        asking.nextset()
        return [(at, kind, pk) for kind, at, pk in asking.fetchall()]


def _union(pieces: Iterable[str]) -> str:
    return " union all ".join(pieces)


def _limited(sql: str, limit: int) -> str:
    return sql.replace("{limit}", str(limit))


def _pieces(agent: "User", customer: int, wanted: Wanted, edge: Key | None, *, forwards: bool) -> Iterable[Piece]:
    """For each kind of row the statement of its keys, each no more than `{limit}` of one identity or conversation."""
    groups = set(wanted.groups)
    if wanted.medium:
        groups &= {TALK} if wanted.medium != SITE else set(BROWSING)
    ways = _Ways(customer, wanted, edge, forwards)
    if TALK in groups:
        talks = _conversations(agent, customer)
        yield ways.messages(talks)
        if not wanted.medium:
            yield ways.activities(talks, verbs_hidden_from(agent))
            yield from (ways.merges(kind) for kind in (Kind.MERGE, Kind.UNMERGE))
    categories = [category for category in categories_seen_by(agent) if category in groups]
    if categories:
        yield ways.events(categories)
    if Category.BEHAVIOURAL in categories:
        yield ways.visits()


def _conversations(agent: "User", customer: int) -> Piece:
    rows = Conversation.objects.visible_to(agent).filter(customer=customer).values_list("id")
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "select null::bigint where false", []
    return sql, list(params)


class _Ways:
    """How the keys of each kind are found on the way from `edge`."""

    def __init__(self, customer: int, wanted: Wanted, edge: Key | None, forwards: bool) -> None:
        self.customer, self.wanted, self.edge, self.forwards = customer, wanted, edge, forwards
        self.way = "asc" if forwards else "desc"

    def messages(self, talks: Piece) -> Piece:
        more = ""
        values: list[Value] = []
        if self.wanted.medium:
            more += " and channel_id in (select id from conversations_channel where medium = %s)"
            values.append(self.wanted.medium)
        if self.wanted.words:
            more += " and search @@ websearch_to_tsquery('simple', %s)"
            values.append(self.wanted.words)
        walk = self._walk(Kind.MESSAGE, "conversations_message", "conversation_id", "created_at", "id", more, values)
        return self._each(Kind.MESSAGE, talks, walk)

    def activities(self, talks: Piece, hidden: list[str]) -> Piece:
        more, values = self._like('"to"', "reason")
        if hidden:
            more, values = f"{more} and verb <> all(%s)", [*values, hidden]
        walk = self._walk(Kind.ACTIVITY, "conversations_activity", "conversation_id", "created_at", "id", more, values)
        return self._each(Kind.ACTIVITY, talks, walk)

    def events(self, categories: list[str]) -> Piece:
        """Of many categories, all that an identity did, and what is not wanted is passed over. Of few each by itself,
        along an index of its own: what is rare is not looked for among what is frequent."""
        more, values = self._like("name", "properties::text")
        if len(categories) > FEW:
            wanted: list[Value] = [categories, *values]
            walk = self._walk(
                Kind.EVENT, "customers_event", "identity_id", "occurred_at", "number",
                f" and not is_folded and category = any(%s){more}", wanted,
            )  # fmt: skip
            return self._each(Kind.EVENT, (_IDENTITIES, [self.customer]), walk)
        each = f"select i.id, c from ({_IDENTITIES}) i cross join unnest(%s::text[]) c"  # noqa: S608
        walk = self._walk(
            Kind.EVENT, "customers_event", "identity_id", "occurred_at", "number",
            f" and category = each.part and not is_folded{more}", values,
        )  # fmt: skip
        return self._each(Kind.EVENT, (each, [self.customer, categories]), walk, parts="(id, part)")

    def visits(self) -> Piece:
        more, values = self._like("page::text", "seen::text", "searches::text")
        walk = self._walk(Kind.VISIT, "customers_visit", "identity_id", "started_at", "id", more, values)
        return self._each(Kind.VISIT, (_IDENTITIES, [self.customer]), walk)

    def merges(self, kind: Kind) -> Piece:
        """Few: they need no walk."""
        at = "created_at" if kind == Kind.MERGE else "undone_at"
        more, values = self._like("evidence")
        edge, edges = self._edge(kind, at, "id")
        sql = (
            f"(select {int(kind)} as kind, {at} as at, id from customers_mergeentry"  # noqa: S608
            f" where %s in (kept_id, absorbed_id) and {at} is not null{edge}{more}"
            f" order by {at} {self.way}, id {self.way} limit {{limit}})"
        )
        return sql, [self.customer, *edges, *values]

    def _each(self, kind: Kind, owners: Piece, walk: Piece, *, parts: str = "(id)") -> Piece:
        sql = (
            f"(select {int(kind)} as kind, walked.at, walked.id from ({owners[0]}) each{parts}"  # noqa: S608
            f" cross join lateral ({walk[0]}) walked order by walked.at {self.way}, walked.id {self.way}"
            " limit {limit})"
        )
        return sql, [*owners[1], *walk[1]]

    def _walk(self, kind: Kind, table: str, owner: str, at: str, pk: str, more: str, values: list[Value]) -> Piece:
        edge, edges = self._edge(kind, at, pk)
        sql = (
            f"select {at} as at, {pk} as id from {table} where {owner} = each.id{edge}{more}"  # noqa: S608
            f" order by {at} {self.way}, {pk} {self.way} limit {{limit}}"
        )
        return sql, [*edges, *values]

    def _edge(self, kind: Kind, at: str, pk: str) -> Piece:
        """Beyond the edge in the order of Key. Its plain comparison of times is what partitions are left out by."""
        sql = ""
        values: list[Value] = []
        if self.wanted.since:
            sql = f" and {at} >= %s"
            values.append(self.wanted.since)
        if not self.edge:
            return sql, values
        when, rank, number = self.edge
        beyond = ">" if self.forwards else "<"
        takes_moment = kind > rank if self.forwards else kind < rank
        if kind == rank:
            return f"{sql} and {at} {beyond}= %s and ({at}, {pk}) {beyond} (%s, %s)", [*values, when, when, number]
        return f"{sql} and {at} {beyond}{'=' if takes_moment else ''} %s", [*values, when]

    def _like(self, *columns: str) -> Piece:
        if not self.wanted.words:
            return "", []
        pattern = "%" + self.wanted.words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        return f" and ({' or '.join(f'{column} ilike %s' for column in columns)})", [pattern for _column in columns]


_IDENTITIES = "select id from customers_identity where customer_id = %s"
_OF_CATEGORIES = f"""(
  select each.part, sum(counted.n) from (
    select i.id, c from ({_IDENTITIES}) i cross join unnest(%s::text[]) c) each(id, part)
  cross join lateral (
    select count(*) as n from (
      select from customers_event where identity_id = each.id and category = each.part and not is_folded
        and occurred_at >= %s limit {COUNT_TO}) few) counted
  group by each.part)"""  # noqa: S608  our own words


# The rows of those keys: a query for each kind that is among them.


def _loaded(keys: list[Key]) -> list[Happening]:
    by_kind: dict[int, list[Key]] = {}
    for key in keys:
        by_kind.setdefault(Kind.MERGE if key[1] == Kind.UNMERGE else key[1], []).append(key)
    rows = {kind: _LOADERS[Kind(kind)](theirs) for kind, theirs in by_kind.items()}
    found = []
    for key in keys:
        row = rows[Kind.MERGE if key[1] == Kind.UNMERGE else key[1]].get(key[2])
        if row is not None:  # else it was erased this very moment
            found.append(Happening(key, row))
    return found


def _messages(keys: list[Key]) -> dict[int, Model]:
    rows = Message.objects.filter(pk__in=[pk for _at, _kind, pk in keys])
    related = ("channel", "author", "conversation__customer")
    return {row.pk: row for row in rows.select_related(*related).defer("search", "html", "quoted")}


def _activities(keys: list[Key]) -> dict[int, Model]:
    rows = Activity.objects.filter(pk__in=[pk for _at, _kind, pk in keys])
    return {row.pk: row for row in rows.select_related("by", "conversation")}


def _events(keys: list[Key]) -> dict[int, Model]:
    """By their whole keys, and between the first and the last: both tell the database which months to leave out."""
    times = [at for at, _kind, _number in keys]
    named = Q(pk__in=[(at, number) for at, _kind, number in keys])
    rows = Event.objects.filter(named, occurred_at__range=(min(times), max(times)))
    return {row.number: row for row in rows.select_related("identity")}


def _visits(keys: list[Key]) -> dict[int, Model]:
    return {row.pk: row for row in Visit.objects.filter(pk__in=[pk for _at, _kind, pk in keys])}


def _merges(keys: list[Key]) -> dict[int, Model]:
    rows = MergeEntry.objects.filter(pk__in=[pk for _at, _kind, pk in keys])
    return {row.pk: row for row in rows.select_related("by", "absorbed", "kept")}


_LOADERS = {
    Kind.MESSAGE: _messages,
    Kind.ACTIVITY: _activities,
    Kind.EVENT: _events,
    Kind.VISIT: _visits,
    Kind.MERGE: _merges,
}
