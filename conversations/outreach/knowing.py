"""What is to be known of customers before anybody writes to them: of many at once, in a dozen statements."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from conversations.models import BlockedSender, Conversation, Medium, Message, OutreachRecord, Status
from conversations.models.message import MessageKind
from conversations.outbound.reach import LastWord, refused, said_of_messages
from customers.consent import Word
from customers.models import Consent, Customer, Erasure, Identity, Trait
from customers.models.consent import OLDEST_FIRST
from customers.models.identity import Kind

UNDONE = (Status.OPEN, Status.PENDING, Status.SNOOZED)
MOOD_LASTS = timedelta(days=30)
REMEMBERS = timedelta(days=400)  # of what was written by rules
PREFERS = ("preferred_channel", "preferred_medium", "contact_preference")  # traits, however they are spelled


@dataclass
class Known:
    customer: Customer
    identities: list[Identity] = field(default_factory=list)
    words: list[LastWord] = field(default_factory=list)  # of theirs, newest first
    closed: frozenset[int] = frozenset()  # identities to which nothing may go
    said: dict[str, list[Word]] = field(default_factory=dict)  # on each purpose
    prefers: str = ""  # a medium that they said
    is_talking: bool = False
    is_spam: bool = False  # all that they wrote
    is_blocked: bool = False
    is_going: bool = False  # somebody asked that they be forgotten
    mood: float | None = None
    reached: dict[int, datetime] = field(default_factory=dict)  # when each rule came to them last, also to hold out
    written_at: datetime | None = None  # by whichever rule


def known_of(customers: Collection[int]) -> dict[int, Known]:
    """Those that are there: merged away or erased is not."""
    people = Customer.objects.living().filter(pk__in=customers, erased_at=None)
    known = {each.pk: Known(each) for each in people}
    _identities(known)
    _words(known)
    _consents(known)
    _conversations(known)
    _before(known)
    going = Erasure.objects.filter(customer__in=known, finished_at=None).values_list("customer", flat=True)
    for pk in going:
        known[pk].is_going = True
    return known


def _identities(known: dict[int, Known]) -> None:
    rows = list(Identity.objects.filter(customer__in=known).order_by("pk"))
    mails = {row.value.lower() for row in rows if row.kind == Kind.EMAIL}
    domains = {f"@{mail.rpartition('@')[2]}" for mail in mails}
    blocked = set(BlockedSender.objects.filter(value__in=mails | domains).values_list("value", flat=True))
    for row in rows:
        one = known[row.customer_id]
        row.customer = one.customer
        one.identities.append(row)
        one.is_blocked |= one.customer.is_blocked
        if row.kind == Kind.EMAIL:
            one.is_blocked |= not blocked.isdisjoint((row.value, f"@{row.value.rpartition('@')[2]}"))


def _words(known: dict[int, Known]) -> None:
    said = Message.objects.filter(conversation__customer__in=known, kind=MessageKind.INBOUND)
    said = said.exclude(identity=None).exclude(channel=None).filter(conversation__is_spam=False)
    by = ("conversation__customer", "channel", "identity")
    rows = said.order_by(*by, "-created_at").distinct(*by).values_list(*by, "created_at", "is_public")
    for customer, channel, identity, at, is_public in sorted(rows, key=lambda row: row[3], reverse=True):
        known[customer].words.append(LastWord(channel, identity, at, is_public))


def _consents(known: dict[int, Known]) -> None:
    owner = {each.pk: each for one in known.values() for each in one.identities}
    rows = Consent.objects.filter(identity__in=owner).order_by(*OLDEST_FIRST)
    for pk, purpose, at, is_granted in rows.values_list("identity", "purpose", "said_at", "is_granted"):
        known[owner[pk].customer_id].said.setdefault(purpose, []).append((owner[pk], at, is_granted))
    said = said_of_messages(identity__in=owner).values_list("identity", "is_granted")
    closed = refused(said)
    for one in known.values():
        one.closed = frozenset(each.pk for each in one.identities) & closed
    told = Trait.objects.filter(identity__in=owner).order_by("said_at", "pk").values_list("identity", "name", "value")
    for identity, name, value in told:
        if _spelled(name) in PREFERS and (medium := _spelled(str(value))) in Medium.values:
            known[owner[identity].customer_id].prefers = medium


def _spelled(text: str) -> str:
    return "_".join(text.lower().replace("-", " ").replace("_", " ").split())


def _conversations(known: dict[int, Known]) -> None:
    rows = Conversation.objects.filter(customer__in=known, merged_into=None).order_by("last_message_at", "pk")
    columns = ("customer", "status", "is_spam", "mood", "last_message_at")
    begun = timezone.now() - MOOD_LASTS
    spam: dict[int, list[bool]] = {}
    for customer, status, is_spam, mood, at in rows.values_list(*columns):
        one = known[customer]
        spam.setdefault(customer, []).append(is_spam)
        one.is_talking |= status in UNDONE and not is_spam
        if mood is not None and at >= begun and not is_spam:
            one.mood = mood
    for customer, marks in spam.items():
        known[customer].is_spam = all(marks)


def _before(known: dict[int, Known]) -> None:
    """Who was held out is at rest from that rule, and from no other: nobody wrote to them."""
    rows = OutreachRecord.objects.filter(customer__in=known, at__gte=timezone.now() - REMEMBERS).order_by("at")
    for customer, rule, at, is_held_out in rows.values_list("customer", "rule", "at", "is_held_out"):
        known[customer].reached[rule] = at
        if not is_held_out:
            known[customer].written_at = at
