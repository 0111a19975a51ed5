"""An answer that cannot reach the customer where it was said takes another channel, as the same message."""

from django.db import transaction
from django.utils import timezone

from conversations.actions.change import locked
from conversations.handoff import lease
from conversations.live.push import push_message
from conversations.models import Channel, Delivery, Message
from conversations.outbound.outbox import announce


@transaction.atomic
def reroute(delivery: Delivery, *, channel: Channel, to: str, is_proven: bool = False) -> bool:
    """Queues `delivery` again, now through `channel` to the address `to`. False when the customer has seen it by now,
    or when the bot said it and a person has the word since.

    The message stays what it is and where it is; its delivery names the channel that carried it, its details the
    address. To an address that is not proven, nothing of what was said before goes along: it may be anybody's. The
    conditional UPDATE lets one of several sweeps win.
    """
    if delivery.message.is_bot:
        locked(delivery.conversation)  # so that nobody takes the word meanwhile
        if lease.is_over(delivery.message):
            return False
    waiting = Delivery.objects.filter(pk=delivery.pk, channel=delivery.channel_id, status=delivery.status)
    changed = waiting.filter(status__in=[Delivery.Status.SENT, Delivery.Status.DELIVERED]).update(
        channel=channel, status=Delivery.Status.QUEUED, due_at=timezone.now(), tries=0, external_id="", settled_at=None
    )
    if changed:
        delivery.refresh_from_db()
        message = Message.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.message_id)
        message.details = {**message.details, "to": [to]}
        if not is_proven:
            message.details["quote"] = False
        message.save(update_fields=["details"])
        announce(delivery)
        push_message(message)
    return bool(changed)
