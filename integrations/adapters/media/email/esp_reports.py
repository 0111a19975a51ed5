"""The words of e-mail services on what became of a mail, in ours."""

from typing import Any

from anymail.signals import EventType, RejectReason
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport
from conversations.models import Delivery

STATUS = {
    EventType.QUEUED: Delivery.Status.SENT,
    EventType.SENT: Delivery.Status.SENT,
    EventType.DEFERRED: Delivery.Status.SENT,
    EventType.DELIVERED: Delivery.Status.DELIVERED,
    EventType.OPENED: Delivery.Status.READ,
    EventType.CLICKED: Delivery.Status.READ,
    EventType.BOUNCED: Delivery.Status.FAILED,
    EventType.REJECTED: Delivery.Status.FAILED,
    EventType.FAILED: Delivery.Status.FAILED,
}


def report_of(event: Any) -> DeliveryReport | None:
    """None for what says nothing of the delivery, and for a copy that arrived: only the customer's counts as read."""
    status = STATUS.get(event.event_type)
    delivery = str((event.metadata or {}).get("delivery", ""))
    name = _custom_id(event)
    if status is None or not (delivery.isdecimal() or name):
        return None
    who, meant = event.recipient or "", str((event.metadata or {}).get("to", ""))
    if status != Delivery.Status.FAILED and meant and who and who.lower() != meant.lower():
        return None
    return DeliveryReport(
        status,
        external_id="" if delivery.isdecimal() else name,
        delivery_id=int(delivery) if delivery.isdecimal() else None,
        error=_error(event, who),
        said=str(event.mta_response or event.description or ""),
    )


def _custom_id(event: Any) -> str:
    """Mailjet's CustomID, which is our Message-ID: it repeats it where it has lost the metadata."""
    said = event.esp_event
    return str(said.get("CustomID") or "") if isinstance(said, dict) else ""


def _error(event: Any, who: str) -> str:
    if event.event_type == EventType.DEFERRED:
        return _("%(who)s has not got it yet: their server keeps trying.") % {"who": who or _("The recipient")}
    if STATUS[event.event_type] != Delivery.Status.FAILED:
        return ""
    reasons = {
        RejectReason.INVALID: _("the address is wrong."),
        RejectReason.BOUNCED: _("there is no such address, or it takes no mail."),
        RejectReason.BLOCKED: _("their server refuses our mail."),
        RejectReason.SPAM: _("they called our mail spam."),
        RejectReason.UNSUBSCRIBED: _("they asked for no more mail."),
        RejectReason.TIMED_OUT: _("their server did not take it in time."),
    }
    said = " ".join(str(event.mta_response or event.description or "").split())[:200]
    why = reasons.get(event.reject_reason) or (f"“{said}”." if said else _("the mail service gave no reason."))
    return _("It did not reach %(who)s: %(why)s") % {"who": who or _("the recipient"), "why": why}
