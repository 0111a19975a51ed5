"""Leads an admin to Google or Microsoft to sign a mailbox in, and takes them back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conversations import audit
from conversations.views.acting import agent_of
from integrations import trials
from integrations.adapters.base import AdapterError
from integrations.adapters.media.email import oauth_sign_in
from integrations.models import Connector
from integrations.views.admins import needs

_KEY = "connector_sign_in"  # of the session: which connector, state and verifier


@needs("settings.connectors")
@require_safe
def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """By GET: a form that ends at another host is what form-action forbids."""
    connector = get_object_or_404(Connector, pk=pk, is_active=True)
    try:
        begun = oauth_sign_in.begin(connector)
    except AdapterError as error:
        messages.error(request, str(error))
        return redirect("connector", pk=pk)
    request.session[_KEY] = {"connector": pk, "state": begun.state, "verifier": begun.verifier}
    return HttpResponseRedirect(begun.address)


@needs("settings.connectors")
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where the provider sends them back: once, to who left from here."""
    begun = request.session.pop(_KEY, None)
    is_ours = begun and constant_time_compare(str(begun["state"]), request.GET.get("state", ""))
    if not is_ours:
        messages.error(request, _("This sign-in was not begun here, or too long ago. Begin it once more."))
        return redirect("connectors")
    connector = get_object_or_404(Connector, pk=begun["connector"], is_active=True)
    try:
        _take(request, connector, str(begun["verifier"]))
    except AdapterError as error:
        messages.error(request, str(error))
        return redirect("connector", pk=connector.pk)
    trials.begin(connector)
    messages.success(request, _("Signed in. The connection is being tested."))
    return redirect("connector", pk=connector.pk)


def _take(request: HttpRequest, connector: Connector, verifier: str) -> None:
    if not (code := request.GET.get("code", "")):
        said = request.GET.get("error_description") or request.GET.get("error") or "?"
        raise AdapterError(_("The sign-in was not completed: %(said)s") % {"said": said[:200]})
    with audit.watched(agent_of(request), connector, note=_("Signed in at the provider.")):
        oauth_sign_in.finish(connector, code, verifier)
