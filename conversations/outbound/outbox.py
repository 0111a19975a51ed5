"""Outbound 2 and 4: the outbox is a table of deliveries; enqueue puts in, settle writes what the provider said."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest, Least
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations import sla
from conversations.actions.change import save, summarise
from conversations.envelopes import DeliveryReport
from conversations.handoff import lease, stepping_in
from conversations.handoff.opening import not_answered_after_all
from conversations.history import NOT_SAID
from conversations.inbound.changes import catch_up
from conversations.live.push import push_activity, push_message, push_row
from conversations.models import Activity, Channel, Conversation, Delivery, DeliveryAttempt, Message, Status
from conversations.models.conversation import place_in_queue
from conversations.models.handoff import HandoffReason
from conversations.models.message import MessageKind
from conversations.reports import episodes

if TYPE_CHECKING:
    from deskapp.models import User

delivery_queued = (
    Signal()
)  # sent with delivery_id, channel_id and due_at after commit; integrations listens (DESIGN, part 3)

# Whether what is stored in a conversation, by its key, for a channel is sent by that: integrations knows.
TAKES_AT_ONCE: list[Callable[[int, int], bool]] = []

# Waits between the tries of a temporary failure: minutes, then hours, four days in all.
WAITS = [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
WAITS += [timedelta(hours=1)] * 4 + [timedelta(hours=4)] * 23

_ARRIVED = ("sent", "delivered", "read")
_ORDER = ["queued", "sending", "uncertain", "failed", "sent", "delivered", "read"]


def enqueue(message: Message, *, due_at: datetime, cancel_on_reply: bool = False) -> Delivery:
    """Puts the message in the outbox. It is tried from `due_at` on."""
    if message.channel is None:
        raise ValueError("Only what goes out by a channel is delivered.")
    delivery = Delivery.objects.create(
        message=message,
        channel=message.channel,
        conversation=message.conversation,
        due_at=due_at,
        cancel_on_reply=cancel_on_reply,
    )
    announce(delivery)
    return delivery


def takes_at_once(channel: Channel, conversation: Conversation) -> bool:
    """Whether what may go now is sent by being stored: give such messages to `sent`. Call in that transaction."""
    return any(takes(channel.pk, conversation.pk) for takes in TAKES_AT_ONCE)


def sent(messages: Sequence[Message]) -> list[Delivery]:
    """As `enqueue`, and as `settle` once it went, of several of one conversation whose channel `takes_at_once`. Each
    has its own key for its name."""
    now = timezone.now()
    rows = [
        Delivery(
            message=message,
            channel=message.channel,
            conversation=message.conversation,
            status=Delivery.Status.SENT,
            due_at=now,
            tries=1,
            external_id=message.external_id,
            settled_at=now,
        )
        for message in messages
    ]
    deliveries = Delivery.objects.bulk_create(rows)
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(delivery=delivery, started_at=now, finished_at=now, outcome="sent") for delivery in deliveries
    )
    return deliveries


def announce(delivery: Delivery) -> None:
    """After commit, tells whoever delivers that there is something to do."""
    transaction.on_commit(
        lambda: delivery_queued.send(
            Delivery, delivery_id=delivery.pk, channel_id=delivery.channel_id, due_at=delivery.due_at
        ),
        robust=True,
    )


@transaction.atomic
def settle(delivery: Delivery, report: DeliveryReport) -> Delivery:
    """Writes down what became of it. A status never goes back: a late "sent" does not undo a "read"."""
    if report.status in (Delivery.Status.FAILED, Delivery.Status.UNCERTAIN) or delivery.status in NOT_SAID:
        _conversation_locked(delivery)  # which may be reopened below
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    was = delivery.status
    if _is_behind(delivery, report):
        return delivery
    now = timezone.now()
    delivery.claimed_at = None
    delivery.external_id = report.external_id or delivery.external_id
    delivery.error = report.error
    if _is_too_late(delivery, report):
        delivery.status, delivery.settled_at = Delivery.Status.CANCELLED, now
    elif report.status == Delivery.Status.FAILED and not report.is_permanent and delivery.tries <= len(WAITS):
        asked = None if report.retry_after is None else timedelta(seconds=report.retry_after)
        delivery.status, delivery.due_at = (
            Delivery.Status.QUEUED,
            now + (WAITS[max(delivery.tries, 1) - 1] if asked is None else asked),
        )
        announce(delivery)
    else:
        delivery.status, delivery.settled_at = report.status, now
    delivery.save()
    if report.is_part:
        delivery.message.details["part_failed"] = True
        delivery.message.save(update_fields=["details"])
    if report.external_id:  # by which answers refer to it
        _name(delivery.message, report.external_id)
    is_call = delivery.message.kind == MessageKind.CALL  # which the agent waits for: it is no work of its own
    is_outreach = "outreach" in delivery.message.details  # that a rule wrote: nobody asked for it
    if delivery.status in (Delivery.Status.FAILED, Delivery.Status.UNCERTAIN) and not (is_call or is_outreach):
        _reopen(delivery)
    elif was in NOT_SAID and delivery.status not in NOT_SAID:  # it has answered somebody after all
        episodes.refresh(_conversation_locked(delivery))
    push_message(delivery.message)
    return delivery


def _is_too_late(delivery: Delivery, report: DeliveryReport) -> bool:
    """What the bot said did not go at this try, and somebody else has the word since."""
    is_over = report.status == Delivery.Status.FAILED and delivery.message.is_bot
    return is_over and lease.is_over(delivery.message)


def until(deliveries: QuerySet[Delivery], to: str, at: datetime) -> QuerySet[Delivery]:
    """Those to this identity's value that arrived at the provider and were handed to it until then, oldest first.

    What is being handed over at the very moment counts as before it: the provider's own time of it is not known."""
    handed_over = Q(attempts__outcome="sent", attempts__started_at__lte=at)
    elsewhere = Q(attempts=None, message__created_at__lte=at)  # what we said there (conversations.inbound.echoes)
    arrived = deliveries.filter(message__identity__value=to, status__in=["sent", "delivered"])
    return arrived.filter(handed_over | elsewhere).distinct().order_by("pk")


