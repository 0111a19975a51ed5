"""Saved views: the filter of now under a name, for oneself or for everybody."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.models import SavedView
from conversations.views.acting import agent_of, is_delete
from conversations.writing_forms import SavedViewForm

if TYPE_CHECKING:
    from deskapp.models import User

NOT_KEPT = {"csrfmiddlewaretoken", "after", "before", "page", "name", "is_shared", "query"}


@login_required
@require_http_methods(["GET", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """The page of what there is; POST `name`, `query` (a query string) and `is_shared` adds one or replaces it."""
    agent = agent_of(request)
    form = SavedViewForm(
        {**request.POST.dict(), "query": kept(request.POST.get("query", ""))} if request.POST else None
    )
    if request.method == "POST" and form.is_valid():
        _keep(agent, **form.cleaned_data)
        messages.success(request, _("View saved."))
        return redirect("saved_views")
    return _page(request, form)


def kept(query: str) -> str:
    """The filter of a query string, without what belongs to one page of it."""
    pairs = [(key, value) for key, value in parse_qsl(query.lstrip("?")) if value and key not in NOT_KEPT]
    return urlencode(sorted(pairs))


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """POST renames or shares; DELETE forgets. One's own; an admin also changes what is shared."""
    agent = agent_of(request)
    changeable = Q(owner=agent) | Q(is_shared=True) if agent.may("words.share") else Q(owner=agent)
    view = get_object_or_404(SavedView.objects.filter(changeable), pk=pk)
    if is_delete(request):
        with _watched(agent, view, view.is_shared):
            view.delete()
        messages.success(request, _("View deleted."))
        return redirect("saved_views")
    data, was_shared = {"query": view.query, **request.POST.dict()}, view.is_shared
    form = SavedViewForm(data if request.method == "POST" else None, instance=view)
    if request.method == "POST" and form.is_valid() and not _is_taken(view, form.cleaned_data["name"]):
        with _watched(agent, view, view.is_shared or was_shared):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("saved_views")
    if form.is_bound and not form.errors:
        form.add_error("name", _("You have a view of that name already."))
    return _page(request, form, edited=view)


def _keep(agent: "User", *, name: str, query: str, is_shared: bool) -> None:
    view = SavedView.objects.filter(owner=agent, name=name).first() or SavedView(owner=agent, name=name)
    with _watched(agent, view, is_shared or view.is_shared):
        view.query, view.is_shared = query, is_shared
        view.save()


def _watched(agent: "User", view: SavedView, is_shared: bool) -> AbstractContextManager[None]:
    """What one keeps for oneself is nobody's business."""
    return audit.watched(agent, view) if is_shared else nullcontext()


def _is_taken(view: SavedView, name: str) -> bool:
    return SavedView.objects.filter(owner=view.owner_id, name=name).exclude(pk=view.pk).exists()


def _page(request: HttpRequest, form: SavedViewForm, edited: SavedView | None = None) -> HttpResponse:
    agent = agent_of(request)
    views = SavedView.objects.filter(Q(owner=agent) | Q(is_shared=True)).select_related("owner").order_by("name", "pk")
    rows = [
        {
            "view": view,
            "href": reverse("inbox_view", args=[f"saved-{view.pk}"]),
            "can_change": view.owner_id == agent.pk or agent.may("words.share"),
        }
        for view in views
    ]
    context = {"rows": rows, "form": form, "edited": edited, "query": request.GET.urlencode()}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "conversations/saved_views/page.html", context, status=status)
