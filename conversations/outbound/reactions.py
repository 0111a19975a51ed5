"""Outbound, beside messages: the desk's own emoji on a message, with an honest state until the provider has it."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError
from conversations.live.push import push_message
from conversations.media import carries
from conversations.models import Message, Reaction

if TYPE_CHECKING:
    from deskapp.models import User

reaction_queued = Signal()  # sent with reaction_id after commit; integrations listens

# Every provider that has reactions takes these.
EMOJI = ("👍", "❤", "🙏", "😁", "😢", "🎉")
WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))  # and then an agent is told


@transaction.atomic
def react(message: Message, *, emoji: str, by: "User") -> Reaction:
    """Puts the emoji on it for the desk, in place of the one before; "" takes that off. It is queued; the same once
    more is tried again. Raises NotPossibleError where the medium has none."""
    message = Message.objects.select_for_update(of=("self",), no_key=True).select_related("channel").get(pk=message.pk)
    if not message.channel or not message.external_id or not carries(message.channel.medium).has_reactions:
        raise NotPossibleError(_("There are no reactions to messages here."))
    if emoji and emoji not in EMOJI:
        raise NotPossibleError(_("Choose one of the emoji."))
    ours = Reaction.objects.filter(message=message, identity=None)
    row = ours.filter(taken_off_at=None).first()
    if row is None and not emoji:
        raise NotPossibleError(_("There is nothing to take off."))
    ours.exclude(pk=row.pk if row else 0).delete()
    row = row or Reaction(message=message)
    row.emoji = emoji or row.emoji
    row.taken_off_at = None if emoji else timezone.now()
    row.by, row.state, row.error = by, Reaction.State.SENDING, ""
    row.tries, row.due_at, row.created_at = 0, timezone.now(), timezone.now()
    row.save()
    _show(message)
    transaction.on_commit(lambda: reaction_queued.send(Reaction, reaction_id=row.pk), robust=True)
    return row


@transaction.atomic
def settle_reaction(reaction: Reaction, *, error: str = "", is_permanent: bool = True) -> None:
    """Writes down what became of this try. One that was changed meanwhile is tried anew as it is now."""
    row = Reaction.objects.select_for_update(of=("self",), no_key=True).filter(pk=reaction.pk).first()
    if row is None or (row.emoji, row.taken_off_at) != (reaction.emoji, reaction.taken_off_at):
        return
    if not error:
        row.state, row.error, row.due_at = Reaction.State.SENT, "", None
    elif not is_permanent and row.tries <= len(WAITS):
        row.error, row.due_at = error, timezone.now() + WAITS[max(row.tries, 1) - 1]
    else:  # what could not be taken off is there still
        row.state, row.error, row.due_at, row.taken_off_at = Reaction.State.FAILED, error, None, None
    row.save()
    _show(row.message)


def _show(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(changed_at=timezone.now())
    push_message(message)
