"""What agents say of a call: who was calling, and what was said; and calls that no phone system told of."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError, locked, log, save, summarise
from conversations.actions.merging import merge
from conversations.actions.people import move_to_customer
from conversations.actions.splitting import split
from conversations.call_words import call_of, text_of
from conversations.envelopes import CallDetails, CallNote
from conversations.live.push import push_message
from conversations.models import Activity, Conversation, Message, Status
from conversations.models.message import MessageKind
from conversations.reports import episodes, work
from customers.handles import UNVERIFIED, forms
from customers.models import Claim, Customer, Identity
from customers.models.identity import Kind

if TYPE_CHECKING:
    from deskapp.models import User

CALLS_SHOWN = 10


@transaction.atomic
def say_who(message: Message, *, customer: Customer, by: "User", is_theirs: bool = False) -> Conversation:
    """The call goes into the thread of who was calling, and is asked about no more. `is_theirs`: their number, too,
    from now on, where it is proven to be nobody's."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    conversation = locked(message.conversation)
    message = Message.objects.select_related("identity").get(pk=message.pk)
    call = call_of(message)
    if message.kind != MessageKind.CALL or message.conversation_id != conversation.pk:
        raise NotPossibleError(_("That call is in another conversation by now."))
    if is_theirs:
        _give_number(message, customer)
    call.pop("asks", None)
    call["whose"] = customer.pk
    message.identity = _of(customer, call) or message.identity
    message.details["call"], message.changed_at = call, timezone.now()
    message.save(update_fields=["details", "identity", "changed_at"])
    if conversation.customer_id != customer.pk:
        conversation = _bring_home(conversation, message, customer, by)
    log(conversation, Activity.Verb.CALLER, by=by, to=customer.label)
    message.refresh_from_db()
    push_message(message)
    return conversation


def _bring_home(conversation: Conversation, message: Message, customer: Customer, by: "User") -> Conversation:
    """Alone where others call from the number as well, and into what is open with this customer already."""
    others = conversation.messages.exclude(pk=message.pk).filter(kind__in=[MessageKind.CALL, MessageKind.INBOUND])
    if others.exists():
        conversation = split(conversation, messages=[message.pk], by=by)
    conversation = move_to_customer(conversation, customer=customer, by=by)
    seen = Conversation.objects.visible_to(by).open().filter(customer=customer).exclude(pk=conversation.pk)
    home = seen.order_by("-last_message_at").first()
    if home is None:
        return conversation
    merge(conversation, into=home, by=by)
    return Conversation.objects.get(pk=home.pk)


def candidates(message: Message, seen: "Iterable[Customer]") -> list[tuple[Customer, str]]:
    """Who may be calling, of those whom this agent may see, each with how the number is known of them."""
    call = call_of(message)
    same = {"kind__in": [Kind.PHONE, Kind.WHATSAPP], "value__in": forms(Kind.PHONE, call.get("number", ""))}
    owners = set(Identity.objects.filter(**same, is_verified=True).values_list("customer", flat=True))
    claims = Claim.objects.filter(**same).exclude(source="").values_list("customer", "source")
    sources = dict(claims)
    found = []
    for customer in seen:
        why = _("proven to be theirs") if customer.pk in owners else _("says that it is theirs")
        found.append((customer, ", ".join(filter(None, [why, sources.get(customer.pk, "")]))))
    return found


def is_free(message: Message) -> bool:
    """Whether the number is proven to be nobody's."""
    number = call_of(message).get("number", "")
    same = {"kind__in": [Kind.PHONE, Kind.WHATSAPP], "value__in": forms(Kind.PHONE, number)}
    return bool(number) and not Identity.objects.filter(**same, is_verified=True).exists()


def _give_number(message: Message, customer: Customer) -> None:
    number = call_of(message).get("number", "")
    if not is_free(message):
        raise NotPossibleError(_("That number belongs to another customer."))
    Identity.objects.create(
        customer=customer, kind=Kind.PHONE, value=number, display=number, is_verified=True, source="agent"
    )
    Claim.objects.filter(customer=customer, kind=Kind.PHONE, value=number).delete()


