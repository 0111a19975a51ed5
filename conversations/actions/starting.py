"""Begins a conversation from our side: with somebody who is on the site now."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.assigning import assign
from conversations.live.push import push_row
from conversations.models import Conversation, Medium, Status
from conversations.reports import episodes
from customers.models import Customer

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def start_chat(customer: Customer, *, by: "User") -> Conversation:
    """The conversation to write in: their open one, where this agent may see it, else a new one of this agent's.

    Two agents at once end in the same one: the customer is locked, as for a message that comes in.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    open_ = Conversation.objects.visible_to(by).here().filter(customer=customer, status=Status.OPEN)
    if known := open_.order_by("-last_message_at").first():
        return known
    conversation = Conversation.objects.create(
        customer=customer,
        subject=_("Chat on the site"),
        language=customer.language,
        last_message_at=timezone.now(),
        media=[Medium.CHAT],
    )
    conversation = assign(conversation, to=by, by=by, reason=_("began a chat with somebody on the site"))
    episodes.refresh(conversation)
    push_row(conversation)
    return conversation
