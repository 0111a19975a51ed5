"""/settings/automation/log/: what the rules made of what happened, newest first, each with its reason."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversations import rule_log
from conversations.condition_lists import Lists
from conversations.models import Conversation, Rule, RuleRun
from conversations.rule_words import why
from conversations.typed import whole_number
from conversations.views.acting import agent_of
from deskapp.automation.rules import MINE
from integrations.views.admins import needs

MOST_RULES = 500


@needs(MINE)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """`rule`, `outcome` and `conversation` narrow it; without an outcome, all but what did not hold. `after` is the
    next page."""
    asked = {name: request.GET.get(name, "") for name in ("rule", "outcome", "conversation", "after")}
    found = RuleRun.objects.filter(conversation__in=Conversation.objects.visible_to(agent_of(request)))
    if rule := whole_number(asked["rule"]):
        found = found.filter(rule=rule)
    if conversation := whole_number(asked["conversation"]):
        found = found.filter(conversation=conversation)
    if asked["outcome"] in RuleRun.Outcome.values:
        found = found.filter(outcome=asked["outcome"])
    elif asked["outcome"] != "all":
        found = found.exclude(outcome=RuleRun.Outcome.DID_NOT_HOLD)
    page, lists = rule_log.page(found, whole_number(asked["after"]) or 0), Lists()
    sees_purchases = agent_of(request).sees_purchases
    context = {
        "rows": [{"run": run, "why": why(run, lists, sees_purchases=sees_purchases)} for run in page.runs],
        "after": page.after,
        "rules": Rule.objects.order_by("name")[:MOST_RULES],
        "outcomes": RuleRun.Outcome.choices,
        "asked": asked,
        "tab": "automation",
    }
    return render(request, "deskapp/automation/log.html", context)
