"""What a report's templates ask: a cell in words, its link to the rows behind it, and charts as SVG."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from conversations.models import ReportSchedule
from conversations.reports.sheets import charts, flowing, written
from conversations.reports.sheets.marks import Box, Dot, Drawing, Key, Label, Line, Mark, Ribbon, Rule
from conversations.reports.sheets.sheet import Asked, Bars, Cell, Figure, Flow, Heat, Lines, Part, Table, Tiles, Words

register = template.Library()

KINDS: dict[type, str] = {
    Tiles: "tiles", Table: "table", Lines: "lines", Bars: "bars", Heat: "heat", Flow: "flow", Words: "words"
}  # fmt: skip
HATCHES = (
    "", "M0 6 6 0M-1 1 1 -1M5 7 7 5",
    "M1.5 3a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0", "M0 3H6", "M3 0V6", "M0 0 6 6M0 6 6 0",
)  # fmt: skip
DOTS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M-3.5-3.5h7v7h-7z", "M0-4.5 4.5 3.5h-9z", "M0-5 5 0 0 5-5 0z",
    "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
)  # fmt: skip

register.filter("shown", written.shown)
register.filter("give", written.give)
register.filter("change", written.change)


@register.simple_tag
def days(asked: Asked) -> str:
    return written.days(asked.begins, asked.ends)


@register.simple_tag
def days_before(asked: Asked) -> str:
    return written.days(*asked.before) if asked.before else ""


@register.filter
def said(value: object) -> object:
    """What stands in a row: moments and numbers as the reader writes them."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y H:i")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number_format(value, force_grouping=True)
    return value if value not in (None, "") else written.NOTHING


@register.filter
def weekday(schedule: ReportSchedule) -> str:
    return str(WEEKDAYS.get(schedule.on, ""))


@register.filter
def kind_of(part: Part) -> str:
    return KINDS[type(part)]


@register.filter
def span_of(part: Part) -> int:
    """Of twelve columns."""
    return 12 if isinstance(part, Tiles) or part.wide else 6


@register.filter
def strength(cell: Cell, most: float) -> str:
    """0 to 1, of a bar or a tint."""
    return f"{max(0.0, min(1.0, (charts.value_of(cell) or 0.0) / most)) if most else 0.0:.3f}"


@register.filter
def most_of(part: Bars | Heat) -> float:
    """Shares are of the whole; all else is of the greatest."""
    found = [charts.value_of(cell) or 0.0 for row in part.rows for cell in row.cells]
    return max(found, default=0.0)


@register.simple_tag(takes_context=True)
def behind(context: Context, drill: str) -> str:
    """Where the rows behind a number are listed; "" where there are none."""
    return rows_href(str(context["report"].key), drill, str(context["query"])) if drill else ""


@register.simple_tag(takes_context=True)
def number(context: Context, cell: Cell) -> str:
    """A cell in words, with its link. No template of its own, since a page has hundreds."""
    href, text = behind(context, cell.drill), written.shown(cell)
    return format_html('<a href="{}">{}</a>', href, text) if href and cell.value is not None else text


def rows_href(report: str, drill: str, query: str) -> str:
    """The cell's own words are one value, so that they never mix with the page's."""
    said = urlencode({"cell": drill})
    return f"{reverse('report_rows', args=[report])}?{said}{'&' if query else ''}{query}"


@register.simple_tag
def spark(values: Sequence[float | None] | None) -> SafeString:
    points = charts.spark(values or ())
    if not points:
        return SafeString("")
    return format_html(
        '<svg class="spark" viewBox="0 0 96 24" aria-hidden="true"><path d="{}"/><circle cx="{}" cy="{}" r="3"/></svg>',
        _way(points), *map(str, points[-1]),
    )  # fmt: skip


@register.filter
def spark_of(part: Tiles, figure: Figure) -> Sequence[float | None]:
    return part.sparks.get(figure.key, ())


