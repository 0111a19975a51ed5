"""Every report there is, in the order of their list; conversations.views.reports shows whichever is asked for."""

from conversations.reports.agents.report import mine_report as mine
from conversations.reports.agents.report import report as agents
from conversations.reports.answers.report import REPORT as answers
from conversations.reports.attribution.report import report as attribution
from conversations.reports.channels.report import report as channels
from conversations.reports.customers.report import report as customers
from conversations.reports.friction.report import report as friction
from conversations.reports.journeys.report import report as journeys
from conversations.reports.omnichannel.report import report as omnichannel
from conversations.reports.proactive.report import REPORT as proactive
from conversations.reports.service.report import report as service
from conversations.reports.sheets.sheet import Report

# Each owner adds theirs: `from conversations.reports.service import report as service`, and its name here.
REPORTS: tuple[Report, ...] = (
    service,
    channels,
    omnichannel,
    agents,
    mine,
    answers,
    journeys,
    friction,
    customers,
    attribution,
    proactive,
)


def report_of(key: str) -> Report | None:
    return next((report for report in REPORTS if report.key == key), None)
