"""/settings/automation/: the rules in their order, and one of them: when, if, then."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit, rule_log, rules
from conversations.condition_forms import ConditionsForm
from conversations.condition_lists import Lists
from conversations.condition_words import said
from conversations.models import Rule, RuleRun
from conversations.rule_actions import Options
from conversations.rule_actions import said as deeds_of
from conversations.rule_forms import ActionsForm, RuleForm
from conversations.rule_words import counted, when
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from integrations.views.admins import needs

MINE = "settings.automation"
MOST_ROWS = 200
LATELY = timedelta(days=7)


@needs(MINE)
def rule_list(request: HttpRequest) -> HttpResponse:
    """`q` looks among the names; `moved` and `to` say whose button has the focus, so that it can be moved on."""
    words = request.GET.get("q", "").replace("\x00", "").strip()
    lately = Q(runs__at__gt=timezone.now() - LATELY)
    ran, stuck = lately & Q(runs__outcome="ran"), lately & Q(runs__outcome__in=["could_not", "failed"])
    found = Rule.objects.annotate(ran=Count("runs", filter=ran), stuck=Count("runs", filter=stuck))
    found = found.filter(name__icontains=words) if words else found
    lists, options = Lists(), Options()
    rows = [
        {"rule": one, "when": when(one), "if": _if(one, lists), "then": deeds_of(one.actions, options)}
        for one in found.order_by("place", "pk")[:MOST_ROWS]
    ]
    moved = f"{request.GET.get('moved', '')}-{request.GET.get('to', '')}"
    context = {"rows": rows, "q": words, "moved": moved, "tab": "automation"}
    return render(request, "deskapp/automation/rules.html", context)


@needs(MINE)
@require_http_methods(["GET", "POST", "DELETE"])
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of one, or of a new one. A button of its builders draws it anew, and saves nothing."""
    one = get_object_or_404(Rule, pk=pk) if pk else Rule(is_active=True)
    if pk and is_delete(request):
        return _deleted(request, one)
    post = request.POST if request.method == "POST" else None
    form = RuleForm(post, instance=one)
    if answer := as_typed(request, form):
        return answer
    when_, then_ = ConditionsForm(one.conditions, post=post), ActionsForm(one.actions, post=post)
    if post is None or when_.wants_rows or then_.wants_rows:
        return _page(request, form, when_, then_)
    if not all([form.is_valid(), when_.is_valid(), then_.is_valid()]):
        return _page(request, form, when_, then_, status=422)
    _keep(request, form, conditions=when_.conditions, actions=then_.actions)
    messages.success(request, _("Saved."))
    return redirect("automation_rule", pk=one.pk)


@needs(MINE)
@require_POST
def actions(request: HttpRequest) -> HttpResponse:
    """The rows of the builder of what is done, while one edits. Nothing is saved."""
    return render(request, "deskapp/automation/actions.html", {"deeds": ActionsForm([], post=request.POST)})


@needs(MINE)
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `to`: up or down; among all rules, as the list shows them."""
    one = get_object_or_404(Rule, pk=pk)
    with transaction.atomic():
        order = list(Rule.objects.select_for_update(no_key=True).order_by("place", "pk"))
        at = next(at for at, each in enumerate(order) if each.pk == pk)
        to = max(0, min(len(order) - 1, at + (-1 if request.POST.get("to") == "up" else 1)))
        with audit.watched(agent_of(request), one):
            order.insert(to, order.pop(at))
            for number, each in enumerate(order):
                Rule.objects.filter(pk=each.pk).exclude(place=number).update(place=number)
    return redirect(f"{reverse('automation')}?{urlencode({'moved': pk, 'to': 'up' if to < at else 'down'})}")


@needs(MINE)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `on`: yes or no. The clock of one that is switched on begins now."""
    one = get_object_or_404(Rule, pk=pk)
    with audit.watched(agent_of(request), one):
        one.is_active = request.POST.get("on") == "yes"
        one.save(update_fields=["is_active", "changed_at"])
    rules.forget()
    words = _("“%(name)s” is on.") if one.is_active else _("“%(name)s” is off.")
    messages.success(request, words % {"name": one.name})
    return redirect("automation")


def _if(one: Rule, lists: Lists) -> str:
    return said(one.conditions, lists) if one.conditions.get("rules") else ""


def _keep(request: HttpRequest, form: RuleForm, *, conditions: object, actions: object) -> None:
    agent, one = agent_of(request), form.instance
    with audit.watched(agent, one):
        one.conditions, one.actions = conditions, actions
        if one.pk is None:
            one.by = agent
            one.place = (Rule.objects.aggregate(last=Max("place"))["last"] or 0) + 1
        form.save()
    rules.forget()


def _deleted(request: HttpRequest, one: Rule) -> HttpResponse:
    """What it did stays in the log under its name."""
    with audit.watched(agent_of(request), one):
        one.delete()
    rules.forget()
    messages.success(request, _("Deleted."))
    return redirect("automation")


def _page(
    request: HttpRequest, form: RuleForm, builder: ConditionsForm, deeds: ActionsForm, status: int = 200
) -> HttpResponse:
    one = form.instance
    context: dict[str, object] = {"form": form, "builder": builder, "deeds": deeds, "tab": "automation"}
    if one.pk:
        stored = Rule.objects.get(pk=one.pk)
        missed = rule_log.misses(stored)
        context |= {
            "stored": stored,
            "acted": stored.runs.filter(outcome=RuleRun.Outcome.RAN).count(),
            "misses": [(counted(code), count) for code, count in missed[:6]],
            "dry_runs": stored.dry_runs.select_related("by").order_by("-pk")[:3],
        }
    return render(request, "deskapp/automation/rule.html", context, status=status)
