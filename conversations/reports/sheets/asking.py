"""What a report's link says, in both directions: link → Wanted → Asked, and back. The same link is the same report."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Medium, Team
from conversations.reports.board import desk_zone
from conversations.reports.sheets.sheet import Asked, Report
from conversations.typed import whole_number
from customers.zones import zones

if TYPE_CHECKING:
    from deskapp.models import User

PERIODS = {
    "7d": gettext_lazy("Last 7 days"),
    "4w": gettext_lazy("Last 4 weeks"),
    "q": gettext_lazy("This quarter"),
    "12m": gettext_lazy("Last 12 months"),
    "own": gettext_lazy("Own dates"),
}
GRAINS = {"day": gettext_lazy("by day"), "week": gettext_lazy("by week"), "month": gettext_lazy("by month")}
COMPARED = {
    "before": gettext_lazy("with the stretch before"),
    "year": gettext_lazy("with a year before"),
    "none": gettext_lazy("with nothing"),
}
YEARS = range(2000, 2100)
LONGEST = 5 * 366  # days
MOST_DAYS = 400  # as points of a line
NO_TEAM = 0
OWN = "own"


class NotUnderstoodError(ValueError):
    """The link says what no report can be asked; its words are for whoever followed it."""


@dataclass(frozen=True)
class Wanted:
    """The link's own words. "" is what the page begins with."""

    period: str = "4w"
    since: date | None = None  # of own dates: the first day, and the last
    until: date | None = None
    grain: str = ""
    compared: str = "before"
    zone: str = ""  # "": the desk's; "own": the agent's; else its name
    team: int | None = None  # None: all that they see
    medium: str = ""
    only: Mapping[str, str] = field(default_factory=dict)


def wanted(report: Report, query: QueryDict) -> Wanted:
    """Raises NotUnderstoodError."""
    period = _one_of(query, "for", PERIODS, "4w")
    since, until = (_day(query, name) if period == OWN else None for name in ("from", "to"))
    if period == OWN:
        since, until = _own(since, until)
    return Wanted(
        period,
        since,
        until,
        grain=_one_of(query, "grain", GRAINS, ""),
        compared=_one_of(query, "with", COMPARED, "before"),
        zone=_zone(query.get("zone", "")),
        team=_team(query.get("team", "")),
        medium=_one_of(query, "medium", dict(Medium.choices), "") if report.has_media else "",
        only=dict(_filters(report, query)),
    )


def query_of(one: Wanted) -> str:
    """Its link; `wanted` makes the same of it."""
    said: dict[str, object] = {"for": one.period}
    if one.since and one.until:
        said |= {"from": one.since.isoformat(), "to": one.until.isoformat()}
    said |= {"grain": one.grain, "with": "" if one.compared == "before" else one.compared, "zone": one.zone}
    said |= {"team": "" if one.team is None else one.team, "medium": one.medium, **one.only}
    return urlencode({name: value for name, value in said.items() if value != ""})


def asked(one: Wanted, report: Report, agent: "User", now: datetime | None = None) -> Asked:
    """As this agent may ask it: no team but theirs, nothing by what is not theirs to see, and without `reports.see`
    themselves alone. Http404 for more."""
    zone = ZoneInfo(agent.get_timezone() if one.zone == OWN else one.zone or desk_zone())
    first, last = _days(one, (now or timezone.now()).astimezone(zone).date())
    grain = one.grain or _grain(first, last)
    if grain == "day" and (last - first).days > MOST_DAYS:
        raise NotUnderstoodError(_("Days are drawn for %(n)d of them at most: choose weeks.") % {"n": MOST_DAYS})
    only = dict(one.only)
    if any(each.name in only and not each.is_for(agent, only[each.name]) for each in report.filters):
        raise Http404
    if not agent.may("reports.see"):
        if not report.is_own:
            raise Http404
        only["agent"] = str(agent.pk)
    return Asked(
        agent,
        midnight(first, zone),
        midnight(last, zone),
        zone,
        grain,
        _before(one.compared, first, last, zone),
        _teams(agent, one.team),
        one.medium,
        only,
        is_fitted=not one.grain,
    )


