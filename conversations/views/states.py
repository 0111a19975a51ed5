"""Closure and snooze as resources: POST makes one, DELETE ends it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import required
from conversations.actions.change import NotPossibleError
from conversations.actions.states import reopen, resolve, snooze
from conversations.surveys import touching
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_delete, refused


@login_required
@require_http_methods(["POST", "DELETE"])
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """POST solves it, with `field-…` for what must be known before; `unasked`, why its customer is not to be asked how
    it was. DELETE opens it again."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    if is_delete(request):
        reopen(conversation, by=agent)
        return done(request, conversation, Toast(_("Open again."), seconds=4), happened="conversation:reopened")
    try:
        required.fill(conversation, request.POST, by=agent)
        with transaction.atomic():
            resolve(conversation, by=agent)
            if unasked := request.POST.get("unasked", "").replace("\x00", "").strip():
                touching.skip(conversation, by=agent, reason=unasked)
    except required.LackingError as lacking:
        asked = required.asked(lacking.fields, request.POST)
        return refused(request, conversation, lacking, where="closure", asked=asked)
    except NotPossibleError as refusal:
        asked = required.asked(required.lacking(conversation), request.POST)
        return refused(request, conversation, refusal, where="closure", asked=asked)
    text = _("%(name)s is solved.") % {"name": conversation.customer.label}
    undo = reverse("closure", args=[pk])
    return done(request, conversation, Toast(text, undo, {"_method": "DELETE"}), happened="conversation:resolved")


@login_required
@require_http_methods(["POST", "DELETE"])
def snoozing(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `until`: a date and time, on the agent's clock where it names no zone."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    if is_delete(request):
        reopen(conversation, by=agent)
        return done(request, conversation, Toast(_("Awake again."), seconds=4), happened="conversation:reopened")
    try:
        said = next(filter(None, request.POST.getlist("until")), "")  # a button's time, else the field's
        until = moment(said, zone=agent.get_timezone())
        snooze(conversation, until=until, by=agent)
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="until")
    at = date_format(timezone.localtime(until, ZoneInfo(agent.get_timezone())), "D j N H:i")
    toast = Toast(_("Snoozed until %(at)s.") % {"at": at}, reverse("snooze", args=[pk]), {"_method": "DELETE"})
    return done(request, conversation, toast, happened="conversation:snoozed")


def moment(value: str, *, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise NotPossibleError(_("Say a date and a time.")) from None
    return at.replace(tzinfo=ZoneInfo(zone)) if timezone.is_naive(at) else at
