"""/settings/hours/: when somebody answers: the week, the holidays of the place, and days of our own."""

from datetime import date, timedelta

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit, recounting
from conversations.models import Channel, Closure, Hours, Team
from conversations.routing import hours as business
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.accounts.hours_forms import ClosureForm, HoursForm
from integrations.views.admins import needs

MOST_ROWS = 200
AHEAD = 366  # days that are looked through for holidays
MOST_HOLIDAYS = 12


@needs("settings.hours")
def hours_list(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()
    found = Hours.objects.prefetch_related("closures").order_by(F("is_default").desc(), "name")
    found = found.filter(Q(name__icontains=words) | Q(zone__icontains=words)) if words else found
    rows = [{"hours": one, **_state(one), "used": _used(one)} for one in found[:MOST_ROWS]]
    return render(request, "deskapp/hours_list.html", {"rows": rows, "q": words, "tab": "hours"})


@needs("settings.hours")
@require_http_methods(["GET", "POST", "DELETE"])
def hours(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of one, or of a new one. DELETE: who had them has the default from then on."""
    one = get_object_or_404(Hours, pk=pk) if pk else Hours()
    if pk and is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
            recounting.ask_if_any()
        messages.success(request, _("Deleted."))
        return redirect("hours_list")
    form = HoursForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            one = form.save()
            recounting.ask_if_any()
        messages.success(request, _("Saved."))
        return redirect("hours", pk=one.pk)
    return _page(request, form, ClosureForm(instance=Closure(hours=one)), status=422 if form.is_bound else 200)


@needs("settings.hours")
@require_POST
def hours_preview(request: HttpRequest) -> HttpResponse:
    """What is being typed, in words: what is wrong with it, when it opens next, and the holidays that come."""
    one = Hours.objects.filter(pk=whole_number(request.POST.get("pk", "")) or 0).first()
    form = HoursForm(request.POST, instance=one or Hours())
    form.is_valid()
    context = {"form": form, "is_preview": True, **_told(_typed(form))}
    return render(request, "deskapp/hours_preview.html", context)


@needs("settings.hours")
@require_POST
def closures(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `day`, `reason`, and `opens` and `closes` where that day is not closed altogether."""
    one = get_object_or_404(Hours, pk=pk)
    form = ClosureForm(request.POST, instance=Closure(hours=one))
    if answer := as_typed(request, form):
        return answer
    if not form.is_valid():
        return _page(request, HoursForm(instance=one), form, status=422)
    with audit.watched(agent_of(request), form.instance):
        form.save()
        recounting.ask_if_any()
    messages.success(request, _("Added."))
    return redirect("hours", pk=pk)


@needs("settings.hours")
@require_http_methods(["POST", "DELETE"])
def closure(request: HttpRequest, pk: int, closure_pk: int) -> HttpResponse:
    one = get_object_or_404(Closure, pk=closure_pk, hours=pk)
    if is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
            recounting.ask_if_any()
        messages.success(request, _("Deleted."))
    return redirect("hours", pk=pk)


def _page(request: HttpRequest, form: HoursForm, leaving: ClosureForm, *, status: int) -> HttpResponse:
    one = form.instance
    context = {
        "form": form,
        "one": one,
        "closing": leaving,
        "closures": one.closures.order_by("day")[:MOST_ROWS] if one.pk else [],
        "used": _used(one) if one.pk else [],
        "tab": "hours",
        **_told(_typed(form) if form.is_bound else business.calendar_of(one if one.pk else None)),
    }
    return render(request, "deskapp/hours.html", context, status=status)


def _typed(form: HoursForm) -> business.Calendar:
    """As far as it is right already."""
    known, week = form.cleaned_data, form.cleaned_data.get("week") or {}
    own = business.calendar_of(form.instance).special if form.instance.pk else {}
    spans = {day: tuple((opens, closes) for opens, closes in week.get(day, [])) for day in business.DAYS}
    return business.Calendar(
        known.get("zone") or "UTC", spans, known.get("country") or "", known.get("subdivision") or "", own
    )


def _told(calendar: business.Calendar) -> dict[str, object]:
    now = timezone.now()
    return {
        "is_always_open": calendar.is_always_open,
        "is_open": business.is_open(calendar, now),
        "opens": business.next_opening(calendar, now),
        "closes": business.next_closing(calendar, now),
        "zone": calendar.zone,
        "holidays": _coming(calendar, now.date()),
    }


def _coming(calendar: business.Calendar, today: date) -> list[tuple[date, str, bool]]:
    """Each with whether it is one on which we open all the same."""
    found = []
    for days in range(AHEAD):
        day = today + timedelta(days=days)
        name = business.holiday_on(calendar.country, calendar.subdivision, day) if calendar.country else ""
        if name:
            found.append((day, name, bool(calendar.special.get(day))))
    return found[:MOST_HOLIDAYS]


def _state(one: Hours) -> dict[str, object]:
    calendar, now = business.calendar_of(one), timezone.now()
    return {"is_open": business.is_open(calendar, now), "opens": business.next_opening(calendar, now)}


def _used(one: Hours) -> list[str]:
    teams = Team.objects.filter(hours=one).order_by("name").values_list("name", flat=True)
    channels = Channel.objects.filter(hours=one).order_by("name").values_list("name", flat=True)
    return [*teams, *channels]
