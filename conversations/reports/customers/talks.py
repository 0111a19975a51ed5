"""Parts of the report: what talks lead to, and which orders lead to talks."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models.sale import Problem
from conversations.reports.customers import figures
from conversations.reports.sales.asking import link, over, share
from conversations.reports.sales.streams import ADVICE, SALES
from conversations.reports.sales.wording import problem
from conversations.reports.sheets.names import names
from conversations.reports.sheets.sheet import Asked, Cell, Heat, Row, Table
from conversations.reports.tallies.reading import read
from conversations.reports.tallies.stream import Numbers

MOST = 25


def conversion(asked: Asked) -> Table:
    found = read(ADVICE, asked, by=["medium"], between=over(asked, 30))
    media = {str(medium): numbers for (medium,), numbers in found.items()}
    called = names("medium", media)
    ranked = sorted(media, key=lambda medium: (-media[medium]["talks"], medium))
    lines = [_talked(called[medium], media[medium], {"medium": medium}) for medium in ranked]
    if len(lines) > 1:
        lines.append(_talked(_("All channels"), sum(media.values(), Numbers()), {}, is_sum=True))
    says = _("Customers who talked to us with nothing on order; beside it, how often the same customers buy otherwise.")
    return Table(
        _("Buying after a talk"),
        _("Channel of the talk"),
        (figures.TALKS, figures.IN_14, figures.EARLIER_14, figures.IN_30, figures.EARLIER_30),
        lines,
        says if asked.agent.sees_all_teams else f"{says} {_OF_ALL_TEAMS}",
    )


_OF_ALL_TEAMS = gettext_lazy("Talks of all teams are counted; a number leads to those that you may open.")


def _talked(label: str, numbers: Numbers, where: dict[str, str], *, is_sum: bool = False) -> Row:
    drill = link(what="advice", **where)
    parts = (
        (figures.IN_14, "in14", "talks"),
        (figures.EARLIER_14, "earlier14", "known"),
        (figures.IN_30, "in30", "talks"),
        (figures.EARLIER_30, "earlier30", "known"),
    )
    cells = [share(figure, numbers, of, whole, link(what="advice", of=of, **where)) for figure, of, whole in parts]
    return Row(
        label, [Cell(figures.TALKS, numbers["talks"], numbers["talks"], drill=drill), *cells], drill, is_sum=is_sum
    )


def problems(asked: Asked) -> Heat:
    found = read(SALES, asked, cut="problem", by=["value"])
    known = {
        (key, medium): numbers["talked"]
        for (key, _bar, medium), numbers in ((str(value).partition("|"), each) for (value,), each in found.items())
        if key
    }
    media = sorted({medium for _key, medium in known})
    called = names("medium", media)
    rows = [each.value for each in Problem if any(key == each.value for key, _medium in known)]
    return Heat(
        _("Which orders led to talks"),
        _("How the order stood"),
        figures.PROBLEMS,
        [called[medium] for medium in media],
        [
            Row(
                problem(key),
                [_led(known.get((key, medium), 0), {"is_": key, "medium": medium}) for medium in media],
                link(what="problem", is_=key),
            )
            for key in rows
        ],
        _("By the channel on which they came."),
        wide=False,
    )


def _led(count: int, where: dict[str, str]) -> Cell:
    return Cell(figures.PROBLEMS, count, count, drill=link(what="problem", **where))


def topics(asked: Asked) -> Table:
    """What they talked about, by how the order stood."""
    found = read(SALES, asked, cut="topic", by=["value"])
    known = {
        (key, topic): numbers["talked"]
        for (key, _bar, topic), numbers in ((str(value).partition("|"), each) for (value,), each in found.items())
        if key
    }
    called = names("topic", {topic for _key, topic in known})
    ranked = sorted(known, key=lambda pair: (-known[pair], pair))[:MOST]
    rows = [
        Row(f"{problem(key)}: {called[topic]}", (_led(known[key, topic], {"is_": key, "topic": topic}),))
        for key, topic in ranked
    ]
    return Table(
        _("What they talked about"), _("How the order stood, and the topic"), (figures.PROBLEMS,), rows, wide=False
    )
