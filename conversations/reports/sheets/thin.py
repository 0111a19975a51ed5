"""Charts whose points have too few behind them: drawn by longer ones, or said why they are empty."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from conversations.reports.sheets.sheet import Asked, Cell, Heat, Lines

LONGER = {"day": "week", "week": "month"}
FEWEST = 3  # points: fewer show no course


def lines(asked: Asked, draw: Callable[[Asked], Lines]) -> Lines:
    """By weeks or months where most points would say nothing, unless somebody chose; what says nothing still is said.
    The first series tells."""
    drawn = draw(asked)
    while asked.is_fitted and asked.grain in LONGER and _is_thin(drawn.series[0].cells):
        asked = replace(asked, grain=LONGER[asked.grain])
        longer = replace(draw(asked), grain=asked.grain)
        if len(longer.at) < FEWEST:
            break
        drawn = longer
    return replace(drawn, says=" ".join(filter(None, [str(drawn.says), *_said(drawn)])))


def is_silent(heat: Heat) -> bool:
    """There is something in it, and nowhere enough."""
    cells = [cell for row in heat.rows for cell in row.cells if cell.value is not None]
    return bool(cells) and all(cell.is_too_few for cell in cells)


def _is_thin(cells: Iterable[Cell]) -> bool:
    known = [cell for cell in cells if cell.value is not None]
    return 2 * sum(cell.is_too_few for cell in known) > len(known)


def _said(drawn: Lines) -> Iterable[str]:
    if drawn.grain == "week":
        yield _("By week: most days have too few.")
    if drawn.grain == "month":
        yield _("By month: most weeks have too few.")
    if any(cell.is_too_few and cell.value is not None for each in drawn.series for cell in each.cells):
        yield _("What has too few behind it is left out; the table says where.")
