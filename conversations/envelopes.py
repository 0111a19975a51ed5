"""What crosses the border with integrations: frozen dataclasses, the same for every medium."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from customers.identify import Handle


class MessageDetails(TypedDict, total=False):
    """The schema of Message.details: what one medium knows and the others do not."""

    to: list[str]  # addresses in To, Cc and Bcc, as "Name <addr>"
    cc: list[str]
    bcc: list[str]
    reply_to: str
    date: str  # ISO 8601, as the sender's clock had it
    references: list[str]
    in_reply_to: str
    page: str  # the page a chat line was written on
    forwarded: bool
    quote: bool  # outbound: the quoted history goes along
    signature: bool  # outbound: the agent's, the team's and the channel's signature go along
    no_auto_reply: bool  # inbound: a list, a no-reply address or a machine, which no automatic answer of ours may reach
    unsubscribe: str  # outbound: the address that ends such mails, for List-Unsubscribe


@dataclass(frozen=True)
class Segment:
    kind: str  # "said", "quote" or "signature"
    text: str


@dataclass(frozen=True)
class InboundAttachment:
    name: str
    content_type: str
    size: int  # bytes
    read: Callable[[], bytes]
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True)
class InboundMessage:
    """One thing a customer said. `handles[0]` is the one it came from; further ones are proven or claimed beside it."""

    channel_id: int
    external_id: str
    handles: tuple[Handle, ...]
    text: str
    received_at: datetime
    html: str = ""
    segments: tuple[Segment, ...] = ()
    subject: str = ""
    references: tuple[str, ...] = ()  # Message-IDs, the nearest last
    conversation_id: int | None = None  # proven: a signed plus-address or chat session named it
    attachments: tuple[InboundAttachment, ...] = ()
    participants: tuple[tuple[str, str], ...] = ()  # (address, name) of others in To and Cc
    language: str = ""
    is_automatic: bool = False
    is_spam: bool = False
    is_unverified: bool = False
    client_id: str = ""
    details: MessageDetails = field(default_factory=lambda: MessageDetails())


@dataclass(frozen=True)
class OutboundMessage:
    """What an adapter sends. `key` is the same for every try: providers that can, use it to send once."""

    delivery_id: int
    message_id: int
    conversation_id: int
    channel_id: int
    key: str
    to: str  # the identity's value on this medium
    to_name: str
    text: str
    html: str
    subject: str
    author_name: str
    references: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    attachment_ids: tuple[int, ...]
    created_at: datetime
    external_id: str = ""  # under which an earlier try was made


@dataclass(frozen=True)
class DeliveryReport:
    """What a provider said of a message of ours. `status` is a Delivery.Status; `is_permanent` is of a failed one."""

    status: str
    external_id: str = ""
    delivery_id: int | None = None
    error: str = ""  # in the agent's words
    said: str = ""  # in the provider's own
    is_permanent: bool = True
