"""Outbound 3: claim one delivery, hand it to its adapter, and settle what came of it."""

import time
from dataclasses import replace
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.media import carries
from conversations.models import Delivery, DeliveryAttempt, Medium, Message
from conversations.outbound.outbox import WAITS as GIVEN_UP_AFTER
from conversations.outbound.outbox import settle
from conversations.outbound.reach import closed, heard_at
from conversations.outbound.way import template_in
from customers.models import Identity
from customers.models.identity import Kind
from integrations import health
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError, UncertainError
from integrations.models import Connector
from integrations.outbound.dial import ring
from integrations.queueing import queue_delivery
from integrations.turns import is_open, rest, rests_for, turn, wake

log = structlog.get_logger(__name__)

STALE = timedelta(minutes=10)  # longer than any try may take: its worker is dead
WAITS = (1, 2, 4, 8, 15, 30)  # seconds
KEEPS_ORDER = timedelta(hours=1)


def deliver(delivery_id: int) -> Delivery | None:
    """Tries one delivery that is due, and has the next of its channel tried. None when another worker has it, it is not
    due, it is settled, or its channel is not open now.

    One that finds all turns of its channel taken is left: whoever ends a turn looks for what is due then.
    """
    found = Connector.objects.filter(channel__deliveries=delivery_id, is_active=True)
    connector = found.annotate(found_it=F("channel__deliveries__status")).first()
    if connector is None:
        return _tried(delivery_id, None)
    if connector.found_it != Delivery.Status.QUEUED:
        return None  # somebody else was asked for it too, has it, and looks for the next one
    if not is_open(connector, timezone.now()):
        _postpone(delivery_id, connector)
        return None
    with turn(connector.pk) as is_ours:
        tried = _tried(delivery_id, connector) if is_ours else None
    if is_ours:
        _queue_next(connector)
    return tried


def _tried(delivery_id: int, connector: Connector | None) -> Delivery | None:
    attempt = _claim(delivery_id)
    if attempt is None:
        return None
    report, outcome, trouble = _try(attempt.delivery, connector)
    delivery = _written_down(attempt, connector, report, outcome)
    if connector and trouble:
        _note(connector, trouble)
    return delivery


def _postpone(delivery_id: int, connector: Connector) -> None:
    """Its provider is away: it comes again when that has rested. Paused or broken, it comes when it is mended."""
    if connector.rests_until:
        mine = Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.QUEUED, due_at__lt=connector.rests_until)
        mine.update(due_at=connector.rests_until, tries=Greatest(F("tries"), 1))


def _queue_next(connector: Connector) -> None:
    following = _free().filter(channel=connector.channel_id).order_by("due_at", "pk").first()
    if following:
        queue_delivery(delivery_id=following.pk, channel_id=following.channel_id, due_at=following.due_at)


def _written_down(
    attempt: DeliveryAttempt, connector: Connector | None, report: DeliveryReport, outcome: str
) -> Delivery:
    """What the provider said is known to this process alone: a database that is away for a moment is waited for."""
    for seconds in WAITS:
        try:
            return _write_down(attempt, connector, report, outcome)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            log.warning("the outcome waits for the database", delivery_id=attempt.delivery_id, seconds=seconds)
            connection.close()
            time.sleep(seconds)
    return _write_down(attempt, connector, report, outcome)


@transaction.atomic
def _write_down(
    attempt: DeliveryAttempt, connector: Connector | None, report: DeliveryReport, outcome: str
) -> Delivery:
    now = timezone.now()
    DeliveryAttempt.objects.filter(pk=attempt.pk).update(finished_at=now, outcome=outcome, said=report.said[:4000])
    if outcome == "away":
        _not_its_fault(attempt.delivery)
    if connector and outcome == "sent":
        Connector.objects.filter(pk=connector.pk).update(last_out_at=now)
        if wake(connector):
            _come_again(connector)
    return settle(attempt.delivery, report)


