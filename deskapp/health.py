"""/healthz: this process lives; /readyz: everything that a message needs on its way does."""

from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import Error, connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis import RedisError

from conversations.reports.tallies import rolling, streams
from deskapp.celery import app
from deskapp.tasks import seconds_since
from integrations.models import Connector

SILENT_SECONDS = 60.0  # worker and beat give a sign of life every few seconds
MAILBOX_LAG = timedelta(minutes=15)  # an idle mailbox is looked into every nine


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part is "ok", else 503; the JSON says of each part what is wrong with it."""
    parts = {name: _asked(question) for name, question in QUESTIONS.items()}
    is_ready = all(answer == "ok" for answer in parts.values())
    return JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)


def _asked(question: Callable[[], str]) -> str:
    try:
        return question() or "ok"
    except (Error, RedisError, OperationalError, OSError) as error:
        # The kind is enough for whoever is on call; the words may hold an address or a password.
        return f"does not answer ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _broker() -> str:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return ""


def _sockets() -> str:
    """What is sent to a group through the channel layer is what an agent's browser shows without a reload."""
    async_to_sync(get_channel_layer().group_send)("health", {"type": "health"})
    return ""


def _seen(name: str) -> Callable[[], str]:
    def question() -> str:
        silent = seconds_since(name)
        if silent is None:
            return "has not been seen"
        return f"was last seen {silent:.0f} seconds ago" if silent > SILENT_SECONDS else ""

    return question


def _mailboxes() -> str:
    late = Q(checked_at__lt=timezone.now() - MAILBOX_LAG) | ~Q(error="")
    lagging = Connector.objects.filter(late, adapter="imap", is_active=True).count()
    return f"{lagging} not fetched lately" if lagging else ""


def _reports() -> str:
    """They are right without it, but slow."""
    behind = rolling.behind(streams.EVERY, timezone.now())
    return f"not added up for {behind.total_seconds() / 3600:.1f} hours" if behind > rolling.LATE else ""


QUESTIONS: dict[str, Callable[[], str]] = {
    "database": _database,
    "broker": _broker,
    "sockets": _sockets,
    "worker": _seen("worker"),
    "beat": _seen("beat"),
    "mailboxes": _mailboxes,
    "reports": _reports,
}
