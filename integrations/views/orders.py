"""Acting on an order in its shop: what is possible, a form that says what will happen, and then the deed."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from conversations.actions import orders
from conversations.actions.change import NotPossibleError
from conversations.models import Conversation, OrderAct
from conversations.models.order_act import OrderActKind, OrderActState
from conversations.proof import is_by_number_alone
from conversations.views.acting import agent_of, is_htmx
from conversations.views.purchases import orders_seen_by
from customers.models import Order
from integrations.order_forms import ActForm
from integrations.outbound import shops

if TYPE_CHECKING:
    from deskapp.models import User

SHOWN = 5


@login_required
@require_GET
def order_acts(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be done to the order, and what was done."""
    order = _order(request, pk)
    return _fragment(request, "conversations/orders/acts.html", _offered(order))


@login_required
@require_http_methods(["GET", "POST"])
def order_act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """GET: the form. POST: what will happen, to be confirmed; POST with `confirmed`: it happens."""
    order, agent = _order(request, pk), agent_of(request)
    if what not in OrderActKind.values:
        raise Http404
    kind = OrderActKind(what)
    if kind not in shops.possible(order) and request.method == "GET":
        return redirect("order", order.pk)
    if request.method == "GET":
        return _form(request, order, kind, ActForm(None, order=order, what=kind))
    form = ActForm(request.POST, order=order, what=kind)
    if not form.is_valid():
        return _form(request, order, kind, form, status=422)
    try:
        if not form.cleaned_data["confirmed"]:
            orders.check(order, form.wish, by=agent)
            return _form(request, order, kind, form, is_sure=True)
        if _needs_proof(order, agent) and not form.cleaned_data["proven"]:
            form.add_error(None, _("They called, and their number proves nothing: make sure that it is them, first."))
            return _form(request, order, kind, form, is_sure=True, status=422)
        return _do(request, order, form, agent)
    except NotPossibleError as error:
        form.add_error(None, str(error))
        return _form(request, order, kind, form, status=422)


def _do(request: HttpRequest, order: Order, form: ActForm, agent: "User") -> HttpResponse:
    if form.wish.what not in shops.possible(order) and not _was_done(form):
        raise NotPossibleError(_("This order’s shop does not let the desk do that."))
    conversation = _newest_conversation(order, agent)
    act, is_new = orders.begin(order, form.wish, key=form.cleaned_data["key"], by=agent, conversation=conversation)
    if is_new:
        act = shops.carry_out(act)
    said = _said(act)
    if is_htmx(request):
        order.refresh_from_db()
        status = 422 if act.state == OrderActState.FAILED else 200
        context = {**_offered(order), "said": said, "ended": act}
        answer = render(request, "conversations/orders/acts.html", context, status=status)
        answer["HX-Trigger"] = "order:changed"  # what else the page shows of it
        return answer
    (messages.success if act.state == OrderActState.DONE else messages.error)(request, said)
    return redirect("order", order.pk)


def _needs_proof(order: Order, agent: "User") -> bool:
    return is_by_number_alone(_newest_conversation(order, agent))


def _was_done(form: ActForm) -> bool:
    """The same form again, after its first sending changed what is possible."""
    return OrderAct.objects.filter(key=form.cleaned_data["key"]).exists()


def _said(act: OrderAct) -> str:
    words = f"{act.get_what_display()}: {orders.about(act)}."
    if act.state == OrderActState.DOING:
        return _("%s It is under way.") % words
    return f"{words} {act.error}".strip() if act.error else _("%s Done.") % words


def _order(request: HttpRequest, pk: int) -> Order:
    return get_object_or_404(orders_seen_by(agent_of(request)).select_related("identity"), pk=pk)


def _newest_conversation(order: Order, agent: "User") -> Conversation | None:
    """In whose log it is written."""
    theirs = Conversation.objects.visible_to(agent).filter(customer=order.identity.customer_id)
    return theirs.order_by("-last_message_at", "-pk").first()


def _offered(order: Order) -> dict[str, object]:
    done = OrderAct.objects.filter(order=order).select_related("by").order_by("-pk")[:SHOWN]
    past = [(act, orders.about(act)) for act in done]
    return {"order": order, "kinds": [OrderActKind(kind) for kind in shops.possible(order)], "past": past}


def _form(
    request: HttpRequest, order: Order, kind: OrderActKind, form: ActForm, *, is_sure: bool = False, status: int = 200
) -> HttpResponse:
    known = form.data.get("key") if form.is_bound else ""
    context = {
        "order": order,
        "kind": kind,
        "form": form,
        "is_sure": is_sure,
        "key": known or uuid.uuid4(),
        "limit": orders.limit_of(agent_of(request)),
        "left": orders.left_to_refund(order),
        "wish": form.wish if is_sure else None,
        "needs_proof": is_sure and _needs_proof(order, agent_of(request)),
    }
    return _fragment(request, "conversations/orders/act.html", context, status=status)


def _fragment(request: HttpRequest, name: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Alone under htmx, else as a page."""
    page = name if is_htmx(request) else "conversations/orders/act_page.html"
    return render(request, page, {**context, "inside": name}, status=status)
