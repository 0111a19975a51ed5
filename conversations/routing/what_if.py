"""What a replay says: the figures of both rules side by side, a sentence, a chart, and who goes elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.contrib.auth import get_user_model
from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.models import Conversation, Replay, ReplayChange, Team
from conversations.routing import replay as replays
from conversations.routing import words
from conversations.routing.figures import Figures, Turn
from conversations.typed import whole_number

if TYPE_CHECKING:
    from deskapp.models import User

Way = Literal["more", "less", ""]  # which of the two is better
LEFT, RIGHT, STEP = 84, 314, 28  # of the chart: where its scale begins and ends, and how far its lines are apart
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 960, 1920)  # minutes
AT_ONCE = 8  # changed conversations


@dataclass(frozen=True)
class Compared:
    label: str
    before: str
    after: str
    change: str = ""
    direction: str = ""  # up, down
    grade: str = ""  # good, bad


@dataclass(frozen=True)
class OfTeam:
    """A line of the chart, and of the table behind it."""

    name: str
    y: int
    x_before: float | None
    x_after: float | None
    before: list[str]  # median, nine in ten, late
    after: list[str]


@dataclass(frozen=True)
class Chart:
    teams: list[OfTeam]
    ticks: list[tuple[float, str]]
    height: int

    @property
    def foot(self) -> int:
        return self.height - 4

    @property
    def axis(self) -> int:
        return self.height - 18


@dataclass(frozen=True)
class Changed:
    change: ReplayChange
    who: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    rows: list[Changed]
    after: str = ""  # the cursor of the next page; "" at the end


def compared(before: Figures, after: Figures, names: Mapping[int, str]) -> list[Compared]:
    rows = [
        _share(_("Same agent as before"), before.same_agent, after.same_agent, "more"),
        _share(_("Passed on"), before.passed_on, after.passed_on, "less"),
        _wait(_("Median wait"), before.median_wait, after.median_wait),
        _wait(_("Nine in ten wait less than"), before.p90_wait, after.p90_wait),
        _share(_("Late"), before.late, after.late, "less"),
        _share(_("Nobody fitted"), before.fallback, after.fallback, "less"),
        _share(_("Load, how unequal"), before.spread, after.spread, "less"),
    ]
    was, would = before.busiest, after.busiest
    who = would or was
    label = _("Busiest agent: %(name)s") % {"name": names.get(who.agent, "–")} if who else _("Busiest agent")
    counts = Compared(_("Nobody’s at the end"), str(before.unserved), str(after.unserved))
    return [
        *rows,
        _share(label, was.load if was else None, would.load if would else None, "less"),
        _changed(counts, after.unserved - before.unserved, "less"),
    ]


def callout(before: Figures, after: Figures, replay: Replay) -> tuple[str, str]:
    """What matters most, and how many it concerns."""
    if not replay.differing:
        none = _("Each of the %(n)s conversations goes where it goes now.") % {"n": replay.total}
        return _("No difference."), none
    said = list(_judged(before, after))
    head = ", ".join(said) or _("others answer, as fast as now")
    many = ngettext(
        "%(n)s of %(total)s conversations goes elsewhere.", "%(n)s of %(total)s conversations go elsewhere.",
        replay.differing,
    )  # fmt: skip
    return f"{head[:1].upper()}{head[1:]}.", many % {"n": replay.differing, "total": replay.total}


def _judged(before: Figures, after: Figures) -> Iterator[str]:
    same = _points(before.same_agent, after.same_agent)
    if same:
        yield _("more people meet the agent they know") if same > 0 else _("fewer people meet the agent they know")
    if before.median_wait is not None and after.median_wait is not None:
        slower = round(after.median_wait - before.median_wait)
        if slower:
            words_ = _("%(time)s slower") if slower > 0 else _("%(time)s faster")
            yield words_ % {"time": _clock(abs(slower))}
    late = _points(before.late, after.late)
    if late:
        yield _("more are late") if late > 0 else _("fewer are late")
    passed = _points(before.passed_on, after.passed_on)
    if passed:
        yield _("more are passed on") if passed > 0 else _("fewer are passed on")


def chart(before: Figures, after: Figures, names: Mapping[int, str]) -> Chart:
    """Median waits by team, in minutes."""
    was, would = ({team.team: team for team in each.teams} for each in (before, after))
    keys = sorted({*was, *would}, key=lambda key: names.get(key, ""))
    waits = [each.median_wait for each in (*before.teams, *after.teams) if each.median_wait is not None]
    most = max(waits, default=0) / 60
    step = next((tick for tick in TICKS if tick * 4 >= most), TICKS[-1])
    whole = step * 4

    def at(seconds: float | None) -> float | None:
        return None if seconds is None else round(LEFT + (RIGHT - LEFT) * min(seconds / 60 / whole, 1), 1)

    rows = []
    for place, key in enumerate(keys):
        sides = [each.get(key) for each in (was, would)]
        told = [
            [_clock(side.median_wait), _clock(side.p90_wait), _percent(side.late)] if side else ["–"] * 3
            for side in sides
        ]
        where = [at(side.median_wait) if side else None for side in sides]
        rows.append(OfTeam(names.get(key, "–"), 14 + place * STEP, where[0], where[1], told[0], told[1]))
    ticks = [(round(LEFT + (RIGHT - LEFT) * place / 4, 1), f"{step * place:g}") for place in range(5)]
    return Chart(rows, ticks, 18 + STEP * max(len(rows), 1))


def changes(replay: Replay, reader: "User", *, after: str = "") -> Changes:
    """Those that the rules themselves change first, then what follows from them; of what the reader may see."""
    rows = ReplayChange.objects.filter(replay=replay).select_related("conversation__customer")
    if not reader.sees_all_teams:
        rows = rows.filter(conversation__in=Conversation.objects.visible_to(reader).values("pk"))
    if (last := _edge(after, replay)) is not None:
        later = Q(at__gt=last.at) | Q(at=last.at, pk__gt=last.pk)
        rows = rows.filter(Q(is_direct=last.is_direct) & later | Q(is_direct__lt=last.is_direct))
    found = list(rows.order_by("-is_direct", "at", "pk")[: AT_ONCE + 1])
    shown = found[:AT_ONCE]
    prefetch_related_objects(
        [row.conversation.customer for row in shown if not row.conversation.customer.name], "identities"
    )
    more = str(shown[-1].pk) if len(found) > AT_ONCE else ""
    return Changes(list(_told(shown)), more)


def names_of(figures: Iterable[Figures]) -> dict[int, str]:
    """Of the busiest agents."""
    agents = {each.busiest.agent for each in figures if each.busiest}
    return {agent.pk: agent.short_name for agent in get_user_model().objects.filter(pk__in=agents)}


def team_names() -> dict[int, str]:
    return dict(Team.objects.values_list("pk", "name"))


def _edge(after: str, replay: Replay) -> ReplayChange | None:
    return ReplayChange.objects.filter(replay=replay, pk=whole_number(after) or 0).only("at", "is_direct").first()


def _told(rows: list[ReplayChange]) -> Iterator[Changed]:
    turns = [replays.turns_of(row) for row in rows]
    agents = {turn.agent for pair in turns for turn in pair if turn.agent}
    people = get_user_model().objects.in_bulk(agents)
    teams = team_names()
    for row, (before, after) in zip(rows, turns, strict=True):
        is_team = before.agent == after.agent  # what differs is the team as which they have it
        said = [_turn(turn, people, teams, is_team=is_team) for turn in (before, after)]
        yield Changed(row, row.conversation.customer.label, said[0], said[1])


def _turn(turn: Turn, people: "Mapping[int, User]", teams: Mapping[int, str], *, is_team: bool) -> str:
    """ "Ada after 3:10, because …"; or the queue, and why."""
    team = teams.get(turn.team or 0, "")
    if turn.agent is None:
        return words.verdict(turn.decision, agent="", team=team) if turn.decision else _("Nobody had it.")
    person = people.get(turn.agent)
    name = person.short_name if person else "–"
    told = {"name": f"{name} ({team})" if is_team and team else name, "time": _clock(turn.wait)}
    who = _("%(name)s after %(time)s") % told if turn.wait else told["name"]
    if turn.decision is None or turn.decision.kind != "agent" or turn.decision.agent != turn.agent:
        return f"{who}."
    return words.verdict(turn.decision, agent=who, team=team)


def _share(label: str, before: float | None, after: float | None, better: Way) -> Compared:
    row = Compared(label, _percent(before), _percent(after))
    return _changed(row, _points(before, after), better)


def _wait(label: str, before: float | None, after: float | None) -> Compared:
    row = Compared(label, _clock(before), _clock(after))
    if before is None or after is None or round(after) == round(before):
        return row
    longer = after - before
    return Compared(
        label,
        row.before,
        row.after,
        _clock(abs(longer)),
        "up" if longer > 0 else "down",
        "bad" if longer > 0 else "good",
    )


def _changed(row: Compared, by: float, better: Way) -> Compared:
    if not by:
        return row
    grade = "" if not better else "good" if (by > 0) == (better == "more") else "bad"
    return Compared(row.label, row.before, row.after, f"{abs(by):g}", "up" if by > 0 else "down", grade)


def _points(before: float | None, after: float | None) -> float:
    """Of a hundred."""
    return 0 if before is None or after is None else round(100 * (after - before), 1)


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    return f"{100 * share:.0f}%" if share >= 0.1 or not share else f"{100 * share:.1f}%"


def _clock(seconds: float | None) -> str:
    """ "3:35" minutes; "2:10:00" hours."""
    if seconds is None:
        return "–"
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
