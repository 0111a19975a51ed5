"""The card of a customer's identities: merge and unmerge, 'not the same', and whose a handle is."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations.actions.change import NotPossibleError
from conversations.actions.people import merge_customers, reassign_identity, unmerge_customers
from conversations.identities import identities_card, sees_both_halves
from conversations.live.customers import push_customer
from conversations.sight import customers_seen_by
from conversations.typed import whole_number
from conversations.views.acting import Toast, agent_of, is_delete, is_htmx
from conversations.views.joining import find_customer
from customers import ledger, suggestions
from customers.models import Customer, Identity, MergeEntry, Suggestion
from customers.telling_apart import are_told_apart

if TYPE_CHECKING:
    from deskapp.models import User

CARD = "#identities"


@login_required
@require_GET
def identities(request: HttpRequest, pk: int) -> HttpResponse:
    """The card alone; without htmx the customer's page, where it stands."""
    if not is_htmx(request):
        return redirect(_page(_customer(request, pk)))
    return _card(request, _customer(request, pk))


@login_required
@require_POST
def customer_merges(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `customer`, an address or "customer:7", who is the same person; `because`, why."""
    customer, agent = _customer(request, pk), agent_of(request)
    other = find_customer(agent, request.POST.get("customer", ""))
    if other is None:
        return _card(request, customer, error=_("Nobody has that address."), where="merge")
    because = request.POST.get("because", "").replace("\x00", "")[:400]
    return _merge(request, customer, other, because=because)


@login_required
@require_http_methods(["POST", "DELETE"])
def customer_merge_entry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """POST or DELETE: two again, as they were, each with what is theirs since. Both halves must be visible."""
    customer, agent = _customer(request, pk), agent_of(request)
    entry = get_object_or_404(MergeEntry.objects.select_related("absorbed"), pk=entry_pk)
    if not entry.undone_at and entry.pk not in {each.pk for each in ledger.live_under(customer.pk)}:
        raise Http404
    if entry.undone_at and customer.pk not in (entry.kept_id, entry.absorbed_id):
        raise Http404
    if not sees_both_halves(agent, customer, entry):
        raise Http404
    other = unmerge_customers(entry, by=agent)
    values = {"customer": f"customer:{other.pk}", "because": entry.evidence}
    text = _("%(one)s and %(other)s are two again.") % {"one": customer.label, "other": other.label}
    return _done(request, customer, Toast(text, reverse("customer_merges", args=[pk]), values, CARD))


@login_required
@require_http_methods(["POST", "DELETE"])
def customer_double(request: HttpRequest, pk: int, suggestion_pk: int) -> HttpResponse:
    """POST: the other of the suggestion is this customer. DELETE: they are not the same, for good."""
    customer, agent = _customer(request, pk), agent_of(request)
    suggestion = Suggestion.objects.select_related("one", "other").filter(pk=suggestion_pk).first()
    if suggestion is None or customer.pk not in (suggestion.one_id, suggestion.other_id):
        raise Http404
    other = suggestion.other if suggestion.one_id == customer.pk else suggestion.one
    _seen_or_404(agent, other.pk)
    if not is_delete(request):
        return _merge(request, customer, other, suggestion=suggestion)
    suggestions.refuse(suggestion, by=agent)
    push_customer([customer.pk, other.pk])
    text = _("%(other)s is somebody else. We will not ask again.") % {"other": other.label}
    undo = reverse("customer_told_apart", args=[pk, other.pk])
    return _done(request, customer, Toast(text, undo, {"_method": "DELETE"}, CARD))


@login_required
@require_http_methods(["POST", "DELETE"])
def customer_told_apart(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """DELETE: takes 'not the same' back."""
    customer, agent = _customer(request, pk), agent_of(request)
    _seen_or_404(agent, other_pk)
    if is_delete(request) and are_told_apart(pk, other_pk):
        suggestions.allow(pk, other_pk)
        push_customer([pk, other_pk])
    return _done(request, customer, Toast(_("They may be the same again."), seconds=4))


@login_required
@require_POST
def customer_identity(request: HttpRequest, pk: int, identity_pk: int) -> HttpResponse:
    """POST `customer`: whose handle it is; empty: somebody new."""
    customer, agent = _customer(request, pk), agent_of(request)
    identity = get_object_or_404(Identity, pk=identity_pk, customer=customer)
    asked = request.POST.get("customer", "").strip()
    to = find_customer(agent, asked)
    if asked and to is None:
        return _card(request, customer, error=_("Nobody has that address."), where="identity")
    try:
        owner = reassign_identity(identity, to=to, by=agent)
    except NotPossibleError as refusal:
        return _card(request, customer, error=str(refusal), where="identity")
    text = _("%(address)s belongs to %(customer)s now.") % {"address": identity.label, "customer": owner.label}
    if to is None:  # who has just this one handle is given back by a merge
        undo, values = reverse("customer_merges", args=[pk]), {"customer": f"customer:{owner.pk}"}
    else:
        undo = reverse("customer_identity", args=[owner.pk, identity.pk])
        values = {"customer": f"customer:{pk}", "page": str(pk)}
    return _done(request, customer, Toast(text, undo, values, CARD))


def _merge(
    request: HttpRequest,
    customer: Customer,
    other: Customer,
    *,
    because: str = "",
    suggestion: Suggestion | None = None,
) -> HttpResponse:
    try:
        entry = merge_customers(other, into=customer, by=agent_of(request), because=because, suggestion=suggestion)
    except NotPossibleError as refusal:
        return _card(request, customer, error=str(refusal), where="merge")
    text = _("%(one)s and %(other)s are one customer now.") % {"one": customer.label, "other": other.label}
    undo = reverse("customer_merge_entry", args=[customer.pk, entry.pk])
    return _done(request, customer, Toast(text, undo, {"_method": "DELETE"}, CARD))


def _customer(request: HttpRequest, pk: int) -> Customer:
    return _seen_or_404(agent_of(request), pk)


def _seen_or_404(agent: "User", pk: int) -> Customer:
    return get_object_or_404(customers_seen_by(agent), pk=pk)


def _page(customer: Customer) -> str:
    return f"{reverse('customer', args=[customer.pk])}{CARD}"


def _done(request: HttpRequest, customer: Customer, toast: Toast) -> HttpResponse:
    """The card again with the toast; without htmx back to the page. `page`: where it was done, if not here."""
    agent, asked = agent_of(request), whole_number(request.POST.get("page", ""))
    here = customers_seen_by(agent).filter(pk=customer.pk if asked is None else asked).first()
    if not is_htmx(request):
        messages.success(request, toast.text)
        return redirect(_page(here) if here else "customers")
    if here is None:  # what this agent might see of them has gone
        return HttpResponse(headers={"HX-Redirect": reverse("customers")})
    return _card(request, here, toast=toast)


def _card(
    request: HttpRequest, customer: Customer, *, toast: Toast | None = None, error: str = "", where: str = ""
) -> HttpResponse:
    """With an error: the card with the words beside the field `where`; without htmx a page of its own."""
    context = {**identities_card(agent_of(request), customer), "toast": toast, "errors": {where: error}, "error": error}
    if is_htmx(request):
        name = "conversations/customer/identities_answer.html"
    else:
        name = "conversations/customer/identities_page.html"
    return render(request, name, context, status=422 if error else 200)
