"""Webhooks out: what rules tell an address outside is a row first; integrations calls, and says how it went."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from conversations.models import Conversation, Rule, Webhook, WebhookCall
from conversations.outbound.outbox import WAITS

webhook_queued = Signal()  # sent with call_id and due_at after commit; integrations listens (DESIGN, part 3)

State = WebhookCall.State


def call(webhook: Webhook, conversation: Conversation, rule: Rule) -> WebhookCall:
    """Call inside the transaction of what it tells of."""
    conversation.refresh_from_db()
    body = told(conversation, rule)
    one = WebhookCall.objects.create(webhook=webhook, rule=rule, conversation=conversation, body=body)
    announce(one)
    return one


def told(conversation: Conversation, rule: Rule) -> dict[str, object]:
    """How it stands, in numbers and in the desk's own names: nothing that the customer said, nor who they are."""
    return {
        "event": rule.event,
        "rule": {"id": rule.pk, "name": rule.name},
        "at": timezone.now().isoformat(),
        "conversation": {
            "id": conversation.pk,
            "url": f"{settings.SITE_URL}{reverse('conversation', args=[conversation.pk])}",
            "customer": conversation.customer_id,
            "status": conversation.status,
            "priority": conversation.priority,
            "team": conversation.team.name if conversation.team else None,
            "assignee": conversation.assignee.email if conversation.assignee else None,
            "topic": conversation.topic.name if conversation.topic else None,
            "language": conversation.language,
            "medium": conversation.channel,
            "tags": list(conversation.tags.order_by("name").values_list("name", flat=True)),
            "created_at": conversation.created_at.isoformat(),
            "waiting_since": _iso(conversation.waiting_since),
            "due_at": _iso(conversation.due_at),
        },
    }


def announce(one: WebhookCall) -> None:
    """After commit, tells whoever calls that there is something to do."""
    transaction.on_commit(
        lambda: webhook_queued.send(WebhookCall, call_id=one.pk, due_at=one.due_at),
        robust=True,
    )


@transaction.atomic
def settle(one: WebhookCall, *, answer: int | None, error: str = "", is_permanent: bool = False) -> WebhookCall:
    """Writes down how a try went; one that failed is tried again, as deliveries are, until its time is over."""
    one = WebhookCall.objects.select_for_update(no_key=True).get(pk=one.pk)
    if one.state != State.QUEUED:
        return one
    one.answer, one.error = answer, error[:1000]
    if not error:
        one.state, one.settled_at = State.SENT, timezone.now()
    elif is_permanent or one.tries > len(WAITS):
        one.state, one.settled_at = State.FAILED, timezone.now()
    else:
        one.due_at = timezone.now() + WAITS[max(one.tries, 1) - 1]
        announce(one)
    one.save()
    return one


@transaction.atomic
def again(one: WebhookCall) -> bool:
    """A new round of tries for what was given up. False where it is on its way or arrived."""
    failed = WebhookCall.objects.filter(pk=one.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, tries=0, due_at=timezone.now(), error="", settled_at=None):
        return False
    one.refresh_from_db()
    announce(one)
    return True


def claim(call_id: int, lease: timedelta) -> WebhookCall | None:
    """For one worker alone: whoever comes second finds that it is not due."""
    now = timezone.now()
    due = WebhookCall.objects.filter(pk=call_id, state=State.QUEUED, due_at__lte=now)
    with transaction.atomic():
        one = due.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("webhook").first()
        if one is None:
            return None
        one.tries, one.due_at = one.tries + 1, now + lease
        one.save(update_fields=["tries", "due_at"])
    return one


def due() -> list[int]:
    waiting = WebhookCall.objects.filter(state=State.QUEUED, due_at__lte=timezone.now())
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:200])


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
