"""Has whoever asks proved who they are? A call by a number that nobody vouches for has not."""

from datetime import timedelta

from django.utils import timezone

from conversations.call_words import call_of, is_by_number
from conversations.models import Conversation
from conversations.models.message import MessageKind

LATELY = timedelta(hours=12)


def is_by_number_alone(conversation: Conversation | None) -> bool:
    """The last that came of the customer, and came lately, is such a call: what is to be done now may be what a
    stranger asked for."""
    if conversation is None:
        return False
    came = conversation.messages.filter(kind__in=[MessageKind.INBOUND, MessageKind.CALL]).defer("search")
    last = came.filter(created_at__gt=timezone.now() - LATELY).order_by("-created_at", "-pk").first()
    return last is not None and last.kind == MessageKind.CALL and is_by_number(call_of(last))
