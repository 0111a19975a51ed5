"""Links by which a customer goes on by another channel, and stays the same customer there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from conversations.sight import customers_seen_by
from conversations.views.acting import agent_of, is_htmx
from integrations.adapters import ADAPTERS, adapter_named
from integrations.inbound.started import word_for
from integrations.models import Connector


@login_required
@require_GET
def customer_links(request: HttpRequest, pk: int) -> HttpResponse:
    """For the card of their identities: one link for each channel that can begin by one, and that they are not on."""
    customer = get_object_or_404(customers_seen_by(agent_of(request)), pk=pk)
    if not is_htmx(request):
        return redirect("customer", customer.pk)
    able = [name for name in ADAPTERS if hasattr(adapter_named(name), "start_link")]
    active = Connector.objects.filter(adapter__in=able, is_active=True, broken_at=None, channel__is_active=True)
    known = set(customer.identities.values_list("kind", flat=True))
    links = []
    for connector in active.select_related("channel").order_by("pk"):
        word = word_for(connector, customer) if connector.channel and connector.channel.medium not in known else ""
        if address := adapter_named(connector.adapter).start_link(connector, word) if word else "":  # type: ignore[attr-defined]  # of `able`
            links.append({"channel": connector.channel, "address": address})
    return render(request, "integrations/customer_links.html", {"links": links, "customer": customer})
