"""The rows behind a number: occasions of a list, or what a rule did; found by the words that it was counted by."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Occasion, OutreachRecord, OutreachRule
from conversations.models.outreach import OccasionKind
from conversations.outreach import goals, shown
from conversations.outreach.definitions import SIGNALS
from conversations.outreach.filters import filters_of, narrowed
from conversations.reports.sheets.finding import number
from conversations.reports.sheets.names import name
from conversations.reports.sheets.sheet import Asked, Behind, Column
from conversations.sight import customers_seen_by

CUT = {
    OccasionKind.CART: "about__step",
    OccasionKind.PARCEL: "about__carrier",
    OccasionKind.REFILL: "about__product",
}


def occasions(asked: Asked, kind: str) -> QuerySet[Occasion]:
    """Of customers whom this agent may see, as the page is narrowed. Customers belong to no team."""
    rows = narrowed(Occasion.objects.filter(kind=kind), filters_of(asked.only))
    return rows if asked.agent.sees_all_teams else rows.filter(customer__in=customers_seen_by(asked.agent))


def cut_of(kind: str, value: str) -> Q:
    """Which occasions of a list are cut so; "" is what is not said of them. Http404 for what is no signal."""
    if kind == OccasionKind.RISK:
        if value not in SIGNALS:
            raise Http404
        return Q(about__signals__contains=[{"signal": value}])
    field = CUT[OccasionKind(kind)]
    return Q(**{field: value}) if value else Q(**{field: ""}) | Q(**{field: None})


def records(asked: Asked) -> QuerySet[OutreachRecord]:
    rows = goals.records(asked.begins, asked.ends)
    return rows if asked.agent.sees_all_teams else rows.filter(customer__in=customers_seen_by(asked.agent))


def behind(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    what = wanted.get("what", "")
    if what in OccasionKind.values:
        rows = occasions(asked, what)
        if "cut" in wanted:
            rows = rows.filter(cut_of(what, wanted["cut"]))
        rows = rows.order_by("-at", "-pk")
        kind = OccasionKind(what)
        return Behind(kind.label, rows, "at", COLUMNS[kind], lambda _row: None, lambda row: row.customer_id)  # type: ignore[attr-defined]
    if what not in goals.WHAT:
        raise Http404
    rule = number(wanted.get("rule", ""))
    said = OutreachRule.objects.filter(pk=rule).values_list("name", flat=True).first()
    if said is None:
        raise Http404
    found = goals.behind(records(asked).filter(rule=rule), what).select_related("message", "rule")
    title = _("%(rule)s: %(what)s") % {"rule": said, "what": _TITLES[what]}
    return Behind(title, found.order_by("-at", "-pk"), "at", OF_RECORDS, _conversation, lambda row: row.customer_id)  # type: ignore[attr-defined]


def _conversation(row: object) -> int | None:
    assert isinstance(row, OutreachRecord)
    return row.message.conversation_id if row.message else None


def _occasion(row: object) -> Occasion:
    assert isinstance(row, Occasion)
    return row


def _record(row: object) -> OutreachRecord:
    assert isinstance(row, OutreachRecord)
    return row


_WHAT = Column(gettext_lazy("What"), lambda row: shown.about(_occasion(row)))
_WORTH = (
    Column(gettext_lazy("Worth"), lambda row: _occasion(row).value if _occasion(row).currency else ""),
    Column(gettext_lazy("Currency"), lambda row: _occasion(row).currency),
)
COLUMNS = {
    OccasionKind.CART: (_WHAT, Column(gettext_lazy("Step"), lambda row: shown.step(_occasion(row))), *_WORTH),
    OccasionKind.PARCEL: (_WHAT, *_WORTH),
    OccasionKind.REFILL: (_WHAT, *_WORTH),
    OccasionKind.RISK: (
        Column(gettext_lazy("Signals"), lambda row: _occasion(row).signals),
        _WHAT,
        *_WORTH,
    ),
}
OF_RECORDS = (
    Column(gettext_lazy("Group"), lambda row: _("held out") if _record(row).is_held_out else _("written to")),
    Column(gettext_lazy("Channel"), lambda row: name("medium", _record(row).medium)),
    Column(gettext_lazy("Language"), lambda row: name("language", _record(row).language)),
    Column(gettext_lazy("At"), lambda row: _record(row).at),
    Column(gettext_lazy("Days are over"), lambda row: _record(row).until),
)
_TITLES = {
    "written": gettext_lazy("written to"),
    "held": gettext_lazy("held out"),
    "met": gettext_lazy("goal reached, written to"),
    "met_held": gettext_lazy("goal reached, held out"),
    "answered": gettext_lazy("answered"),
    "refused": gettext_lazy("no more of these"),
    "complained": gettext_lazy("complaints"),
    "failed": gettext_lazy("not delivered"),
}