@transaction.atomic
def _claim(delivery_id: int) -> DeliveryAttempt | None:
    """Only one worker's UPDATE changes the row; the attempt is written before the provider hears of it."""
    now = timezone.now()
    claimed = (
        _free().filter(pk=delivery_id).update(status=Delivery.Status.SENDING, claimed_at=now, tries=F("tries") + 1)
    )
    if not claimed:
        return None
    beside = ("author", "identity__customer", "answers", "channel")
    found = Delivery.objects.select_related("channel", "conversation", *(f"message__{name}" for name in beside))
    delivery = found.get(pk=delivery_id)
    return DeliveryAttempt.objects.create(delivery=delivery)


def _try(delivery: Delivery, connector: Connector | None) -> tuple[DeliveryReport, str, AdapterError | None]:
    """What came of it, in two forms, and what ails the provider or our key: that is told to others only once the first
    is written down, since it is known to this process alone."""
    if connector is None:
        words = _("%(channel)s is not connected. An admin can connect it; then press Try again.")
        sentence = words % {"channel": delivery.channel}
        return DeliveryReport(Delivery.Status.FAILED, error=sentence), "permanent", None
    is_call = delivery.message.kind == Message.Kind.CALL
    try:
        if is_call:
            report = ring(connector, delivery)
        elif why := closed(delivery.message, now=timezone.now()):
            return DeliveryReport(Delivery.Status.FAILED, error=why), "permanent", None
        else:
            report = adapter_named(connector.adapter).send(connector, envelope(delivery))
    except UncertainError as error:
        unclear = DeliveryReport(Delivery.Status.UNCERTAIN, error.external_id, error=str(error), said=error.said)
        return unclear, "uncertain", None
    except AdapterError as error:
        report, outcome = _failed(connector, error)
        trouble = error if isinstance(error, CredentialError | AwayError) else None
        return (replace(report, is_permanent=True), "permanent", trouble) if is_call else (report, outcome, trouble)
    return report, "sent", None


def _failed(connector: Connector, error: AdapterError) -> tuple[DeliveryReport, str]:
    """What went wrong with this message alone is its own; what ails the provider or our key stops the connector."""
    wait, is_permanent, outcome = error.wait, error.permanent, "permanent" if error.permanent else "temporary"
    if isinstance(error, CredentialError):
        wait, is_permanent, outcome = 0.0, False, "temporary"  # it goes as soon as the key is mended
    elif isinstance(error, AwayError):
        wait, is_permanent, outcome = rests_for(connector, error.wait), False, "away"
    report = DeliveryReport(
        Delivery.Status.FAILED, error=str(error), said=error.said, is_permanent=is_permanent, retry_after=wait
    )
    return report, outcome


def _note(connector: Connector, trouble: AdapterError) -> None:
    """Stops the connector. With the database away just now, whoever tries next finds out the same."""
    try:
        if isinstance(trouble, CredentialError):
            health.broken(connector, str(trouble))
        else:
            rest(connector, trouble.wait)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        log.warning("a connector's trouble is not written down", connector=connector.pk)
        connection.close()


def _not_its_fault(delivery: Delivery) -> None:
    """A provider that is away for long takes no tries from whoever looks whether it is back, for as long as it may."""
    given_up = timezone.now() - sum(GIVEN_UP_AFTER, timedelta())
    young = Delivery.objects.filter(pk=delivery.pk, tries__gt=1, created_at__gt=given_up)
    young.update(tries=F("tries") - 1)


def _come_again(connector: Connector) -> None:
    """It answers again: whatever waited for that goes now, in its order."""
    waiting = Delivery.objects.filter(channel=connector.channel_id, status=Delivery.Status.QUEUED, tries__gt=0)
    waiting.update(due_at=Least(F("due_at"), timezone.now()))


