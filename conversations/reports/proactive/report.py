"""Proactive: the lists as they stand now, each of which can become a rule, and what came of the rules."""

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Sum, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Occasion, OutreachRule
from conversations.models.outreach import OccasionKind
from conversations.outreach import goals, lists
from conversations.outreach.definitions import SIGNALS
from conversations.outreach.filters import in_form
from conversations.outreach.goals import Result
from conversations.outreach.shown import SIGNAL_NAMES
from conversations.outreach.words import LANGUAGES
from conversations.person import language_name
from conversations.reports.proactive import figures
from conversations.reports.proactive.behind import CUT, behind, cut_of, occasions, records
from conversations.reports.sheets.sheet import Asked, Cell, Filter, Report, Row, Sheet, Table, Tiles
from customers.models import Segment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


MOST_ROWS = 12
MOST_SEGMENTS = 300
_OF = {
    OccasionKind.CART: gettext_lazy("Step"),
    OccasionKind.PARCEL: gettext_lazy("Carrier"),
    OccasionKind.REFILL: gettext_lazy("Product"),
    OccasionKind.RISK: gettext_lazy("Signal"),
}


def sheet(asked: Asked) -> Sheet:
    known = lists.as_of()
    return Sheet(
        [_tiles(asked), *(_list(asked, kind) for kind in OccasionKind.values), _rules(asked)],
        as_of=min((at for at in known.values() if at), default=None),
    )


def _tiles(asked: Asked) -> Tiles:
    cells = [
        Cell(figures.ON_LIST[kind], occasions(asked, kind).count(), drill=f"what={kind}")
        for kind in OccasionKind.values
    ]
    return Tiles(_("On the lists now"), cells)


def _list(asked: Asked, kind: str) -> Table:
    rows = occasions(asked, kind)
    return Table(
        OccasionKind(kind).label,
        _OF[OccasionKind(kind)],
        [figures.ON_LIST[kind], figures.CUSTOMERS, figures.WORTH],
        list(_lines(rows, kind, _cuts(rows, kind))),
        wide=False,
        act=_make(asked, kind),
    )


def _cuts(rows: QuerySet[Occasion], kind: str) -> dict[str, str]:
    """The most frequent of what the list is cut by; a customer at risk stands with each of their signals."""
    if kind == OccasionKind.RISK:
        return {signal: str(SIGNAL_NAMES[signal]) for signal in SIGNALS}
    cut = Coalesce(KT(CUT[OccasionKind(kind)]), Value(""), output_field=TextField())
    counted = rows.order_by().annotate(cut=cut).values_list("cut").annotate(n=Count("pk")).order_by("-n", "cut")
    return {value: value or _("not said") for value, _n in counted[:MOST_ROWS]}


def _lines(rows: QuerySet[Occasion], kind: str, cuts: Mapping[str, str]) -> Iterator[Row]:
    """In two statements, however many they are."""
    which = [cut_of(kind, value) for value in cuts]
    counts = {f"n{place}": Count("pk", filter=each) for place, each in enumerate(which)}
    people = {f"p{place}": Count("customer", filter=each, distinct=True) for place, each in enumerate(which)}
    worths = {f"w{place}": Sum("value", filter=each) for place, each in enumerate(which)}
    many = rows.aggregate(**counts, **people)
    spent = list(rows.exclude(currency="").order_by().values_list("currency").annotate(**counts, **worths))
    for place, (value, label) in enumerate(cuts.items()):
        most = max(spent, key=itemgetter(1 + place), default=None)
        currency, worth = (most[0], float(most[1 + len(which) + place])) if most and most[1 + place] else ("", None)
        drill = urlencode({"what": kind, "cut": value})
        yield Row(
            label,
            [
                Cell(figures.ON_LIST[kind], many[f"n{place}"], drill=drill),
                Cell(figures.CUSTOMERS, many[f"p{place}"]),
                Cell(figures.WORTH, worth, currency=currency),
            ],
            drill,
        )


