"""Split: two matters in one conversation become two conversations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions import call_backs
from conversations.actions.change import NotPossibleError, locked, log, save, summarise, take_off_screens
from conversations.models import Activity, Conversation, Delivery, Mention, Message, Status
from conversations.reports import episodes
from conversations.routing import by_hand, waiting

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def split(conversation: Conversation, *, messages: Sequence[int], by: "User", subject: str = "") -> Conversation:
    """Moves `messages` (ids) into a new open conversation of the same customer, and gives that back."""
    conversation = locked(conversation)
    moving = list(conversation.messages.filter(pk__in=messages).order_by("created_at", "pk"))
    if not moving:
        raise NotPossibleError(_("Choose at least one message to split off."))
    if len(moving) == conversation.messages.count():
        raise NotPossibleError(_("At least one message must stay behind."))
    other = Conversation.objects.create(
        customer=conversation.customer,
        subject=(subject.strip() or moving[0].subject or conversation.subject)[:300],
        status=Status.OPEN,
        priority=conversation.priority,
        assignee=conversation.assignee,
        team=conversation.team,
        language=conversation.language,
        created_at=min(moving[0].created_at, timezone.now()),
    )
    other.tags.set(conversation.tags.all())
    move([message.pk for message in moving], to=other)
    for part in (conversation, other):
        summarise(part)
        save(part)
    log(conversation, Activity.Verb.SPLIT, by=by, to=f"#{other.pk}")
    log(other, Activity.Verb.SPLIT, by=by, reason=_("from #%(number)s") % {"number": conversation.pk})
    episodes.refresh_each([other, conversation])
    take_off_screens(conversation, [message.pk for message in moving])
    if other.assignee_id:
        by_hand.note(other, by=by, reason=_("from #%(number)s") % {"number": conversation.pk})
    else:
        waiting.enqueue(other, "arrived")
    return other


def move(messages: Sequence[int], *, to: Conversation) -> None:
    """The messages with what hangs on them. Both conversations are locked by the caller; then deliveries before their
    messages, as who settles them does."""
    Delivery.objects.filter(message__in=messages).update(conversation=to)
    Message.objects.filter(pk__in=messages).update(conversation=to)
    Mention.objects.filter(message__in=messages).update(conversation=to)
    call_backs.follow(messages, to)
