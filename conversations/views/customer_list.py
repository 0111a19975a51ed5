"""The list of customers, with a search by name, handle or order number, and by segment."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from conversations.finding import found
from conversations.person import row_of
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_htmx
from customers.models import Segment


@login_required
@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """`q`, `segment`, and `before` for the next page; under htmx only the rows."""
    agent = agent_of(request)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    segment = whole_number(request.GET.get("segment", "")) if agent.sees_purchases else None
    before = whole_number(request.GET.get("before", ""))
    page = found(agent, words=words, segment=segment, before=before)
    rest = request.GET.copy()
    rest.pop("before", None)
    context: dict[str, object] = {
        "rows": [row_of(agent, customer) for customer in page.customers],
        "before": page.before,
        "rest": rest.urlencode(),
        "q": words,
        "segment": segment,
    }
    if is_htmx(request) and before is not None:
        return render(request, "conversations/customer/list_rows.html", context)
    # Who is in a segment may tell what they bought.
    context["segments"] = Segment.objects.order_by("name")[:100] if agent.sees_purchases else []
    return render(request, "conversations/customer/list.html", context)
