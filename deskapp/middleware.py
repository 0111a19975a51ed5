"""Around every request: an id for the logs, headers for the browser, the agent's language and time zone."""

import re
import uuid
import zoneinfo
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from conversations.views.streaming import piece_by_piece

Next = Callable[[HttpRequest], HttpResponse]

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)"
GIVEN_ID = re.compile(r"[\w-]{8,64}")


class RequestMiddleware:
    """Takes the proxy's X-Request-ID or makes one; every line that is logged meanwhile carries it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        piece_by_piece(request, response)
        response["X-Request-ID"] = request_id
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class AgentMiddleware:
    """An agent's own language and zone; whoever is not signed in keeps what the browser asks for."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.session.session_key or not request.user.is_authenticated:
            return self.get_response(request)
        locale = request.user.locale if request.user.locale in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with timezone.override(zoneinfo.ZoneInfo(request.user.get_timezone())), translation.override(locale):
            request.LANGUAGE_CODE = locale
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", locale)
            return response
