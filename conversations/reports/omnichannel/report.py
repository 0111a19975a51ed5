"""The report of omnichannel effectiveness: the whole, its trend, and each channel with every part of the formula."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.models.fact import Handler
from conversations.reports.channels.behind import behind
from conversations.reports.channels.streams import SWITCHES
from conversations.reports.omnichannel.figures import (
    BEGUN,
    BEGUN_ANSWERED,
    CAME,
    CAME_ANSWERED,
    EFFECTIVENESS,
    ENGAGEMENTS,
    FACTOR,
    PART,
    TOUCHPOINTS,
    Channel,
    Formula,
)
from conversations.reports.service.figures import FEW
from conversations.reports.sheets import thin
from conversations.reports.sheets.names import names
from conversations.reports.sheets.sheet import (
    Asked,
    Cell,
    Figure,
    Lines,
    Report,
    Row,
    Series,
    Sheet,
    Table,
    Tiles,
    Words,
)
from conversations.reports.sheets.written import shown
from conversations.reports.streams_service import BEGUN as EPISODES
from conversations.reports.tallies.reading import Between, Key, points, read
from conversations.templatetags.desk import hue


def sheet(asked: Asked) -> Sheet:
    """Four readings; two more where it is compared."""
    now = _formula(_counted(asked, ()))
    then = _formula(_counted(asked, (), asked.before)) if asked.before else None
    return Sheet(
        [_tiles(now, then), thin.lines(asked, lambda of: _trend(of, now)), _by_channel(now, then), *_in_words(now)]
    )


def _counted(asked: Asked, by: Sequence[str], between: Between | None = None) -> dict[Key, Channel]:
    """By that, and by medium."""
    found: dict[Key, Channel] = {}
    begun = read(EPISODES, asked, cut="handler", by=(*by, "medium", "value"), between=between)
    for (*key, handler), numbers in begun.items():
        _add(found, tuple(key), _begun(str(handler), numbers["episodes"]))
    for came, numbers in read(SWITCHES, asked, by=(*by, "medium"), between=between).items():
        _add(found, came, Channel(0, 0, numbers["switches"], numbers["answered"], numbers["repeated"]))
    return found


def _formula(counted: Mapping[Key, Channel]) -> Formula:
    return Formula({str(medium): each for (medium,), each in counted.items() if each.touchpoints})


def _add(found: dict[Key, Channel], key: Key, more: Channel) -> None:
    found[key] = found.get(key, Channel()) + more


def _begun(handler: str, count: int) -> Channel:
    return Channel(count, 0 if handler == Handler.NOBODY else count)


def _tiles(now: Formula, then: Formula | None) -> Tiles:
    whole, before = now.whole, then.whole if then else None
    switched = "what=switches" if whole.came else ""
    cells = [
        Cell(
            EFFECTIVENESS, now.effectiveness, whole.came,
            before=then.effectiveness if then and then.whole.came >= FEW else None, drill=switched,
        ),
        Cell(TOUCHPOINTS, whole.touchpoints, before=before.touchpoints if before else None),
        Cell(ENGAGEMENTS, whole.engagements, before=before.engagements if before else None),
        _count(CAME, whole.came, before.came if before else None, "what=switches"),
        Cell(FACTOR, whole.own_factor, whole.came, before=before.own_factor if before else None, drill=switched),
    ]  # fmt: skip
    return Tiles(_("The whole"), cells)


def _count(figure: Figure, value: int, before: int | None, drill: str) -> Cell:
    return Cell(figure, value, before=before, drill=drill if value else "")


def _trend(asked: Asked, now: Formula) -> Lines:
    """Each point by the same formula, of that point alone."""
    counted: dict[object, dict[Key, Channel]] = {}
    for (moment, medium), each in _counted(asked, ("at",)).items():
        counted.setdefault(moment, {})[(medium,)] = each
    at = points(asked)
    formulas = [_formula(counted.get(each, {})) for each in at]
    cells = [Cell(EFFECTIVENESS, each.effectiveness, each.whole.came) for each in formulas]
    says = _("A point needs %(n)d switches.") % {"n": FEW}
    known = names("medium", now.channels)
    factors = [
        Series(known[medium], [_factor_at(each, medium) for each in formulas], hue(medium))
        for medium, channel in now.channels.items()
        if channel.came >= FEW
    ]
    series = [Series(_("all channels"), cells, "web"), *factors]
    return Lines(_("Effectiveness, and how well each channel is integrated"), EFFECTIVENESS, at, series, says=says)


def _factor_at(formula: Formula, medium: str) -> Cell:
    channel = formula.channels.get(medium, Channel())
    return Cell(FACTOR, channel.own_factor, channel.came or None)


def _by_channel(now: Formula, then: Formula | None) -> Table:
    ordered = _in_order(now)
    known = names("medium", ordered)
    rows = [Row(known[medium], _cells(medium, now, then), hue=hue(medium)) for medium in ordered]
    if rows:
        rows.append(Row(_("All together"), _sums(now), is_sum=True))
    figures = [BEGUN, CAME, TOUCHPOINTS, BEGUN_ANSWERED, CAME_ANSWERED, ENGAGEMENTS, FACTOR, PART]
    return Table(_("Part by part"), _("channel"), figures, rows)


def _cells(medium: str, now: Formula, then: Formula | None) -> list[Cell]:
    channel, of = now.channels[medium], urlencode({"medium": medium})
    was = then is not None and medium in then.channels
    return [
        _count(BEGUN, channel.begun, None, f"what=begun&{of}"),
        _count(CAME, channel.came, None, f"what=switches&{of}"),
        Cell(TOUCHPOINTS, channel.touchpoints),
        _count(BEGUN_ANSWERED, channel.begun_answered, None, f"what=engaged&{of}"),
        _count(CAME_ANSWERED, channel.came_answered, None, f"what=switches&answered=1&{of}"),
        Cell(ENGAGEMENTS, channel.engagements),
        Cell(FACTOR, now.factor(medium), channel.came or None, drill=f"what=switches&{of}" if channel.came else ""),
        Cell(PART, now.part(medium), before=then.part(medium) if then is not None and was else None),
    ]


def _sums(now: Formula) -> list[Cell]:
    whole = now.whole
    return [
        _count(BEGUN, whole.begun, None, "what=begun"),
        _count(CAME, whole.came, None, "what=switches"),
        Cell(TOUCHPOINTS, whole.touchpoints),
        _count(BEGUN_ANSWERED, whole.begun_answered, None, "what=engaged"),
        _count(CAME_ANSWERED, whole.came_answered, None, "what=switches&answered=1"),
        Cell(ENGAGEMENTS, whole.engagements),
        Cell(FACTOR, whole.own_factor, drill="what=switches" if whole.came else ""),
        Cell(PART, now.effectiveness),
    ]


def _in_words(now: Formula) -> list[Words]:
    """The formula with its numbers, channel by channel, to be reckoned after."""
    known: Mapping[str, str] = names("medium", now.channels)
    if not now.channels:
        return []
    if not now.whole.came:
        line = _("Nobody went on by another channel in this time: how well the channels work as one cannot be seen.")
        return [Words(_("To be said"), [line])]
    lines = [_line(known[medium], medium, now) for medium in _in_order(now)]
    words = {"value": shown(Cell(EFFECTIVENESS, now.effectiveness)), "touchpoints": now.whole.touchpoints}
    lines.append(
        ngettext(
            "All of it by %(touchpoints)d touchpoint: %(value)s.",
            "All of it by %(touchpoints)d touchpoints: %(value)s.",
            now.whole.touchpoints,
        )
        % words
    )
    return [Words(_("The formula, reckoned"), lines)]


def _in_order(now: Formula) -> list[str]:
    """The channels, the busiest first."""
    return sorted(now.channels, key=lambda medium: -now.channels[medium].touchpoints)


def _line(name: str, medium: str, now: Formula) -> str:
    factor, count = now.factor(medium) or 0.0, now.channels[medium].engagements
    words = {
        "channel": name,
        "engagements": count,
        "factor": number_format(factor, 3),
        "product": number_format(count * factor, 1),
    }
    if now.channels[medium].came:
        said = ngettext(
            "%(channel)s: %(engagements)d engagement by %(factor)s is %(product)s.",
            "%(channel)s: %(engagements)d engagements by %(factor)s are %(product)s.",
            count,
        )
    else:
        said = ngettext(
            "%(channel)s: %(engagements)d engagement by %(factor)s, of all channels, is %(product)s; nobody came over.",
            "%(channel)s: %(engagements)d engagements by %(factor)s, of all channels, are %(product)s;"
            " nobody came over.",
            count,
        )
    return said % words


report = Report(
    key="omnichannel",
    title=gettext_lazy("Omnichannel effectiveness"),
    says=gettext_lazy("How well the channels work as one: engagement by integration, by touchpoints, part by part."),
    sheet=sheet,
    behind=behind,
    icon="merge",
    has_media=False,
)
