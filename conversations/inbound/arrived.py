"""A message on its way through the steps, with what is known of it so far."""

from dataclasses import dataclass

from conversations.envelopes import InboundMessage
from conversations.models import Channel
from customers.models import Customer, Identity


@dataclass(frozen=True)
class Arrived:
    inbound: InboundMessage
    customer: Customer
    identity: Identity
    channel: Channel
