"""What of a customer lies in the conversations of others, and at orders: names in copy, in the log and in reasons."""

from functools import reduce
from operator import or_

from django.db.models import Q

from conversations.actions.change import summarise
from conversations.live.push import push_row
from conversations.models import Activity, BlockedSender, Conversation, Message, OrderAct, Participant
from customers.models import Customer, Identity, MergeEntry
from customers.models.identity import Kind
from customers.privacy import Whose

NAMING = (Activity.Verb.MOVED, Activity.Verb.SPLIT)  # what is logged with a customer's name
ADDRESSED = ("to", "cc", "bcc")  # of Message.details


def said_by(of: Whose) -> Q:
    """The messages of these customers: all in their conversations, and what they said, or were told, in others'."""
    return Q(conversation__customer__in=of.customers) | Q(identity__in=of.identities)


def erase(of: Whose) -> int:
    """Says how many rows were changed."""
    addresses = _addresses(of)
    count = _take_off_copies(of, addresses) + _unname(of)
    count += BlockedSender.objects.filter(value__in=addresses).delete()[0]
    acts = OrderAct.objects.filter(order__identity__in=of.identities).exclude(reason="", error="")
    return count + acts.update(reason="", error="")


def tell_anew(conversations: set[int], of: Whose) -> None:
    """Rows of others' lists that showed what is erased now."""
    others = Conversation.objects.filter(pk__in=conversations).exclude(customer__in=of.customers)
    for conversation in others.select_for_update(no_key=True).order_by("pk"):
        summarise(conversation)
        Conversation.objects.filter(pk=conversation.pk).update(snippet=conversation.snippet)
        push_row(conversation)


def _addresses(of: Whose) -> set[str]:
    mails = Identity.objects.filter(pk__in=of.identities, kind=Kind.EMAIL).values_list("value", "display")
    return {each.removeprefix("unverified:").lower() for row in mails for each in row if each}


def _take_off_copies(of: Whose, addresses: set[str]) -> int:
    written = reduce(or_, (Q(email__iexact=address) for address in addresses), Q(pk=None))
    theirs = Participant.objects.filter(written).exclude(conversation__customer__in=of.customers)
    talks = set(theirs.values_list("conversation", flat=True))
    for message in Message.objects.filter(conversation__in=talks).exclude(details={}).order_by("pk").iterator():
        kept = {
            name: [each for each in value if not _names(each, addresses)] if name in ADDRESSED else value
            for name, value in message.details.items()
        }
        if kept != message.details:
            Message.objects.filter(pk=message.pk).update(details=kept)
    return theirs.delete()[0]


def _names(written: object, addresses: set[str]) -> bool:
    return any(address in str(written).lower() for address in addresses)


def _unname(of: Whose) -> int:
    """Somebody who was one with them for a while has their name in the log."""
    either = MergeEntry.objects.filter(Q(kept__in=of.customers) | Q(absorbed__in=of.customers))
    others = {pk for row in either.values_list("kept", "absorbed") for pk in row} - set(of.customers)
    names = set(Customer.objects.filter(pk__in=of.customers).values_list("name", flat=True))
    names |= set(Identity.objects.filter(pk__in=of.identities).values_list("display", flat=True)) | _addresses(of)
    told = reduce(or_, (Q(to__icontains=name) | Q(reason__icontains=name) for name in names if name), Q(pk=None))
    rows = Activity.objects.filter(told, conversation__customer__in=others, verb__in=NAMING)
    return rows.update(to="", reason="")
