"""The pages of the demo shop; its back end also signs the JWT that proves to the desk who is signed in."""

import json
import time
import uuid
from collections.abc import Callable
from functools import wraps

import jwt
from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from integrations.models import Connector
from integrations.simulators.demo_shop.goods import BY_ID, BY_SLUG, PRODUCTS, SHOPPERS, Basket, Shopper

COOKIE = "demo_shop"
IDENTITY_LASTS = 3600  # seconds
MOST_OF_ONE = 20

# As strict as a shop can be: our widget asks for no more than script-src, connect-src and img-src of the desk.
strict = csp(
    {
        "default-src": [NONE],
        "frame-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": [NONE],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
    }
)
View = Callable[..., HttpResponse]
Page = Callable[..., HttpResponseBase]


class Visit:
    """What the shop knows of this browser: a signed cookie of its own, apart from the desk's session."""

    def __init__(self, request: HttpRequest) -> None:
        try:
            kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE)
        except signing.BadSignature:
            kept = {}
        self.shopper: Shopper | None = BY_ID.get(kept.get("shopper", ""))
        lines = {(slug, size): number for slug, size, number in kept.get("basket", []) if slug in BY_SLUG}
        self.basket = Basket(lines, id=str(kept.get("cart") or uuid.uuid4()))

    def keep(self, response: HttpResponse) -> HttpResponse:
        lines = [[slug, size, number] for (slug, size), number in self.basket.lines.items()]
        kept = {"shopper": self.shopper.id if self.shopper else "", "basket": lines, "cart": self.basket.id}
        value = signing.dumps(kept, salt=COOKIE)
        response.set_cookie(
            COOKIE,
            value,
            path=reverse("demo_shop"),
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response


def _page(view: View) -> Page:
    @strict
    @wraps(view)
    def page(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        return view(request, Visit(request), *args, **kwargs)

    return page


def _chats() -> list[Connector]:
    """The shop's own first."""
    found = Connector.objects.filter(adapter="chat", is_active=True, channel__is_active=True)
    return list(found.select_related("channel").order_by("pk"))


def _render(request: HttpRequest, visit: Visit, template: str, **context: object) -> HttpResponse:
    chats, wanted = _chats(), context.pop("chat", None)
    connector = next((each for each in chats if each.pk == wanted), chats[0] if chats else None)
    tracker = (
        Connector.objects.filter(adapter="segment", is_active=True, settings__trusted=False).order_by("pk").first()
    )
    context |= {
        "visit": visit,
        "tracker_key": tracker.secrets.get("write_key", "") if tracker else "",
        "chat_key": connector.channel.address if connector and connector.channel else "",
        "chat_identity": _identity(connector, visit.shopper) if connector and visit.shopper else "",
    }
    return render(request, f"demo_shop/{template}.html", context)


def _identity(connector: Connector, shopper: Shopper) -> str:
    """What a shop's back end does for the signed-in: four claims, signed with the channel's identity secret."""
    secret = connector.secrets.get("identity", "")
    claims = {"sub": shopper.id, "email": shopper.email, "name": shopper.name, "exp": int(time.time()) + IDENTITY_LASTS}
    return jwt.encode(claims, secret, algorithm="HS256") if secret else ""


@require_GET
@_page
def home(request: HttpRequest, visit: Visit, section: str = "") -> HttpResponse:
    products = [product for product in PRODUCTS if not section or section in product.sections]
    title = {"women": _("Women"), "men": _("Men"), "packs": _("Packs"), "": ""}[section]
    return _render(request, visit, "home", products=products, section=section, title=title)


@require_GET
@_page
def repairs(request: HttpRequest, visit: Visit) -> HttpResponse:
    return _render(request, visit, "repairs", section="repairs")


@require_GET
@_page
def write(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The contact form, as the shop's page shows it."""
    form = Connector.objects.filter(adapter="form", is_active=True, is_draft=False).select_related("channel").first()
    key = form.channel.address if form and form.channel else ""
    identity = _identity(form, visit.shopper) if form and visit.shopper else ""
    return _render(request, visit, "write", section="write", form_key=key, form_identity=identity)


@require_GET
@_page
def bots(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One of the shop's other chats, each with a bot of another maker; `with` is its key."""
    others = _chats()[1:]
    chosen = next((each for each in others if _key(each) == request.GET.get("with")), None)
    rows = [{"key": _key(each), "name": each.name, "is_here": each == chosen} for each in others]
    return _render(request, visit, "bots", rows=rows, chosen=chosen, chat=chosen.pk if chosen else None)


def _key(chat: Connector) -> str:
    return chat.channel.address if chat.channel else ""


@require_GET
@_page
def product(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    if slug not in BY_SLUG:
        raise Http404
    return _render(request, visit, "product", product=BY_SLUG[slug], told=json.dumps(BY_SLUG[slug].told))


@require_GET
@_page
def basket(request: HttpRequest, visit: Visit) -> HttpResponse:
    return _render(request, visit, "basket", told=json.dumps(visit.basket.told))


@require_POST
@_page
def put_in_basket(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    product, size = BY_SLUG.get(slug), request.POST.get("size", "")
    if product is None:
        raise Http404
    if size not in product.sizes or size in product.gone:
        problem = _("Choose a size that we have.")
        return _render(request, visit, "product", product=product, problem=problem, told=json.dumps(product.told))
    line = (slug, size)
    visit.basket.lines[line] = min(visit.basket.lines.get(line, 0) + 1, MOST_OF_ONE)
    return visit.keep(redirect("demo_shop_basket"))


@require_POST
@_page
def take_out(request: HttpRequest, visit: Visit, slug: str) -> HttpResponse:
    visit.basket.lines.pop((slug, request.POST.get("size", "")), None)
    return visit.keep(redirect("demo_shop_basket"))


@require_http_methods(["GET", "POST"])
@_page
def sign_in(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.method == "GET":
        return _render(request, visit, "sign_in", shoppers=SHOPPERS)
    visit.shopper = BY_ID.get(request.POST.get("shopper", ""))
    return visit.keep(redirect("demo_shop"))


@require_POST
@_page
def sign_out(request: HttpRequest, visit: Visit) -> HttpResponse:
    visit.shopper = None
    return visit.keep(redirect("demo_shop"))
