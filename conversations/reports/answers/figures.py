"""The figures of satisfaction as reports show them, by the same measures as its page has."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.reports.answers.streams import WHOLE
from conversations.reports.measures import LEAST, MEASURES, RATE, Counts, value
from conversations.reports.sheets.sheet import Cell, Figure, Unit
from conversations.reports.tallies.stream import Numbers

OF_KIND: Mapping[str, Figure] = {
    kind: Figure(
        kind, measure.title, measure.says, Unit.SHARE if measure.unit == "%" else Unit.SCORE, better=1, least=LEAST
    )
    for kind, measure in MEASURES.items()
}
ANSWERED = Figure(
    "answers",
    pgettext_lazy("to a survey", "Answers"),
    _("How many answered with a score, in the stretch in which they did."),
)
ASKED = Figure("asked", _("Asked"), _("How many were asked; who was left out, and why, is not counted."))
RESPONSE = Figure("rate", _("Response rate"), RATE, Unit.SHARE, better=1)


def counts(numbers: Numbers) -> Counts:
    return Counts(numbers["answers"], numbers["total"], numbers["squares"], numbers["good"], numbers["bad"])


def credited(numbers: Numbers) -> Counts:
    """Of shares: what belongs to others counts for them."""
    parts = ("share", "total", "squares", "good", "bad")
    n, total, squares, good, bad = (numbers[part] / WHOLE for part in parts)
    return Counts(n, total, squares, good, bad)  # type: ignore[arg-type]  # shares of answers


def cell(kind: str, now: Counts, before: Counts | None = None, drill: str = "", rows: int | None = None) -> Cell:
    """`rows`: how many answers it is from, where `now` counts shares of them."""
    figure, measured = OF_KIND[kind], value(kind, now)
    rows = int(now.answers) if rows is None else rows
    if measured is None:
        return Cell(figure, None, rows=0, drill="")
    then = value(kind, before) if before and before.answers >= LEAST else None
    unit = 100 if figure.unit == Unit.SHARE else 1
    return Cell(figure, measured.value / unit, rows, measured.give / unit, then.value / unit if then else None, drill)