def _of(customer: Customer, call: CallDetails) -> Identity | None:
    values = [*forms(Kind.PHONE, call.get("number", "")), UNVERIFIED + call.get("number", "")]
    theirs = Identity.objects.filter(customer=customer, kind=Kind.PHONE, value__in=values)
    return theirs.order_by("-is_verified", "pk").first()


@transaction.atomic
def note(message: Message, *, text: str, by: "User") -> Message:
    """What was said, in an agent's words, on the card of the call. The same words twice are one note."""
    conversation = locked(message.conversation)
    message = Message.objects.get(pk=message.pk)
    if message.kind != MessageKind.CALL:
        raise NotPossibleError(_("That is no call."))
    call = call_of(message)
    written = CallNote(text=text.replace("\x00", "").strip()[:4000], by=by.name, at=timezone.now().isoformat())
    known = call.get("notes", [])
    if any((each["text"], each["by"]) == (written["text"], written["by"]) for each in known):
        return message
    call["notes"] = [*known, written]
    message.details["call"], message.text, message.changed_at = call, text_of(call), timezone.now()
    message.save(update_fields=["details", "text", "changed_at"])
    summarise(conversation)
    if conversation.status == Status.RESOLVED:
        conversation.waiting_since = None
    save(conversation)
    log(conversation, Activity.Verb.NOTED_CALL, by=by, to=written["text"])
    push_message(message)
    return message


def reported(customer: Customer, *, by: "User") -> list[Message]:
    """The newest calls with this customer that a phone system told of: one of them may be what an agent writes of."""
    seen = Conversation.objects.visible_to(by).filter(customer=customer)
    calls = Message.objects.filter(conversation__in=seen, kind=MessageKind.CALL)
    told = calls.filter(~Q(details__call__has_key="by_hand"))
    return list(told.select_related("channel").defer("search").order_by("-created_at", "-pk")[:CALLS_SHOWN])


@transaction.atomic
def write_down(
    identity: Identity, *, text: str, at: datetime, direction: str, minutes: int, key: uuid.UUID, by: "User"
) -> Message:
    """A call that no phone system told of, on the same card. The same `key` again is the same call."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=identity.customer_id)
    if known := Message.objects.filter(client_id=key).first():
        return known
    conversation = _current(customer, by)
    number = identity.value.removeprefix(UNVERIFIED) if identity.kind == Kind.PHONE else ""
    call: dict[str, object] = {
        "direction": direction,
        "state": "ended",
        "number": number,
        "seconds": minutes * 60,
        "answered": [{"line": by.extension, "agent": by.pk, "name": by.name}],
        "answered_at": at.isoformat(),
        "notes": [CallNote(text=text, by=by.name, at=timezone.now().isoformat())],
        "by_hand": True,
    }
    message = Message.objects.create(
        conversation=conversation,
        kind=MessageKind.CALL,
        author=by,
        identity=identity,
        text=text,
        client_id=key,
        details={"call": call},
        created_at=at,
    )
    summarise(conversation)
    if conversation.status == Status.RESOLVED:
        conversation.waiting_since = None
    save(conversation)
    work.called(conversation)
    episodes.refresh(conversation)
    push_message(message)
    return message


def _current(customer: Customer, by: "User") -> Conversation:
    theirs = Conversation.objects.visible_to(by).here().filter(customer=customer)
    ranked = theirs.filter(status__in=[Status.OPEN, Status.PENDING, Status.SNOOZED]).order_by("-last_message_at")
    found = ranked.first() or theirs.order_by("-last_message_at").first()
    if found:
        return locked(found)
    made = Conversation.objects.create(customer=customer, subject=_("Call"), language=customer.language)
    return assign(made, to=by, by=by, reason=_("wrote a call down"))
