"""What rules of automation say: a reply that ends no waiting, and a note, both without an author."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, locked
from conversations.inbound.record import touch
from conversations.live.push import push_message
from conversations.models import Conversation, Message, Status
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.outbound import compose
from conversations.outbound.outbox import enqueue
from conversations.outbound.reach import reach
from conversations.plain import html_to_text
from conversations.sanitise import sanitise


@transaction.atomic
def answer(conversation: Conversation, *, html: str) -> Message:
    """Goes the way that is proposed, never in public. It says of itself that it is automatic (RFC 3834), and whoever
    waits for a person goes on waiting. Raises NotPossibleError where nothing may go."""
    conversation = locked(conversation)
    if conversation.status == Status.PENDING:
        raise NotPossibleError(_("The bot is talking with the customer."))
    ways = reach(conversation, now=timezone.now())
    way = next((each for each in ways if each.can_be_used and not each.needs_template), None)
    if way is None:
        raise NotPossibleError(_("There is no way to reach the customer now."))
    clean = sanitise(html)
    message = Message(
        conversation=conversation,
        kind=MessageKind.OUTBOUND,
        channel=way.channel,
        identity=way.identity,
        html=clean,
        text=html_to_text(clean),
        is_automatic=True,
    )
    message.save()
    touch(conversation, message)
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    conversation.save()
    enqueue(message, due_at=timezone.now())
    push_message(message)
    return message


def note(conversation: Conversation, *, html: str) -> Message:
    return compose.note(conversation, html=html, by=None, client_id=uuid.uuid4())
