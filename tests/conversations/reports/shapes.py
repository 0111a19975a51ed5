"""A report with a part of every shape, over conversations: for tests of the frame."""

from django.http import Http404

from conversations.models import Conversation
from conversations.reports.sheets import sheet
from conversations.reports.tallies.reading import points

BEGUN = sheet.Figure("begun", "Begun <b>", "Conversations that began.", better=1)
SOLVED = sheet.Figure(
    "solved", "Solved", "Of those that began, the share that is solved.", sheet.Unit.SHARE, 1, least=3
)
WAIT = sheet.Figure("wait", "Wait", "To the first answer, the middle.", sheet.Unit.SECONDS, -1)
SPENT = sheet.Figure("spent", "Spent", "By the rates.", sheet.Unit.MONEY)


def of(asked):
    begun = Conversation.objects.filter(created_at__gte=asked.begins, created_at__lt=asked.ends)
    if asked.teams is not None:
        named, none = [team for team in asked.teams if team], 0 in asked.teams
        begun = begun.filter(team__in=named) | (begun.filter(team=None) if none else begun.none())
    if asked.medium:
        begun = begun.filter(media__contains=[asked.medium])
    return begun.filter(status=asked.only["status"]) if "status" in asked.only else begun


def drawn(asked):
    count = of(asked).count()
    cell = sheet.Cell(BEGUN, count, count, before=1, drill="what=begun&team=3")
    few = sheet.Cell(SOLVED, 0.5, 2)
    wait = sheet.Cell(WAIT, 90.5, 9, before=120)
    spent = sheet.Cell(SPENT, 1234.5, 9, currency="EUR")
    at = points(asked)
    rows = [
        sheet.Row("=Returns", [cell, few], drill="what=begun", hue="email"),
        sheet.Row("All", [cell, few], is_sum=True),
    ]
    series = [sheet.Series(name, [cell for _at in at]) for name in ("One", "Two", "Three")]
    ways = [sheet.Link("a", "b", cell)]
    nodes = [sheet.Node("a", "Shop", 0, cell), sheet.Node("b", "Chat", 1, cell, "chat")]
    return sheet.Sheet([
        sheet.Tiles("At a glance", [cell, few, wait, spent], {"begun": [1, 2, None, 4]}),
        sheet.Table("By team", "Team", [BEGUN, SOLVED], rows),
        sheet.Lines("Over time", WAIT, at, [sheet.Series("Wait", [wait for _at in at])], target=100.0),
        sheet.Lines("Stacked", BEGUN, at, series, bars=True, wide=False),
        sheet.Bars("Teams", BEGUN, [sheet.Row("Returns", [cell])]),
        sheet.Heat("When", "Hour", BEGUN, ["Mon", "Tue"], [sheet.Row("08:00", [cell, few])]),
        sheet.Flow("Ways", BEGUN, ["From", "To"], nodes, ways),
        sheet.Words("Remarks", ["Łódź, Größe, déjà, ¿qué?", "السلام عليكم"]),
    ])  # fmt: skip


def behind(asked, cell):
    if cell.get("what") != "begun":
        raise Http404
    columns = [
        sheet.Column("Status", lambda one: one.status),
        sheet.Column("Words", lambda one: one.snippet),
        sheet.Column("Opened", lambda one: one.created_at),
        sheet.Column("Number", lambda one: one.pk),
    ]
    return sheet.Behind("Conversations that began", of(asked), "created_at", columns, lambda one: one.pk)


FILTER = sheet.Filter("status", "Status", lambda: [("open", "open"), ("resolved", "solved")])
REPORT = sheet.Report("shapes", "Shapes", "Every shape there is.", drawn, behind, [FILTER])
OWN = sheet.Report("own-shapes", "Own shapes", "Of oneself.", drawn, behind, is_own=True)
