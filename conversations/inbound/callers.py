"""Inbound 3, of calls: who is calling? A number that may be somebody else's, too, is asked about and never mixed in."""

from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import CallReport
from customers.handles import forms, normalise
from customers.identify import Handle, identify
from customers.models import Claim, Customer, Identity
from customers.models.identity import Kind

MOST = 20  # candidates


@dataclass(frozen=True)
class Caller:
    """`asks`: who it may be, where that is to be asked; None where it is known."""

    customer: Customer
    identity: Identity | None
    handles: tuple[Handle, ...] = ()
    asks: list[int] | None = None


def caller_of(report: CallReport) -> Caller:
    """The customer to whom this number is proven to belong, and to nobody else; else one who stands for the number,
    whose calls an agent gives to whom they belong. Call inside a transaction: they are locked until it ends."""
    handle = _settled(report)
    if handle is None:
        return _nameless(report)
    owners, others = _who_has(handle)
    is_sure = handle.is_verified and not others - owners and len(owners) < 2
    known = handle if is_sure else replace(handle, is_verified=False, name="")
    handles = (known, *report.handles[1:]) if is_sure else (known,)
    customer, identity = identify(handles)
    return Caller(customer, identity, handles, None if is_sure else sorted(owners | others)[:MOST])


def number_of(report: CallReport) -> str:
    """As it is compared; "" for who does not show it."""
    handle = _settled(report)
    return handle.value if handle else report.handles[0].value.strip() if report.handles else ""


def _settled(report: CallReport) -> Handle | None:
    if not report.handles:
        return None
    handle = report.handles[0]
    try:
        return replace(handle, value=normalise(handle.kind, handle.value, region=handle.region or None))
    except ValueError:
        return None  # an extension of the house, a word for "withheld"


def _nameless(report: CallReport) -> Caller:
    """Somebody of their own for each call: two that do not show their number may be anybody."""
    number = number_of(report)[:60]
    name = _("Caller %(number)s") % {"number": number} if number else _("Anonymous caller")
    customer = Customer.objects.create(name=name, looked_at=timezone.now())  # a name like that is like no other
    customer.is_new = True
    return Caller(customer, None, asks=[])


def _who_has(handle: Handle) -> tuple[set[int], set[int]]:
    """The living customers whose number this is proven to be, and those who only say so, in whichever form of it."""
    same = {"kind__in": [Kind.PHONE, Kind.WHATSAPP], "value__in": forms(handle.kind, handle.value)}
    living = {**same, "customer__merged_into": None}
    owners = Identity.objects.filter(**living, is_verified=True).values_list("customer", flat=True)
    claims = Claim.objects.filter(**living).values_list("customer", flat=True)
    return set(owners), set(claims)
