"""The widget's HTTP door: session, messages where sockets are blocked, files. No cookies; the shop's origins alone."""

import json
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from conversations import colours
from conversations.models import Attachment, Branding
from integrations.adapters.media.chat import door, limits, presence
from integrations.adapters.media.chat.bundle import bundle, public, served, words
from integrations.adapters.media.chat.sessions import (
    Visitor,
    allows,
    connector_of,
    make_token,
    open_session,
    read_token,
)
from integrations.adapters.media.chat.sight import FILE_SALT, Sight, cursor_for, desk_name
from integrations.models import Connector

FILE_LINK_LASTS = 7 * 24 * 3600  # seconds
Answer = Callable[[HttpRequest, Connector], HttpResponseBase]


def _door(*methods: str) -> Callable[[Answer], Callable[..., HttpResponseBase]]:
    """Opens a view to the pages of the shop: the channel's connector, the origin's check, and the CORS headers.

    There is no CSRF to guard against: these views know no cookie, only the token that the widget itself brings.
    """

    def guarded(view: Answer) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @require_http_methods([*methods, "OPTIONS"])
        @wraps(view)
        def answer(request: HttpRequest, key: str) -> HttpResponseBase:
            connector = connector_of(key)
            if connector is None:
                raise Http404
            origin = request.headers.get("Origin") or f"{request.scheme}://{request.get_host()}"
            if not allows(connector, origin):
                return HttpResponse(status=403)
            response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request, connector)
            return _shared_with(response, origin, methods)

        return answer

    return guarded


def _shared_with(response: HttpResponseBase, origin: str, methods: tuple[str, ...]) -> HttpResponseBase:
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Max-Age"] = "3600"
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Origin"])
    return response


@_door("POST")
def session(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    """Who this browser is, what was said so far, and whether anybody is there."""
    if not limits.may("session", request.META.get("REMOTE_ADDR", "")):
        return HttpResponse(status=429)
    asked = _body(request)
    told = {name: str(asked.get(name) or "") for name in ("token", "identity", "browser")}
    visitor = open_session(connector, **told)
    sight = Sight(connector, visitor, _desk(request))
    messages = sight.latest()
    here, back = presence.answers_now(connector), presence.back_at(connector)
    name = desk_name(connector)
    desk = {
        "name": name,
        "initials": "".join(word[0] for word in name.split() if word[0].isalnum())[:2],
        "here": here,
        "back": back.isoformat() if back else "",
        "greeting": _greeting(connector),
        "known": visitor.is_proven,
        "fields": connector.settings.get("fields", [{"name": "name"}, {"name": "email"}]),
    }
    return JsonResponse(
        {
            "token": make_token(visitor),
            "visitor": visitor.id,
            "person": visitor.person,
            "desk": desk,
            "messages": messages,
            "seen": sight.seen(),
            "handed": sight.handed(),
            "unread": sight.unread(),
            "cursor": cursor_for(messages),
        }
    )


def _greeting(connector: Connector) -> str:
    found = Branding.objects.filter(channel=connector.channel_id).only("greeting").first()
    return (found.greeting if found else "") or str(connector.settings.get("greeting", ""))


@_door("GET", "POST")
def messages(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    """GET `?since=` catches up, POST says something: the same as over the socket."""
    visitor = _visitor(request, connector)
    if visitor is None:
        return HttpResponse(status=401)
    sight = Sight(connector, visitor, _desk(request))
    if request.method == "POST":
        return _said(request, sight)
    if not limits.may("catch-up", visitor.id):
        return HttpResponse(status=429)
    presence.arrive(visitor.id)
    since = request.GET.get("since", "")
    news = sight.since(since)
    told = {"messages": news, "seen": sight.seen(), "handed": sight.handed(), "cursor": cursor_for(news, since)}
    return JsonResponse(told)


def _said(request: HttpRequest, sight: Sight) -> HttpResponse:
    if len(request.body) > limits.FRAME_SIZE:
        return HttpResponse(status=413)
    try:
        return JsonResponse({"message": door.say(sight, _body(request), origin=request.headers.get("Origin", ""))})
    except door.Refused:
        return HttpResponse(status=400)
    except door.Busy:
        return HttpResponse(status=429)


@_door("POST")
def files(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    """Takes a file for the message that follows."""
    visitor = _visitor(request, connector)
    if visitor is None:
        return HttpResponse(status=401)
    file = request.FILES.get("file")
    if file is None:
        return HttpResponse(status=400)
    try:
        return JsonResponse(door.keep_file(visitor, file))
    except door.Refused:
        return HttpResponse(status=413)
    except door.Busy:
        return HttpResponse(status=429)


@require_GET
def file(request: HttpRequest, key: str, signed: str) -> HttpResponseBase:
    """A file of a message, by the signed address that the message brought. Nothing in it can run here."""
    try:
        pk = signing.loads(signed, salt=FILE_SALT, max_age=FILE_LINK_LASTS)
    except signing.BadSignature as error:
        raise Http404 from error
    attachment = get_object_or_404(Attachment.objects.exclude(message=None), pk=pk, state=Attachment.State.WHOLE)
    response = FileResponse(
        attachment.file.open(),
        as_attachment=not attachment.is_image,
        filename=attachment.name,
        content_type=attachment.content_type if attachment.is_image else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@require_GET
def script(request: HttpRequest) -> HttpResponse:
    return served(request, bundle())


@require_GET
def strings(request: HttpRequest, language: str) -> HttpResponse:
    """What the widget says in another language than English."""
    module = words(language)
    if module is None:
        raise Http404
    return public(HttpResponse(module, content_type="text/javascript; charset=utf-8"))


@require_GET
def brand(request: HttpRequest, key: str) -> HttpResponse:
    """How the shop's admin wants the widget to look, as a module: known before anybody opens it."""
    connector = connector_of(key)
    if connector is None:
        raise Http404
    found = Branding.objects.filter(channel=connector.channel_id).first()
    known: dict[str, str] = {}
    if found and found.colour:
        known |= {"colour": found.colour, "ink": colours.on(found.colour)}
    if found and found.logo:
        known["logo"] = _desk(request) + reverse("chat_logo", args=[key])
    return public(HttpResponse(f"export default {json.dumps(known)};", content_type="text/javascript; charset=utf-8"))


@require_GET
def logo(request: HttpRequest, key: str) -> HttpResponse:
    connector = connector_of(key)
    found = Branding.objects.filter(channel=connector.channel_id).first() if connector else None
    if found is None or not found.logo:
        raise Http404
    response = public(HttpResponse(bytes(found.logo), content_type=found.logo_type))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _visitor(request: HttpRequest, connector: Connector) -> Visitor | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return read_token(connector, token) if scheme == "Bearer" else None


def _body(request: HttpRequest) -> dict[str, object]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _desk(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/") if settings.LOCAL else settings.SITE_URL
