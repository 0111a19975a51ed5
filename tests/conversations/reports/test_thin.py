"""Charts with little behind them: drawn by longer points, said to be empty, and with names that cover nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.models import ResponseCredit
from conversations.reports.agents.report import report as agents
from conversations.reports.answers.report import REPORT as answers
from conversations.reports.omnichannel.figures import Channel, Formula
from conversations.reports.omnichannel.report import _in_words
from conversations.reports.sheets import charts, thin
from conversations.reports.sheets.marks import Label
from conversations.reports.sheets.sheet import Asked, Cell, Figure, Lines, Series, Unit
from conversations.reports.tallies.reading import points
from tests.conversations.reports.test_answers import autumn  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
SHARE = Figure("share", "Share", "Of all.", Unit.SHARE, 1, least=10)
BEGINS = datetime(2026, 5, 4, tzinfo=LONDON)


def asked(days, grain="day", is_fitted=True):
    return Asked(None, BEGINS, BEGINS + timedelta(days=days), LONDON, grain, is_fitted=is_fitted)


def drawn(many):
    """A draw with `many` answers a day."""

    def draw(of):
        days = {"day": 1, "week": 7, "month": 30}[of.grain]
        cells = [Cell(SHARE, 0.5, many * days) for _at in points(of)]
        return Lines("Trend", SHARE, points(of), [Series("All", cells)], says="So.")

    return draw


@pytest.mark.parametrize(
    ("of", "many", "grain"),
    [
        (asked(28), 10, ""),
        (asked(28), 2, "week"),
        (asked(28, is_fitted=False), 2, ""),
        (asked(7), 2, ""),  # two weeks show no course
        (asked(150), 1, "month"),
        (asked(150, "week"), 1, "month"),
    ],
)
def test_points_are_as_long_as_they_have_to_be(of, many, grain):
    found = thin.lines(of, drawn(many))
    assert found.grain == grain and len(found.at) == len(found.series[0].cells) >= 3
    assert ("By week" in found.says, "By month" in found.says) == (grain == "week", grain == "month")
    assert ("left out" in found.says) == found.series[0].cells[0].is_too_few
    assert [text for _at, text, _cells in charts.table(found, of.grain)][0] == {
        "": "4 May", "week": "4 May", "month": "May 2026",
    }[grain]  # fmt: skip


def test_names_at_the_ends_of_lines_stay_above_the_axis_and_say_their_value():
    labels = ["Waited long", "Several channels for one matter", "Came back", "To and fro", "Left the checkout, then"]
    count = Figure("count", "How often", "So often.")
    series = [Series(label, [Cell(count, 9), Cell(count, 0)]) for label in labels]
    marks = charts.drawn(Lines("Often", count, [BEGINS, BEGINS + timedelta(days=1)], series), "day").marks
    names = [mark for mark in marks if isinstance(mark, Label) and mark.is_strong]
    assert [each.text for each in names] == [f"{charts.clipped(label, charts.LONGEST - 2)} 0" for label in labels]
    heights = [each.y for each in names]
    under = min(mark.y for mark in marks if isinstance(mark, Label) and mark.anchor == "middle")
    assert all(after - before >= charts.APART for before, after in zip(heights, heights[1:], strict=False))
    assert max(heights) <= under - charts.APART


def test_a_heat_map_of_too_few_tells_how_many_and_why(autumn, sam):  # noqa: F811
    few = Asked(sam, datetime(2026, 10, 5, tzinfo=LONDON), datetime(2026, 11, 2, tzinfo=LONDON), LONDON, "week")
    heat = answers.sheet(few).parts[4]
    cells = [cell for row in heat.rows for cell in row.cells]
    assert heat.figure.key == "answers" and "no hour has the 10 answers" in heat.says
    assert sum(cell.value for cell in cells) == answers.sheet(few).parts[0].cells[0].rows
    for cell in [each for each in cells if each.value]:
        day, hour = (part.split("=")[1] for part in cell.drill.split("&")[2:])
        behind = answers.behind(few, {"what": "answers", "kind": "csat", "weekday": day, "hour": hour})
        assert behind.rows.count() == cell.value


def test_an_agent_has_as_many_answers_here_as_there(autumn, sam, ada):  # noqa: F811
    """A quarter of an answer is a quarter of its score, and one answer: too few is said of the same in both reports."""
    ResponseCredit.objects.filter(agent=ada).update(share=0.25)
    of = Asked(sam, datetime(2026, 10, 1, tzinfo=LONDON), datetime(2026, 11, 5, tzinfo=LONDON), LONDON, "week")
    ada.states.create(state="online", since=of.begins)
    there = next(row.cells[0] for row in answers.sheet(of).parts[2].rows if str(row.label) == str(ada))
    table = next(part for part in agents.sheet(of).parts if getattr(part, "figures", None) and len(part.figures) > 5)
    here = next(
        cell for row in table.rows if str(row.label) == str(ada) for cell in row.cells if cell.figure.key == "csat"
    )
    assert (here.value, here.rows, here.is_too_few) == (there.value, there.rows, there.is_too_few)
    assert here.rows == agents.behind(of, {"what": "csat", "agent": str(ada.pk)}).rows.count() > 10


def test_the_formula_is_reckoned_in_the_order_of_its_table_and_counts_one_as_one():
    now = Formula({"sms": Channel(2, 1, 1, 0, 0), "email": Channel(9, 8, 0, 0, 0), "chat": Channel(5, 1, 0, 0, 0)})
    lines = list(_in_words(now)[0].lines)
    assert lines == [
        "Email: 8 engagements by 1.000, of all channels, are 8.0; nobody came over.",
        "Chat: 1 engagement by 1.000, of all channels, is 1.0; nobody came over.",
        "SMS: 1 engagement by 1.000 is 1.0.",
        "All of it by 17 touchpoints: 59%.",
    ]
