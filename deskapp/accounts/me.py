"""/me/: an agent's own settings, sessions and web push."""

import json
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from conversations.live import webpush
from conversations.models import PushSubscription
from conversations.public_web import leads_outside
from conversations.views.acting import agent_of
from conversations.views.as_typed import as_typed
from deskapp.accounts.forms import MeForm


@login_required
def me(request: HttpRequest) -> HttpResponse:
    form = MeForm(request.POST or None, instance=agent_of(request))
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with override(form.save().locale):  # which may have been chosen just now
            messages.success(request, _("Saved."))
        return redirect("me")
    context = {
        "form": form,
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "two_factor": Authenticator.objects.filter(user=request.user).exists(),
        "push_key": webpush.public_key(),
        "pushed": PushSubscription.objects.filter(agent=agent_of(request)).count(),
    }
    return render(request, "deskapp/me.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    get_adapter().end_sessions([get_object_or_404(UserSession, pk=pk, user=request.user)])
    return redirect("usersessions_list")


@login_required
@require_http_methods(["POST", "DELETE"])
def push(request: HttpRequest) -> HttpResponse:
    """Takes the JSON of the browser's PushSubscription; DELETE needs only its endpoint."""
    try:
        given = json.loads(request.body)
        endpoint, keys = str(given["endpoint"]), given.get("keys") or {}
        if request.method == "DELETE":
            PushSubscription.objects.filter(agent=agent_of(request), endpoint=endpoint).delete()
            return HttpResponse(status=204)
        p256dh, auth = str(keys["p256dh"]), str(keys["auth"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=422)
    if urlsplit(endpoint).scheme != "https" or not leads_outside(endpoint) or len(endpoint) > 1000:
        return HttpResponse(status=422)
    PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={"agent": agent_of(request), "p256dh": p256dh[:200], "auth": auth[:100]}
    )
    return HttpResponse(status=201)
