"""What a shop's adapter is, beside an Adapter: it reads a shop's past page by page, and acts on orders for agents."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _

from customers.facts import Fact
from customers.identify import Handle, normalise
from customers.models import Order
from customers.models.identity import Kind
from integrations.adapters.about import Compared
from integrations.adapters.base import AdapterError, NotGenuineError
from integrations.adapters.shops.asks import Partial, PrivacyRequest
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

__all__ = [
    "Act", "Address", "AdapterError", "Document", "NotGenuineError", "OrderAct", "Page", "Piece", "Shop", "buyer",
    "paid_meanwhile",
]  # fmt: skip

Cursor = Mapping[str, object]


def paid_meanwhile() -> str:
    """Why a cancellation that gives nothing back is not made."""
    return _("The order was paid meanwhile. Open it again in a minute.")


class OrderAct(StrEnum):
    """What may be done to an order. Up to `release` by agents, in the words that conversations.models.OrderAct keeps;
    what follows, and cancelling, by the bot for whoever has proven that it is theirs (conversations.bots.deeds)."""

    REFUND = "refund"
    CANCEL = "cancel"
    RESEND = "resend"  # the confirmation, to the buyer
    HOLD = "hold"  # nothing is sent until it is released
    RELEASE = "release"
    ADDRESS = "address"  # where it is sent
    INSTRUCT = "instruct"  # a note for whoever delivers it
    POSTPONE = "postpone"  # not before a day
    RETURN = "return"  # pieces of it come back, for money or in exchange
    INVOICE = "invoice"  # a copy of it, to the buyer


@dataclass(frozen=True)
class Address:
    """Where to. An empty country is the one that the order has now."""

    street: str
    city: str
    postcode: str
    country: str = ""  # ISO 3166


@dataclass(frozen=True)
class Document:
    """What came of an act beside the order as it is now: where a label or an invoice can be had. `number`: of the
    return."""

    kind: str  # "label", "invoice" or "return"
    url: str = ""
    number: str = ""


@dataclass(frozen=True)
class Piece:
    """So many pieces of a line of the order. `line_id` is the shop's own name of it, where the shop gave one."""

    line_id: str
    quantity: int
    product_id: str = ""
    sku: str = ""


@dataclass(frozen=True)
class Act:
    """`key` names this one act for good: given twice to a shop that knows such keys, it happens once. `amount`, in the
    order's currency, is what goes back, whatever the pieces cost. A cancellation without one gives nothing back: the
    agent's limit was asked for nothing, so an order that turns out to be paid is not cancelled by it."""

    what: OrderAct
    key: str
    amount: Decimal | None = None
    pieces: tuple[Piece, ...] = ()
    reason: str = ""
    tell_buyer: bool = True
    address: Address | None = None  # of ADDRESS
    note: str = ""  # of INSTRUCT
    not_before: str = ""  # of POSTPONE: ISO 8601, a day
    wish: str = ""  # of RETURN: "refund" or "exchange"; `reason` is a word of conversations.bots.deeds.sending_back
    condition: str = ""
    size: str = ""  # in exchange for


@dataclass(frozen=True)
class Page:
    """One page of the past, as the shop sent it: what is in it is kept, and understood like a webhook, so that nothing
    is parsed twice. `cursor` is where to go on, so that a broken back-fill loses nothing; None: this was the last.
    `of` is how many things there are in all, 0 where the shop does not say; `pause` is seconds to leave it in peace."""

    arrivals: tuple[Arrival, ...]
    cursor: Cursor | None
    of: int = 0
    pause: float = 0.0


