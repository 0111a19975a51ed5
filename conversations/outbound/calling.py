"""Outbound 1, of calls: an agent asks to be connected with a customer; the outbox takes it to the phone system."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, locked
from conversations.call_words import call_of
from conversations.inbound.record import touch
from conversations.live.push import push_message
from conversations.models import Channel, Conversation, Delivery, Medium, Message
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.outbound.compose import already
from conversations.outbound.outbox import enqueue
from customers.handles import UNVERIFIED
from customers.models import Customer, Identity
from customers.models.identity import Kind

if TYPE_CHECKING:
    from deskapp.models import User

# Filled by integrations.apps: of these channels, those whose phone system can connect a call for us now.
ABLE: list[Callable[[Iterable[int]], set[int]]] = []


@dataclass(frozen=True)
class Line:
    """One number of a customer. Without a channel the agent's own telephone calls it, by a tel: link."""

    identity: Identity
    channel: Channel | None

    @property
    def number(self) -> str:
        return number_of(self.identity)

    @property
    def tel(self) -> str:
        return f"tel:{self.number}"


def number_of(identity: Identity) -> str:
    return identity.value.removeprefix(UNVERIFIED)


def lines(customer: Customer, *, by: "User", team_id: int | None = None) -> list[Line]:
    """Their numbers, the proven first. Nothing is asked of who has none; of the rest once a page."""
    known: list[Line] | None = vars(customer).get("_lines")
    if known is None:
        numbers = [each for each in customer.identities.all() if each.kind == Kind.PHONE]
        channel = _channel(by, team_id) if numbers else None
        numbers.sort(key=lambda each: (not each.is_verified, each.pk))
        known = [Line(each, channel) for each in numbers]
        vars(customer)["_lines"] = known
    return known


def _channel(by: "User", team_id: int | None) -> Channel | None:
    """The team's own line, if it can connect, else any that can. None for an agent who has no line to be rung on."""
    if not by.extension:
        return None
    channels = list(Channel.objects.filter(medium=Medium.VOICE, is_active=True).order_by("pk"))
    able = {pk for ask in ABLE for pk in ask([channel.pk for channel in channels])} if channels else set()
    fitting = [channel for channel in channels if channel.pk in able]
    return min(fitting, key=lambda channel: (channel.team_id != team_id, channel.pk), default=None)


@transaction.atomic
def place(conversation: Conversation, *, identity: Identity, by: "User", key: uuid.UUID) -> Message:
    """Asks the phone system to ring `by`, then the customer; the same `key` again is the same call, as long as that is
    not over: a button may be pressed for another. What the call does is reported as of any call
    (conversations.inbound.calls). Raises NotPossibleError, KeyTakenError."""
    conversation = _where_it_is(conversation)
    while known := already(key, conversation, by=by, kind=MessageKind.CALL):
        if not _is_over(known):
            return known
        key = uuid.uuid5(key, str(known.pk))  # the next press of the button, and its own repetition
    if identity.kind != Kind.PHONE:
        raise NotPossibleError(_("Only a phone number can be called."))
    channel = _channel(by, conversation.team_id)
    if channel is None:
        raise NotPossibleError(_("No phone line can connect this call: your extension or the connection is missing."))
    message = Message.objects.create(
        conversation=conversation,
        kind=MessageKind.CALL,
        author=by,
        channel=channel,
        identity=identity,
        client_id=key,
        details={"call": {"direction": "out", "state": "dialling", "number": number_of(identity)}},
    )
    touch(conversation, message)
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    conversation.save()
    enqueue(message, due_at=timezone.now())
    push_message(message)
    return message


def _is_over(message: Message) -> bool:
    delivery = getattr(message, "delivery", None)
    was_lost = delivery is not None and delivery.status in (Delivery.Status.FAILED, Delivery.Status.UNCERTAIN)
    return was_lost or call_of(message).get("state") in ("ended", "missed")


def _where_it_is(conversation: Conversation) -> Conversation:
    conversation = locked(conversation)
    return _where_it_is(conversation.merged_into) if conversation.merged_into else conversation