def envelope(delivery: Delivery) -> OutboundMessage:
    message, details = delivery.message, delivery.message.details
    identity = message.identity
    return OutboundMessage(
        delivery_id=delivery.pk,
        message_id=message.pk,
        conversation_id=message.conversation_id,
        channel_id=delivery.channel_id,
        key=str(message.client_id),
        to=_rerouted(delivery) or _address(identity),
        to_name=identity.customer.name if identity else "",
        text=message.text,
        html=message.html,
        subject=message.subject or delivery.conversation.subject,
        author_name=message.author.short_name if message.author else "",
        references=_references(message) if delivery.channel.medium == Medium.EMAIL else (),
        cc=tuple(details.get("cc", [])),
        bcc=tuple(details.get("bcc", [])),
        attachment_ids=tuple(message.attachments.values_list("pk", flat=True)),
        created_at=message.created_at,
        external_id=delivery.external_id,
        answers=_answered(message),
        is_public=message.is_public and delivery.channel_id == message.channel_id,
        template=template_in(details),
        buttons=tuple(details.get("buttons", [])),
        heard_at=heard_at(message) if carries(delivery.channel.medium).answer_within else None,
    )


def _answered(message: Message) -> str:
    """The name of the message that it answers, which only its own channel knows. One that they took back meanwhile
    cannot be answered any more: in private it is said all the same."""
    answered = message.answers
    if answered and answered.taken_back_at and not message.is_public:
        return ""
    return answered.external_id if answered and answered.channel_id == message.channel_id else ""


def _address(identity: Identity | None) -> str:
    """As the customer wrote it, since some servers do heed capitals; what is unverified is marked only in the value."""
    if identity is None:
        return ""
    return identity.display if identity.kind == Kind.EMAIL and identity.display else identity.value


def _rerouted(delivery: Delivery) -> str:
    """Where an answer goes that left the channel it was said on (conversations.outbound.elsewhere)."""
    to = delivery.message.details.get("to", [])
    return str(to[0]) if to and delivery.channel_id != delivery.message.channel_id else ""


def _references(message: Message) -> tuple[str, ...]:
    """The Message-IDs of the mails before it, oldest first (RFC 5322 3.6.4: the parent's is the last)."""
    earlier = (
        message.conversation.messages.filter(created_at__lte=message.created_at, channel__medium="email")
        .exclude(pk=message.pk)
        .exclude(external_id="")
        .order_by("-created_at", "-pk")
    )
    return tuple(reversed(earlier.values_list("external_id", flat=True)[:20]))


def give_up_on_the_dead() -> int:
    """What a killed worker had in hand: nobody knows whether the provider got it, so an agent decides."""
    stale = Delivery.objects.filter(status=Delivery.Status.SENDING, claimed_at__lt=timezone.now() - STALE)
    return sum(_give_up(delivery) for delivery in stale)


def _give_up(delivery: Delivery) -> bool:
    """Only the claim that was found: one that has settled since, or was made anew, is alive."""
    words = _("The desk was interrupted while sending. It may have arrived: look before you try again.")
    same = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.SENDING, claimed_at=delivery.claimed_at)
    if not same.update(status=Delivery.Status.UNCERTAIN, error=words):
        return False
    settle(delivery, DeliveryReport(Delivery.Status.UNCERTAIN, error=words))
    return True


def due() -> list[tuple[int, int]]:
    """Each with its channel. Of a channel that is not open now, nothing is."""
    now = timezone.now()
    shut = Connector.objects.filter(Q(paused_at__isnull=False) | Q(broken_at__isnull=False) | Q(rests_until__gt=now))
    return list(
        _free()
        .exclude(channel__in=shut.filter(is_active=True).values("channel"))
        .order_by("due_at")
        .values_list("pk", "channel")[:500]
    )


def _free() -> QuerySet[Delivery]:
    """Those due before which nothing else of their conversation is to go by the same channel. One that is tried again
    and again for an hour stops the others no more, and what is to be sent later never does."""
    now = timezone.now()
    earlier = Delivery.objects.filter(
        Q(status=Delivery.Status.SENDING)
        | Q(status=Delivery.Status.QUEUED, due_at__lte=now)
        | Q(status=Delivery.Status.QUEUED, tries__gt=0, created_at__gt=now - KEEPS_ORDER),
        conversation=OuterRef("conversation"),
        channel=OuterRef("channel"),
        pk__lt=OuterRef("pk"),
    )
    waiting = Delivery.objects.filter(status=Delivery.Status.QUEUED, due_at__lte=now)
    return waiting.exclude(Exists(earlier))
