"""Who a customer has proven to be: signed in, by a channel that proves itself, or by a code sent to a known address.

It is asked of the rows each time. What a brain, a name or an address in a text claims, proves nothing.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from conversations.bots.memory import Proof
from conversations.models import Conversation, Message, ProofCode
from conversations.models.message import MessageKind
from conversations.prepared import Rows, blank
from customers.handles import UNVERIFIED, fitted
from customers.models import Identity, Order
from customers.models.identity import Kind

# Apps whose servers vouch for the account that writes. Of an SMS, anybody can forge the number; a browser is shared.
OWN_APPS = {Kind.WHATSAPP, Kind.MESSENGER, Kind.INSTAGRAM, Kind.TELEGRAM, Kind.MASTODON, Kind.X, Kind.LINE, Kind.API}
CODE_HOLDS = timedelta(hours=1)  # after it was right, for who typed it, in this conversation
LOOKED_AT = 100  # more than a brain reads


_GIVEN = Rows(
    lambda: (
        ProofCode.objects.filter(conversation=blank(0), proven_at__isnull=False, identity__customer__merged_into=None)
        .select_related("identity")
        .order_by("-proven_at")[:1]
    )
)


@dataclass(frozen=True)
class Proven:
    """`identity` is proven to be theirs. `is_guest`: it stands for one checkout and what hangs on it alone."""

    how: Proof
    identity: Identity
    is_guest: bool = False

    def orders(self) -> QuerySet[Order]:
        """Theirs; and what a guest bought who typed the address that is proven to be theirs."""
        if self.is_guest:
            return Order.objects.filter(identity=self.identity)
        theirs = Q(identity__customer=self.identity.customer_id)
        if self.identity.kind == Kind.EMAIL:
            theirs |= Q(identity__kind=Kind.EMAIL, identity__value=fitted(f"{UNVERIFIED}{self.identity.value}"))
        return Order.objects.filter(theirs)


def proof_of(conversation: Conversation) -> Proven | None:
    """Of whoever wrote what is to be answered now: every line of it must be of the same proven person. Nothing is
    proven where everybody reads along."""
    lines = _unanswered(conversation)
    if not lines or any(line.is_public or line.is_unverified or line.identity is None for line in lines):
        return None
    found = [_by_its_way(line, conversation) for line in lines]
    first = found[0]
    if first and all(each and each.identity.customer_id == first.identity.customer_id for each in found):
        return first
    return _by_code(conversation, {line.identity_id for line in lines})


def speaker_of(conversation: Conversation) -> Identity | None:
    """Who wrote what is to be answered now; None where it was more than one."""
    speakers = {line.identity_id: line.identity for line in _unanswered(conversation)}
    return next(iter(speakers.values())) if len(speakers) == 1 else None


def _unanswered(conversation: Conversation) -> list[Message]:
    """The customer's lines since our last word; their last one where nothing has come since. In the order in which they
    came to us: when a mail was written or taken is told by others. What a machine of ours said in between answers
    nothing, so who wrote before it is still to be proven."""
    lines: list[Message] = []
    for row in sorted(_TALKED.find(conversation.pk), key=lambda row: -row.pk):
        if row.kind == MessageKind.INBOUND:
            lines.append(row)
        elif lines and not row.is_automatic:
            break
    return lines


def _talked() -> QuerySet[Message]:
    talked = Message.objects.filter(
        conversation=blank(0), kind__in=[MessageKind.INBOUND, MessageKind.OUTBOUND], taken_back_at=None
    )
    rows = talked.defer("search", "html", "quoted", "text").select_related("identity").order_by("-created_at", "-pk")
    return rows.exclude(delivery__status="cancelled")[:LOOKED_AT]


_TALKED = Rows(_talked)


def _by_its_way(line: Message, conversation: Conversation) -> Proven | None:
    speaker = line.identity
    assert speaker is not None  # as proof_of has asked
    if shop := line.details.get("signed_in"):
        owner = Identity.objects.filter(kind=Kind.SHOP, value=shop, customer=conversation.customer_id).first()
        return Proven("signed_in", owner) if owner else None
    if not speaker.is_verified or speaker.customer_id != conversation.customer_id:
        return None
    is_mail = speaker.kind == Kind.EMAIL and bool(line.details.get("authentic"))
    return Proven("channel", speaker) if is_mail or speaker.kind in OWN_APPS else None


def _by_code(conversation: Conversation, speakers: set[int | None]) -> Proven | None:
    code = _GIVEN.first(conversation.pk)
    if code is None or code.proven_at is None or code.proven_at <= timezone.now() - CODE_HOLDS:
        return None
    if code.identity is None or speakers != {code.speaker_id}:
        return None
    return Proven("code", code.identity, is_guest=not (code.identity.kind == Kind.EMAIL and code.identity.is_verified))
