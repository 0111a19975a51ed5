"""The page of satisfaction: figures with their trend, lines by channel, touchpoints, teams by channel, and words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from conversations.models import Team
from conversations.models.survey import Touchpoint
from conversations.reports.measures import LEAST, MEASURES, RATE, Counts, value
from conversations.reports.satisfaction import BOT, PURCHASES, Cell, Found, by_week, together

HUES = ("chat", "email", "phone", "messaging", "social", BOT)
TARGET = 90  # per cent of the content
WIDTH, HEIGHT, LEFT, RIGHT, TOP, FLOOR = 640.0, 227.0, 36.0, 566.0, 8.0, 184.0
SPARK_WIDTH, SPARK_HEIGHT, INSET = 96.0, 24.0, 3.0
APART = 13.0  # between two names at the ends of lines


@dataclass(frozen=True)
class Figure:
    key: str
    label: object
    shown: str  # "93%"; "too few" where they are
    says: str
    level: str
    give: str
    href: str
    spark: str  # a path
    end: tuple[float, float] | None
    weeks: list[tuple[datetime, str]]  # the table behind it
    definition: object


@dataclass(frozen=True)
class Line:
    hue: str
    name: str
    path: str
    end: tuple[float, float]
    name_y: float
    last: str
    href: str
    points: list[str]  # by week, for the table


@dataclass(frozen=True)
class Lines:
    kind: str
    lines: list[Line]
    grid: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    weeks: list[datetime]
    target: float | None


@dataclass(frozen=True)
class Score:
    shown: str
    share: float = 0.0  # 0 to 1, of its scale
    level: str = ""
    href: str = ""


@dataclass(frozen=True)
class Row:
    name: str
    csat: Score
    nps: Score
    ces: Score
    answers: int
    href: str


@dataclass(frozen=True)
class HeatRow:
    name: str
    cells: list[Score]


@dataclass(frozen=True)
class Shown:
    figures: list[Figure]
    lines: Lines
    touchpoints: list[Row]
    columns: list[tuple[str, str]]  # hue and name, of the heat map
    teams: list[HeatRow]
    repeated: tuple[Score, Score] | None  # nothing asked twice, something asked twice
    answers: int


def shown(found: Found, kind: str, query: str) -> Shown:
    """`query`: what the page was asked with, for the links to the rows."""
    return Shown(
        [*(_figure(found, each, query) for each in MEASURES), _rate(found, query)],
        _lines(found, kind, query),
        list(_touchpoints(found, query)),
        [(hue, hue_name(hue)) for hue in _hues(found.now)],
        _teams(found, query),
        _repeated(found, query),
        sum(each.counts.answers for each in found.now),
    )


def rows_href(query: str, **more: object) -> str:
    asked = {name: each for name, each in more.items() if each not in ("", None)}
    return f"{reverse('satisfaction_rows')}?{query}&{urlencode(asked)}"


def hue_name(hue: str) -> str:
    names = {
        "chat": _("Chat"), "email": _("Email"), "phone": _("Phone"), "messaging": _("Messaging"),
        "social": _("Social"), "web": _("Web"), BOT: _("Bot"),
    }  # fmt: skip
    return names.get(hue, hue)


def in_words(kind: str, counts: Counts) -> str:
    """ "93%", "+52", "6.0"; "too few" where a figure would say more than is known."""
    found = value(kind, counts)
    if found is None:
        return "–"
    return _written(kind, found.value) if found.is_enough else _("too few")


def _written(kind: str, number: float) -> str:
    measure = MEASURES[kind]
    text = number_format(round(number, measure.places), measure.places)
    sign = "+" if measure.signed and round(number, measure.places) > 0 else ""
    return f"{sign}{text}{measure.unit}".replace("-", "−")


def _of(cells: Iterable[Cell], kind: str) -> list[Cell]:
    return [each for each in cells if each.kind == kind]


def _figure(found: Found, kind: str, query: str) -> Figure:
    now, then = together(_of(found.now, kind)), together(_of(found.then, kind))
    weeks = by_week(_of(found.now, kind), found.period)
    says, level = _change(kind, now, then, len(weeks))
    known = value(kind, now)
    give = (
        _("give or take %(give)s") % {"give": _written(kind, known.give).lstrip("+")}
        if known and known.is_enough
        else ""
    )
    path, end = spark([each.value if (each := value(kind, counts)) else None for counts in weeks])
    table = list(zip(found.period.weeks, (in_words(kind, counts) for counts in weeks), strict=True))
    measure, href = MEASURES[kind], rows_href(query, kind=kind)
    return Figure(kind, measure.title, in_words(kind, now), says, level, give, href, path, end, table, measure.says)


def _change(kind: str, now: Counts, then: Counts, weeks: int) -> tuple[str, str]:
    """Only where both are enough, and where the change is more than chance would make."""
    one, other = value(kind, now), value(kind, then)
    if one is None or not one.is_enough:
        return _("%(n)d answers; from %(least)d on it says something") % {"n": now.answers, "least": LEAST}, ""
    if other is None or not other.is_enough:
        return _("too few answers in the %(weeks)d weeks before to compare") % {"weeks": weeks}, ""
    change = one.value - other.value
    if abs(change) <= (one.give**2 + other.give**2) ** 0.5:
        return _("as in the %(weeks)d weeks before") % {"weeks": weeks}, ""
    much = _written(kind, abs(change)).lstrip("+").rstrip("%")
    words = (
        _("up %(much)s on the %(weeks)d weeks before")
        if change > 0
        else _("down %(much)s on the %(weeks)d weeks before")
    )
    return words % {"much": much, "weeks": weeks}, "good" if change > 0 else "bad"


def _rate(found: Found, query: str) -> Figure:
    answered, asked = found.rate(found.period)
    before_answered, before_asked = found.rate(found.period.before)
    weeks = found.period.weeks
    shares = [
        100 * found.answered.get(week, 0) / found.asked[week] if found.asked.get(week) else None for week in weeks
    ]
    says = _("%(answered)s of %(asked)s") % {"answered": number_format(answered), "asked": number_format(asked)}
    if asked >= LEAST and before_asked >= LEAST:
        says = _("%(says)s; %(before)s%% before") % {
            "says": says,
            "before": round(100 * before_answered / before_asked),
        }
    shown_ = f"{round(100 * answered / asked)}%" if asked >= LEAST else (_("too few") if asked else "–")
    path, end = spark(shares)
    table = [(week, "–" if share is None else f"{round(share)}%") for week, share in zip(weeks, shares, strict=True)]
    return Figure("rate", _("People who answer"), shown_, says, "", "", rows_href(query), path, end, table, RATE)


def spark(values: Sequence[float | None]) -> tuple[str, tuple[float, float] | None]:
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return "", None
    low, spread = min(known), (max(known) - min(known)) or 1.0
    step = (SPARK_WIDTH - 2 * INSET) / max(1, len(values) - 1)
    points = [
        (
            round(INSET + number * step, 1),
            round(SPARK_HEIGHT - INSET - (each - low) / spread * (SPARK_HEIGHT - 2 * INSET), 1),
        )
        for number, each in enumerate(values)
        if each is not None
    ]
    return "M" + " ".join(f"{x} {y}" for x, y in points), points[-1]


def _hues(cells: Iterable[Cell]) -> list[str]:
    there = {each.hue for each in cells}
    return [hue for hue in HUES if hue in there]


def _lines(found: Found, kind: str, query: str) -> Lines:
    cells, weeks = _of(found.now, kind), found.period.weeks
    series = {hue: by_week([each for each in cells if each.hue == hue], found.period) for hue in _hues(cells)}
    values = {hue: [_at_least(kind, counts) for counts in each] for hue, each in series.items()}
    known = [number for each in values.values() for number in each if number is not None]
    low, high = _scale(kind, known)
    drawn = []
    for hue, numbers in values.items():
        points = [
            (_x(place, len(weeks)), _y(number, low, high)) for place, number in enumerate(numbers) if number is not None
        ]
        if points:
            last = next(number for number in reversed(numbers) if number is not None)
            path = "M" + " ".join(f"{x} {y}" for x, y in points)
            texts = ["–" if number is None else _written(kind, number) for number in numbers]
            href = rows_href(query, kind=kind, hue=hue)
            drawn.append(
                Line(hue, hue_name(hue), path, points[-1], points[-1][1], _written(kind, last).rstrip("%"), href, texts)
            )
    grid = [(_y(step, low, high), _written(kind, step).rstrip("%")) for step in _steps(low, high)]
    every = max(1, len(weeks) // 4)
    ticks = [
        (_x(place, len(weeks)), date_format(week, "j M")) for place, week in enumerate(weeks) if place % every == 0
    ]
    target = _y(TARGET, low, high) if kind == "csat" and low <= TARGET <= high else None
    return Lines(kind, _apart(drawn), grid, ticks, weeks, target)


def _at_least(kind: str, counts: Counts) -> float | None:
    """A week of a channel has few answers: its line goes on where there are three, and its table says how many."""
    found = value(kind, counts)
    return found.value if found and found.answers >= 3 else None


def _scale(kind: str, known: Sequence[float]) -> tuple[float, float]:
    measure = MEASURES[kind]
    step = (measure.high - measure.low) / 10 if kind != "ces" else 1.0
    if not known:
        return measure.high - 3 * step, measure.high
    low = max(measure.low, step * (min(known) // step))
    high = min(measure.high, step * (max(known) // step + 1))
    return (low, high) if high - low >= 2 * step else (max(measure.low, high - 2 * step), high)


def _steps(low: float, high: float) -> list[float]:
    """Round numbers, five lines or so."""
    span = high - low
    size = next((each for each in (1, 5, 10, 20, 25, 50, 100) if span / each <= 5 and span % each == 0), span / 4)
    return [low + size * number for number in range(round(span / size) + 1)]


def _x(place: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * place / max(1, count - 1), 1)


def _y(number: float, low: float, high: float) -> float:
    return round(FLOOR - (FLOOR - TOP) * (number - low) / (high - low), 1)


def _apart(lines: Iterable[Line]) -> list[Line]:
    """Names at the ends of lines do not cover each other."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda each: each.end[1]):
        y = max(line.end[1], placed[-1].name_y + APART) if placed else line.end[1]
        placed.append(Line(line.hue, line.name, line.path, line.end, round(y, 1), line.last, line.href, line.points))
    return placed


