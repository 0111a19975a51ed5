"""Inbound 2: who begins a talk by a link that was made for a customer is that customer.

The link carries a signed word (Telegram's /start takes 64 letters, digits, “_” and “-”:
core.telegram.org/bots/features#deep-linking). It names a verified handle of the customer, holds for a week and for one
connector, and joins one account of a medium: who gets it second hand finds it used. Whoever has a link can hand it on,
too: so it joins no account that is somebody already, and none once an account has turned out not to be the customer's.
"""

import base64
import hmac
import struct
import time
from dataclasses import replace
from hashlib import sha256

from django.conf import settings
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from conversations.envelopes import InboundMessage
from customers.identify import Handle
from customers.models import Customer, Identity, NotSame
from customers.models.identity import Kind
from integrations.models import Connector

HOLDS = 7 * 24 * 3600  # seconds
_SAID = struct.Struct(">QI")  # the key of an identity, and when the link was made
_MAC = 16  # bytes


def word_for(connector: Connector, customer: Customer) -> str:
    """For a link by which `customer` begins a talk there; "" where nothing proves who they are."""
    known = customer.identities.filter(is_verified=True).exclude(kind=Kind.VISITOR)
    best = min(known, key=lambda identity: identity.rank, default=None)
    if best is None:
        return ""
    said = _SAID.pack(best.pk, int(time.time()))
    return base64.urlsafe_b64encode(said + _mac(connector, said)).decode().rstrip("=")


def linked(connector: Connector, inbound: InboundMessage) -> InboundMessage:
    """The message, with the handle that its link was made for; as it is, where it has none, or none that holds. Where
    the writer is somebody already, whose they are is for an agent to say: the handle is a claim then."""
    word, writer = inbound.details.get("started_with", ""), inbound.handles[0]
    identity = _named(connector, word) if word else None
    if identity is None or _has_another(identity, writer) or _was_not_theirs(identity, writer):
        return inbound
    is_proof = not _is_somebody(identity, writer)
    told = Handle(identity.kind, identity.value, is_verified=is_proof, is_linked=is_proof, source="link")
    return replace(inbound, handles=(*inbound.handles, told))


def _named(connector: Connector, word: str) -> Identity | None:
    try:
        found = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except ValueError:
        return None
    said, mac = found[: _SAID.size], found[_SAID.size :]
    if len(found) != _SAID.size + _MAC or not constant_time_compare(mac, _mac(connector, said)):
        return None
    pk, made_at = _SAID.unpack(said)
    if made_at + HOLDS < time.time():
        return None
    return Identity.objects.filter(pk=pk, is_verified=True, customer__merged_into=None).first()


def _has_another(identity: Identity, writer: Handle) -> bool:
    """The customer has an account of this medium, and it is not the writer's."""
    theirs = Identity.objects.filter(customer=identity.customer_id, kind=writer.kind)
    return theirs.exclude(value=writer.value).exists()


def _was_not_theirs(identity: Identity, writer: Handle) -> bool:
    """An agent has said so of an account of this medium: links of this customer have come into other hands."""
    apart = Q(one=identity, other__kind=writer.kind) | Q(other=identity, one__kind=writer.kind)
    return NotSame.objects.filter(apart).exists()


def _is_somebody(identity: Identity, writer: Handle) -> bool:
    """Known by more than this account, and not as this customer: a link that was made for another and sent to them
    would give the other their talks."""
    known = Identity.objects.filter(kind=writer.kind, value=writer.value).exclude(customer=identity.customer_id)
    more = Identity.objects.filter(customer__in=known.values("customer"), is_verified=True)
    return more.exclude(kind__in=[Kind.VISITOR, writer.kind]).exists()


def _mac(connector: Connector, said: bytes) -> bytes:
    key = sha256(f"started with:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, struct.pack(">Q", connector.pk) + said, sha256).digest()[:_MAC]
