"""What an adapter is: it turns a provider's words into envelopes and envelopes into sent messages. No more."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise

from conversations.envelopes import (
    CallRating,
    CallReport,
    DeliveryReport,
    InboundMessage,
    MessageChange,
    OfferedTemplate,
    OutboundCall,
    OutboundMessage,
    OutboundReaction,
)
from customers.facts import Fact
from integrations.adapters.bots.thoughts import Answered
from integrations.adapters.shops.asks import Partial, PrivacyRequest
from integrations.models import Connector, RawEvent

TOO_LARGE = 413  # the status of what is larger than any webhook of its provider


@dataclass(frozen=True)
class Told:
    """What one item of a batch says. `body` is a batch of this item alone, as `understand` takes it: should no row come
    of the facts, it is kept alone, and can be tried again."""

    number: int  # its place in the batch
    facts: tuple[Fact, ...]
    body: Callable[[], bytes]


@dataclass(frozen=True)
class Aside:
    """One item of a batch that cannot be believed: it is kept alone, with the reason, and the rest goes in."""

    number: int
    reason: str
    body: bytes = b""


@dataclass(frozen=True)
class Ignored:
    """What is genuine and asks for nothing, such as a talk among others: kept as a raw event, with the reason."""

    kind: str  # in the provider's own word
    why: str  # in the admin's


@dataclass(frozen=True)
class Fetched:
    """A file that a message only named. `name` and `content_type` are "" where the provider does not say more."""

    body: bytes
    content_type: str = ""
    name: str = ""


Understood = (
    InboundMessage
    | DeliveryReport
    | MessageChange
    | CallReport
    | CallRating
    | Ignored
    | Fact
    | Told
    | Aside
    | Partial
    | PrivacyRequest
    | Answered
)


class AdapterError(Exception):
    """Sending or fetching failed. `permanent`: trying again cannot help. The text is for the agent to read."""

    def __init__(
        self, text: str | Promise, *, permanent: bool = False, said: str = "", wait: float | None = None
    ) -> None:
        """`wait`: seconds until the provider will hear of it again, where it said so."""
        super().__init__(text)
        self.permanent, self.said, self.wait = permanent, said, wait
        self.external_id = ""  # under which the message may have arrived all the same


class UncertainError(AdapterError):
    """The provider had the whole message and then fell silent: only a person may decide to send it again."""


class AwayError(AdapterError):
    """The provider is not there for anybody: not reached, out of order, or busy. Its connector rests, and what is to go
    out keeps its order and waits."""


class CredentialError(AdapterError):
    """The provider does not know our key any more: nothing is tried by this connector until an admin has mended it, and
    what is to go out waits."""


class NotGenuineError(Exception):
    """A webhook whose signature does not fit: answered 400, or as its provider wants it, and never kept. `reason`: what
    it is counted under (integrations.inbound.refused)."""

    def __init__(self, text: str, *, status: int = 400, reason: str = "signature") -> None:
        super().__init__(text)
        self.status = status
        self.reason = "too_large" if status == TOO_LARGE else reason


def check_address(connector: Connector, secret: str) -> None:
    """`secret` is the last word of the address that a provider called. Raises NotGenuineError unless it is ours."""
    known = connector.secrets.get("webhook_secret", "")
    if not known or not constant_time_compare(secret, known):
        raise NotGenuineError("The address of the webhook is wrong.", reason="address")


class Adapter(Protocol):
    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[Understood]:
        """What `raw` says. Pure: it reads and writes no row. Nothing to say is no envelope, and the event is ignored.
        Raises ValueError for what no version of the provider sends: the event is set aside."""
        ...

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        """Hands `message` to the provider and says what it answered. Raises AdapterError or UncertainError."""
        ...


class Fetches(Protocol):
    """What an adapter has whose messages only name their files."""

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        """The file that an InboundAttachment's `source` stands for, of at most `largest` bytes. Raises AdapterError."""
        ...


class Calls(Protocol):
    """What an adapter has that can have the provider connect an agent with a customer. Where that needs more than
    hearing of calls does, `can_call(connector)` says whether it is there: without it, agents get a tel: link."""

    def call(self, connector: Connector, call: OutboundCall) -> DeliveryReport:
        """Has the agent's line rung, then the customer's. SENT with the provider's id of the call, under which its
        reports come, once the provider has taken it on. Raises AdapterError or UncertainError; nothing is tried twice
        by itself."""
        ...


class Reacts(Protocol):
    """What an adapter has by which an agent can put an emoji on a message."""

    def react(self, connector: Connector, reaction: OutboundReaction) -> None:
        """Returns only after the provider has taken it; doing it twice is doing it once. Raises AdapterError."""
        ...


class Offers(Protocol):
    """What an adapter has whose provider allows texts beforehand (conversations.models.MessageTemplate)."""

    def templates(self, connector: Connector) -> Iterable[OfferedTemplate]:
        """All of them, also those that may not be used now. Raises AdapterError."""
        ...


class Names(Protocol):
    """What an adapter has whose webhooks bring ids alone (integrations.inbound.names)."""

    def name_of(self, connector: Connector, value: str) -> str:
        """Of whom this identity's value stands for; "" where they show none. Raises AdapterError."""
        ...


class Sees(Protocol):
    """What an adapter has whose people can be shown that they were read (integrations.outbound.seen)."""

    def seen(self, connector: Connector, external_id: str, to: str) -> None:
        """This message of theirs, and those before it. Raises AdapterError."""
        ...


class Proves(Protocol):
    """What an adapter has whose provider calls us, so that a key that was taken back would show only when somebody
    answers (integrations.proving)."""

    def prove(self, connector: Connector) -> None:
        """Asks for the least that wants our key. Raises CredentialError, or another AdapterError that says nothing."""
        ...


class Renews(Protocol):
    """What an adapter has whose access token ends, and can be renewed before (integrations.renewing)."""

    def renewed(self, connector: Connector) -> tuple[str, timedelta] | None:
        """A new token and how long it is good for; None where this connection's does not end. Raises AdapterError."""
        ...