class Shop(Protocol):
    def acts(self, connector: Connector) -> frozenset[OrderAct]:
        """What this connection may do to orders: what the shop's API has, less what its settings or its key forbid."""
        ...

    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[Fact | Partial | PrivacyRequest]:
        """As Adapter.understand."""
        ...

    def act(self, connector: Connector, order: Order, act: Act) -> Iterable[Fact | Document]:
        """Does it, and gives the order (and its return or refund, if any) as the shop has it afterwards, read anew;
        and the documents that came of it.

        Raises AdapterError with a sentence for the agent when the shop refused (`permanent`) or was not reached, and
        UncertainError when the shop had the request and fell silent: it is never done again by itself."""
        ...

    def pages(
        self, connector: Connector, cursor: Cursor, since: datetime | None, until: datetime | None = None
    ) -> Iterator[Page]:
        """The past from `cursor` on ({}: from the beginning; `since`: only what changed after that; `until`: nothing
        newer, as far as the shop can leave it out), until the last page. Raises AdapterError."""
        ...

    def reread(self, connector: Connector, kind: str, external_id: str) -> list[Arrival]:
        """The whole of which a webhook told a part (asks.Partial); nothing where the shop has it no more. Raises
        AdapterError."""
        ...

    def look_over(self, connector: Connector) -> list[str]:
        """Calls the shop and says what was found, in words. Raises AdapterError with what is wrong and how to mend it.
        Notes in the connector's settings what only the shop knows (its currency, its places); the caller saves."""
        ...

    def subscribe(self, connector: Connector, address: str) -> tuple[int, list[str]]:
        """Has the shop send its webhooks to `address`. How many kinds are new, and why it refused others. Raises
        AdapterError."""
        ...


def orders_compared(connector: Connector, there: int, since: datetime, until: datetime) -> Compared:
    here = Order.objects.filter(source=connector.pk, placed_at__gte=since, placed_at__lt=until).count()
    return Compared(_("Orders"), there, here)


def buyer(
    shop: str,
    *,
    account: str = "",
    name: str = "",
    email: str = "",
    phone: str = "",
    email_is_proven: bool = False,
    visitor: str = "",
    loyalty: str = "",
    loyalty_is_proven: bool = False,
    region: str = "",
) -> tuple[Handle, ...]:
    """The handles of whoever bought, the best proof first.

    `shop` is connector.settings["shop"], the same word as the chat's connector of that shop has, because two shops may
    both have a customer 17. `account` is one that the buyer was signed in to, "" for a guest. `email_is_proven`: the
    shop has had the account's address confirmed; it means nothing for a guest, whose address is a claim
    (customers.commerce). A phone number at a checkout is a claim. `visitor` is the browser, as our tracker names it: it
    is proven, but stands behind the account, since browsers are shared; a guest's order belongs to it. `loyalty`: a
    card at a till proves who holds it; its number beside an account was typed by whoever is signed in, and is a claim
    unless the shop knows better (`loyalty_is_proven`). `region`: the
    country of the address, else connector.settings["region"], in which a national number is read.
    """
    source = f"shop {shop}".strip()[:80]
    handles = []
    if account:
        handles.append(Handle(Kind.SHOP, f"{shop}:{account}" if shop else account, name, source=source))
    if loyalty:
        card, is_proven = f"{shop}:{loyalty}" if shop else loyalty, loyalty_is_proven or not account
        handles.append(Handle(Kind.LOYALTY, card, name, is_proven, source))
    if visitor:
        handles.append(Handle(Kind.VISITOR, visitor, "" if handles else name, source=source))
    for kind, value in ((Kind.EMAIL, email), (Kind.PHONE, phone)):
        if not _is_handle(kind, value, region):
            continue
        is_proven = kind == Kind.EMAIL and email_is_proven and bool(account)
        handles.append(Handle(kind, value, "" if handles else name, is_proven, source, region))
    return tuple(handles)


def _is_handle(kind: Kind, value: str, region: str) -> bool:
    """A number without a country, or a word where an address belongs, names nobody; the rest of the order stands."""
    try:
        return bool(value.strip()) and bool(normalise(kind, value, region=region or None))
    except ValueError:
        return False
