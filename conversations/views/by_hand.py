"""What agents add to a customer by hand: an order that no shop told of, a call, a fact. Checked as one types."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations.actions import calls
from conversations.actions.change import log
from conversations.by_hand_forms import ByHandForm, CallForm, FactForm, OrderForm
from conversations.live.customers import push_customer
from conversations.models import Activity, Conversation
from conversations.views.acting import agent_of
from conversations.views.customers import customer_or_404
from customers import commerce, profile
from customers.models import Customer
from customers.traits import know

if TYPE_CHECKING:
    from deskapp.models import User

NEWLY = {"order": OrderForm, "call": CallForm, "fact": FactForm}


@login_required
@require_http_methods(["GET", "POST"])
def by_hand(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """GET: the form. POST with `check`: what is wrong so far. POST: it is added."""
    agent = agent_of(request)
    customer = customer_or_404(agent, pk)
    if what not in NEWLY or (what == "order" and not agent.sees_purchases):
        raise Http404
    form = NEWLY[what](request.POST if request.method == "POST" else None, customer=customer, agent=agent)
    context = {"customer": customer, "form": form, "what": what, "title": _TITLES[what](), "key": _key(request)}
    if request.POST.get("check"):
        return render(request, "conversations/customer/by_hand_words.html", {"words": form.hasty})
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, customer, form)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Added."))
            return redirect("customer", customer.pk)
    context["now"] = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    status = 422 if request.method == "POST" else 200
    return render(request, "conversations/customer/by_hand.html", context, status=status)


@transaction.atomic
def _add(request: HttpRequest, customer: Customer, form: ByHandForm) -> None:
    """Raises ValueError for what cannot be true."""
    agent = agent_of(request)
    if isinstance(form, OrderForm):
        touched, verb, said = commerce.order(form.fact), Activity.Verb.ADDED_ORDER, form.cleaned_data["number"]
    elif isinstance(form, FactForm):
        traits = form.fact.traits
        touched, verb = know(form.fact), Activity.Verb.NOTED_FACT
        said = ", ".join(f"{name}: {value}" for name, value in traits.items())
    else:
        assert isinstance(form, CallForm)
        _write_down(form, agent)
        push_customer({customer.pk})
        return
    if not touched:  # the same form again
        return
    profile.changed(touched)
    push_customer(touched)
    theirs = Conversation.objects.visible_to(agent).filter(customer=customer).order_by("-last_message_at", "-pk")
    if newest := theirs.first():
        log(newest, verb, by=agent, to=said)


def _write_down(form: CallForm, agent: "User") -> None:
    said = form.cleaned_data
    if call := form.reported:
        calls.note(call, text=said["text"], by=agent)
        return
    calls.write_down(
        said["identity"],
        text=said["text"],
        at=said["called_at"],
        direction=said["direction"] or "in",
        minutes=said["minutes"] or 0,
        key=said["key"],
        by=agent,
    )


def _key(request: HttpRequest) -> str:
    return request.POST.get("key") or str(uuid.uuid4())


_TITLES: dict[str, Callable[[], str]] = {
    "order": lambda: _("Add an order"),
    "call": lambda: _("Note a call"),
    "fact": lambda: _("Note a fact"),
}
