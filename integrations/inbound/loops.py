"""Cuts loops: whoever writes faster than people do is a machine, whatever its mails say of themselves."""

from dataclasses import replace
from datetime import timedelta

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
