"""Satisfaction in detail: by agent, team, channel, touchpoint, topic, language, tier, and bot or human; when, and how
the scores lie."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.reports.answers.behind import behind
from conversations.reports.answers.figures import (
    ANSWERED,
    ASKED,
    OF_KIND,
    RESPONSE,
    cell,
    counts,
    credited,
)
from conversations.reports.answers.streams import ANSWERS, ASKS, CREDITS
from conversations.reports.measures import MEASURES, Counts
from conversations.reports.sheets import thin
from conversations.reports.sheets.names import names
from conversations.reports.sheets.sheet import (
    Asked,
    Bars,
    Cell,
    Filter,
    Heat,
    Lines,
    Report,
    Row,
    Series,
    Sheet,
    Table,
    Tiles,
)
from conversations.reports.tallies.reading import Between, points, read
from conversations.surveys.questions import SCALES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BY: Mapping[str, "StrOrPromise"] = {
    "agent": gettext_lazy("agent"),
    "team": gettext_lazy("team"),
    "medium": gettext_lazy("channel"),
    "touchpoint": gettext_lazy("touchpoint"),
    "topic": gettext_lazy("topic"),
    "language": gettext_lazy("language"),
    "tier": gettext_lazy("tier"),
    "handler": gettext_lazy("bot or human"),
}


def sheet(asked: Asked) -> Sheet:
    """Six readings, three more where it is compared; the lines are read again for longer points."""
    kind, way = _kind(asked), _way(asked)
    return Sheet(
        [
            _tiles(asked),
            thin.lines(asked, lambda of: _lines(of, kind)),
            _table(asked, kind, way),
            _scores(asked, kind),
            _heat(asked, kind),
        ]
    )


def _kind(asked: Asked) -> str:
    kind = asked.only.get("kind", "")
    return kind if kind in OF_KIND else "csat"


def _way(asked: Asked) -> str:
    way = asked.only.get("by", "")
    return way if way in BY else "agent"


def _drill(**wanted: object) -> str:
    return urlencode({"what": "answers", **wanted})


def _by_kind(asked: Asked, between: Between | None) -> dict[str, Counts]:
    found = read(ANSWERS, asked, cut="kind", by=("value",), between=between)
    return {str(kind): counts(numbers) for (kind,), numbers in found.items()}


def _tiles(asked: Asked) -> Tiles:
    now, then = _by_kind(asked, None), _by_kind(asked, asked.before) if asked.before else {}
    cells = [cell(kind, now.get(kind, Counts()), then.get(kind), _drill(kind=kind)) for kind in OF_KIND]
    sums = read(ASKS, asked)[()]
    before = read(ASKS, asked, between=asked.before)[()] if asked.before else None
    rate = Cell(
        RESPONSE,
        sums.per("answered", "asked"),
        sums["asked"],
        before=before.per("answered", "asked") if before else None,
    )
    asks = Cell(ASKED, sums["asked"], before=before["asked"] if before else None, drill="what=asked")
    return Tiles(_("At a glance"), [*cells, rate, asks])


def _lines(asked: Asked, kind: str) -> Lines:
    found = read(ANSWERS, asked, cut="kind", by=("at",), value=kind)
    at = points(asked)
    cells = [cell(kind, counts(found[(moment,)]) if (moment,) in found else Counts()) for moment in at]
    return Lines(_("Over time"), OF_KIND[kind], at, [Series(MEASURES[kind].label, cells)])


def _table(asked: Asked, kind: str, way: str) -> Table:
    now, then = _cut(asked, kind, way, None), _cut(asked, kind, way, asked.before) if asked.before else {}
    known = {**names(way, now), **({"bot": _("the bot")} if way == "agent" else {})}
    rows = []
    for key in sorted(now, key=lambda each: known[each].casefold()):
        drill = _drill(kind=kind, **{way: key})
        many = Cell(ANSWERED, now[key][1], drill=drill)
        rows.append(
            Row(known[key], [cell(kind, now[key][0], then.get(key, (None, 0))[0], drill, now[key][1]), many], drill)
        )
    title = _("By %(what)s") % {"what": BY[way]}
    return Table(title, str(BY[way]), [OF_KIND[kind], ANSWERED], rows, says=_SHARED if way == "agent" else "")


_SHARED = gettext_lazy(
    "An answer counts for everybody who answered in its episode, by their share of it; “bot” is the bot's share."
)


def _cut(asked: Asked, kind: str, way: str, between: Between | None) -> dict[str, tuple[Counts, int]]:
    """By key of `way`: what counts for it, and how many answers that is from."""
    if way in ("team", "medium"):
        found = read(ANSWERS, asked, cut="kind", by=(way,), value=kind, between=between)
        return {str(key): (counts(numbers), numbers["answers"]) for (key,), numbers in found.items()}
    stream, count = (CREDITS, credited) if way == "agent" else (ANSWERS, counts)
    cuts = read(stream, asked, cut=f"kind|{way}", by=("value",), between=between)
    found_here = {}
    for (value,), numbers in cuts.items():
        of, _bar, key = str(value).partition("|")
        if of == kind:
            found_here[key] = (count(numbers), numbers["answers"])
    return found_here


def _scores(asked: Asked, kind: str) -> Bars:
    found = read(ANSWERS, asked, cut="kind|score", by=("value",))
    rows, (low, high) = [], SCALES[kind]
    for score in range(low, high + 1):
        numbers = found.get((f"{kind}|{score}",))
        drill = _drill(kind=kind, score=score)
        rows.append(Row(str(score), [Cell(ANSWERED, numbers["answers"] if numbers else 0, drill=drill)], drill))
    return Bars(_("How the scores lie"), ANSWERED, rows)


def _heat(asked: Asked, kind: str) -> Heat:
    found = read(ANSWERS, asked, cut="kind", by=("weekday", "hour"), value=kind)
    days, hours = names("weekday", range(7)), range(24)
    rows = []
    for day in range(7):
        cells = []
        for hour in hours:
            numbers = found.get((day, hour))
            drill = _drill(kind=kind, weekday=day, hour=hour)
            cells.append(cell(kind, counts(numbers) if numbers else Counts(), drill=drill if numbers else ""))
        rows.append(Row(days[str(day)], cells))
    says = _("When they answered, by the clock of this report.")
    heat = Heat(_("By weekday and hour"), _("weekday"), OF_KIND[kind], [f"{hour:02}" for hour in hours], rows, says)
    return _as_counts(heat) if thin.is_silent(heat) else heat


def _as_counts(heat: Heat) -> Heat:
    """How many answered: what they said of it would be too few everywhere."""
    rows = [
        Row(row.label, [Cell(ANSWERED, each.rows or 0, each.rows, drill=each.drill) for each in row.cells])
        for row in heat.rows
    ]
    words = {"least": heat.figure.least, "figure": heat.figure.label}
    why = _("How many: no hour has the %(least)d answers that “%(figure)s” needs.") % words
    return replace(heat, figure=ANSWERED, rows=rows, says=f"{heat.says} {why}")


REPORT = Report(
    key="answers",
    title=gettext_lazy("Satisfaction in detail"),
    says=gettext_lazy("What customers answered, by agent, topic, language, tier, bot or human, weekday and hour."),
    sheet=sheet,
    behind=behind,
    filters=(
        Filter(
            "kind",
            gettext_lazy("Measure"),
            lambda: [(kind, each.label) for kind, each in MEASURES.items()],
            blank=MEASURES["csat"].label,
        ),
        Filter("by", gettext_lazy("By"), lambda: list(BY.items()), blank=BY["agent"]),
    ),
    icon="satisfaction",
)