@register.simple_tag
def chart(part: Lines | Flow, grain: str, key: object, says: str) -> SafeString:
    """The drawing with its legend; `key` tells its patterns from those of other charts."""
    drawing = charts.drawn(part, grain) if isinstance(part, Lines) else flowing.drawn(part)
    return format_html(
        '<div class="wide" tabindex="0" role="group" aria-label="{}"><svg class="chart{}" viewBox="0 0 {} {}"'
        ' role="img" aria-label="{}">{}{}</svg></div>{}',
        says,
        " broad" if drawing.width > charts.HALF else "",
        str(drawing.width),
        str(drawing.height),
        says,
        _patterns(drawing, key),
        format_html_join("", "{}", ((_mark(mark, key),) for mark in drawing.marks)),
        _legend(drawing.keys, key),
    )


@register.filter
def points_of(part: Lines, grain: str) -> list[tuple[datetime, str, list[Cell]]]:
    return list(charts.table(part, grain))


@register.filter
def label_of(part: Flow, key: str) -> str:
    return next((str(node.label) for node in part.nodes if node.key == key), key)


def _patterns(drawing: Drawing, key: object) -> SafeString:
    return format_html_join(
        "",
        '<pattern id="{}" data-channel="{}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect class="bar" width="6" height="6"/><path class="hatch" d="{}"/></pattern>',
        ((f"p-{key}-{kind}", hue, HATCHES[kind % len(HATCHES)]) for hue, kind in drawing.kinds if kind % len(HATCHES)),
    )


def _fill(kind: int, key: object) -> SafeString:
    return format_html(' fill="url(#p-{}-{})"', key, kind) if kind % len(HATCHES) else SafeString(' class="bar"')


def _mark(mark: Mark, key: object) -> SafeString:
    if isinstance(mark, Rule):
        return _rule(mark)
    if isinstance(mark, Line):
        dashes = "before" if mark.is_before else f"k{mark.kind % 6}"
        return format_html('<path data-channel="{}" class="line {}" d="{}"/>', mark.hue, dashes, _way(mark.points))
    if isinstance(mark, Dot):
        at, drawn = f"translate({mark.x} {mark.y})", DOTS[mark.kind % len(DOTS)]
        return format_html('<path data-channel="{}" class="end" transform="{}" d="{}"/>', mark.hue, at, drawn)
    if isinstance(mark, Box):
        return _box(mark, key)
    if isinstance(mark, Ribbon):
        return format_html(
            '<path data-channel="{}" class="ribbon" d="{}"><title>{}</title></path>', mark.hue, _ribbon(mark), mark.says
        )
    return _label(mark)


def _rule(mark: Rule) -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>',
        mark.klass, *map(str, (mark.x, mark.y, mark.to_x, mark.to_y)),
    )  # fmt: skip


def _box(mark: Box, key: object) -> SafeString:
    return format_html(
        '<rect data-channel="{}"{} x="{}" y="{}" width="{}" height="{}" rx="1"><title>{}</title></rect>',
        mark.hue, _fill(mark.kind, key), *map(str, (mark.x, mark.y, mark.width, mark.height)), mark.says,
    )  # fmt: skip


def _label(mark: Label) -> SafeString:
    classes = SafeString(' class="name"') if mark.is_strong else ""
    return format_html(
        '<text{} data-channel="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        classes, mark.hue or "web", str(mark.x), str(mark.y), mark.anchor, mark.text,
    )  # fmt: skip


def _legend(keys: Iterable[Key], key: object) -> SafeString:
    items = format_html_join("", '<li data-channel="{}">{}{}</li>', ((e.hue, _swatch(e, key), e.text) for e in keys))
    return format_html('<ul class="legend drawn" aria-hidden="true">{}</ul>', items) if items else items


def _swatch(each: Key, key: object) -> SafeString:
    if each.is_line:
        return format_html('<svg viewBox="0 0 24 8"><path class="line k{}" d="M0 4H24"/></svg>', each.kind % 6)
    return format_html('<svg viewBox="0 0 12 8"><rect{} width="12" height="8"/></svg>', _fill(each.kind, key))


def _way(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " ".join(f"{x} {y}" for x, y in points)


def _ribbon(mark: Ribbon) -> str:
    middle = round((mark.x + mark.to_x) / 2, 1)
    foot, to_foot = round(mark.y + mark.thick, 1), round(mark.to_y + mark.thick, 1)
    there = f"M{mark.x} {mark.y}C{middle} {mark.y} {middle} {mark.to_y} {mark.to_x} {mark.to_y}"
    return f"{there}V{to_foot}C{middle} {to_foot} {middle} {foot} {mark.x} {foot}Z"
