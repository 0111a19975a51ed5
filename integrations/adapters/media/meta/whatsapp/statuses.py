"""What became of a message of ours on WhatsApp.

developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status. What the pricing
says is not the desk's business. The word that we gave along (biz_opaque_callback_data) names the delivery and the part
of it: one with files goes as several messages, and the failure of any of them is the delivery's.
"""

import re
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport
from conversations.models import Delivery
from integrations.adapters.base import Ignored
from integrations.adapters.media.meta.faults import fault_of
from integrations.adapters.media.meta.graph import codes_of
from integrations.adapters.reading import inner, needed, rows, words

Json = dict[str, Any]
STATUS = {
    "sent": Delivery.Status.SENT,
    "delivered": Delivery.Status.DELIVERED,
    "read": Delivery.Status.READ,
    "played": Delivery.Status.READ,  # a voice message was listened to
    "failed": Delivery.Status.FAILED,
}
_OURS = re.compile(r"throughline:(\d{1,18}):(\d{1,4})/(\d{1,4})")


def mark(delivery_id: int, part: int, of: int) -> str:
    return f"throughline:{delivery_id}:{part}/{of}"


def report_of(status: Json) -> DeliveryReport | Ignored:
    """Raises ValueError."""
    word = needed(status, "status")
    if word not in STATUS:
        return Ignored(word[:40], _("WhatsApp says nothing with it that changes a message."))
    ours = _OURS.fullmatch(words(status.get("biz_opaque_callback_data")))
    delivery_id, part, of = (int(ours[1]), int(ours[2]), int(ours[3])) if ours else (None, 0, 1)
    name = needed(status, "id") if part == 0 else ""  # a delivery is known by its first part
    errors = rows(status, "errors")
    if STATUS[word] != Delivery.Status.FAILED:
        return DeliveryReport(STATUS[word], name, delivery_id)
    fault = fault_of(codes_of(errors[0])) if errors else None
    return DeliveryReport(
        Delivery.Status.FAILED,
        name,
        delivery_id,
        error=words_of(errors[0] if errors else {}),
        said=_said(errors),
        is_permanent=fault is None or fault.is_permanent or of > 1,  # the others would go out again
        is_part=of > 1,
        retry_after=fault.wait if fault else None,
    )


def words_of(error: Json) -> str:
    fault = fault_of(codes_of(error))
    if fault is not None:
        text = str(fault.text)
        return text % {"name": "WhatsApp"} if "%(name)s" in text else text
    told = words(inner(error, "error_data").get("details")) or words(error.get("message")) or words(error.get("title"))
    return _("WhatsApp did not deliver it: %(said)s") % {"said": told or "?"}


def _said(errors: list[Json]) -> str:
    parts = ((words(error.get("code")), words(error.get("title")), _details(error)) for error in errors)
    return "\n".join(" ".join(part for part in each if part) for each in parts)


def _details(error: Json) -> str:
    return words(inner(error, "error_data").get("details"))