def fixed(one: Wanted, of: Asked) -> Wanted:
    """With its days and its zone by name: tomorrow it says the same, to whoever it is sent."""
    last = (of.ends.astimezone(of.zone) - timedelta(hours=12)).date()
    first = of.begins.astimezone(of.zone).date()
    return replace(one, period=OWN, since=first, until=last, zone=str(of.zone))


def teams_of(agent: "User") -> list[tuple[int, str]]:
    """That they may look at, by name; what has no team is the last."""
    teams = Team.objects.order_by("name")
    if not agent.sees_all_teams:
        teams = teams.filter(pk__in=[each.pk for each in agent.teams.all()])
    return [*teams.values_list("pk", "name"), (NO_TEAM, _("no team"))]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _days(one: Wanted, today: date) -> tuple[date, date]:
    """[first, last), today with them."""
    last = today + timedelta(days=1)
    if one.period == OWN:
        assert one.since and one.until
        return one.since, one.until + timedelta(days=1)
    if one.period == "q":
        return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), last
    if one.period == "12m":
        months = today.year * 12 + today.month - 12
        return date(months // 12, months % 12 + 1, 1), last
    return last - timedelta(days=7 if one.period == "7d" else 28), last


def _before(compared: str, first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    if compared == "none":
        return None
    if compared == "year":
        return midnight(_year_before(first), zone), midnight(_year_before(last), zone)
    return midnight(first - (last - first), zone), midnight(first, zone)


def _year_before(day: date) -> date:
    """29 February is the 28th of other years."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _grain(first: date, last: date) -> str:
    days = (last - first).days
    return "day" if days <= 31 else "week" if days <= 190 else "month"


def _teams(agent: "User", team: int | None) -> frozenset[int] | None:
    if team is None and agent.sees_all_teams:
        return None
    theirs = frozenset(pk for pk, _name in teams_of(agent))
    if team is not None and team not in theirs:
        raise Http404
    return theirs if team is None else frozenset({team})


def _one_of(query: QueryDict, name: str, known: Mapping[str, object], default: str) -> str:
    value = query.get(name, "") or default
    if value and value not in known:
        raise NotUnderstoodError(_("“%(value)s” is nothing that “%(name)s” can be.") % {"value": value, "name": name})
    return value


def _day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and day.year not in YEARS:
        raise NotUnderstoodError(_("“%(value)s” is no day that can be looked at.") % {"value": text})
    return day


def _own(since: date | None, until: date | None) -> tuple[date, date]:
    if since is None or until is None:
        raise NotUnderstoodError(_("Own dates need a first and a last day."))
    if since > until:
        raise NotUnderstoodError(_("The first day lies after the last."))
    if (until - since).days > LONGEST:
        raise NotUnderstoodError(_("Five years are the longest stretch that can be looked at."))
    return since, until


def _zone(name: str) -> str:
    if name not in ("", OWN) and name not in zones():
        raise NotUnderstoodError(_("“%(value)s” is no time zone that is known.") % {"value": name})
    return name


def _team(text: str) -> int | None:
    team = whole_number(text) if text.isascii() else None
    if text and team is None:
        raise NotUnderstoodError(_("“%(value)s” is no team.") % {"value": text})
    return team


def _filters(report: Report, query: QueryDict) -> list[tuple[str, str]]:
    found = []
    for each in report.filters:
        value = query.get(each.name, "")
        if value and value not in {str(name) for name, _label in each.choices()}:
            words = {"value": value, "name": each.label}
            raise NotUnderstoodError(_("“%(value)s” is nothing that “%(name)s” can be.") % words)
        if value:
            found.append((each.name, value))
    return found
