"""Sales, talks and purchases as rows: what is counted by them, and what stands behind each number of the report."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from conversations.models import Advice, BoughtAgain, Conversation, Sale
from conversations.models.sale import Problem
from conversations.reports.sales.asking import over, within
from conversations.reports.sales.wording import place, problem, ways
from conversations.reports.sheets.names import name
from conversations.reports.sheets.sheet import Asked, Behind, Column
from conversations.reports.tallies.reading import Between
from conversations.reports.words import brief
from customers.models import Profile
from customers.money import formatted

if TYPE_CHECKING:
    from deskapp.models import User

Drill = Mapping[str, str]
Made = Callable[[Asked, Drill], Behind]
SOON, DAYS_90 = timedelta(days=14), timedelta(days=90)


def sales(between: Between) -> QuerySet[Sale]:
    begins, ends = between
    return Sale.objects.filter(placed_at__gte=begins, placed_at__lt=ends)


def counted(between: Between) -> QuerySet[Sale]:
    return sales(between).filter(is_counted=True)


def buyers(between: Between) -> QuerySet[Sale]:
    """The first order of each customer in that time."""
    return counted(between).filter(Q(previous_at=None) | Q(previous_at__lt=between[0]))


def alike(between: Between) -> QuerySet[Sale]:
    """The first of each customer by its combination and in its currency."""
    return counted(between).filter(Q(alike_at=None) | Q(alike_at__lt=between[0]))


def alike_counts(between: Between) -> dict[tuple[str, str], int]:
    found = alike(between).values_list("ways", "currency").annotate(Count("pk")).order_by()
    return {(way, currency): many for way, currency, many in found}


def due(is_over: bool) -> QuerySet[Profile]:
    now = timezone.now()
    rows = Profile.objects.filter(customer__erased_at=None, customer__merged_into=None)
    if is_over:
        return rows.filter(next_purchase_at__lt=now)
    return rows.filter(next_purchase_at__gte=now, next_purchase_at__lt=now + SOON)


def found(asked: Asked, drill: Drill) -> Behind:
    """Http404 for what is no number of this report."""
    try:
        return _WAYS[drill.get("what", "")](asked, drill)
    except (KeyError, ValueError):
        raise Http404 from None


def _sold(asked: Asked, drill: Drill) -> Behind:
    rows = _named(counted(within(asked, drill)), drill)
    of = drill.get("of", "")
    if of:
        rows = rows.filter(_OF[of])
    return _of_sales(_("Orders"), rows)


_OF = {
    "back": ~Q(returned_to=""),
    "by_post": Q(returned_to__in=["post", "both"]),
    "in_shop": Q(returned_to__in=["shop", "both"]),
    "fetched": Q(is_collected=True),
    "ready": Q(is_collected=True, ready_seconds__isnull=False),
    "collected": Q(is_collected=True, collected_seconds__isnull=False),
    "sent": Q(is_collected=False) & ~Q(place="shop"),
    "late": Q(is_collected=False, is_late=True) & ~Q(place="shop"),
}


def _buyers(asked: Asked, drill: Drill) -> Behind:
    rows = _named(buyers((asked.begins, asked.ends)), drill)
    return _of_sales(_("The first order of each customer in the period"), rows)


def _alike(asked: Asked, drill: Drill) -> Behind:
    rows = _named(alike((asked.begins, asked.ends)), drill)
    return _of_sales(_("The first order of each customer in the period"), rows)


def _again(asked: Asked, drill: Drill) -> Behind:
    rows = _named(counted(over(asked, 90)), drill)
    if drill.get("of") == "next":
        return _of_sales(_("Orders that another one followed"), rows.filter(next_at__isnull=False))
    return _of_sales(_("Bought again within 90 days"), rows.filter(next_at__lte=F("placed_at") + DAYS_90))


def _problem(asked: Asked, drill: Drill) -> Behind:
    rows = _named(sales((asked.begins, asked.ends)), drill).exclude(problem="")
    if "is" in drill:
        rows = rows.filter(problem=Problem(drill["is"]))
    if "medium" in drill:
        rows = rows.filter(problem_medium=drill["medium"])
    if "topic" in drill:
        rows = rows.filter(problem_topic=int(drill["topic"]) if drill["topic"] else None)
    return _of_sales(_("Orders that led to a talk"), rows, lambda sale: sale.talk_after_id)


def _advice(asked: Asked, drill: Drill) -> Behind:
    begins, ends = over(asked, 30)
    rows = Advice.objects.filter(at__gte=begins, at__lt=ends)
    if "medium" in drill:
        rows = rows.filter(medium=drill["medium"])
    conditions = {
        "": Q(),
        "in14": Q(seconds__lte=14 * 86_400),
        "in30": Q(seconds__isnull=False),
        "known": Q(is_known=True),
        "earlier14": Q(seconds_earlier__lte=14 * 86_400),
        "earlier30": Q(seconds_earlier__isnull=False),
    }
    columns = (
        Column(_("Channel"), lambda row: name("medium", row.medium)),  # type: ignore[attr-defined]
        Column(_("Until the next order"), lambda row: _brief(row.seconds)),  # type: ignore[attr-defined]
        Column(_("13 weeks earlier"), lambda row: _brief(row.seconds_earlier)),  # type: ignore[attr-defined]
    )
    every = rows.filter(conditions[drill.get("of", "")])
    theirs = every if asked.agent.sees_all_teams else every.filter(episode__conversation__in=_open_to(asked.agent))
    return Behind(
        _("Talks with nothing on order"),
        theirs.select_related("episode"),
        "at",
        columns,
        lambda row: row.episode.conversation_id,  # type: ignore[attr-defined]
        lambda row: row.customer_id,  # type: ignore[attr-defined]
        lambda: "" if theirs is every else _OF_ALL_TEAMS % {"n": theirs.count()},
        None if theirs is every else every,
    )


def _open_to(agent: "User") -> QuerySet[Conversation]:
    return Conversation.objects.visible_to(agent)


_OF_ALL_TEAMS = gettext_lazy("Counted are those of all teams; listed are the %(n)d of them that you may open.")


def _same(asked: Asked, drill: Drill) -> Behind:
    rows = BoughtAgain.objects.filter(
        placed_at__gte=asked.begins,
        placed_at__lt=asked.ends,
        is_kind={"kind": True, "product": False}[drill["of"]],
        name=drill["name"],
    ).select_related("sale__order")
    columns = (
        Column(_("Order"), lambda row: row.sale.order.number),  # type: ignore[attr-defined]
        Column(_("Goods"), lambda row: row.name),  # type: ignore[attr-defined]
        Column(_("Since the last time"), lambda row: _brief(row.seconds)),  # type: ignore[attr-defined]
    )
    return Behind(
        drill["name"], rows, "placed_at", columns, lambda _row: None,
        lambda row: row.sale.customer_id,  # type: ignore[attr-defined]
    )  # fmt: skip


def _due(asked: Asked, drill: Drill) -> Behind:
    is_over = {"over": True, "soon": False}[drill["of"]]
    columns = (
        Column(_("Product"), lambda row: _first(row.next_purchase, "product")),  # type: ignore[attr-defined]
        Column(_("Every … days"), lambda row: _first(row.next_purchase, "days")),  # type: ignore[attr-defined]
    )
    title = _("Customers who are overdue") if is_over else _("Customers who are due within 14 days")
    return Behind(title, due(is_over), "next_purchase_at", columns, lambda _row: None, lambda row: row.pk)  # type: ignore[attr-defined]


def _first(expected: list[dict[str, object]], what: str) -> object:
    return expected[0][what] if expected else ""


def _named(rows: QuerySet[Sale], drill: Drill) -> QuerySet[Sale]:
    names = {each: drill[each] for each in ("ways", "currency", "place", "tier") if each in drill}
    if "segment" in drill:
        names["customer__memberships__segment"] = str(int(drill["segment"]))
    return rows.filter(**names)


def _brief(seconds: int | None) -> str:
    return "" if seconds is None else brief(timedelta(seconds=seconds))


def _of_sales(
    title: str, rows: QuerySet[Sale], talk: Callable[[Sale], int | None] = lambda sale: sale.talk_before_id
) -> Behind:
    columns = (
        Column(_("Order"), lambda row: row.order.number),  # type: ignore[attr-defined]
        Column(_("Sum"), lambda row: money(row.amount, row.currency)),  # type: ignore[attr-defined]
        Column(_("Bought"), lambda row: place(row.place)),  # type: ignore[attr-defined]
        Column(_("Channels"), lambda row: ways(row.ways)),  # type: ignore[attr-defined]
        Column(_("Next order after"), lambda row: _brief(_seconds(row))),
        Column(_("Led to a talk"), lambda row: problem(row.problem) if row.problem else ""),  # type: ignore[attr-defined]
    )
    return Behind(
        title,
        rows.select_related("order"),
        "placed_at",
        columns,
        talk,  # type: ignore[arg-type]
        lambda row: row.customer_id,  # type: ignore[attr-defined]
    )


def _seconds(row: object) -> int | None:
    assert isinstance(row, Sale)
    return int((row.next_at - row.placed_at).total_seconds()) if row.next_at else None


def money(thousandths: int, currency: str) -> str:
    return formatted(Decimal(thousandths) / 1000, currency, get_language() or "")


_WAYS: dict[str, Made] = {
    "sold": _sold,
    "buyers": _buyers,
    "alike": _alike,
    "again": _again,
    "problem": _problem,
    "advice": _advice,
    "same": _same,
    "due": _due,
}
