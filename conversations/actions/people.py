"""Who takes part: people in copy, the customer of a conversation, identities that belong to somebody else."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, locked, log, save
from conversations.live.customers import push_customer
from conversations.live.push import push_row
from conversations.models import Activity, Conversation, Participant
from conversations.reports import episodes
from customers import ledger, merging, suggestions
from customers.models import Claim, Customer, Identity, MergeEntry, Suggestion
from customers.telling_apart import forget_identity, tell_apart, tell_apart_identity

if TYPE_CHECKING:
    from deskapp.models import User


def add_participant(conversation: Conversation, *, email: str, name: str = "") -> Participant:
    """Somebody in copy from now on. Raises NotPossibleError where `email` is no address."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise NotPossibleError(_("“%(email)s” is not an email address.") % {"email": email}) from None
    participant, _made = Participant.objects.get_or_create(
        conversation=conversation, email=email, defaults={"name": name.strip()[:200]}
    )
    return participant


def remove_participant(conversation: Conversation, *, email: str) -> None:
    Participant.objects.filter(conversation=conversation, email=email.strip().lower()).delete()


@transaction.atomic
def move_to_customer(conversation: Conversation, *, customer: Customer, by: "User") -> Conversation:
    """It was somebody else who wrote: the conversation goes to that customer. Identities stay where they are."""
    customer = _locked(customer)[0]  # before the conversation, as who receives a message does
    if customer.merged_into_id:
        raise NotPossibleError(_("That customer was merged into another."))
    conversation = locked(conversation)
    if conversation.customer_id == customer.pk:
        return conversation
    before = conversation.customer
    conversation.customer = customer
    save(conversation)
    reason = _("from %(customer)s") % {"customer": before.label}
    log(conversation, Activity.Verb.MOVED, by=by, to=customer.label, reason=reason)
    episodes.refresh(conversation)
    return conversation


@transaction.atomic
def reassign_identity(identity: Identity, *, to: Customer | None, by: "User") -> Customer:
    """An agent says whose handle this is; `to=None` makes a new customer. Conversations begun by it alone go along.

    The last identity of a customer cannot go: merge the customers instead.
    """
    customers = {customer.pk: customer for customer in _locked(identity.customer, *([to] if to else []))}
    old, to = customers[identity.customer_id], customers[to.pk] if to else None
    if to and to.pk == old.pk:
        return old
    if to and to.merged_into_id:
        raise NotPossibleError(_("That customer was merged into another."))
    if not Identity.objects.filter(pk=identity.pk, customer=old).exists():
        raise NotPossibleError(_("This address belongs to another customer by now."))
    if not old.identities.exclude(pk=identity.pk).exists():
        raise NotPossibleError(_("This is their only address. Merge the two customers instead."))
    new = to or Customer.objects.create(language=old.language)
    Identity.objects.filter(pk=identity.pk).update(customer=new, brought_by=None)
    Claim.objects.filter(identity=identity, customer=old).update(customer=new)
    ledger.forget(ledger.IDENTITIES, [identity.pk])  # it is theirs by an agent's word, whatever merge is undone
    tell_apart_identity(identity.pk, old.pk, by=by)
    forget_identity(identity.pk, new.pk)
    merging.compute_anew([old.pk, new.pk])
    for conversation in _begun_only_by(identity, old):
        move_to_customer(conversation, customer=new, by=by)
    push_customer([old.pk, new.pk])
    return new


def _locked(*customers: Customer) -> list[Customer]:
    keys = [customer.pk for customer in customers]
    return list(Customer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _begun_only_by(identity: Identity, customer: Customer) -> list[Conversation]:
    theirs = Conversation.objects.filter(customer=customer, messages__identity=identity, messages__kind="inbound")
    others = Conversation.objects.filter(
        customer=customer, messages__kind="inbound", messages__identity__in=customer.identities.exclude(pk=identity.pk)
    )
    return list(theirs.exclude(pk__in=others.values("pk")).distinct())


@transaction.atomic
def merge_customers(
    customer: Customer, *, into: Customer, by: "User", because: str = "", suggestion: Suggestion | None = None
) -> MergeEntry:
    """`because`: the agent's reason; `suggestion`: the one that they followed, whose reasons are the evidence."""
    if customer.pk == into.pk:
        raise NotPossibleError(_("That is the same customer."))
    try:
        if suggestion:
            entry = suggestions.accept(suggestion, into=into, by=by)
        else:
            evidence = because.strip() or _("%(agent)s said so.") % {"agent": by}
            entry = merging.merge(customer, into=into, by=by, evidence=evidence)
    except merging.AlreadyMergedError:
        raise NotPossibleError(_("One of them was merged already.")) from None
    moved = entry.items.filter(model="conversations.conversation").values("row")
    for conversation in Conversation.objects.filter(pk__in=moved).order_by("pk"):
        log(conversation, Activity.Verb.MOVED, by=by, to=into.label, reason=_("the customers were merged"))
        push_row(conversation)
    push_customer([into.pk, customer.pk])
    return entry


@transaction.atomic
def unmerge_customers(entry: MergeEntry, *, by: "User") -> Customer:
    """Both are as they were, and each has what their own identities did since (conversations.parting)."""
    is_first, was_proven = not entry.undone_at, entry.by_id is None
    customer = merging.unmerge(entry, by=by)
    if is_first and was_proven:  # else the next message would bring the same proof
        tell_apart(customer.pk, ledger.top(entry.kept).pk, by=by)
    push_customer([customer.pk, *_kept_in(entry)])
    return customer


def _kept_in(entry: MergeEntry) -> list[int]:
    return [entry.kept_id, ledger.top(entry.kept).pk]