def _make(asked: Asked, kind: str) -> "tuple[StrOrPromise, str] | None":
    """For who may make rules."""
    if not asked.agent.may("settings.automation"):
        return None
    told = {"kind": kind, **in_form(asked.only)}
    return _("Make a rule of this list"), f"{reverse('new_outreach_rule')}?{urlencode(told)}"


def _rules(asked: Asked) -> Table:
    results = goals.results(records(asked))
    before: Mapping[int, Result] = {}
    if asked.before:
        before = goals.results(goals.records(*asked.before)) if asked.agent.sees_all_teams else {}
    known = OutreachRule.objects.filter(pk__in=results).order_by("name")
    return Table(
        _("What came of rules"),
        _("Rule"),
        [
            figures.WRITTEN, figures.HELD, figures.MET, figures.MET_HELD, figures.LIFT, figures.GIVE, figures.ANSWERED,
            figures.REFUSED, figures.COMPLAINED, figures.FAILED,
        ],
        [_rule(each, results[each.pk], before.get(each.pk)) for each in known],
        says=_("Compared are those whose days for the goal are over; who is held out is drawn by chance."),
    )  # fmt: skip


def _rule(one: OutreachRule, now: Result, then: Result | None) -> Row:
    drill = lambda what: urlencode({"what": what, "rule": one.pk})  # noqa: E731 - it reads as the sentence it is
    label = _("%(rule)s (%(goal)s in %(days)d days)") % {
        "rule": one.name, "goal": one.get_goal_display(), "days": one.goal_days
    }  # fmt: skip
    return Row(
        label,
        [
            Cell(figures.WRITTEN, now.written, before=then.written if then else None, drill=drill("written")),
            Cell(figures.HELD, now.held, before=then.held if then else None, drill=drill("held")),
            Cell(figures.MET, _share(now.met, now.over), now.over, drill=drill("met")),
            Cell(figures.MET_HELD, _share(now.met_held, now.over_held), now.over_held, drill=drill("met_held")),
            Cell(figures.LIFT, now.lift, now.fewest, give=now.give),
            Cell(figures.GIVE, now.give, now.fewest),
            Cell(figures.ANSWERED, now.answered, drill=drill("answered")),
            Cell(figures.REFUSED, now.refused, drill=drill("refused")),
            Cell(figures.COMPLAINED, now.complained, drill=drill("complained")),
            Cell(figures.FAILED, now.failed, drill=drill("failed")),
        ],
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _tiers() -> "Iterable[tuple[str, StrOrPromise]]":
    tiers = Occasion.objects.order_by().values_list("customer__profile__tier", flat=True).distinct()
    return [(tier, tier) for tier in sorted(filter(None, tiers))]


def _segments() -> "Iterable[tuple[str, StrOrPromise]]":
    named = Segment.objects.order_by("name").values_list("pk", "name")[:MOST_SEGMENTS]
    return [(str(pk), name) for pk, name in named]


FILTERS = (
    Filter(
        "value",
        gettext_lazy("Worth at least"),
        lambda: [(text, text) for text in ("20", "50", "100", "200", "500", "1000")],
    ),
    Filter("tier", gettext_lazy("Tier"), _tiers),
    Filter("segment", gettext_lazy("Segment"), _segments),
    Filter(
        "language",
        gettext_lazy("Language"),
        lambda: [(code, language_name(code)) for code in LANGUAGES],
    ),
    Filter(
        "since",
        gettext_lazy("Since"),
        lambda: [(text, _("%s days") % text) for text in ("1", "3", "7", "14", "30")],
    ),
)

REPORT = Report(
    "proactive",
    gettext_lazy("Proactive"),
    gettext_lazy("Carts left, parcels late, products due, customers at risk; and what came of rules that write first."),
    sheet,
    behind,
    FILTERS,
    icon="send",
    has_media=False,
    needs=frozenset({"purchases.see"}),
)
