"""Web push: wakes the phone of the agent whose customer wrote while no browser of theirs is connected."""

import base64
import json
from collections.abc import Sequence
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from conversations.call_words import snippet_of
from conversations.live import sockets
from conversations.models import Conversation, Message, PushSubscription
from conversations.public_web import public_session

if TYPE_CHECKING:
    from py_vapid import Vapid

log = structlog.get_logger(__name__)

GONE = {403, 404, 410}  # the browser has thrown the subscription away (RFC 8030 7.3)
KEPT_SECONDS = 4 * 3600


def ask(*messages: Message) -> None:
    """After commit, and only for agents who have no open socket and have asked for it."""
    calling = [(message, agent) for message in messages if (agent := _called_by(message))]
    if calling:
        transaction.on_commit(lambda: _ask(calling), robust=True)


def _called_by(message: Message) -> int | None:
    return None if message.is_automatic else message.conversation.assignee_id


def _ask(calling: Sequence[tuple[Message, int]]) -> None:
    asked = PushSubscription.objects.filter(agent__in={agent for _, agent in calling})
    away = {agent for agent in asked.values_list("agent", flat=True).distinct() if not sockets.is_connected(agent)}
    for message, agent in calling:
        if agent in away:
            current_app.send_task("conversations.web_push", [message.pk])


def wake(message_id: int) -> int:
    """Sends to each browser that asked for it, and forgets those that are gone: how many were reached."""
    message = Message.objects.select_related("conversation__assignee", "conversation__customer").get(pk=message_id)
    agent = message.conversation.assignee
    if agent is None or not agent.is_active or message.is_automatic:
        return 0
    is_call = message.kind == Message.Kind.CALL
    if message.kind != Message.Kind.INBOUND and not is_call:
        return 0
    if not Conversation.objects.visible_to(agent).filter(pk=message.conversation_id).exists():
        return 0
    with override(agent.locale):
        name = {"name": message.conversation.customer.name or _("A customer")}
        title = (_("%(name)s called") if is_call else _("%(name)s wrote")) % name
    payload = {
        "title": title,
        "body": snippet_of(message)[:120] if is_call else message.text[:120],
        "tag": f"conversation-{message.conversation_id}",
        "url": f"/conversations/{message.conversation_id}/",
    }
    return sum(_send(subscription, payload) for subscription in PushSubscription.objects.filter(agent=agent))


def notify(agent: int, *, title: str, body: str, conversation: int) -> None:
    """Call after commit: wakes the agent's phones for anything else, where no screen of theirs is open."""
    if sockets.is_connected(agent) or not PushSubscription.objects.filter(agent=agent).exists():
        return
    current_app.send_task("conversations.web_notify", [agent, title, body, conversation])


def wake_with(agent: int, *, title: str, body: str, conversation: int) -> int:
    tag, url = f"deadline-{conversation}", f"/conversations/{conversation}/"
    payload = {"title": title, "body": body, "tag": tag, "url": url}
    return sum(_send(subscription, payload) for subscription in PushSubscription.objects.filter(agent=agent))


def _send(subscription: PushSubscription, payload: dict[str, str]) -> bool:
    from pywebpush import WebPushException, webpush
    from requests import RequestException

    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    session = public_session()  # a browser names the endpoint
    session.max_redirects = 0  # a push service has none
    try:
        webpush(
            {"endpoint": subscription.endpoint, "keys": keys},
            json.dumps(payload),
            vapid_private_key=_vapid(),
            vapid_claims={"sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"},
            ttl=KEPT_SECONDS,
            timeout=10,
            requests_session=session,
        )
    except WebPushException as error:
        status = error.response.status_code if error.response is not None else 0
        if status in GONE:
            subscription.delete()
        log.info("web push was refused", status=status, agent_id=subscription.agent_id)
        return False
    except (RequestException, ValueError) as error:
        log.info("web push did not go out", reason=type(error).__name__, agent_id=subscription.agent_id)
        return False
    return True


def public_key() -> str:
    """What the browser's subscription names: the uncompressed point, base64url without padding (RFC 8292 3.2)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = _vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


@cache
def _vapid() -> "Vapid":
    """From VAPID_PRIVATE_KEY; without one, made once and kept, since a new key loses every subscription."""
    from py_vapid import Vapid

    if settings.VAPID_PRIVATE_KEY:
        return Vapid.from_string(settings.VAPID_PRIVATE_KEY)
    path = Path(settings.DATA_DIR) / "vapid.pem"
    if not path.exists():
        made = Vapid()
        made.generate_keys()
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_bytes(made.private_pem())
        if not path.exists():
            new.rename(path)
    return Vapid.from_file(str(path))
