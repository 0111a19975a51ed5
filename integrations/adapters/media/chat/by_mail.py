"""Chat becomes mail: an answer that the visitor did not see before they left goes to the address they gave."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from conversations.models import Delivery
from conversations.outbound.elsewhere import reroute
from customers.models import Claim, Identity
from customers.models.identity import Kind
from integrations.adapters.media.chat import presence

LOOK_BACK = timedelta(days=2)  # older ones were looked at often enough: there was nowhere to send them


def sweep() -> int:
    """Sends by mail what waits for visitors who have left. Safe to run at any time, and twice. Gives how many went."""
    return sum(_go(delivery) for delivery in _unread() if _is_late(delivery) and not _is_here(delivery))


def _unread() -> list[Delivery]:
    return list(
        Delivery.objects.filter(
            channel__medium="chat",
            channel__fallback__is_active=True,
            status__in=[Delivery.Status.SENT, Delivery.Status.DELIVERED],
            settled_at__gte=timezone.now() - LOOK_BACK,
        )
        .select_related("channel__fallback", "channel__connector", "message__identity__customer")
        .order_by("settled_at")[:500]
    )


def _is_late(delivery: Delivery) -> bool:
    wait = delivery.channel.connector.settings.get("wait_seconds", settings.CHAT_TO_MAIL_SECONDS)
    return delivery.settled_at is not None and delivery.settled_at <= timezone.now() - timedelta(seconds=wait)


def _is_here(delivery: Delivery) -> bool:
    """On any of their devices: a signed-in customer may have moved from the phone to the laptop."""
    identity = delivery.message.identity
    if identity is None:
        return False
    browsers = Identity.objects.filter(customer=identity.customer_id, kind=Kind.VISITOR)
    return any(presence.is_here(value) for value in browsers.values_list("value", flat=True))


def _go(delivery: Delivery) -> bool:
    identity, fallback = delivery.message.identity, delivery.channel.fallback
    if identity is None or fallback is None:
        return False
    address, is_proven = address_for(identity.customer_id)
    return bool(address) and reroute(delivery, channel=fallback, to=address, is_proven=is_proven)


def address_for(customer_id: int) -> tuple[str, bool]:
    """The proven address used last, else the one typed in last, else ""; and whether it is proven."""
    proven = Identity.objects.filter(customer=customer_id, kind=Kind.EMAIL, is_verified=True)
    if address := proven.order_by("-last_seen_at").values_list("value", flat=True).first():
        return address, True
    typed = Claim.objects.filter(customer=customer_id, kind=Kind.EMAIL).order_by("-created_at", "-pk")
    return typed.values_list("value", flat=True).first() or "", False
