"""What a customer ordered: the whole list, one order with its lines, parcels and returns, an order by its number."""

from datetime import datetime
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from conversations.finding import orders_seen_by
from conversations.known import RETURNING, Row, purchase
from conversations.story_words import goods_of, money
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_htmx
from conversations.views.customers import customer_or_404
from customers.models import Order, Return

PAGE = 30


@login_required
@require_GET
def orders(request: HttpRequest, pk: int) -> HttpResponse:
    """All orders, newest first; `before` is the cursor of the next page, which under htmx comes alone."""
    agent = agent_of(request)
    known = customer_or_404(agent, pk)
    if not agent.sees_purchases:
        raise Http404
    theirs = Order.objects.filter(identity__customer=pk).order_by("-placed_at", "-pk")
    if edge := _edge(request.GET.get("before", "")):
        at, number = edge
        theirs = theirs.filter(Q(placed_at__lt=at) | Q(placed_at=at, pk__lt=number), placed_at__lte=at)
    found = list(theirs[: PAGE + 1])
    shown = found[:PAGE]
    back = {row.order_id for row in Return.objects.filter(order__in=[row.pk for row in shown], status__in=RETURNING)}
    last = shown[-1] if len(found) > PAGE else None
    context = {
        "customer": known,
        "orders": [(row, purchase(vars(row), set(back))) for row in shown],
        "before": f"{last.placed_at.isoformat()}~{last.pk}" if last else "",
    }
    only_rows = is_htmx(request) and "before" in request.GET
    name = "conversations/customer/order_rows.html" if only_rows else "conversations/customer/orders.html"
    return render(request, name, context)


def _edge(cursor: str) -> tuple[datetime, int] | None:
    at, _mark, pk = cursor.partition("~")
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        return None
    key = whole_number(pk)
    return (when, key) if when.tzinfo and key is not None else None


@login_required
@require_GET
def order(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(orders_seen_by(agent_of(request)), pk=pk)
    back = list(Return.objects.filter(order=found).order_by("opened_at", "pk"))
    returning = {found.pk} if any(row.status in RETURNING for row in back) else set()
    context = {
        "order": found,
        "customer": found.identity.customer,
        "shown": purchase(vars(found), set(returning)),
        "lines": [_line(row, found.currency) for row in _rows(found.lines)],
        "shipments": _rows(found.shipments),
        "total": money(found.total, found.currency),
        "refunded": money(found.refunded, found.currency) if found.refunded else "",
        "returns": [(row, money(row.amount, row.currency), [goods_of(each) for each in _rows(row.lines)])
                    for row in back],
    }  # fmt: skip
    return render(request, "conversations/customer/order.html", context)


def _rows(found: object) -> list[Row]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _line(row: Row, currency: str) -> Row:
    quantity = row.get("quantity")
    each = money(row.get("price"), currency) if row.get("price") is not None else ""
    total = ""
    if each and isinstance(quantity, int):
        total = money(Decimal(str(row["price"])) * quantity, currency)
    return {**row, "each": each, "total": total, "named": goods_of({**row, "quantity": 1})}


@login_required
@require_GET
def find_order(request: HttpRequest) -> HttpResponse:
    """To the newest order of that number that this agent may see."""
    number = request.GET.get("number", "").replace("\x00", "").strip()[:80]
    found = orders_seen_by(agent_of(request), number).first() if number else None
    if found is None:
        raise Http404
    return redirect("order", found.pk)
