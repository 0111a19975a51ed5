"""/settings/deadlines/: SLA policies in their order, each with its conditions, promises, hours and escalation."""

from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations import audit, clocks, promises, recounting
from conversations.clocks import Happening, Promise
from conversations.condition_forms import ConditionsForm
from conversations.condition_lists import Lists
from conversations.condition_words import said
from conversations.conditions import rules_of
from conversations.deadline_words import length, spoken
from conversations.models import Hours, SlaPolicy
from conversations.routing.hours import calendar_of
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from deskapp.accounts.deadline_forms import ALWAYS, SlaPolicyForm
from integrations.views.admins import needs


@needs("settings.sla")
@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    lists, counted = Lists(), _counted()
    rows, is_hidden = [], ""
    for one in SlaPolicy.objects.select_related("hours", "escalate_to").order_by("order", "pk"):
        shown = {"policy": one, "when": said(one.conditions, lists), "promises": _promises(one), "hidden": is_hidden}
        rows.append({**shown, **counted.get(one.pk, {"open": 0, "late": 0})})
        if one.is_active and not any(True for _rule in rules_of(one.conditions)):
            is_hidden = is_hidden or one.name
    context = {
        "rows": rows,
        "tab": "deadlines",
        "recount": recounting.under_way(),
        "moved": request.GET.get("moved", ""),
    }
    return render(request, "deskapp/deadlines.html", context)


@needs("settings.sla")
@require_http_methods(["GET", "POST", "DELETE"])
def policy(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of one, or of a new one, which is the last in order. DELETE: its conversations go by the others."""
    one = get_object_or_404(SlaPolicy, pk=pk) if pk else SlaPolicy()
    if pk and is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
            recounting.ask()
        messages.success(request, _("Deleted."))
        return redirect("sla_policies")
    post = request.POST if request.method == "POST" else None
    builder = ConditionsForm(one.conditions, prefix="sla", post=post, only=promises.FIELDS)
    form = SlaPolicyForm(post, instance=one)
    if post is None or builder.wants_rows:
        return _page(request, form, builder, status=200)
    if not (form.is_valid() & builder.is_valid()):
        return _page(request, form, builder, status=422)
    with audit.watched(agent_of(request), one):
        one.conditions = builder.conditions
        one.order = one.order if pk else _last() + 1
        form.save()
        recounting.ask()
    messages.success(request, _("Saved. Deadlines are reckoned anew."))
    return redirect("sla_policies")


@needs("settings.sla")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is being typed, for somebody who wrote now."""
    return render(request, "deskapp/deadline_preview.html", _told(SlaPolicyForm(request.POST)))


@needs("settings.sla")
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `to`: "up" or "down"."""
    one = get_object_or_404(SlaPolicy, pk=pk)
    with transaction.atomic():
        rows = list(SlaPolicy.objects.select_for_update(no_key=True).order_by("order", "pk"))
        here = next(number for number, row in enumerate(rows) if row.pk == pk)
        there = here + (-1 if request.POST.get("to") == "up" else 1)
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
            for number, row in enumerate(rows):
                row.order = number
            SlaPolicy.objects.bulk_update(rows, ["order"])
            words = _("moved to place %(place)d") % {"place": there + 1}
            audit.record(agent_of(request), one, before={}, after={}, note=words)
            recounting.ask()
    return redirect(f"{reverse('sla_policies')}?moved={pk}")


@needs("settings.sla")
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    return render(request, "deskapp/deadline_progress.html", {"recount": recounting.under_way()})


def _page(request: HttpRequest, form: SlaPolicyForm, builder: ConditionsForm, *, status: int) -> HttpResponse:
    one = form.instance
    context = {"form": form, "builder": builder, "one": one, "tab": "deadlines", **_told(form)}
    return render(request, "deskapp/deadline.html", context, status=status)


def _told(form: SlaPolicyForm) -> dict[str, object]:
    """When what would be due, if somebody wrote now: by the hours that were chosen, or by those of the desk."""
    one = form.instance
    if form.is_bound:
        form = SlaPolicyForm(form.data)  # of its own: what is not finished is not wrong yet
        form.is_valid()
        within, counts = form.within(), str(form.cleaned_data.get("counts") or "")
        warn_at = form.cleaned_data.get("warn_at") or one.warn_at
    else:
        promise = promises.promise_of(one, None)
        within, warn_at = dict(promise.within), one.warn_at
        counts = ALWAYS if one.is_round_the_clock else str(one.hours_id or "")
    chosen = Hours.objects.filter(pk=whole_number(counts) or 0).first()
    hours = None if counts == ALWAYS else chosen or Hours.objects.filter(is_default=True).first()
    promise = Promise(0, "", within, calendar_of(hours), warn_at=warn_at / 100)
    return {"examples": _examples(promise), "hours": hours, "now": timezone.now()}


def _examples(promise: Promise) -> list[dict[str, object]]:
    now = timezone.now()
    state, _ended = clocks.run([Happening(now, "asked")], promise)
    found: list[dict[str, object]] = []
    for kind, within in promise.within.items():
        clock = state.clock("first" if kind == "next" else kind)
        if clock is not None:
            asked = clocks.Clock("next", now, runs_since=now) if kind == "next" else clock
            times = {"due": clocks.due_at(asked, promise), "soon": clocks.at_risk_at(asked, promise)}
            found.append({"kind": spoken(kind), "within": length(within), **times})
    return found


def _promises(one: SlaPolicy) -> list[tuple[str, str]]:
    promise = promises.promise_of(one, None)
    return [(spoken(kind), length(within)) for kind, within in promise.within.items()]


def _counted() -> dict[int, dict[str, int]]:
    """How many stand under each now, and how many of those are late."""
    rows = recounting.concerned().filter(sla__isnull=False).values("sla")
    counted = rows.annotate(open=models.Count("pk"), late=models.Count("pk", filter=models.Q(is_late=True)))
    return {row["sla"]: {"open": row["open"], "late": row["late"]} for row in counted}


def _last() -> int:
    return SlaPolicy.objects.aggregate(last=models.Max("order"))["last"] or 0
