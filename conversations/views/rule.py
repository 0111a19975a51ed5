"""One rule of a draft, and what holds for all rules of it: the forms."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations.condition_forms import ConditionsForm
from conversations.condition_lists import Lists
from conversations.models import RoutingPolicy
from conversations.outcome_forms import OutcomeForm, SettingsForm
from conversations.routing import drafting
from conversations.routing.drafting import NotPossibleError, State
from conversations.routing.facts import Rule
from conversations.views.acting import is_delete
from conversations.views.as_typed import is_typed, told
from conversations.views.rules import done, editor_of


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def policy_rule(request: HttpRequest, pk: int, key: str = "") -> HttpResponse:
    """POST what the form has: `name`, the builder of conditions ("when-…"), the outcome ("then-…"). Without a `key` it
    is a new rule, which comes last."""
    agent, version = editor_of(request), _draft_or_404(pk)
    rule = _rule_or_404(version, key)
    if is_delete(request):
        words = _("“%(rule)s” is deleted.") % {"rule": rule.name}
        changing = partial(drafting.without_rule, key=key)
        return done(request, pk, lambda: drafting.change(pk, changing, by=agent), words)
    lists, post = Lists(), request.POST if request.method == "POST" else None
    builder = ConditionsForm(rule.conditions, post=post, lists=lists)
    then = OutcomeForm(rule.outcome, lists, post, redraw=builder.wants_rows)
    name = (request.POST.get("name", rule.name)).replace("\x00", "").strip()[:120]
    context = {"version": version, "rule": rule, "key": key, "builder": builder, "then": then, "name": name}
    if is_typed(request):
        return told(request, _wrong(then))
    if post is None or builder.wants_rows:
        return render(request, "conversations/rules/rule.html", context)
    if not all([builder.is_valid(), then.is_valid(), name]):
        context["wrong"] = "" if name else _("Give it a name.")
        return render(request, "conversations/rules/rule.html", context, status=422)
    made = Rule(key or drafting.new_key(), name, builder.conditions, then.outcome)
    changing = partial(drafting.with_rule, rule=made)
    return done(request, pk, lambda: drafting.change(pk, changing, by=agent), _("Saved."))


@login_required
@require_http_methods(["GET", "POST"])
def policy_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """What is done when no rule holds ("then-…"), and what holds for all of them ("all-…")."""
    agent, version = editor_of(request), _draft_or_404(pk)
    rules, post = drafting.policy_of(version), request.POST if request.method == "POST" else None
    then, settings = OutcomeForm(rules.otherwise, Lists(), post), SettingsForm(rules, post)
    if is_typed(request):
        return told(request, _wrong(then, settings))
    if post is None or not all([then.is_valid(), settings.is_valid()]):
        context = {"version": version, "then": then, "settings": settings}
        return render(request, "conversations/rules/settings.html", context, status=200 if post is None else 422)
    try:
        drafting.change(pk, lambda now: settings.applied(now, then.outcome), by=agent)
    except NotPossibleError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("policy", pk)


def _wrong(*forms: Form) -> dict[str, str]:
    """What is wrong with each field, by the name that it has in the page."""
    return {form.add_prefix(name): str(errors[0]) for form in forms for name, errors in form.errors.items()}


def _draft_or_404(pk: int) -> RoutingPolicy:
    return get_object_or_404(RoutingPolicy, pk=pk, state=State.DRAFT)


def _rule_or_404(version: RoutingPolicy, key: str) -> Rule:
    if not key:
        return Rule("", "")
    found = next((rule for rule in drafting.policy_of(version).rules if rule.key == key), None)
    if found is None:
        raise Http404
    return found
