"""What a door hands on to be kept: the bytes, and the name under which the same thing is known when it comes again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.models import Connector


@dataclass(frozen=True)
class Arrival:
    message_id: str  # the provider's own name of it; "" where it has none
    digest: str  # tells two things of the same name apart
    body: bytes
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    # Where a provider has one address for several connectors: which of them it is for. None: whose address was called.
    whose: Connector | None = None


@dataclass(frozen=True)
class News:
    """What came in one go where we listen ourselves, and the cursor from which to go on after it (None: as before).
    Both are kept in one transaction (integrations.inbound.listening)."""

    arrivals: tuple[Arrival, ...] = ()
    cursor: Mapping[str, object] | None = None
