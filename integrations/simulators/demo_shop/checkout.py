"""The demo shop's till: a basket becomes an order, the buyer sees how it stands, and the desk may act on it."""

import json

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.models.order import OrderStatus
from integrations.adapters.base import NotGenuineError
from integrations.adapters.signed import SIGNATURE, TIMESTAMP, check
from integrations.simulators.demo_shop import back_end
from integrations.simulators.demo_shop.book import Book, Item
from integrations.simulators.demo_shop.telling import shop_connector
from integrations.simulators.demo_shop.views import Visit, _page, _render

PLACES = ("Kendal", "York", "Bergen", "Oslo Torggata")
SALT = "demo shop order"
ARRIVED = (OrderStatus.DELIVERED, OrderStatus.COLLECTED)
MOST_LETTERS = 200


@require_http_methods(["GET", "POST"])
@_page
def checkout(request: HttpRequest, visit: Visit) -> HttpResponse:
    if not visit.basket.count:
        return redirect("demo_shop_basket")
    if request.method == "GET":
        return _till(request, visit)
    name, email, place = (request.POST.get(key, "").strip()[:MOST_LETTERS] for key in ("name", "email", "place"))
    if visit.shopper:
        name, email = visit.shopper.name, visit.shopper.email
    if not name or "@" not in email:
        return _till(request, visit, problem=_("We need your name and an e-mail address."))
    item = back_end.place_order(
        [(slug, size, pieces) for (slug, size), pieces in visit.basket.lines.items()],
        account=visit.shopper.id if visit.shopper else "",
        name=name,
        email=email,
        place=place if place in PLACES else "",
        cart=visit.basket.id,
    )
    visit.basket.lines.clear()
    visit.basket.id = ""
    return visit.keep(redirect("demo_shop_order", signed=signing.dumps(item["id"], salt=SALT)))


@require_http_methods(["GET", "POST"])
@_page
def order(request: HttpRequest, visit: Visit, signed: str) -> HttpResponse:
    """Whoever has its link sees the order, as from a confirmation mail; POST sends it back."""
    try:
        found = Book().get(signing.loads(signed, salt=SALT))
    except signing.BadSignature:
        found = None
    if found is None:
        raise Http404
    has_return = bool(found.get("return"))
    if request.method == "POST" and found["status"] in ARRIVED and not has_return:
        back = back_end.open_return(found, reason=request.POST.get("reason", "")[:MOST_LETTERS])
        Book().put({**found, "return": back["number"]}, tell=False)
        return redirect("demo_shop_order", signed=signed)
    context = {"order": found, "can_return": found["status"] in ARRIVED and not has_return, "state": _state(found)}
    return _render(request, visit, "order", **context)


@require_GET
@_page
def label(request: HttpRequest, visit: Visit, signed: str) -> HttpResponse:
    """To be printed and stuck on the parcel; whoever has its link may."""
    try:
        back = Book().get(signing.loads(signed, salt=back_end.LABELS))
    except signing.BadSignature:
        raise Http404 from None
    if back is None:
        raise Http404
    return _render(request, visit, "label", back=back)


@csrf_exempt
@require_POST
def acts(request: HttpRequest) -> HttpResponse:
    """What agents do to an order from the desk, under the signature that both sides know."""
    connector = shop_connector()
    stamp, signature = (request.headers.get(name, "") for name in (TIMESTAMP, SIGNATURE))
    try:
        secret = connector.secrets["signing_secret"] if connector else ""
        check(secret, request.body, stamp=stamp, signature=signature)
        asked = json.loads(request.body)
    except (NotGenuineError, ValueError) as error:
        return JsonResponse({"error": str(error)}, status=400)
    try:
        items = back_end.act(asked)
        return JsonResponse({"items": items, "documents": back_end.documents(asked, items)})
    except back_end.RefusedError as error:
        return JsonResponse({"error": str(error)}, status=422)


def _till(request: HttpRequest, visit: Visit, *, problem: str = "") -> HttpResponse:
    return _render(request, visit, "checkout", places=PLACES, problem=problem, given=request.POST)


def _state(item: Item) -> str:
    return str(OrderStatus(str(item["status"])).label)
