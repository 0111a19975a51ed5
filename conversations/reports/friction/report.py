"""The friction list: what made it hard for customers, by the harm it does, with the conversations it was found in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Friction
from conversations.models.journey import FrictionKind
from conversations.reports.journeys import behind, figures, filters
from conversations.reports.journeys.report import content, link, share
from conversations.reports.journeys.streams import FRICTIONS, JOURNEYS
from conversations.reports.sheets.sheet import (
    Asked,
    Behind,
    Cell,
    Lines,
    Report,
    Row,
    Series,
    Sheet,
    Table,
    Tiles,
)
from conversations.reports.tallies.reading import Between, Key, points, read
from conversations.reports.tallies.stream import Numbers

MINUTE = 60
MOST_LINES = 5


@dataclass(frozen=True)
class Kind:
    """One kind of friction: what was counted of it, of the stretch before (None where there were no journeys at all),
    and of all journeys without it."""

    key: str
    now: Numbers
    before: Numbers | None
    without: Numbers

    @property
    def extra(self) -> float | None:
        """Seconds of work in an episode with it, on average, beyond those in one without."""
        with_it, rest = self.now.per("worked", "frictions"), self.without.per("worked", "journeys")
        return None if with_it is None or rest is None else with_it - rest

    @property
    def harm(self) -> float:
        return self.now["frictions"] * max(self.extra or 0, MINUTE)


def sheet(asked: Asked) -> Sheet:
    """Two readings; two more where it is compared."""
    now, then = _whole(asked), _whole(asked, asked.before) if asked.before else Numbers()
    counted = _counted(asked, ("at",))
    before = _by_kind(_counted(asked, (), asked.before)) if then["journeys"] else None
    kinds = _kinds(_by_kind(counted), before, now)
    return Sheet((_tiles(now, then), _list(kinds), _lines(asked, counted, kinds)))


def found(asked: Asked, drill: Mapping[str, str]) -> Behind:
    """Http404 for what is no number of this report."""
    if drill.get("what") == "journeys":
        return behind.found(asked, drill)
    if drill.get("what") != "kind" or drill.get("kind") not in FrictionKind.values:
        raise Http404
    rows = Friction.objects.filter(filters.of_moves(asked), kind=drill["kind"])
    if drill.get("is") == "answered":
        rows = rows.filter(journey__answers=1)
    return behind.of_frictions(asked, str(FrictionKind(drill["kind"]).label), rows)


def _kinds(now: Mapping[str, Numbers], then: Mapping[str, Numbers] | None, whole: Numbers) -> list[Kind]:
    """The most harmful first."""
    kinds = [
        Kind(key, each, None if then is None else then.get(key, Numbers()), _less(whole, each))
        for key, each in now.items()
    ]
    return sorted(kinds, key=lambda kind: (-kind.harm, kind.key))


def _counted(asked: Asked, by: Sequence[str], between: Between | None = None) -> dict[Key, Numbers]:
    """By that, and by kind."""
    tier = asked.only.get("tier")
    rows = read(FRICTIONS, asked, cut="kind_of" if tier else "kind", by=(*by, "value"), between=between)
    parted = [(key[:-1], *str(key[-1]).partition("~"), numbers) for key, numbers in rows.items()]
    return {(*rest, kind): numbers for rest, kind, _tilde, its, numbers in parted if not tier or its == tier}


def _by_kind(counted: Mapping[Key, Numbers]) -> dict[str, Numbers]:
    sums: dict[str, Numbers] = {}
    for key, numbers in counted.items():
        kind = str(key[-1])
        sums[kind] = sums.get(kind, Numbers()) + numbers
    return sums


def _whole(asked: Asked, between: Between | None = None) -> Numbers:
    """Of all journeys, with friction or without."""
    tier = asked.only.get("tier")
    if not tier:
        return read(JOURNEYS, asked, between=between)[()]
    total = Numbers()
    for (value,), numbers in read(JOURNEYS, asked, cut="whole_of", by=("value",), between=between).items():
        if str(value).split("~", 2)[2] == tier:
            total += numbers
    return total


def _less(whole: Numbers, each: Numbers) -> Numbers:
    """A journey has a kind once at most: what is left is of those without it."""
    names = {"journeys": "frictions", "worked": "worked", "answers": "answers", "good": "good"}
    return Numbers({name: whole[name] - each[of] for name, of in names.items()})


def _tiles(now: Numbers, then: Numbers) -> Tiles:
    drill = link(what="journeys", is_="hard")
    count = Cell(
        figures.JOURNEYS,
        now["journeys"],
        now["journeys"],
        before=then["journeys"] or None,
        drill=link(what="journeys"),
    )
    return Tiles("", (count, share(figures.HARD, now["hard"], now["journeys"], drill, then, "hard/journeys")))


def _list(kinds: list[Kind]) -> Table:
    return Table(
        _("What makes it hard, the most harmful first"),
        _("What happened"),
        (figures.FRICTIONS, figures.HARM, figures.EXTRA, figures.CONTENT, figures.REST),
        [_row(kind) for kind in kinds],
        _("Each leads to the conversations it was found in."),
    )


def _row(kind: Kind) -> Row:
    drill = link(what="kind", kind=kind.key)
    count, before = kind.now["frictions"], kind.before["frictions"] if kind.before else None
    return Row(
        FrictionKind(kind.key).label,
        (
            Cell(figures.FRICTIONS, count, count, before=before, drill=drill),
            Cell(figures.HARM, kind.harm, count, drill=drill),
            Cell(figures.EXTRA, kind.extra, count, drill=drill),
            content(kind.now, link(what="kind", kind=kind.key, is_="answered"), before=kind.before),
            content(kind.without, link(what="journeys", is_="answered", without=kind.key), figures.REST),
        ),
        drill,
    )


def _lines(asked: Asked, counted: Mapping[Key, Numbers], kinds: list[Kind]) -> Lines:
    at = points(asked)
    series = [
        Series(
            FrictionKind(kind.key).label,
            [Cell(figures.FRICTIONS, counted.get((moment, kind.key), Numbers())["frictions"]) for moment in at],
        )
        for kind in kinds[:MOST_LINES]
    ]
    return Lines(_("How often, over time"), figures.FRICTIONS, at, series, says=_("The five most harmful kinds."))


report = Report(
    "friction",
    gettext_lazy("Friction"),
    gettext_lazy("Long waits, repeats, loops and what else made it hard, sorted by the harm done, with the cases."),
    sheet,
    found,
    (filters.TIER,),
    "warning",
)
