"""The report of the service: volume, what is left, how soon it is answered and solved, and how; by what is asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.reports.service import figures as f
from conversations.reports.service.behind import behind
from conversations.reports.service.figures import Found, cell
from conversations.reports.service.reading import begun_by, found_by, left, numbers_by, waited_by, with_left
from conversations.reports.sheets.names import names
from conversations.reports.sheets.sheet import (
    Asked,
    Cell,
    Figure,
    Filter,
    Heat,
    Lines,
    Part,
    Report,
    Row,
    Series,
    Sheet,
    Table,
    Tiles,
    Words,
)
from conversations.reports.tallies.reading import points

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BY: Mapping[str, "StrOrPromise"] = {
    "team": gettext_lazy("team"),
    "medium": gettext_lazy("channel"),
    "topic": gettext_lazy("topic"),
    "language": gettext_lazy("language"),
    "tier": gettext_lazy("tier"),
    "handler": gettext_lazy("bot or human"),
    "weekday": gettext_lazy("weekday"),
    "hour": gettext_lazy("hour"),
}
AT_A_GLANCE = (
    f.BEGUN, f.INBOUND, f.SOLVED, f.BACKLOG, f.FIRST, f.FIRST_KEPT, f.NEXT, f.TOOK, f.IN_ONE, f.REOPENED, f.HANDLE,
    f.PASSED, f.KEPT, f.BY_BOT, f.REPEATED,
)  # fmt: skip
OF_TABLE = (
    f.BEGUN, f.INBOUND, f.AGAIN, f.SOLVED, f.BACKLOG, f.FIRST, f.FIRST_KEPT, f.NEXT, f.NEXT_KEPT, f.TOOK, f.IN_ONE,
    f.REOPENED, f.HANDLE, f.PASSED, f.KEPT,
)  # fmt: skip
NO_MOMENT = ("weekday", "hour")  # by which nothing is open at the end
# Times: of what, and by which figures' ways its middle, its mean and its share in time are computed.
TIMES: Sequence[tuple["StrOrPromise", tuple[str, str, str]]] = (
    (gettext_lazy("First answer"), ("first", "first_mean", "first_kept")),
    (gettext_lazy("Next answer"), ("next", "next_mean", "next_kept")),
    (gettext_lazy("Solution"), ("took", "took_mean", "kept")),
    (gettext_lazy("Handle time"), ("handle_median", "handle", "")),
)


def sheet(asked: Asked) -> Sheet:
    now = with_left(found_by(asked), left(asked, asked.ends)).get((), Found())
    then = _before(asked)
    if not (now.begun["every"] or now.ended["every"] or now.is_open):
        return Sheet([_tiles(now, then), Words(_("Nothing yet"), [_NOTHING])])
    parts: list[Part] = [_tiles(now, then), *_lines(asked), _times(now, then), _table(asked), *_heats(asked)]
    return Sheet(parts)


_NOTHING = gettext_lazy("Nobody has written or rung in this time, or all of it is left out by what was chosen.")


def _before(asked: Asked) -> Found | None:
    if asked.before is None:
        return None
    return with_left(found_by(asked, between=asked.before), left(asked, asked.before[1])).get((), Found())


def _tiles(now: Found, then: Found | None) -> Tiles:
    return Tiles(_("At a glance"), [cell(figure, now, then) for figure in AT_A_GLANCE])


def _lines(asked: Asked) -> list[Part]:
    at = points(asked)
    found = numbers_by(asked, ("at",))
    waited = waited_by(asked, ("at",))
    ends = [*at[1:], asked.ends]
    here = [found.get((moment,), Found()) for moment in at]
    firsts = [
        Found(begun=each.begun, first=waited.get((moment,), Found()).first)
        for each, moment in zip(here, at, strict=True)
    ]
    came = [Series(f.BEGUN.label, _at_each(f.BEGUN, here, at, ends), "email")]
    came.append(Series(f.SOLVED.label, _at_each(f.SOLVED, here, at, ends), "chat"))
    return [
        Lines(_("Begun and solved"), f.BEGUN, at, came),
        Lines(_("Open at the end of each"), f.BACKLOG, at, [Series(f.BACKLOG.label, _left_at(asked, here, ends))]),
        Lines(_("First answer"), f.FIRST, at, [Series(f.FIRST.label, _at_each(f.FIRST, firsts, at, ends))]),
    ]


def _at_each(
    figure: Figure, found: Sequence[Found], begins: Sequence[datetime], ends: Sequence[datetime]
) -> list[Cell]:
    return [_at(figure, *each) for each in zip(found, begins, ends, strict=True)]


def _at(figure: Figure, found: Found, since: datetime, until: datetime) -> Cell:
    return cell(figure, found, drill=urlencode({"since": since.isoformat(), "until": until.isoformat()}))


def _left_at(asked: Asked, found: Sequence[Found], ends: Sequence[datetime]) -> list[Cell]:
    """What there was before, and what came and went since."""
    standing, cells = left(asked, asked.begins).get((), 0), []
    for each, until in zip(found, ends, strict=True):
        standing += each.begun["every"] - each.ended["every"]
        now = Found(is_open=standing)
        cells.append(cell(f.BACKLOG, now, drill=urlencode({"until": until.isoformat()})))
    return cells


def _times(now: Found, then: Found | None) -> Table:
    rows = []
    for label, (middle, mean, kept) in TIMES:
        way = f.WAYS[middle]
        count = Cell(f.COUNT, way.rows(now), drill=f"what={way.what}" if way.rows(now) else "")
        share = cell(f.IN_TIME, now, then, way=kept) if kept else Cell(f.IN_TIME, None)
        rows.append(
            Row(label, [count, cell(f.MIDDLE, now, then, way=middle), cell(f.MEAN, now, then, way=mean), share])
        )
    clock = _("All hours are counted.") if now.by_calendar else _("Only hours in which the desk was open are counted.")
    return Table(
        _("How long it takes"), _("what"), [f.COUNT, f.MIDDLE, f.MEAN, f.IN_TIME], rows, says=f"{clock} {_OF_WORK}"
    )  # fmt: skip


_OF_WORK = gettext_lazy("Handle time is real time.")


def _way(asked: Asked) -> str:
    way = asked.only.get("by", "")
    return way if way in BY else "team"


def _table(asked: Asked) -> Table:
    way = _way(asked)
    found = found_by(asked, (way,))
    if way not in NO_MOMENT:
        found = with_left(found, left(asked, asked.ends, (way,)))
    keys = {str(key): each for (key,), each in found.items()}
    known = names(way, keys)
    in_order = sorted(keys, key=int) if way in NO_MOMENT else sorted(keys, key=lambda key: known[key].casefold())
    rows = []
    for key in in_order:
        drill = urlencode({way: key})
        rows.append(Row(known[key], [_of_table(figure, keys[key], drill, way) for figure in OF_TABLE]))
    return Table(_("By %(what)s") % {"what": BY[way]}, str(BY[way]), OF_TABLE, rows)


def _of_table(figure: Figure, found: Found, drill: str, way: str) -> Cell:
    if figure is f.BACKLOG and way in NO_MOMENT:
        return Cell(figure, None)
    return cell(figure, found, drill=drill)


def _heats(asked: Asked) -> list[Part]:
    found = begun_by(asked, ("weekday", "hour"))
    days, hours = names("weekday", range(7)), range(24)

    def heat(title: str, figure: Figure, says: str) -> Heat:
        rows = []
        for day in range(7):
            cells = []
            for hour in hours:
                drill = urlencode({"weekday": day, "hour": hour})
                cells.append(cell(figure, found.get((day, hour), Found()), drill=drill))
            rows.append(Row(days[str(day)], cells))
        return Heat(title, _("weekday"), figure, [f"{hour:02}" for hour in hours], rows, says=says)

    begins = _("By the hour in which the episode began.")
    return [
        heat(_("When they begin"), f.BEGUN, _("By weekday and hour, by the clock of this report.")),
        heat(str(f.FIRST_KEPT.label), f.FIRST_KEPT, begins)
        if any(each.begun["promised"] for each in found.values())
        else heat(_("When they wait for a first answer"), f.FIRST_MEAN, begins),
    ]


CLOCK = Filter(
    "clock",
    gettext_lazy("Clock"),
    lambda: [("calendar", gettext_lazy("every hour of day and night"))],
    blank=gettext_lazy("open hours alone"),
)
report = Report(
    key="service",
    title=gettext_lazy("Service"),
    says=gettext_lazy(
        "How much comes, how soon it is answered and solved, what is left open, and which promises hold."
    ),
    sheet=sheet,
    behind=behind,
    filters=(
        Filter(
            "by",
            gettext_lazy("By"),
            lambda: [(way, label) for way, label in BY.items() if way != "team"],
            blank=gettext_lazy("team"),
        ),
        Filter(
            "handler",
            gettext_lazy("Bot"),
            lambda: [
                ("people", gettext_lazy("leave out what it did alone")),
                ("bot", gettext_lazy("only what it did alone")),
            ],
            blank=gettext_lazy("with what it did alone"),
        ),
        CLOCK,
    ),
)
