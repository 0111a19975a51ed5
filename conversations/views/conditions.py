"""The builder of conditions while one edits: its rows anew, for whichever form it stands in."""

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from conversations import promises
from conversations.condition_forms import ConditionsForm
from conversations.views.acting import agent_of

HOSTS = ("routing.rules", "settings.sla", "settings.automation")  # whose forms hold conditions
ONLY = {"sla": promises.FIELDS}  # by the prefix of the form
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,19}")


@login_required
@require_POST
def condition_rows(request: HttpRequest) -> HttpResponse:
    """POST the form around the builder, with the builder's `prefix`. Nothing is saved."""
    agent, prefix = agent_of(request), request.POST.get("prefix", "")
    if not any(agent.may(permission) for permission in HOSTS) or not _PREFIX.fullmatch(prefix):
        raise Http404
    builder = ConditionsForm(None, prefix=prefix, post=request.POST, only=ONLY.get(prefix, ()))
    return render(request, "conversations/conditions/builder.html", {"builder": builder})
