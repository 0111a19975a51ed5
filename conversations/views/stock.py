"""The search for stock: a page, and under htmx its list alone."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from conversations.stock import find
from conversations.views.acting import is_htmx


@login_required
@require_GET
def stock(request: HttpRequest) -> HttpResponse:
    """Products are no customer's: every agent may look."""
    words = request.GET.get("q", "")
    name = "conversations/stock/found.html" if is_htmx(request) else "conversations/stock/page.html"
    return render(request, name, {"q": words, "found": find(words)})
