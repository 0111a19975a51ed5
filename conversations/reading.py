"""The lists of the inbox: which conversations a view holds, in which order, page by page, and how many."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlencode

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, prefetch_related_objects
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conversations import sorting
from conversations.live import presence
from conversations.models import Conversation, Medium, Priority, ReadMark, SavedView, Status, Tag, Team, Topic
from conversations.models.conversation import ConversationQuerySet
from conversations.models.personal import Mention
from conversations.places import Place, places_of
from conversations.typed import whole_number
from customers.models import Membership, Segment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User

PAGE = 30
TAGS = 2  # of a row
COUNT_TO = 1000  # counting stops here; the badge says 999+
COUNT_LESS = {"unread": 1}  # of which it is only asked whether there is one
FILTERS = ("status", "channel", "tag", "team", "assignee", "priority", "topic", "segment")
WHEN_ANY = ("to_ring",)  # views that stand in the rail only where they hold somebody


@dataclass(frozen=True)
class View:
    """One entry of the rail. `key` is its place in addresses: "mine", "team-3", "saved-7"."""

    key: str
    label: "StrOrPromise"
    icon: str = "view"
    count: int | None = None  # None where it is not counted
    is_due: bool = False
    go: str = ""  # the letter after g


@dataclass(frozen=True)
class Rail:
    views: list[View]
    saved: list[View]
    places: list[Place]
    total: int = 0  # of the list beside the rail, up to COUNT_TO


@dataclass(frozen=True)
class Listed:
    """A list as it is asked for: the view, its order and its filters."""

    key: str
    label: str
    sort: str
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """A saved view may be kept in another order, so that of one is always said."""
        says = self.sort != "waiting" or self.key.startswith("saved-")
        return urlencode({**self.filters, **({"sort": self.sort} if says else {})})

    @property
    def orders(self) -> "list[tuple[str, StrOrPromise, str]]":
        """Those it can stand in: the key, the words, and the address, with the same filters."""
        here = reverse("inbox_view", args=[self.key])
        keys = sorting.sorts_of(self.key, self.filters.get("status", ""))
        return [(key, sorting.LABELS[key], f"{here}?{urlencode({**self.filters, 'sort': key})}") for key in keys]

    @property
    def order_label(self) -> "StrOrPromise":
        return sorting.LABELS[self.sort]

    @property
    def href(self) -> str:
        return reverse("inbox_view", args=[self.key]) + (f"?{self.query}" if self.query else "")

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """What it is filtered by: ("Team", "Returns"). One query for each filter that names a row."""
        return [(str(_LABELS[name]), _named(name, value)) for name, value in self.filters.items()]


@dataclass(frozen=True)
class Page:
    rows: list[Conversation]
    after: str  # the cursor of the next page; "" at the end


_LABELS = {
    "status": _("Status"),
    "channel": _("Channel"),
    "tag": _("Tag"),
    "team": _("Team"),
    "assignee": _("Assignee"),
    "priority": _("Priority"),
    "topic": _("Topic"),
    "segment": _("Customer segment"),
}


def _named(name: str, value: str) -> str:
    """A value of a filter as its form calls it; what is there no more stays as it stands in the address."""
    choices: dict[str, dict[str, StrOrPromise]] = {
        "status": dict(Status.choices),
        "channel": dict(Medium.choices),
        "priority": {str(number): label for number, label in Priority.choices},
        "assignee": {"me": _("Me"), "nobody": _("Nobody")},
        "topic": {"none": _("Not known")},
    }
    rows: dict[str, QuerySet] = {
        "team": Team.objects.all(),
        "assignee": get_user_model().objects.all(),
        "segment": Segment.objects.all(),
        "topic": Topic.objects.all(),
    }
    if value in choices.get(name, {}):
        return str(choices[name][value])
    if name in rows and (number := whole_number(value)) is not None:
        return str(rows[name].filter(pk=number).first() or value)
    return value


_VIEWS = [
    View("mine", _("Mine"), "mine", go="i"),
    View("unassigned", _("Unassigned"), "unassigned", go="u"),
    View("mentions", _("Mentions"), "note"),
    View("to_ring", _("Call back"), "phone"),
    View("snoozed", _("Snoozed"), "snooze"),
    View("all", _("All"), "inbox", go="a"),
    View("resolved", _("Solved"), "resolve"),
    View("spam", _("Spam"), "warning"),
]


def views_of(agent: "User") -> list[View]:
    teams = [View(f"team-{team.pk}", team.name, "people") for team in sorted(agent.teams.all(), key=str)]
    return [*_VIEWS[:2], *teams, *_VIEWS[2:]]


def listed(agent: "User", key: str, data: QueryDict) -> Listed:
    """Raises Http404 for a view that this agent does not have."""
    filters = {name: str(data[name]) for name in FILTERS if data.get(name)}
    sort = data.get("sort", "")
    if key.startswith("saved-"):
        saved = _saved(agent).filter(pk=_number(key)).first()
        if saved is None:
            raise Http404
        kept: dict[str, str] = {name: values[0] for name, values in parse_qs(saved.query).items()}
        filters = {**{name: value for name, value in kept.items() if name in FILTERS}, **filters}
        return Listed(key, saved.name, _sort(sort or kept.get("sort", ""), key, filters), filters)
    if key.startswith("team-"):
        label = _team_name(agent, _number(key))
    else:
        label = next((str(view.label) for view in _VIEWS if view.key == key), "")
    if not label:
        raise Http404
    return Listed(key, str(label), _sort(sort, key, filters), filters)


def _sort(asked: str, key: str, filters: dict[str, str]) -> str:
    return asked if asked in sorting.sorts_of(key, filters.get("status", "")) else "waiting"


def _number(key: str) -> int:
    return whole_number(key.partition("-")[2]) or 0


def _team_name(agent: "User", pk: int) -> str:
    teams = Team.objects.filter(pk=pk) if agent.sees_all_teams else agent.teams.all()
    return next((team.name for team in teams if team.pk == pk), "")


def _saved(agent: "User") -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner=agent) | Q(is_shared=True)).order_by("name", "pk")


def conversations_of(
    agent: "User", wanted: Listed, *, seen: ConversationQuerySet | None = None
) -> ConversationQuerySet:
    """What the view holds for this agent, filtered, not yet ordered. `seen`: what they may see, where it is known."""
    seen = Conversation.objects.visible_to(agent) if seen is None else seen
    return _filtered(_in_view(agent, wanted.key, wanted.filters, seen), agent, wanted.filters)


def _in_view(agent: "User", key: str, filters: dict[str, str], seen: ConversationQuerySet) -> ConversationQuerySet:
    match key.partition("-")[0]:
        case "mine":
            return seen.mine(agent)
        case "unassigned":
            return seen.unassigned()
        case "team":
            return seen.open().filter(team=_number(key))
        case "mentions":
            return seen.here().filter(pk__in=Mention.objects.filter(agent=agent, read_at=None).values("conversation"))
        case "to_ring":
            return seen.to_ring()
        case "snoozed":
            return seen.snoozed()
        case "resolved":
            return seen.resolved()
        case "spam":
            return seen.spam()
        case "saved" if "status" in filters:
            return seen.here()
    return seen.open()


def _filtered(rows: ConversationQuerySet, agent: "User", filters: dict[str, str]) -> ConversationQuerySet:
    if (status := filters.get("status")) in Status.values:
        rows = rows.filter(status=status)
    if (medium := filters.get("channel")) in Medium.values:
        rows = rows.filter(media__contains=[medium])
    if tag := filters.get("tag", "").replace("\x00", ""):  # which PostgreSQL cannot even compare
        rows = rows.filter(tags__name__iexact=tag)
    if (team := whole_number(filters.get("team", ""))) is not None:
        rows = rows.filter(team=team)
    if (priority := whole_number(filters.get("priority", ""))) in Priority.values:
        rows = rows.filter(priority=priority)
    assignee = filters.get("assignee", "")
    if assignee in ("me", "nobody"):
        rows = rows.filter(assignee=agent if assignee == "me" else None)
    elif (agent_meant := whole_number(assignee)) is not None:
        rows = rows.filter(assignee=agent_meant)
    if (topic := filters.get("topic", "")) == "none":
        rows = rows.filter(topic=None)
    elif (topic_meant := whole_number(topic)) is not None:
        rows = rows.filter(topic=topic_meant)
    if (segment := whole_number(filters.get("segment", ""))) is not None:
        rows = rows.filter(customer__in=_members(agent, segment))
    return rows


def _members(agent: "User", segment: int) -> QuerySet:
    """A segment may tell what was bought: who may not know that finds nobody in it, also by a view that was shared."""
    members = Membership.objects.filter(segment=segment) if agent.sees_purchases else Membership.objects.none()
    return members.values("customer")


def page(agent: "User", wanted: Listed, *, after: str = "") -> Page:
    """The next rows after the cursor, each with `is_unread` and `viewers`: two queries and one look into Redis."""
    rows = _with_what_rows_show(agent, conversations_of(agent, wanted))
    found, cursor = sorting.page(rows, wanted.sort, after=after, size=PAGE)
    _beside(agent, found)
    return Page(found, cursor)


def rows_of(agent: "User", pks: Sequence[int]) -> list[Conversation]:
    """These, as far as the agent may see them, as `page` has them."""
    found = list(_with_what_rows_show(agent, Conversation.objects.visible_to(agent).filter(pk__in=pks)))
    _beside(agent, found)
    return found


def _with_what_rows_show(agent: "User", rows: ConversationQuerySet) -> ConversationQuerySet:
    tags = Tag.objects.filter(conversations=OuterRef("pk")).order_by("name").values("name")[:TAGS]
    rows = rows.select_related("customer", "assignee", "team")
    return rows.annotate(is_unread=_is_unread(agent), tag_names=ArraySubquery(tags))


def _beside(agent: "User", rows: Sequence[Conversation]) -> None:
    prefetch_related_objects([row.customer for row in rows if not row.customer.name], "identities")
    with_viewers(rows, but=agent.pk)


def total_of(agent: "User", wanted: Listed) -> int:
    """Up to COUNT_TO."""
    return counted({"held": conversations_of(agent, wanted)})["held"]


def with_viewers(rows: Sequence[Conversation], *, but: int) -> None:
    here = presence.in_conversations([row.pk for row in rows])
    for row in rows:
        row.viewers = [viewer for viewer in here.get(row.pk, []) if viewer["id"] != but]  # type: ignore[attr-defined]


def _is_unread(agent: "User") -> Q | Exists:
    """The customer wrote after this agent last looked, and nobody of ours has answered since."""
    read = ReadMark.objects.filter(conversation=OuterRef("pk"), agent=agent, read_at__gte=OuterRef("last_inbound_at"))
    return ~Exists(read) & Q(last_inbound_at__isnull=False) & Q(waiting_since__isnull=False)


def rail_of(agent: "User", beside: Listed | None = None) -> Rail:
    """`beside`: the list whose rows are counted in the same query."""
    views, saved = views_of(agent), [(row, f"saved-{row.pk}") for row in _saved(agent)]
    lists = [Listed(view.key, str(view.label), "waiting") for view in views if view.key not in ("resolved", "spam")]
    lists += [Listed(key, row.name, "waiting", _kept(row.query)) for row, key in saved]
    if beside:
        lists.append(Listed("beside", beside.key, "waiting", beside.filters))
    may_see = (agent.sees_all_teams, agent.is_active, agent.sees_purchases, *(team.pk for team in agent.teams.all()))
    counts = _counting(agent, may_see, tuple((each.key, each.label, urlencode(each.filters)) for each in lists)).ask()
    shown = [view for view in views if view.key not in WHEN_ANY or counts.get(view.key) or _is_open(view, beside)]
    return Rail(
        [_counted(view, counts) for view in shown],
        [View(key, row.name, count=counts.get(key, 0)) for row, key in saved],
        places_of(agent),
        counts.get("beside", 0),
    )


def _is_open(view: View, beside: Listed | None) -> bool:
    return beside is not None and beside.key == view.key


def _counted(view: View, counts: dict[str, int]) -> View:
    is_due = view.key == "mine" and bool(counts.get("unread"))
    return View(view.key, view.label, view.icon, counts.get(view.key), is_due, view.go)


def _kept(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items() if name in FILTERS}


def counted(querysets: dict[str, ConversationQuerySet]) -> dict[str, int]:
    """How many rows each has, up to COUNT_TO, in one query."""
    return counting(querysets).ask()


@lru_cache(maxsize=256)
def _counting(agent: "User", may_see: tuple[object, ...], lists: tuple[tuple[str, str, str], ...]) -> "Counting":
    """For the rail: Django takes longer to write these queries than PostgreSQL to answer them, so they are kept for
    as long as the agent may see the same (`may_see`) and has the same lists, each a key, a label and its filters."""
    seen = Conversation.objects.visible_to(agent)
    wanted = {}
    for key, label, query in lists:
        each = Listed(label if key == "beside" else key, label, "waiting", _kept(query))
        wanted[key] = conversations_of(agent, each, seen=seen)
    wanted["unread"] = Conversation.objects.mine(agent).annotate(is_unread=_is_unread(agent)).filter(is_unread=True)
    return counting(wanted)


@dataclass(frozen=True)
class Counting:
    """The query that counts. `empty`: those that it need not ask for."""

    names: list[str]
    sql: str
    values: list[str | int]
    empty: list[str]

    def ask(self) -> dict[str, int]:
        found = dict.fromkeys(self.empty, 0)
        if not self.names:
            return found
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values)
            return found | dict(zip(self.names, cursor.fetchone() or (), strict=True))


def counting(querysets: dict[str, ConversationQuerySet]) -> Counting:
    pieces: dict[str, str] = {}  # they select nothing, so that an index alone can answer
    values: list[str | int] = []
    for name, rows in querysets.items():
        try:
            to = COUNT_LESS.get(name, COUNT_TO)
            sql, params = rows.order_by().values_list(Value(1))[:to].query.sql_with_params()
        except EmptyResultSet:
            continue
        pieces[name] = f"(select count(*) from ({sql}) as counted)"  # noqa: S608  Django wrote it, with its parameters
        values.extend(cast("Sequence[str | int]", params))
    empty = [name for name in querysets if name not in pieces]
    return Counting(list(pieces), "select " + ", ".join(pieces.values()), values, empty)
