"""Macros: run on a conversation, taken back, and the page where they are kept."""

import json

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations.actions import macros as actions
from conversations.actions.change import NotPossibleError
from conversations.macro_forms import MacroForm
from conversations.models import Macro
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_delete, refused
from conversations.views.keeping import deleted, kept

SALT = "macro"
UNDO_FOR = 600  # seconds


@login_required
@require_http_methods(["POST", "DELETE"])
def conversation_macro(request: HttpRequest, pk: int, macro_pk: int) -> HttpResponse:
    """POST runs it; DELETE with what the toast held takes it back."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    macro = get_object_or_404(actions.usable_by(agent), pk=macro_pk)
    if is_delete(request):
        return _taken_back(request, pk)
    try:
        ran = actions.run(macro, conversation, by=agent)
    except NotPossibleError as error:
        return refused(request, conversation, error, where="macro")
    states = signing.dumps([actions.kept(ran.before), actions.kept(ran.after)], salt=f"{SALT}:{pk}", compress=True)
    undo = reverse("conversation_macro", args=[pk, macro_pk])
    toast = Toast(_("%(name)s: done.") % {"name": macro}, undo, {"_method": "DELETE", "states": states})
    happened = "conversation:resolved" if macro.resolves and not ran.html else ""
    response = done(request, ran.conversation, toast, happened=happened)
    if ran.html and "HX-Redirect" not in response:
        response["HX-Trigger"] = json.dumps({"composer:insert": {"html": ran.html}})
    return response


def _taken_back(request: HttpRequest, pk: int) -> HttpResponse:
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    try:
        before, after = signing.loads(request.POST.get("states", ""), salt=f"{SALT}:{pk}", max_age=UNDO_FOR)
    except signing.BadSignature:
        return refused(request, conversation, _("That was too long ago to be taken back at once."), where="macro")
    states = {"before": actions.State(**before), "after": actions.State(**after)}
    try:
        conversation = actions.take_back(conversation, **states, by=agent)
    except NotPossibleError as error:
        return refused(request, conversation, error, where="macro")
    return done(request, conversation, Toast(_("Taken back."), seconds=4), happened="conversation:reopened")


@login_required
@require_http_methods(["GET", "POST"])
def macros(request: HttpRequest) -> HttpResponse:
    """The page; POST adds one. `q` looks among their names."""
    form = MacroForm(request.POST or None, agent=agent_of(request))
    return kept(request, form, page="macros") or _page(request, form, None)


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def macro(request: HttpRequest, pk: int) -> HttpResponse:
    agent = agent_of(request)
    one = get_object_or_404(actions.changeable_by(agent), pk=pk)
    if is_delete(request):
        return deleted(request, one, page="macros")
    form = MacroForm(request.POST or None, instance=one, agent=agent)
    return kept(request, form, page="macros") or _page(request, form, one)


def _page(request: HttpRequest, form: MacroForm, edited: Macro | None) -> HttpResponse:
    agent, asked = agent_of(request), request.GET.get("q", "").replace("\x00", "").strip()
    found = actions.usable_by(agent).select_related("usable_in", "assignee", "team", "canned")
    found = found.filter(name__icontains=asked) if asked else found
    changeable = set(actions.changeable_by(agent).values_list("pk", flat=True))
    rows = [
        {"macro": one, "deeds": actions.deeds(one), "can_change": one.pk in changeable}
        for one in found.prefetch_related("add_tags", "drop_tags")[:200]
    ]
    can_add = agent.may("words.share") or agent.teams.exists()
    context = {"rows": rows, "form": form, "edited": edited, "can_add": can_add, "q": asked}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "conversations/macros/page.html", context, status=status)
