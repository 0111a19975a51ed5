"""A rule tried on the last days: begun, watched, stopped, and what it would have done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from conversations import dry_runs
from conversations.conditions import tells_of_purchases
from conversations.models import Conversation, DryRun, Rule
from conversations.rule_actions import Options, said
from conversations.rule_words import counted
from conversations.typed import whole_number
from conversations.views.acting import agent_of
from deskapp.automation.rules import MINE
from integrations.views.admins import needs

DAYS = (1, 7, 30, 90)
AT_A_TIME = 50


@needs(MINE)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `days`. It tries the rule as it was saved."""
    rule = get_object_or_404(Rule, pk=pk)
    asked = request.POST.get("days", "")
    days = int(asked) if asked in {str(each) for each in DAYS} else 7
    one = dry_runs.start(rule, days=days, by=agent_of(request))
    return redirect("dry_run", pk=one.pk)


@needs(MINE)
@require_safe
def dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "deskapp/automation/dry_run.html", _context(request, pk))


@needs(MINE)
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks for it while it runs."""
    return render(request, "deskapp/automation/progress.html", _context(request, pk))


@needs(MINE)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    dry_runs.stop(get_object_or_404(DryRun, pk=pk))
    return redirect("dry_run", pk=pk)


def _context(request: HttpRequest, pk: int) -> dict[str, object]:
    one = get_object_or_404(DryRun.objects.select_related("rule", "by"), pk=pk)
    after = request.GET.get("after", "")
    agent = agent_of(request)
    is_shown = agent.sees_purchases or not tells_of_purchases(
        one.body["conditions"]
    )  # else a hit says what they bought
    visible = (
        one.found.filter(conversation__in=Conversation.objects.visible_to(agent)) if is_shown else one.found.none()
    )
    found = visible.select_related("conversation__customer").order_by("pk")
    found = found if (last := whole_number(after)) is None else found.filter(pk__gt=last)
    hits = list(found[: AT_A_TIME + 1])
    misses = sorted(one.misses.items(), key=lambda pair: -pair[1])
    return {
        "one": one,
        "deeds": said(one.body["actions"], Options()),
        "hits": hits[:AT_A_TIME],
        "after": hits[AT_A_TIME - 1].pk if len(hits) > AT_A_TIME else 0,
        "missed": sum(one.misses.values()),
        "misses": [(counted(code), count) for code, count in misses[:8]],
        "most": dry_runs.MOST_HITS,
        "tab": "automation",
    }
