"""A report as one link asks it, for one agent: what a page, a file and a mail begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from conversations.reports import every
from conversations.reports.sheets import asking, names, written
from conversations.reports.sheets.asking import Wanted
from conversations.reports.sheets.sheet import Asked, Behind, Filter, Report

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class Opened:
    report: Report
    wanted: Wanted
    asked: Asked

    @property
    def query(self) -> str:
        return asking.query_of(self.wanted)

    @property
    def pinned(self) -> Wanted:
        """To be sent on: these days, this zone."""
        return asking.fixed(self.wanted, self.asked)

    def behind(self, drill: str) -> Behind:
        """The rows behind the cell whose own words these are. Raises Http404 for what is no number of it."""
        drilled = dict(parse_qsl(drill, keep_blank_values=True))
        if any("\x00" in value for value in drilled.values()):
            raise Http404  # which no row can hold, and the database does not take
        return self.report.behind(self.asked, drilled)

    def in_words(self) -> list[str]:
        """What was asked, a line each."""
        return [each for each in _words(self) if each]


def reports_for(agent: "User") -> list[Report]:
    """Whoever may not see reports sees their own figures."""
    allowed = (each for each in every.REPORTS if agent.may("reports.see") or each.is_own)
    return [each for each in allowed if all(agent.may(permission) for permission in each.needs)]


def opened(key: str, agent: "User", query: QueryDict, now: datetime | None = None) -> Opened:
    """Raises Http404 for what this agent may not see, asking.NotUnderstoodError for what means nothing."""
    report = every.report_of(key)
    if report is None or report not in reports_for(agent):
        raise Http404
    wanted = asking.wanted(report, query)
    return Opened(report, wanted, asking.asked(wanted, report, agent, now))


def _words(one: Opened) -> Iterator[str]:
    asked, days = one.asked, written.days(one.asked.begins, one.asked.ends)
    yield _("%(days)s, days of %(zone)s") % {"days": days, "zone": asked.zone}
    if asked.before:
        yield _("Compared with %(when)s.") % {"when": written.days(*asked.before)}
    chosen = {str(each.label): _label(each, asked.only.get(each.name, "")) for each in one.report.filters}
    if one.wanted.team is not None:
        chosen = {_("Team"): names.name("team", one.wanted.team), **chosen}
    if asked.medium:
        chosen = {**chosen, _("Channel"): names.name("medium", asked.medium)}
    yield "; ".join(f"{name}: {text}" for name, text in chosen.items() if text)


def _label(of: Filter, value: str) -> str:
    return next((str(label) for name, label in of.choices() if value and str(name) == value), "")
