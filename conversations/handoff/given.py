"""What a customer has told already, gathered from all that one agent may see: for the guard, and for who takes over."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from conversations.handoff import guard, slots
from conversations.handoff.asking_words import Slot
from conversations.handoff.slots import Given, Said
from conversations.handoff.value_words import ORDER_CODE
from conversations.models import Channel, Conversation, Message
from conversations.models.message import MessageKind
from conversations.prepared import Tuples, blank
from customers.models import Identity, Order
from customers.models.identity import Kind
from customers.models.order import OrderStatus

if TYPE_CHECKING:
    from deskapp.models import User

HERE, EARLIER = 200, 40  # messages that are read: of this conversation, and of the customer's others
LASTING = {Slot.ADDRESS, Slot.EMAIL, Slot.PHONE}  # what holds from one matter to the next
A_PICTURE = 30_000  # bytes from which a picture within a mail is no logo
OVER = [OrderStatus.CANCELLED, OrderStatus.REFUNDED]
PURCHASES, BROWSING = "purchases.see", "browsing.see"

Row = Mapping[str, object]


def given_to(agent: "User", conversation: Conversation) -> list[Given]:
    """The newest of each detail first. `agent` must see `conversation`; of other conversations, of purchases and of
    pages only what they may see is in it."""
    ours = _ours()
    rows = list(reversed(_rows(conversation.pk)))
    said = list(_said(rows))
    known = [*_page(rows, agent), *_profile(conversation, ours)]
    told = slots.given(said, known=known, ours=ours)
    known += _orders(conversation, told, agent) + _earlier(conversation, agent, ours)
    return slots.given(said, known=known, ours=ours)


def told_in(conversation: Conversation) -> list[Given]:
    """What goes along when it is handed over: what they said here, and how their profile says they are reached."""
    said, ours = _said(reversed(_rows(conversation.pk))), _ours()
    return slots.given(said, known=_profile(conversation, ours), ours=ours)


def said_in(conversation: Conversation) -> list[Given]:
    """What they said here, and nothing beside it. One query where no address is in it, as most."""
    rows = list(reversed(_rows(conversation.pk)))
    has_address = any("@" in str(row[part]) for row in rows for part in ("subject", "text"))
    return slots.given(_said(rows), ours=_ours() if has_address else frozenset())


def _ours() -> frozenset[str]:
    addresses = Channel.objects.filter(medium="email").values_list("address", flat=True)
    return frozenset(address.casefold() for address in addresses)


def _rows(conversation: int) -> list[Row]:
    """The newest first, without what was taken back or was never sent."""
    return [dict(zip(_SHOWN, row, strict=True)) for row in _TALKED.find(conversation)]


def _talked() -> "QuerySet[Message, tuple[object, ...]]":
    files = Q(attachments__content_type__startswith="image/") & ~Q(attachments__state="refused")
    pictures = files & (Q(attachments__is_inline=False) | Q(attachments__size__gte=A_PICTURE))
    talked = Message.objects.filter(conversation=blank(0), taken_back_at=None)
    talked = talked.exclude(kind__in=[MessageKind.NOTE, MessageKind.SYSTEM]).exclude(delivery__status="cancelled")
    talked = talked.annotate(images=Count("attachments", filter=pictures)).order_by("-created_at", "-pk")
    return talked.values_list(*_SHOWN)[:HERE]


_SHOWN = ("pk", "kind", "subject", "text", "images", "moment__page")
_TALKED = Tuples(_talked)


def _said(rows: Iterable[Row]) -> Iterable[Said]:
    """The customer's, each with what we had asked for right before; calls are read as a whole."""
    answering: frozenset[Slot] = frozenset()
    for row in rows:
        text = str(row["text"])
        if row["kind"] == MessageKind.OUTBOUND:
            answering = frozenset(asked.slot for asked in guard.asks(text))
            continue
        subject = f"{row['subject']}\n" if row["subject"] else ""
        yield Said(int(str(row["pk"])), subject + text, int(str(row["images"])), frozenset() if subject else answering)
        answering = frozenset()


def _page(rows: list[Row], agent: "User") -> list[Given]:
    """The order whose page they had open when they wrote."""
    if not agent.may(BROWSING) or not agent.may(PURCHASES):
        return []
    for row in reversed(rows):
        page = row["moment__page"]
        words = f"{page.get('title', '')} {page.get('url', '')}" if isinstance(page, Mapping) else ""
        if found := ORDER_CODE.search(words):
            return [Given(Slot.ORDER, found[1], int(str(row["pk"])), where="page")]
    return []


def _profile(conversation: Conversation, ours: frozenset[str]) -> list[Given]:
    kinds = {Kind.EMAIL: Slot.EMAIL, Kind.PHONE: Slot.PHONE, Kind.WHATSAPP: Slot.PHONE}
    rows = Identity.objects.filter(customer=conversation.customer_id, kind__in=kinds)
    handles = rows.order_by("-is_verified", "-last_seen_at")[:20]
    found = [Given(kinds[Kind(row.kind)], row.display or row.value, where="profile") for row in handles]
    return [each for each in found if each.value.casefold() not in ours]


def _orders(conversation: Conversation, told: list[Given], agent: "User") -> list[Given]:
    """The order that they named, else the only one there is: its number and the day it was placed."""
    if not agent.may(PURCHASES):
        return []
    rows = Order.objects.of(conversation.customer_id).exclude(status__in=OVER).order_by("-placed_at")[:50]
    named = {each.value.lstrip("#").casefold() for each in told if each.slot is Slot.ORDER}
    orders = list(rows.values("number", "placed_at"))
    fits = [row for row in orders if str(row["number"]).lstrip("#").casefold() in named]
    if not fits and not named and len(orders) == 1:
        fits = orders
    if len(fits) != 1:
        return []
    placed = date_format(timezone.localtime(fits[0]["placed_at"]), "j N Y")
    number = Given(Slot.ORDER, str(fits[0]["number"]), where="order")
    return [number, Given(Slot.DATE, placed, facet="bought", where="order")]


def _earlier(conversation: Conversation, agent: "User", ours: frozenset[str]) -> list[Given]:
    """From the customer's other conversations, what does not change with the matter."""
    others = Conversation.objects.visible_to(agent).filter(customer=conversation.customer_id, is_spam=False)
    rows = Message.objects.filter(
        conversation__in=others.exclude(pk=conversation.pk), kind=MessageKind.INBOUND, taken_back_at=None
    ).order_by("-created_at", "-pk")
    said = [Said(pk, text) for pk, text in rows.values_list("pk", "text")[:EARLIER]]
    found = slots.given(reversed(said), ours=ours)
    return [Given(each.slot, each.value, each.source, "", "earlier") for each in found if each.slot in LASTING]
