"""Split, merge and unmerge; people in copy; whose conversation and whose address it is."""

import contextlib
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.actions.change import NotPossibleError
from conversations.actions.merging import merge, unmerge
from conversations.actions.people import (
    add_participant,
    merge_customers,
    move_to_customer,
    reassign_identity,
    remove_participant,
    unmerge_customers,
)
from conversations.actions.splitting import split
from conversations.identities import sees_both_halves
from conversations.models import Conversation, ConversationMerge
from conversations.panel import sees_both
from conversations.typed import whole_number, whole_numbers
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_delete, refused
from customers.handles import normalise
from customers.models import Customer, Identity, MergeEntry
from customers.models.identity import Kind

if TYPE_CHECKING:
    from deskapp.models import User


@login_required
@require_POST
def splits(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `message`, once for each that goes into the new conversation."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    chosen = whole_numbers(request.POST.getlist("message"))
    try:
        other = split(conversation, messages=chosen, by=agent, subject=request.POST.get("subject", ""))
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="split")
    toast = Toast(
        _("Split off as #%(number)s.") % {"number": other.pk},
        reverse("merges", args=[other.pk]),
        {"into": str(conversation.pk)},
    )
    return done(request, conversation, toast, happened="conversation:changed")


@login_required
@require_POST
def merges(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `into`: the number of the conversation that stays."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    number = whole_number(request.POST.get("into", "").strip().lstrip("#")) or 0
    into = Conversation.objects.visible_to(agent).filter(pk=number).first()
    if into is None:
        return refused(request, conversation, _("There is no conversation with that number."), where="merge")
    try:
        entry = merge(conversation, into=into, by=agent)
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="merge")
    text = _("Merged into #%(number)s.") % {"number": into.pk}
    toast = Toast(text, reverse("merge", args=[into.pk, entry.pk]), {"_method": "DELETE"})
    response = done(request, into, toast, happened="conversation:changed")
    if response.status_code == 200:
        response["HX-Redirect"] = reverse("conversation", args=[into.pk])
    return response


@login_required
@require_http_methods(["POST", "DELETE"])
def merge_entry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    absorbed_ones = Conversation.objects.visible_to(agent)
    entry = get_object_or_404(ConversationMerge, pk=entry_pk, kept=conversation, absorbed__in=absorbed_ones)
    try:
        absorbed = unmerge(entry, by=agent)
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="merge")
    toast = Toast(_("#%(number)s is a conversation of its own again.") % {"number": absorbed.pk}, seconds=5)
    return done(request, conversation, toast, happened="conversation:changed")


@login_required
@require_http_methods(["POST", "DELETE"])
def participants(request: HttpRequest, pk: int) -> HttpResponse:
    conversation = conversation_or_404(request, pk)
    email = request.POST.get("email", "") or request.GET.get("email", "")
    if is_delete(request):
        remove_participant(conversation, email=email)
        undo = reverse("participants", args=[pk])
        return done(request, conversation, Toast(_("Taken out of copy."), undo, {"email": email}))
    try:
        add_participant(conversation, email=email, name=request.POST.get("name", ""))
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="participant")
    return done(request, conversation, Toast(_("In copy from now on."), seconds=4))


@login_required
@require_POST
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `customer`: an address or "customer:7"; `scope` "conversation" moves this one, "all" merges the two."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    found = find_customer(agent, request.POST.get("customer", ""))
    if found is None:
        return refused(request, conversation, _("Nobody has that address."), where="customer")
    before = conversation.customer
    try:
        if request.POST.get("scope") == "all":
            entry = merge_customers(before, into=found, by=agent)
            undo, values = reverse("customer_merge", args=[pk, entry.pk]), {"_method": "DELETE"}
            text = _("%(one)s and %(other)s are one customer now.") % {"one": before.label, "other": found.label}
        else:
            move_to_customer(conversation, customer=found, by=agent)
            undo = reverse("conversation_customer", args=[pk])
            values = {"customer": f"customer:{before.pk}", "scope": "conversation"}
            text = _("Moved to %(customer)s.") % {"customer": found.label}
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="customer")
    return done(request, conversation, Toast(text, undo, values), happened="conversation:changed")


def find_customer(agent: "User", handle: str) -> Customer | None:
    """By "customer:7", or by any address exactly as it is known: of those with a conversation that this agent may see,
    and of those with none at all, such as one whose only conversation was just moved."""
    handle = handle.replace("\x00", "").strip()
    kind, _colon, key = handle.partition(":")
    seen = Conversation.objects.visible_to(agent).filter(customer=OuterRef("pk"))
    meant = Customer.objects.living().filter(Exists(seen) | Q(conversations=None)).distinct()
    if kind == "customer" and (number := whole_number(key)) is not None:
        return meant.filter(pk=number).first()
    return meant.filter(identities__value__in=_as_kept(handle)).order_by("pk").first() if handle else None


def _as_kept(handle: str) -> set[str]:
    """The values under which what somebody typed may be known."""
    forms = {handle, handle.lower()}
    for kind in (Kind.EMAIL, Kind.PHONE, Kind.WHATSAPP):
        with contextlib.suppress(ValueError):
            forms.add(normalise(kind, handle))
    return forms


@login_required
@require_http_methods(["POST", "DELETE"])
def customer_merge(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Takes a merge of customers apart, from a conversation that one of the two has."""
    conversation = conversation_or_404(request, pk)
    entry = get_object_or_404(MergeEntry, pk=entry_pk)
    if conversation.customer_id not in (entry.kept_id, entry.absorbed_id):
        return refused(request, conversation, _("That merge is not of this customer."), where="customer")
    if not entry.undone_at and not sees_both_halves(agent_of(request), conversation.customer, entry):
        raise Http404
    if not sees_both(agent_of(request), entry):
        raise Http404
    unmerge_customers(entry, by=agent_of(request))
    return done(request, conversation, Toast(_("Two customers again."), seconds=5), happened="conversation:changed")


@login_required
@require_POST
def identity_owner(request: HttpRequest, pk: int, identity_pk: int) -> HttpResponse:
    """POST `customer`: whose handle it is; empty: somebody new."""
    conversation = conversation_or_404(request, pk)
    identity = get_object_or_404(Identity, pk=identity_pk, customer=conversation.customer_id)
    asked = request.POST.get("customer", "")
    to = find_customer(agent_of(request), asked)
    if asked and to is None:
        return refused(request, conversation, _("Nobody has that address."), where="identity")
    try:
        owner = reassign_identity(identity, to=to, by=agent_of(request))
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="identity")
    text = _("%(address)s belongs to %(customer)s now.") % {"address": identity.label, "customer": owner.label}
    return done(request, conversation, Toast(text, seconds=5), happened="conversation:changed")