def _score(kind: str, cells: Sequence[Cell], href: str) -> Score:
    found = value(kind, together(_of(cells, kind)))
    if found is None:
        return Score("–")
    if not found.is_enough:
        return Score(_("too few"), href=href)
    measure = MEASURES[kind]
    share = (found.value - measure.low) / (measure.high - measure.low)
    level = (
        "bad" if kind == "csat" and found.value < 75 else "warn" if kind == "csat" and found.value < TARGET - 4 else ""
    )
    return Score(_written(kind, found.value).rstrip("%"), round(share, 3), level, href)


def _touchpoints(found: Found, query: str) -> Iterable[Row]:
    groups: list[tuple[str, str, tuple[str, ...]]] = [
        (place.value, str(place.label), (place.value,))
        for place in (Touchpoint.BOT, Touchpoint.HANDOFF, Touchpoint.RESOLUTION, Touchpoint.CALL)
    ]
    groups += [
        ("purchase", _("Purchase"), tuple(PURCHASES)),
        (Touchpoint.RULE.value, str(Touchpoint.RULE.label), ("rule",)),
    ]
    for name, label, places in groups:
        cells = [each for each in found.now if each.touchpoint in places]
        if not cells:
            continue
        csat, nps, ces = [
            _score(kind, cells, rows_href(query, kind=kind, touchpoint=name)) for kind in ("csat", "nps", "ces")
        ]
        answers = sum(each.counts.answers for each in cells)
        yield Row(label, csat, nps, ces, answers, rows_href(query, touchpoint=name))


