"""One verb on many chosen rows."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError
from conversations.actions.labels import prioritise, tag
from conversations.actions.spam import mark_spam
from conversations.actions.states import reopen, resolve, snooze
from conversations.models import Conversation, Priority, Team
from conversations.typed import whole_number, whole_numbers
from conversations.views.acting import Toast, agent_of, is_htmx
from conversations.views.states import moment

if TYPE_CHECKING:
    from deskapp.models import User

MOST = 200  # rows at once: what a list shows, with room

Verb = Callable[[Conversation], object]


@login_required
@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """POST `conversation` (many), `do` and what it needs: `to`, `until`, `tag`, `priority`. GET: whom to assign to."""
    agent = agent_of(request)
    if request.method == "GET":
        agents = get_user_model().objects.filter(is_active=True).order_by("name")
        context = {"agents": agents, "teams": Team.objects.order_by("name")}
        return render(request, "conversations/actions/bulk_choices.html", context)
    chosen = whole_numbers(request.POST.getlist("conversation"))[:MOST]
    try:
        verb = verb_of(request, agent)
        if not chosen:
            raise NotPossibleError(_("Choose at least one conversation."))
    except NotPossibleError as refusal:
        return _answer(request, Toast(str(refusal), seconds=5), status=422)
    changed, refusals = 0, []
    for conversation in Conversation.objects.visible_to(agent).filter(pk__in=chosen).order_by("pk"):
        try:
            verb(conversation)
            changed += 1
        except NotPossibleError as refusal:
            refusals.append(f"#{conversation.pk}: {refusal}")
    text = ngettext("%(count)d conversation changed.", "%(count)d conversations changed.", changed)
    words = " ".join([text % {"count": changed}, *refusals[:3]])
    return _answer(request, Toast(words, seconds=5), status=200)


def verb_of(request: HttpRequest, agent: "User") -> Verb:
    data = request.POST
    match data.get("do"):
        case "resolve":
            return lambda one: resolve(one, by=agent)
        case "reopen":
            return lambda one: reopen(one, by=agent)
        case "spam":
            return lambda one: mark_spam(one, by=agent)
        case "snooze":
            until = moment(data.get("until", ""), zone=agent.get_timezone())
            return lambda one: snooze(one, until=until, by=agent)
        case "tag":
            return lambda one: tag(one, name=data.get("tag", ""), by=agent)
        case "priority":
            return _prioritise(data.get("priority", ""), agent)
        case "assign":
            return _assign(data.get("to", ""), agent)
    raise NotPossibleError(_("Choose what to do with them."))


def _prioritise(value: str, agent: "User") -> Verb:
    if value not in {str(number) for number in Priority.values}:
        raise NotPossibleError(_("Choose one of the four."))
    return lambda one: prioritise(one, priority=int(value), by=agent)


def _assign(to: str, agent: "User") -> Verb:
    kind, _colon, key = to.partition(":")
    if to == "me":
        return lambda one: assign(one, to=agent, by=agent)
    if to == "nobody":
        return lambda one: assign(one, to=None, by=agent)
    number = whole_number(key) or 0
    someone = get_user_model().objects.filter(pk=number, is_active=True).first() if kind == "agent" else None
    team = Team.objects.filter(pk=number).first() if kind == "team" else None
    if someone is None and team is None:
        raise NotPossibleError(_("Choose somebody from the list."))
    return lambda one: assign(one, to=someone, team=team, by=agent)


def _answer(request: HttpRequest, toast: Toast, *, status: int) -> HttpResponse:
    if is_htmx(request):
        response = render(request, "conversations/actions/toast_only.html", {"toast": toast}, status=status)
        response["HX-Trigger"] = "bulk:done"
        return response
    (messages.success if status == 200 else messages.error)(request, toast.text)
    there = request.POST.get("next", "")
    return redirect(there if url_has_allowed_host_and_scheme(there, {request.get_host()}) else "/")
