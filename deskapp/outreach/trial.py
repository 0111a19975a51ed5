"""A rule tried dry: to whom it would write now, and why not to the others; only then can it be switched on."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit
from conversations.models import OutreachRule
from conversations.outreach import lists, saying, shown
from conversations.outreach.judging import Verdict, judge_each, waiting
from conversations.outreach.why import Why
from conversations.views.acting import agent_of
from deskapp.outreach.views import chiefs

MOST = 1000  # of the list, the newest
NAMED = 20  # of each group
READ = 3  # messages that are shown whole


@dataclass(frozen=True)
class Group:
    """Who is alike in what would happen to them."""

    label: str
    verdicts: list[Verdict]

    @property
    def count(self) -> int:
        return len(self.verdicts)

    @property
    def lines(self) -> list[tuple[Verdict, str]]:
        return [(each, shown.about(each.occasion)) for each in self.verdicts[:NAMED]]

    @property
    def more(self) -> int:
        return max(0, self.count - NAMED)


@chiefs
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """POST tries it; GET shows how it stands. Nobody is written to."""
    one = get_object_or_404(OutreachRule, pk=pk)
    if request.method == "POST":
        lists.refresh(one.kind)
        with audit.watched(agent_of(request), one, note="tried"):
            one.tried_at = timezone.now()
            one.save(update_fields=["tried_at"])
        return redirect("outreach_trial", pk)
    rows = waiting(one)
    verdicts = judge_each(one, list(rows.select_related("customer").prefetch_related("customer__identities")[:MOST]))
    go = [each for each in verdicts if each.why is None]
    written = [each for each in go if not each.is_held_out]
    context = {
        "rule": one,
        "tab": "automation",
        "total": rows.count(),
        "looked_at": len(verdicts),
        "written": Group(_("Would be written to now"), written),
        "held": Group(_("Would be held out"), [each for each in go if each.is_held_out]),
        "media": Counter(each.way.choice.channel.medium for each in written if each.way).most_common(),
        "others": _others(verdicts),
        "read": [(each, saying.preview(one, each, each.occasion.customer)) for each in written[:READ]],
        "as_of": lists.as_of().get(one.kind),
    }
    return render(request, "deskapp/outreach/trial.html", context)


@chiefs
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `on`: yes or no. One that nobody has tried since it was changed stays off."""
    one = get_object_or_404(OutreachRule, pk=pk)
    is_on = request.POST.get("on") == "yes"
    if is_on and one.tried_at is None:
        messages.error(request, _("Try it first: then you see to whom it would write."))
        return redirect("outreach_rule", pk)
    with audit.watched(agent_of(request), one):
        one.is_active, one.cursor = is_on, ""
        one.switched_on_at = timezone.now() if is_on else one.switched_on_at
        one.save(update_fields=["is_active", "cursor", "switched_on_at"])
    words = _("“%(name)s” is on.") if is_on else _("“%(name)s” is off.")
    messages.success(request, words % {"name": one.name})
    return redirect("outreach_rules")


def _others(verdicts: list[Verdict]) -> list[Group]:
    """By reason, the most frequent first."""
    found: dict[Why, list[Verdict]] = defaultdict(list)
    for each in verdicts:
        if each.why is not None:
            found[each.why].append(each)
    groups = [Group(str(why.label), rows) for why, rows in found.items()]
    return sorted(groups, key=lambda group: -group.count)