def _teams(found: Found, query: str) -> list[HeatRow]:
    cells, hues = _of(found.now, "csat"), _hues(found.now)
    names = dict(Team.objects.filter(pk__in={each.team for each in cells if each.team}).values_list("pk", "name"))
    table: list[HeatRow] = []
    for team, name in [*sorted(names.items(), key=lambda pair: pair[1]), (None, _("no team"))]:
        here = [each for each in cells if each.team == team]
        if here:
            scores = [
                _score(
                    "csat",
                    [each for each in here if each.hue == hue],
                    rows_href(query, kind="csat", team=team or 0, hue=hue),
                )
                for hue in hues
            ]
            table.append(HeatRow(name, scores))
    return _tinted(table)


def _tinted(table: Sequence[HeatRow]) -> list[HeatRow]:
    """Stronger is better, from the worst of the table to its best."""
    shares = [cell.share for row in table for cell in row.cells if cell.share]
    low, high = min(shares, default=0.0), max(shares, default=1.0)
    spread = (high - low) or 1.0

    def tint(cell: Score) -> Score:
        share = 0.2 + 0.8 * (cell.share - low) / spread if cell.share else 0.0
        return Score(cell.shown, round(share, 2), cell.level, cell.href)

    return [HeatRow(row.name, [tint(cell) for cell in row.cells]) for row in table]


def _repeated(found: Found, query: str) -> tuple[Score, Score] | None:
    """After a handoff: with nothing asked twice, and with a question repeated."""
    cells = [each for each in found.now if each.touchpoint == Touchpoint.HANDOFF]
    asked = {"kind": "csat", "touchpoint": Touchpoint.HANDOFF.value}
    pair = (
        _score("csat", [each for each in cells if not each.is_repeated], rows_href(query, repeated=0, **asked)),
        _score("csat", [each for each in cells if each.is_repeated], rows_href(query, repeated=1, **asked)),
    )
    return pair if all(each.share for each in pair) else None
