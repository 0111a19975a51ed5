"""What needs a supervisor now: each alert a sentence and what can be done about it. Pure: a board goes in.

The worst come first. Which kinds call, and from where on, an admin decides (conversations.reports.limits).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.person import language_name
from conversations.reports.facts import NO_TEAM, SLOT, SLOTS, Board, Here, Late, Scope, together
from conversations.reports.words import in_minutes, isolated
from conversations.routing.availability import REASONS

MOST = 12
LEVELS = ("bad", "warn", "")
MOST_LATE = 2
MOST_LOW = 2
LEAST_ANSWERS = 10  # of which a share in time says something
LEAST_BEGUN = 5  # in a half hour, likewise


@dataclass(frozen=True)
class Give:
    """This conversation to that agent."""

    conversation: int
    agent: int
    name: str
    anyway: bool  # though they are full, or not here


@dataclass(frozen=True)
class Lend:
    agent: int
    name: str
    from_team: str
    team: int
    to_team: str


@dataclass(frozen=True)
class Alert:
    key: str  # the same as long as it is about the same
    level: str  # bad, warn, or nothing
    title: str
    says: str = ""
    give: Give | None = None
    lend: Lend | None = None
    conversation: int = 0  # to be opened
    rows: str = ""  # a list of conversations.reports.rows
    team: int | None = None  # of that list
    answers: str = ""  # the query of a list of answers to surveys
    slot: int = 0  # of that list: when the half hour began, in seconds since 1970


def alerts(board: Board, scope: Scope) -> list[Alert]:
    found = [*_late(board, scope), *_rated(board, scope), *_teams(board, scope), *_whole(board, scope)]
    return sorted(found, key=lambda alert: LEVELS.index(alert.level))[:MOST]


def _late(board: Board, scope: Scope) -> Iterator[Alert]:
    limit = board.limits.get("late")
    if limit is None:
        return
    late = [each for each in board.late if each.team in scope and _minutes(each.due_at, board.at) >= limit]
    for each in late[:MOST_LATE]:
        time = in_minutes(board.at - each.due_at)
        title = _("%(customer)s is %(time)s late.") % {"customer": isolated(each.customer), "time": time}
        says, agent = _who_could(board, each)
        give = None
        if agent and agent.agent != each.agent:
            anyway = agent.is_full or agent.state != "online"
            give = Give(each.conversation, agent.agent, agent.name.split()[0], anyway)
        yield Alert(f"late-{each.conversation}", "bad", title, says, give, conversation=each.conversation)
    total = together(board.piles_of(scope)).late
    if total > len(late[:MOST_LATE]) and late:
        title = ngettext("%(n)d conversation is late.", "%(n)d conversations are late.", total) % {"n": total}
        yield Alert("late", "bad", title, rows="late")


def _rated(board: Board, scope: Scope) -> Iterator[Alert]:
    """Whoever gave few points is called by name, until somebody has looked at what they said."""
    limit = board.limits.get("rated")
    low = [each for each in board.today.low if each.team in scope and limit is not None and each.score <= limit]
    for each in low[:MOST_LOW]:
        told = {"customer": isolated(each.customer), "score": each.score, "top": each.top}
        title = _("%(customer)s gave %(score)d of %(top)d.") % told
        says = _("“%(words)s”") % {"words": isolated(each.comment)} if each.comment else ""
        query = f"weeks=4&new&kind={each.kind}&answer={each.answer}"
        yield Alert(f"rated-{each.answer}", "warn", title, says, conversation=each.conversation, answers=query)
    if len(low) > MOST_LOW:
        title = ngettext("%(n)d low score to look at.", "%(n)d low scores to look at.", len(low)) % {"n": len(low)}
        yield Alert("rated", "warn", title, answers="weeks=4&new&said=low&kind=csat")


def _who_could(board: Board, late: Late) -> tuple[str, Here | None]:
    """Why nobody has answered, in a sentence, and who could after all."""
    members = board.members(late.team) if late.team else list(board.agents)
    owner = next((each for each in board.agents if each.agent == late.agent), None)
    here = [each for each in members if each.state == "online"]
    readers = [each for each in here if not late.language or not each.languages or late.language in each.languages]
    roomy = min(readers, key=lambda each: (each.is_full, each.share, each.name), default=None)
    if owner and owner.state == "online":
        says = _("%(agent)s has it, and is full.") if owner.is_full else _("%(agent)s has it.")
        return says % {"agent": owner.name}, None if roomy is None or roomy.is_full else roomy
    if owner:
        return _("%(agent)s has it, and is not here.") % {"agent": owner.name}, roomy
    return _why_nobody(late, here, readers, roomy), roomy


def _why_nobody(late: Late, here: Sequence[Here], readers: Sequence[Here], roomy: Here | None) -> str:
    language = {"language": language_name(late.language)}
    if not here:
        return _("Nobody of the team is here.")
    if not readers or roomy is None:
        return _("Nobody who is here reads %(language)s.") % language
    if not roomy.is_full:
        return _("Nobody has it; %(agent)s has room.") % {"agent": roomy.name}
    if len(readers) == 1 and len(here) > 1:
        return _("Only %(agent)s reads %(language)s, and is full.") % {"agent": roomy.name, **language}
    return _("Everybody who could take it is full.")


def _teams(board: Board, scope: Scope) -> Iterator[Alert]:
    for team in sorted(scope, key=lambda pk: (board.teams.get(pk, ""), pk)):
        standing = together(pile for pile in board.piles if pile.team == team)
        if team != NO_TEAM and standing.waiting:
            yield from _of_its_people(board, team, standing.waiting)
        name = {"team": board.teams.get(team) or _("no team")}
        limit = board.limits.get("waiting")
        if limit is not None and standing.waiting >= limit:
            title = _("%(n)d wait for %(team)s.") % {"n": standing.waiting, **name}
            yield Alert(f"waiting-{team}", "warn", title, rows="waiting", team=team)
        limit = board.limits.get("oldest")
        if limit is not None and standing.oldest and _minutes(standing.oldest, board.at) >= limit:
            time = in_minutes(board.at - standing.oldest)
            title = _("Somebody has waited %(time)s for %(team)s.") % {"time": time, **name}
            yield Alert(f"oldest-{team}", "warn", title, rows="waiting", team=team)


def _of_its_people(board: Board, team: int, waiting: int) -> Iterator[Alert]:
    """Nobody is there, or whoever is there is full."""
    here = [each for each in board.members(team) if each.state == "online"]
    name, lend = board.teams[team], _to_lend(board, team)
    limit = board.limits.get("nobody")
    if not here:
        if limit is not None and waiting >= limit and team in board.open_teams:
            title = _("Nobody of %(team)s is here.") % {"team": name}
            says = ngettext("%(n)d customer waits.", "%(n)d customers wait.", waiting) % {"n": waiting}
            yield Alert(f"nobody-{team}", "bad", title, says, lend=lend, rows="waiting", team=team)
        return
    share, limit = load_of(here), board.limits.get("full")
    if limit is not None and share * 100 >= limit:
        full = _("%(team)s is full.") if share >= 1 else _("%(team)s is almost full.")
        says = _away(board, team)
        yield Alert(f"full-{team}", "warn", full % {"team": name}, says, lend=lend, rows="waiting", team=team)


def load_of(agents: Sequence[Here]) -> float:
    """Of those who are here, together: 0 to 1, or more."""
    capacity = sum(each.capacity for each in agents)
    return sum(each.load for each in agents) / capacity if capacity else 1.0


def _away(board: Board, team: int) -> str:
    away = [each for each in board.members(team) if each.state == "away"]
    said = [f"{each.name} ({REASONS[each.reason]})" if each.reason in REASONS else each.name for each in away[:3]]
    if not said:
        return ""
    return ngettext("Away: %(names)s.", "Away: %(names)s.", len(said)) % {"names": ", ".join(said)}


def _to_lend(board: Board, team: int) -> Lend | None:
    """Who has the most room in a team that nobody waits for long in."""
    candidates = []
    for each in board.agents:
        theirs = [pk for pk in each.teams if pk != NO_TEAM]
        if each.state == "online" and not each.is_full and team not in each.teams and theirs:
            busy = min(load_of([m for m in board.members(pk) if m.state == "online"]) for pk in theirs)
            candidates.append((busy, each.share, each.name, each, theirs[0]))
    if not candidates:
        return None
    _busy, _share, _name, agent, home = min(candidates, key=lambda found: found[:3])
    return Lend(agent.agent, agent.name, board.teams.get(home, ""), team, board.teams[team])


def _whole(board: Board, scope: Scope) -> Iterator[Alert]:
    answers = [each for each in board.today.answers if each.team in scope]
    ended, in_time = sum(each.answers for each in answers), sum(each.in_time for each in answers)
    limit = board.limits.get("service")
    if limit is not None and ended >= LEAST_ANSWERS and in_time * 100 < limit * ended:
        share = {"share": round(100 * in_time / ended), "late": ended - in_time, "all": ended}
        title = _("%(share)d%% of today’s answers were in time.") % share
        yield Alert("service", "warn", title, _("%(late)d of %(all)d came late.") % share, rows="answered-late")
    given_up = [each for each in board.today.given_up if each.team in scope]
    calls, chats = sum(each.calls for each in given_up), sum(each.chats for each in given_up)
    limit = board.limits.get("left")
    if limit is not None and calls + chats >= limit:
        title = _("%(n)d gave up waiting today.") % {"n": calls + chats}
        says = _("Calls: %(calls)d, chats: %(chats)d.") % {"calls": calls, "chats": chats}
        yield Alert("left", "warn", title, says, rows="chats-left" if chats >= calls else "calls-missed")
    yield from _rush(board, scope)


def _rush(board: Board, scope: Scope) -> Iterator[Alert]:
    """Of the last half hour that is over."""
    slot, limit = SLOTS - 2, board.limits.get("rush")
    came = sum(each.count for each in board.today.begun if each.slot == slot and each.team in scope)
    usual = sum(count for (when, team), count in board.usual.begun.items() if when == slot and team in scope)
    if limit is None or not usual or came < LEAST_BEGUN or came * 100 < limit * usual:
        return
    share = {"n": came, "usual": round(usual)}
    title = _("%(n)d conversations began in half an hour.") % share
    yield Alert("rush", "", title, _("%(usual)d are usual.") % share, rows="begun", slot=_when(board, slot))


def _when(board: Board, slot: int) -> int:
    return int((board.today.chart_begins + slot * SLOT).timestamp())


def _minutes(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds() / 60