def _name(message: Message, external_id: str) -> None:
    """What customers did to it before we learned its name waits for that (conversations.inbound.early)."""
    unnamed = Message.objects.filter(pk=message.pk).exclude(external_id=external_id)
    if unnamed.update(external_id=external_id):
        message.external_id = external_id
        catch_up([message])


def _conversation_locked(delivery: Delivery) -> Conversation:
    """Always before the delivery itself: whoever receives a message, splits or merges holds the conversation first."""
    return Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.conversation_id)


def _is_behind(delivery: Delivery, report: DeliveryReport) -> bool:
    """A bounce may follow "sent" or "delivered"; nothing else goes backwards. What was given up after a try may turn
    out to have arrived, and then says so; what was taken back in time cannot."""
    if delivery.status == Delivery.Status.CANCELLED:
        return delivery.tries == 0 or report.status not in _ARRIVED
    if report.status == Delivery.Status.FAILED:
        return delivery.status == Delivery.Status.READ and not report.is_part
    if delivery.status == Delivery.Status.FAILED and delivery.message.details.get("part_failed"):
        return True
    return _ORDER.index(report.status) < _ORDER.index(delivery.status)


def _reopen(delivery: Delivery) -> None:
    """A message that did not arrive is work again, and says so in the log."""
    conversation = _conversation_locked(delivery)
    activity = Activity.objects.create(
        conversation=conversation, verb=Activity.Verb.FAILED, reason=delivery.error[:400]
    )
    stepping_in.step_in(conversation, by=None, reason=HandoffReason.FAILED)
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.OPEN, None, None
    conversation.waiting_since = conversation.waiting_since or timezone.now()
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    sla.keep(conversation)
    conversation.save()
    episodes.refresh(conversation)
    push_activity(activity)
    push_row(conversation)


@transaction.atomic
def undo(delivery: Delivery) -> bool:
    """Takes a message back before its first try. False when it was too late."""
    _conversation_locked(delivery)
    changed = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.QUEUED, tries=0).update(
        status=Delivery.Status.CANCELLED, settled_at=timezone.now()
    )
    if changed:
        not_answered_after_all(delivery.message)
        _bring_up_to_date(delivery)
        push_message(delivery.message)
    return bool(changed)


@transaction.atomic
def remove(delivery: Delivery, *, by: "User") -> bool:
    """Gives up what failed or is uncertain. It stays in the thread, folded, and can still be sent after all.

    False when it is on its way, arrived, or was given up before.
    """
    conversation = _conversation_locked(delivery)
    tried = Greatest(F("tries"), 1)  # which tells it from one that was taken back in time
    changed = Delivery.objects.filter(pk=delivery.pk, status__in=["failed", "uncertain"]).update(
        status=Delivery.Status.CANCELLED, tries=tried, settled_at=timezone.now()
    )
    if changed:
        activity = Activity.objects.create(conversation=conversation, verb=Activity.Verb.REMOVED, by=by)
        if conversation.is_open:
            _bring_up_to_date(delivery)
        push_message(delivery.message)
        push_activity(activity)
    return bool(changed)


def _bring_up_to_date(delivery: Delivery) -> None:
    """An answer that is taken back leaves the customer waiting since before, and the row with what was said last; one
    that goes after all ends the waiting."""
    conversation = _conversation_locked(delivery)
    summarise(conversation)
    save(conversation)
    episodes.refresh(conversation)


@transaction.atomic
def retry(delivery: Delivery) -> bool:
    """A new try, now, of what failed, is uncertain or was taken back. False when it is on its way or arrived.

    What was tried before keeps one try to its name: it can no longer be taken back, since it may have arrived.
    """
    _conversation_locked(delivery)
    changed = Delivery.objects.filter(pk=delivery.pk, status__in=["failed", "uncertain", "cancelled"]).update(
        status=Delivery.Status.QUEUED,
        due_at=timezone.now(),
        tries=Least(F("tries"), 1),
        error="",
        settled_at=None,
        cancel_on_reply=False,
    )
    if changed:
        delivery.refresh_from_db()
        if delivery.message.details.pop("part_failed", False):
            delivery.message.save(update_fields=["details"])
        announce(delivery)
        _bring_up_to_date(delivery)
        push_message(delivery.message)
    return bool(changed)


def cancel_on_reply(*conversations: Conversation) -> None:
    """Their customers wrote: what was to be sent later, unless they did, is taken back. Call with them locked; one that
    this changes is read again."""
    waiting = Delivery.objects.filter(
        conversation__in=conversations, status=Delivery.Status.QUEUED, cancel_on_reply=True
    )
    due = list(waiting.values_list("pk", flat=True))  # most often none: so not all columns are asked for
    changed = set()
    for delivery in Delivery.objects.filter(pk__in=due).select_related("message") if due else ():
        if undo(delivery):
            Delivery.objects.filter(pk=delivery.pk).update(error=_("The customer wrote first."))
            changed.add(delivery.conversation_id)
    for conversation in conversations:
        if conversation.pk in changed:
            conversation.refresh_from_db()
