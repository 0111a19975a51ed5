"""Schedules of a report: what goes out to whom and when, what became of it, and what somebody does about it."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.models import ReportSchedule, ReportSending
from conversations.models.report_schedule import Pause
from conversations.reports import every
from conversations.reports.sending.due import send_now
from conversations.reports.sending.forms import ScheduleForm
from conversations.reports.sending.times import next_after
from conversations.reports.sheets.asking import NotUnderstoodError
from conversations.reports.sheets.opened import opened
from conversations.tasks import send_report
from conversations.views.acting import agent_of
from conversations.views.as_typed import as_typed
from conversations.views.reports import found, shared

if TYPE_CHECKING:
    from deskapp.models import User

SHOWN = 5  # sendings of each
CHANGED = ("often", "on", "hour", "zone", "forms", "addresses", "next_at")


@login_required
@require_http_methods(["GET", "POST"])
def report_schedules(request: HttpRequest, key: str) -> HttpResponse:
    """The query is the link that goes out; POST makes one."""
    one = found(request, key)
    if isinstance(one, HttpResponse):
        return one
    agent = agent_of(request)
    form = ScheduleForm(request.POST or None, by=agent)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        _make(form, key, one.query, agent)
        messages.success(request, _("From now on it goes out by itself."))
        return redirect(f"{request.path}?{one.query}")
    latest = ReportSending.objects.order_by("-due_at")[:SHOWN]
    context = {
        **shared(one),
        "form": form,
        "asked_in_words": one.in_words(),
        "schedules": theirs(agent).filter(report=key).prefetch_related(
            "agents", Prefetch("sendings", queryset=latest, to_attr="latest")
        ),
    }  # fmt: skip
    return render(request, "conversations/reports/schedules.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def report_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one that is there. POST `do`: pause, resume, send or delete; without it, what the form says. The
    query is that of the page on which it stood."""
    agent = agent_of(request)
    schedule = get_object_or_404(theirs(agent), pk=pk)
    if request.method == "GET" or "do" not in request.POST:
        return _edited(request, schedule, agent)
    deed = {"pause": _pause, "resume": _resume, "send": _send, "delete": _delete}.get(request.POST.get("do", ""))
    if deed is None:
        return HttpResponse(status=422)
    try:
        messages.success(request, deed(schedule, agent))
    except NotUnderstoodError as refusal:  # its link was of something that is gone by now
        messages.error(request, str(refusal))
    return redirect(f"{reverse('report_schedules', args=[schedule.report])}?{request.GET.urlencode()}")


def _edited(request: HttpRequest, schedule: ReportSchedule, by: "User") -> HttpResponse:
    form = ScheduleForm(request.POST if request.method == "POST" else None, by=by, instance=schedule)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        _change(form, schedule.pk, by)
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('report_schedules', args=[schedule.report])}?{schedule.query}")
    try:
        asked_in_words = opened(schedule.report, schedule.owner, QueryDict(schedule.query)).in_words()
    except (Http404, NotUnderstoodError):
        asked_in_words = []
    context = {
        "report": every.report_of(schedule.report),
        "schedule": schedule,
        "form": form,
        "asked_in_words": asked_in_words,
    }
    return render(request, "conversations/reports/schedule.html", context, status=422 if form.errors else 200)


def theirs(agent: "User") -> QuerySet[ReportSchedule]:
    """One's own; an admin's are all."""
    rows = ReportSchedule.objects.select_related("owner").order_by("pk")
    return rows if agent.is_admin else rows.filter(owner=agent)


def _make(form: ScheduleForm, key: str, query: str, by: "User") -> None:
    one = form.filled(key, query)
    one.next_at = next_after(one, timezone.now())
    with transaction.atomic():
        one.save()
        one.agents.set([*form.cleaned_data["agents"], *form.agents_named])
        audit.record(by, one, before=None, after=audit.state_of(one))


def _change(form: ScheduleForm, pk: int, by: "User") -> None:
    """Nobody takes it as due meanwhile. One whose times stay is due when it was."""
    with transaction.atomic():
        now = ReportSchedule.objects.select_for_update(of=("self",)).get(pk=pk)
        one = form.filled()
        with audit.watched(by, one):
            times = [(each.often, each.on, each.hour, each.zone) for each in (now, one)]
            one.next_at = now.next_at if times[0] == times[1] else next_after(one, timezone.now())
            one.save(update_fields=CHANGED)
            one.agents.set([*form.cleaned_data["agents"], *form.agents_named])


def _pause(schedule: ReportSchedule, by: "User") -> str:
    with audit.watched(by, schedule):
        schedule.paused = Pause.BY_HAND
        schedule.save(update_fields=["paused"])
    return _("It is paused.")


def _resume(schedule: ReportSchedule, by: "User") -> str:
    """Of what it missed meanwhile, nothing goes out."""
    if not schedule.owner.is_active:
        return str(Pause.LEFT.label)
    with audit.watched(by, schedule):
        schedule.paused, schedule.next_at = "", next_after(schedule, timezone.now())
        schedule.save(update_fields=["paused", "next_at"])
    return _("It goes out again.")


def _send(schedule: ReportSchedule, by: "User") -> str:
    opened(schedule.report, schedule.owner, QueryDict(schedule.query))  # 404 for what they may not see any more
    with transaction.atomic():
        sending = send_now(schedule)
        audit.record(by, schedule, before={}, after={}, note=_("Sent now."))
        transaction.on_commit(lambda: send_report.delay(sending.pk), robust=True)
    return _("It is on its way.")


def _delete(schedule: ReportSchedule, by: "User") -> str:
    with audit.watched(by, schedule):
        schedule.delete()
    return _("It is deleted.")
