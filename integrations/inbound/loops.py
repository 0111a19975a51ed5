"""Cuts loops: whoever writes faster than people do is a machine, whatever its mails say of themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.db.models import Count

from conversations.envelopes import InboundMessage
from conversations.models import Message
from customers.models.identity import Kind

MOST_MAILS, WITHIN = 20, timedelta(minutes=10)


def slowed(inbound: InboundMessage) -> InboundMessage:
    """The message as it is, or as an automatic one: shown, but nobody is asked to answer it, and no machine of ours
    does."""
    writer = inbound.handles[0]
    if writer.kind != Kind.EMAIL or inbound.is_automatic:
        return inbound
    written = Message.objects.filter(
        channel_id=inbound.channel_id,
        identity__kind=Kind.EMAIL,
        identity__value__in=[writer.value.lower(), f"unverified:{writer.value.lower()}"],
        created_at__gt=inbound.received_at - WITHIN,
        created_at__lte=inbound.received_at,
        kind=Message.Kind.INBOUND,
    )
    is_machine = written[:MOST_MAILS].count() >= MOST_MAILS
    return replace(inbound, is_automatic=True) if is_machine else inbound


def hasty(inbound: Sequence[InboundMessage]) -> set[str]:
    """Who of these writers may have written too much of late, in lower case: to be looked at one by one, by `slowed`.
    One count for all, over all the time that it takes for any of them."""
    writers = {each.handles[0].value.lower() for each in inbound if each.handles[0].kind == Kind.EMAIL}
    times = [each.received_at for each in inbound]
    if not writers:
        return set()
    written = Message.objects.filter(
        identity__kind=Kind.EMAIL,
        identity__value__in={*writers, *(f"unverified:{writer}" for writer in writers)},
        created_at__gt=min(times) - WITHIN,
        created_at__lte=max(times),
        kind=Message.Kind.INBOUND,
    )
    many = written.values("identity__value").annotate(mails=Count("pk")).filter(mails__gte=MOST_MAILS)
    return {value.removeprefix("unverified:") for value in many.values_list("identity__value", flat=True)}
