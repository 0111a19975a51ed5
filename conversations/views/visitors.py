"""Who is on the site now: a live list, from which an agent may begin a chat."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from conversations.actions.starting import start_chat
from conversations.live import on_site
from conversations.outbound.reach import here_now
from conversations.sight import customers_seen_by
from conversations.story_words import goods_of, money
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_htmx
from customers.models import Cart, Customer, Identity, Membership, Segment
from customers.models.identity import Kind

MOST_ROWS = 200


@dataclass(frozen=True)
class Visitor:
    """One line of the list."""

    identity: Identity
    customer: Customer
    is_known: bool  # by more than the browser
    title: str
    url: str
    came_at: datetime
    page_at: datetime
    cart: str
    total: str
    can_chat: bool


@login_required
@require_GET
def visitors(request: HttpRequest) -> HttpResponse:
    """`segment` narrows it; under htmx only the table, which asks again every few seconds."""
    agent = agent_of(request)
    if not agent.sees_browsing:
        raise Http404
    segment = request.GET.get("segment", "") if agent.sees_purchases else ""
    rows = _rows(request, whole_number(segment))
    context: dict[str, object] = {"rows": rows, "segment": segment}
    if is_htmx(request):
        return render(request, "conversations/visitors/rows.html", context)
    context["segments"] = Segment.objects.order_by("name")[:100] if agent.sees_purchases else []
    return render(request, "conversations/visitors/page.html", context)


@login_required
@require_POST
def chat_with(request: HttpRequest, pk: int) -> HttpResponse:
    """POST begins a chat with the visitor of this identity, and leads to where one writes."""
    agent = agent_of(request)
    if not agent.sees_browsing:
        raise Http404
    identity = get_object_or_404(Identity.objects.filter(kind=Kind.VISITOR), pk=pk)
    customer = get_object_or_404(customers_seen_by(agent), pk=identity.customer_id)
    conversation = start_chat(customer, by=agent)
    return redirect(reverse("conversation", args=[conversation.pk]) + "#composer")


def _rows(request: HttpRequest, segment: int | None) -> list[Visitor]:
    """A handful of queries, whoever is there."""
    agent = agent_of(request)
    here = {each.visitor.lower(): each for each in on_site.everybody()}
    if not here:
        return []
    seen = customers_seen_by(agent)
    if segment is not None:
        seen = seen.filter(pk__in=Membership.objects.filter(segment=segment).values("customer"))
    browsers = Identity.objects.filter(kind=Kind.VISITOR, value__in=list(here), customer__in=seen)
    newest = sorted(browsers.values_list("pk", "value"), key=lambda row: here[row[1]].page_at)[-MOST_ROWS:]
    shown = browsers.filter(pk__in=[pk for pk, _value in newest])  # whom nobody knows has no line, and takes nobody's
    identities = list(shown.select_related("customer").prefetch_related("customer__identities"))
    theirs = [each for identity in identities for each in identity.customer.identities.all()]
    known = {each.customer_id for each in theirs if each.kind != Kind.VISITOR}
    open_chats = here_now(theirs)
    reachable = {each.customer_id for each in theirs if each.pk in open_chats}
    carts = _carts([identity.pk for identity in identities])
    rows = []
    for identity in identities:
        now, cart = here[identity.value], carts.get(identity.pk)
        rows.append(
            Visitor(
                identity=identity,
                customer=identity.customer,
                is_known=identity.customer_id in known,
                title=now.title or now.url,
                url=now.url,
                came_at=datetime.fromtimestamp(now.came_at, UTC),
                page_at=datetime.fromtimestamp(now.page_at, UTC),
                cart=", ".join(goods_of(line) for line in cart.lines[:3]) if cart else "",
                total=money(cart.total, cart.currency) if cart and cart.currency else "",
                can_chat=identity.customer_id in reachable,
            )
        )
    return sorted(rows, key=lambda row: row.page_at, reverse=True)


def _carts(identities: list[int]) -> dict[int, Cart]:
    """The newest open cart of each."""
    open_ = Cart.objects.filter(identity__in=identities, status=Cart.Status.OPEN)
    return {cart.identity_id: cart for cart in open_.order_by("changed_at")}
