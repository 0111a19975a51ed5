"""What the pages of canned replies and of macros share: one is kept as its form says, or deleted, and written down."""

from django.contrib import messages
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from conversations import audit
from conversations.views.acting import agent_of
from conversations.views.as_typed import as_typed


def kept(request: HttpRequest, form: "ModelForm[Model]", *, page: str) -> HttpResponse | None:
    """Where it leads, or what is wrong with what is being typed; None where nothing was sent, or what was sent is
    wrong."""
    if answer := as_typed(request, form):
        return answer
    if request.method != "POST" or not form.is_valid():
        return None
    words = _("Added.") if form.instance.pk is None else _("Saved.")
    with audit.watched(agent_of(request), form.instance):
        form.save()
    messages.success(request, words)
    return redirect(page)


def deleted(request: HttpRequest, one: Model, *, page: str) -> HttpResponse:
    with audit.watched(agent_of(request), one):
        one.delete()
    messages.success(request, _("Deleted."))
    return redirect(page)
