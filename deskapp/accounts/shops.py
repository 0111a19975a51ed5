"""/settings/shops/: the shops that are connected: do they work, what was set aside, and how far their past is read."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from deskapp.accounts.people import admins_only
from integrations.adapters import ADAPTERS, adapter_named
from integrations.adapters.base import AdapterError
from integrations.inbound import backfill
from integrations.models import Backfill, Connector, RawEvent, Reread

MOST_ROWS = 100
SHOPS = [name for name, path in ADAPTERS.items() if ".shops." in path]


@dataclass(frozen=True)
class Told:
    """One row."""

    shop: Connector
    past: Backfill | None
    aside: int  # events that could not be understood
    waiting: int  # things to be read again
    can_be_read: bool


@admins_only
def shops(request: HttpRequest) -> HttpResponse:
    found = Connector.objects.filter(adapter__in=SHOPS).order_by("name")
    return render(request, "deskapp/shops.html", {"shops": _told(found), "tab": "shops"})


@admins_only
@require_POST
def shop_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls the shop, and says what it found or what is wrong; the row keeps it. What was given up while it was away is
    asked for again."""
    shop = _shop(pk)
    if not hasattr(adapter_named(shop.adapter), "check"):
        raise Http404
    try:
        found = " ".join(adapter_named(shop.adapter).check(shop))  # type: ignore[attr-defined]  # asked above
    except AdapterError as error:
        Connector.objects.filter(pk=pk).update(error=str(error), checked_at=timezone.now())
        messages.error(request, str(error))
        return redirect("shops")
    Connector.objects.filter(pk=pk).update(error="", checked_at=timezone.now(), settings=shop.settings)
    Reread.objects.filter(connector=shop, due_at=None).update(due_at=timezone.now(), tries=0, error="")
    messages.success(request, found)
    return redirect("shops")


@admins_only
@require_http_methods(["GET", "POST"])
def shop_past(request: HttpRequest, pk: int) -> HttpResponse:
    """POST begins to read the shop's past, or goes on where it stopped. GET is its row, which asks for itself anew
    until it is done."""
    shop = _shop(pk)
    if not hasattr(adapter_named(shop.adapter), "reread"):
        raise Http404
    if request.method == "POST":
        backfill.start(shop)
        return redirect("shops")
    return render(request, "deskapp/shop.html", {"one": _told(Connector.objects.filter(pk=pk))[0]})


def _shop(pk: int) -> Connector:
    found = Connector.objects.filter(pk=pk, adapter__in=SHOPS, is_active=True).first()
    if found is None:
        raise Http404
    return found


def _told(found: QuerySet[Connector]) -> list[Told]:
    """A fixed number of queries for all."""
    shops = list(found[:MOST_ROWS])
    pks = [shop.pk for shop in shops]
    newest = Backfill.objects.filter(connector__in=pks).order_by("connector", "-pk").distinct("connector")
    pasts = {past.connector_id: past for past in newest}
    aside = _counted(RawEvent.objects.filter(state=RawEvent.State.ASIDE), pks)
    waiting = _counted(Reread.objects.all(), pks)
    return [
        Told(
            shop,
            pasts.get(shop.pk),
            aside.get(shop.pk, 0),
            waiting.get(shop.pk, 0),
            hasattr(adapter_named(shop.adapter), "reread"),
        )
        for shop in shops
    ]


def _counted(rows: QuerySet[RawEvent] | QuerySet[Reread], shops: list[int]) -> dict[int, int]:
    return dict(rows.filter(connector__in=shops).values_list("connector").annotate(Count("pk")))
