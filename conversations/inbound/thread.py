"""Inbound 4: which conversation does it join? An ordered list of strategies; the first that knows, says."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q
from django.utils import timezone

from conversations.envelopes import InboundMessage
from conversations.models import BlockedSender, Channel, Conversation, Message, Parting, Status
from conversations.models.conversation import ConversationQuerySet
from customers.models import Customer

UNDONE = [Status.OPEN, Status.PENDING, Status.SNOOZED]
NAMED_AT_MOST = 20  # of the messages that a mail says it answers, the nearest


def thread(inbound: InboundMessage, customer: Customer, channel: Channel) -> Conversation:
    """The conversation that `inbound` belongs to: locked or, where it begins one, not stored yet.

    Call with the customer's row locked (customers.identify).
    """
    for strategy in STRATEGIES:
        if conversation := strategy(inbound, customer):
            return _where_it_went(conversation)
    return new(inbound, customer, channel, is_blocked=bool(blocked([inbound])))


def _named(inbound: InboundMessage, customer: Customer) -> Conversation | None:
    """A signed plus-address or chat session names the conversation: proof enough, whoever of the thread writes."""
    if not inbound.conversation_id:
        return None
    named = _locked(Conversation.objects.filter(pk=inbound.conversation_id))
    if named and named.customer_id != customer.pk:
        return parted(inbound, customer, named) or named
    return named


def parted(inbound: InboundMessage, customer: Customer, named: Conversation) -> Conversation | None:
    """What was said in `named` while its customer and another passed for one may have gone to a conversation of that
    other (conversations.parting): their answers go there, too, and answers to a message that went."""
    went = Parting.objects.filter(conversation=named)
    own = went.filter(into__customer=customer).order_by("-pk").first()
    if own is None and inbound.references:
        answered = Message.objects.filter(external_id__in=inbound.references[-NAMED_AT_MOST:]).values_list("pk")
        own = went.filter(messages__overlap=ArraySubquery(answered)).order_by("-pk").first()
    return _locked(Conversation.objects.filter(pk=own.into_id)) if own else None


def _referenced(inbound: InboundMessage, customer: Customer) -> Conversation | None:
    """The conversation of a message it answers, if the writer is part of that conversation: a Message-ID can be
    learned from a forwarded mail, so it proves nothing by itself."""
    if not inbound.references and not inbound.answers:
        return None
    said = Q(messages__external_id__in=inbound.references[-NAMED_AT_MOST:])
    if inbound.answers:  # a name that only its channel knows
        said |= Q(messages__channel=inbound.channel_id, messages__external_id=inbound.answers)
    referenced = Conversation.objects.filter(said)
    found = _locked(referenced.order_by("-messages__created_at"))
    return found if found and _takes_part(inbound, customer, found) else None


def _takes_part(inbound: InboundMessage, customer: Customer, conversation: Conversation) -> bool:
    if conversation.customer_id == customer.pk:
        return True
    writer = inbound.handles[0]
    return writer.is_verified and conversation.participants.filter(email=writer.value.lower()).exists()


def _open(inbound: InboundMessage, customer: Customer) -> Conversation | None:
    if customer.is_new:
        return None
    open_ = customer.conversations.here().filter(status__in=UNDONE)
    return _locked(open_.order_by("-last_message_at"))


def _lately_resolved(inbound: InboundMessage, customer: Customer) -> Conversation | None:
    if customer.is_new:
        return None
    lately = customer.conversations.resolved().filter(resolved_at__gte=reopens_since())
    return _locked(lately.order_by("-resolved_at"))


def reopens_since() -> datetime:
    """What was resolved later than this opens again, when its customer writes."""
    return timezone.now() - timedelta(days=settings.REOPEN_WINDOW_DAYS)


STRATEGIES: tuple[Callable[[InboundMessage, Customer], Conversation | None], ...] = (
    _named,
    _referenced,
    _open,
    _lately_resolved,
)


def _locked(found: ConversationQuerySet) -> Conversation | None:
    """The first of them, under lock. One that changed while we waited for its lock is looked at again, as it is now."""
    return found.select_for_update(of=("self",), no_key=True).first()


def _where_it_went(conversation: Conversation) -> Conversation:
    """Of a conversation that was merged away, the one it went into."""
    while conversation.merged_into_id:
        went = Conversation.objects.filter(pk=conversation.merged_into_id)
        conversation = went.select_for_update(of=("self",), no_key=True).get()
    return conversation


def new(inbound: InboundMessage, customer: Customer, channel: Channel, *, is_blocked: bool) -> Conversation:
    """One that begins with this message, at the team of the channel that it came by."""
    begun = Conversation(
        customer=customer,
        team_id=channel.team_id,
        subject=inbound.subject[:300],
        language=inbound.language,
        last_message_at=inbound.received_at,
        is_spam=inbound.is_spam or customer.is_blocked or is_blocked,
    )
    begun.is_new = True
    return begun


def blocked(inbound: Sequence[InboundMessage]) -> set[str]:
    """The senders among theirs whom an agent has blocked, by address or domain."""
    if not inbound:
        return set()
    domains = {sender: "@" + sender.rpartition("@")[2] for sender in map(sender_of, inbound)}
    found = BlockedSender.objects.filter(value__in={*domains, *domains.values()})
    values = set(found.values_list("value", flat=True))
    return {sender for sender, domain in domains.items() if not values.isdisjoint((sender, domain))}


def sender_of(inbound: InboundMessage) -> str:
    return inbound.handles[0].value.lower()
