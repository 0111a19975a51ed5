"""Outbound, beside messages: hands the desk's emoji to the adapter, and writes down what the provider said."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import OutboundReaction
from conversations.models import Message, Reaction
from conversations.outbound.reactions import settle_reaction
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, Reacts
from integrations.models import Connector

LEASE = timedelta(minutes=2)  # longer than any call: its worker is dead


def react(reaction_id: int) -> None:
    """Tries one that is due, once; whoever comes second finds it taken."""
    now = timezone.now()
    due = Reaction.objects.filter(pk=reaction_id, state=Reaction.State.SENDING, due_at__lte=now)
    if not due.update(due_at=now + LEASE, tries=F("tries") + 1):
        return
    reaction = Reaction.objects.select_related("message__channel", "message__identity").get(pk=reaction_id)
    connector = Connector.objects.filter(channel=reaction.message.channel, is_active=True).first()
    adapter = adapter_named(connector.adapter) if connector else None
    if connector is None or not hasattr(adapter, "react"):
        settle_reaction(reaction, error=_("This channel takes no reactions from the desk."))
        return
    reacts: Reacts = adapter  # type: ignore[assignment]  # as the line above has asked
    try:
        reacts.react(connector, _envelope(reaction))
    except AdapterError as error:
        settle_reaction(reaction, error=str(error), is_permanent=error.permanent)
    else:
        settle_reaction(reaction)


def due() -> list[int]:
    waiting = Reaction.objects.filter(state=Reaction.State.SENDING, due_at__lte=timezone.now())
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:200])


def _envelope(reaction: Reaction) -> OutboundReaction:
    message = reaction.message
    return OutboundReaction(
        channel_id=int(message.channel_id or 0),
        external_id=message.external_id,
        to=message.identity.value if message.identity else "",
        emoji="" if reaction.taken_off_at else reaction.emoji,
        is_ours=message.kind == Message.Kind.OUTBOUND,
    )
