"""The deadlines of one conversation: which policy it stands under and why, what runs, what rests and what has ended."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conversations import clocks, sla
from conversations.clocks import Promise
from conversations.condition_words import said
from conversations.conditions import tells_of_purchases
from conversations.deadline_words import length, spoken
from conversations.models import Conversation, Deadline, SlaPolicy
from conversations.templatetags.deadlines import deadline
from conversations.views.acting import agent_of, is_htmx

if TYPE_CHECKING:
    from deskapp.models import User

MOST_ENDED = 12


@login_required
@require_GET
def deadlines(request: HttpRequest, pk: int) -> HttpResponse:
    """`?line`: what the thread's head says of it."""
    reader = agent_of(request)
    seen = Conversation.objects.visible_to(reader).select_related("customer", "team")
    conversation = get_object_or_404(seen, pk=pk)
    if "line" in request.GET:
        return render(request, "conversations/deadlines/line.html", deadline(conversation))
    context = {"conversation": conversation, **_why(conversation, reader)}
    template = "why" if is_htmx(request) and context["promise"] else "page"
    return render(request, f"conversations/deadlines/{template}.html", context)


def _why(conversation: Conversation, reader: "User") -> dict[str, object]:
    promise = sla.promised(conversation)
    if promise is None:
        return {"promise": None}
    policy = SlaPolicy.objects.get(pk=promise.policy)
    is_shown = reader.sees_purchases or not tells_of_purchases(policy.conditions)
    return {
        "promise": promise,
        "policy": policy,
        "when": said(policy.conditions) if is_shown else _("by what they bought, which you are not shown"),
        "running": _running(conversation, promise),
        "ended": _ended(conversation),
    }


def _running(conversation: Conversation, promise: Promise) -> list[dict[str, object]]:
    state, now = sla.state_of(conversation), timezone.now()
    found: list[dict[str, object]] = []
    for clock in state.clocks:
        within = promise.within.get(clock.kind)
        if within is None or state.is_solved:
            continue
        due = clocks.due_at(clock, promise)
        times = {"due": due, "is_late": bool(due and due <= now)}
        used = length(clocks.used(clock, promise, now))
        found.append({"kind": spoken(clock.kind), "within": length(within), "used": used, **times})
    return found


def _ended(conversation: Conversation) -> list[dict[str, object]]:
    rows = Deadline.objects.filter(conversation=conversation).order_by("-done_at", "-pk")[:MOST_ENDED]
    return [{"row": row, "words": spoken(row.kind), "took": length(timedelta(seconds=row.took))} for row in rows]
