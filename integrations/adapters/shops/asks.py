"""What a shop's webhook asks of the desk, where it brings no fact: read the whole again, or heed a privacy law."""

from dataclasses import dataclass

from customers.identify import Handle


@dataclass(frozen=True)
class Partial:
    """A webhook spoke of a part (a parcel, a refund): the whole is to be read (integrations.inbound.rereading).
    `kind` is the adapter's own word for what `external_id` names."""

    kind: str
    external_id: str
    only_if_held: bool = False  # only where the order is on hold, as far as we know


@dataclass(frozen=True)
class PrivacyRequest:
    """A customer asked the shop for a copy of everything, or to be forgotten; or the shop itself left."""

    what: str  # "export", "erase", or "forget shop"
    handles: tuple[Handle, ...] = ()
    orders: tuple[str, ...] = ()  # external ids at this connector: whoever they belong to is meant, too
    reference: str = ""  # the shop's own number of the request
