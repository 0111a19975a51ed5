"""Calls: those that ring now, asking to be connected, who was calling, and what was said."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations.actions import calls
from conversations.actions.change import NotPossibleError
from conversations.call_pop import pops
from conversations.call_words import call_of
from conversations.models import Conversation, Message
from conversations.outbound.calling import place
from conversations.outbound.compose import KeyTakenError
from conversations.sight import customers_seen_by
from conversations.typed import whole_number
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_htmx, refused
from conversations.views.joining import find_customer
from customers.models import Identity
from customers.models.identity import Kind


@login_required
@require_GET
def ringing(request: HttpRequest) -> HttpResponse:
    """The calls that ring at this agent now, or just did."""
    if not is_htmx(request):
        return redirect("home")
    return render(request, "conversations/calls/ringing.html", {"pops": pops(agent_of(request))})


@login_required
@require_POST
def placed(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `identity`, and `key` from the browser: the agent's line rings, then the customer's."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    identity = phone_named(request.POST.get("identity", ""))
    if identity is None or not _is_of(identity, conversation):
        return refused(request, conversation, _("Choose one of their numbers."), where="call")
    try:
        key = uuid.UUID(request.POST.get("key", ""))
        place(conversation, identity=identity, by=agent, key=key)
    except (NotPossibleError, KeyTakenError) as refusal:
        return refused(request, conversation, refusal, where="call")
    except ValueError:
        return refused(request, conversation, _("This page is too old: open it again."), where="call")
    words = _("Your phone rings first, then %(name)s’s.") % {"name": conversation.customer.label}
    return done(request, conversation, Toast(words, seconds=5))


def phone_named(pk: str) -> Identity | None:
    return Identity.objects.filter(pk=whole_number(pk) or 0, kind=Kind.PHONE).first()


def _is_of(identity: Identity, conversation: Conversation) -> bool:
    """The customer's, or of a call that is in their thread by now."""
    if identity.customer_id == conversation.customer_id:
        return True
    return conversation.call_backs.filter(identity=identity).exists()


def call_or_404(request: HttpRequest, pk: int) -> Message:
    rows = Message.objects.visible_to(agent_of(request)).filter(kind=Message.Kind.CALL)
    return get_object_or_404(rows.select_related("conversation__customer", "channel", "identity", "author"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def caller(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: who it may be. POST `customer`, an address or "customer:7": who it was; `theirs`: so is the number."""
    message, agent = call_or_404(request, pk), agent_of(request)
    if request.method == "GET":
        return _asked(request, message)
    customer = find_customer(agent, request.POST.get("customer", ""))
    if customer is None:
        return _asked(request, message, _("Nobody has that address."))
    try:
        home = calls.say_who(message, customer=customer, by=agent, is_theirs=bool(request.POST.get("theirs")))
    except NotPossibleError as refusal:
        return _asked(request, message, str(refusal))
    messages.success(request, _("%(name)s was calling.") % {"name": customer.label})
    address = f"{reverse('conversation', args=[home.pk])}#message-{message.pk}"
    if not is_htmx(request):
        return redirect(address)
    if home.pk == message.conversation_id:  # the page that is open: only who it is about has changed
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponse(headers={"HX-Redirect": address})


def _asked(request: HttpRequest, message: Message, error: str = "") -> HttpResponse:
    agent, call = agent_of(request), call_of(message)
    if "asks" not in call and not error and not is_htmx(request):
        return redirect(f"{reverse('conversation', args=[message.conversation_id])}#message-{message.pk}")
    seen = customers_seen_by(agent).filter(pk__in=call.get("asks", [])).order_by("pk")
    context = {
        "message": message,
        "conversation": message.conversation,
        "call": call,
        "candidates": calls.candidates(message, seen.prefetch_related("identities")),
        "hidden": len(call.get("asks", [])) - len(seen),
        "is_free": calls.is_free(message),
        "error": error,
        "inside": "conversations/calls/caller.html",
    }
    name = "conversations/calls/caller.html" if is_htmx(request) else "conversations/actions/menu_page.html"
    return render(request, name, context, status=422 if error else 200)


@login_required
@require_POST
def said(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `text`: what was said in the call; answers its card."""
    message, agent = call_or_404(request, pk), agent_of(request)
    text = request.POST.get("text", "").strip()
    if not text:
        return HttpResponse(_("Write down what was said."), status=422)
    message = calls.note(message, text=text, by=agent)
    if not is_htmx(request):
        return redirect(f"{reverse('conversation', args=[message.conversation_id])}#message-{message.pk}")
    message = call_or_404(request, pk)
    return render(request, "conversations/timeline/event.html", {"event": message})
