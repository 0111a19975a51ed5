"""The live board as one agent sees it: figures, queues, agents and alerts of their teams, each number with its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.reports.alerts import Alert, alerts, load_of
from conversations.reports.drawn import Chart, chart
from conversations.reports.facts import NO_TEAM, Answers, Board, Here, Lent, Scope, Standing, together
from conversations.reports.measures import Counts, value
from conversations.reports.words import brief, in_minutes, isolated, state_name
from conversations.routing.availability import REASONS

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class Figure:
    """A number of the top. `level`: good, bad or nothing; `rows`: what it counts."""

    key: str
    label: str
    value: str
    says: str = ""
    level: str = ""
    href: str = ""


@dataclass(frozen=True)
class Queue:
    team: int
    name: str
    standing: Standing
    oldest: str
    here: int
    members: int
    load: float  # 0 to 1; None of them here counts as full
    is_open: bool

    @property
    def level(self) -> str:
        return "bad" if self.load >= 1 else "warn" if self.load >= 0.8 else ""

    @property
    def per_cent(self) -> int:
        return round(self.load * 100)


@dataclass(frozen=True)
class Colleague:
    here: Here
    teams: str
    says: str  # the state and how long it lasts
    lent: Lent | None

    @property
    def level(self) -> str:
        return "bad" if self.here.is_full else "warn" if self.here.share >= 0.8 else ""

    @property
    def value(self) -> float:
        return min(1.0, round(self.here.share, 2))


@dataclass(frozen=True)
class GaveUp:
    calls: int
    chats: int


@dataclass(frozen=True)
class Shown:
    board: Board
    team: int | None  # that is looked at; None for all
    figures: list[Figure]
    queues: list[Queue]
    bot: Standing
    colleagues: list[Colleague]
    here: int
    away: int
    alerts: list[Alert]
    gave_up: GaveUp
    chart: Chart


def scope_of(agent: "User", board_teams: dict[int, str], team: int | None) -> Scope:
    """The teams whose work this agent may see, or the one that they look at. Empty for one that is not theirs."""
    if agent.sees_all_teams:
        theirs = frozenset(board_teams)
    else:
        theirs = frozenset({NO_TEAM, *(each.pk for each in agent.teams.all())}) & frozenset(board_teams)
    return theirs if team is None else theirs & {team}


def rows_href(what: str, team: int | None = None, **more: object) -> str:
    asked = {name: value for name, value in more.items() if value}
    if team is not None:
        asked["team"] = team
    return reverse("board_rows", args=[what]) + (f"?{urlencode(asked)}" if asked else "")


def shown(board: Board, scope: Scope, team: int | None) -> Shown:
    piles = board.piles_of(scope)
    colleagues = [_colleague(board, each) for each in board.agents_of(scope)]
    given_up = [each for each in board.today.given_up if each.team in scope]
    return Shown(
        board, team, list(_figures(board, scope, team)), list(_queues(board, scope)), together(piles),
        [each for each in colleagues if each.here.state != "offline" or each.here.open],
        sum(each.here.state == "online" for each in colleagues),
        sum(each.here.state == "away" for each in colleagues),
        alerts(board, scope),
        GaveUp(sum(each.calls for each in given_up), sum(each.chats for each in given_up)),
        chart(board, scope),
    )  # fmt: skip


def _figures(board: Board, scope: Scope, team: int | None) -> Iterator[Figure]:
    standing = together(board.piles_of(scope))
    waiting = rows_href("waiting", team)
    yield Figure("waiting", _("Waiting now"), str(standing.waiting), _against(board, scope, standing), href=waiting)
    yield _overdue(board, scope, team, standing)
    soon = ", ".join(
        f"{board.teams.get(pk) or _('no team')} {count}" for pk, count in _soon_by_team(board, scope) if count
    )
    yield Figure("soon", _("Due in 15 minutes"), str(standing.soon), soon, href=rows_href("soon", team))
    now = [each for each in board.today.answers if each.team in scope]
    before = [each for each in board.today.week_ago if each.team in scope]
    yield _first_answer(board, now, before, team)
    yield _service(now, team)
    yield _satisfaction(board, scope, team)


def _against(board: Board, scope: Scope, standing: Standing) -> str:
    if not board.usual.waiting:
        return ""
    more = standing.waiting - round(sum(much for pk, much in board.usual.waiting.items() if pk in scope))
    if more > 0:
        return _("%(n)d more than usual at this hour") % {"n": more}
    return _("%(n)d fewer than usual at this hour") % {"n": -more} if more else _("as usual at this hour")


def _overdue(board: Board, scope: Scope, team: int | None, standing: Standing) -> Figure:
    worst = next((each for each in board.late if each.team in scope), None)
    label, href = _("Most overdue"), rows_href("late", team)
    if worst is None:
        return Figure("overdue", label, _("none"), _("Nothing is late"), "good", href)
    says = worst.customer
    if worst.waiting_since:
        time = in_minutes(board.at - worst.waiting_since)
        says = _("%(customer)s, waiting %(time)s") % {"customer": isolated(worst.customer), "time": time}
    href = reverse("conversation", args=[worst.conversation])
    return Figure("overdue", label, in_minutes(board.at - worst.due_at), says, "bad", href)


def _soon_by_team(board: Board, scope: Scope) -> list[tuple[int, int]]:
    found = [(pk, together(pile for pile in board.piles if pile.team == pk).soon) for pk in scope]
    return sorted(found, key=lambda pair: -pair[1])


def _first_answer(board: Board, now: list[Answers], before: list[Answers], team: int | None) -> Figure:
    """On average, in the hours that count."""
    mine, theirs = _average(now), _average(before)
    href, label = rows_href("answered", team), _("First reply today")
    if mine is None:
        return Figure("first", label, "–", _("No first reply with a deadline yet"), href=href)
    if theirs is None:
        answers = sum(each.firsts for each in now)
        says = ngettext("%(n)d first reply", "%(n)d first replies", answers) % {"n": answers}
        return Figure("first", label, brief(mine), says, href=href)
    named = {"day": date_format(timezone.localtime(board.today.begins), "l"), "time": brief(abs(mine - theirs))}
    if abs(mine - theirs) < timedelta(seconds=1):
        return Figure("first", label, brief(mine), _("as last %(day)s") % named, href=href)
    if mine < theirs:
        return Figure("first", label, brief(mine), _("%(time)s faster than last %(day)s") % named, "good", href)
    return Figure("first", label, brief(mine), _("%(time)s slower than last %(day)s") % named, "bad", href)


def _average(answers: list[Answers]) -> timedelta | None:
    count = sum(each.firsts for each in answers)
    return timedelta(seconds=sum(float(each.took) for each in answers) / count) if count else None


def _service(now: list[Answers], team: int | None) -> Figure:
    ended, in_time = sum(each.answers for each in now), sum(each.in_time for each in now)
    label, href = _("In time today"), rows_href("answered-all", team)
    if not ended:
        return Figure("service", label, "–", _("No answer with a deadline yet"), href=href)
    says = _("%(in_time)d of %(all)d answers") % {"in_time": in_time, "all": ended}
    return Figure("service", label, f"{100 * in_time // ended} %", says, href=href)


def _satisfaction(board: Board, scope: Scope, team: int | None) -> Figure:
    rated = [each for each in board.today.rated if each.team in scope]
    counts = Counts(sum(each.answers for each in rated), good=sum(each.good for each in rated))
    label, found = _("CSAT today"), value("csat", counts)
    asked = {"kind": "csat", "today": 1} | ({} if team is None else {"team": team})
    href = f"{reverse('satisfaction_rows')}?{urlencode(asked)}"
    if found is None:
        return Figure("csat", label, "–", _("Nobody has answered yet"), href=href)
    says = ngettext("%(n)d answer", "%(n)d answers", counts.answers) % {"n": counts.answers}
    if not found.is_enough:
        says = _("%(answers)s: too few to say much") % {"answers": says}
    return Figure("csat", label, f"{round(found.value)} %", says, href=href)


def _queues(board: Board, scope: Scope) -> Iterator[Queue]:
    for pk in sorted(scope, key=lambda each: (each == NO_TEAM, board.teams[each])):
        standing = together(pile for pile in board.piles if pile.team == pk)
        if pk == NO_TEAM and standing == Standing():
            continue
        members = [] if pk == NO_TEAM else board.members(pk)
        here = [each for each in members if each.state == "online"]
        oldest = in_minutes(board.at - standing.oldest) if standing.oldest else ""
        load = load_of(here) if here else 0.0
        name = board.teams[pk] or _("No team")
        yield Queue(pk, name, standing, oldest, len(here), len(members), load, pk in board.open_teams)


def _colleague(board: Board, here: Here) -> Colleague:
    teams = ", ".join(sorted(board.teams[pk] for pk in here.teams if board.teams.get(pk)))
    lent = next((each for each in board.lent if each.agent == here.agent), None)
    return Colleague(here, teams, state_in_words(here, board.at), lent)


def state_in_words(here: Here, at: datetime) -> str:
    """ "Away: Lunch, 14 min"."""
    name = state_name(here.state)
    if here.state == "away" and here.reason in REASONS:
        name = f"{name}: {REASONS[here.reason]}"
    return f"{name}, {in_minutes(at - here.since)}" if here.since else name
