"""/settings/automation/webhooks/: the addresses outside that rules may call, their secrets, and how the calls went."""

import secrets as chance
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit
from conversations.models import Conversation, Webhook, WebhookCall
from conversations.outbound import calling_out
from conversations.public_web import leads_outside
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.automation.rules import MINE
from integrations import secrets
from integrations.views.admins import needs

SHOWN_ONCE = "webhook_secret"  # in the session, until the page has shown it
AT_A_TIME = 30


class WebhookForm(forms.ModelForm):
    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https")

    class Meta:
        model = Webhook
        fields = ["name", "url", "is_active"]
        labels = {"name": gettext_lazy("Name"), "is_active": gettext_lazy("On")}

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if not url.startswith(("https://", "http://")) or not leads_outside(url):
            raise forms.ValidationError(_("This address does not lead to a public machine: rules call no other."))
        return url


@needs(MINE)
@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """POST adds one, with a secret of its own."""
    form = WebhookForm(request.POST or None, instance=Webhook())
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), form.instance):
            form.instance.sealed, secret = _new_secret()
            form.save()
        request.session[SHOWN_ONCE] = {str(form.instance.pk): secret}
        return redirect("webhook", pk=form.instance.pk)
    stuck = Count("calls", filter=Q(calls__state="failed"))
    rows = Webhook.objects.annotate(size=Count("calls"), stuck=stuck).order_by("name")[:200]
    context = {"rows": rows, "form": form, "tab": "automation"}
    return render(request, "deskapp/automation/webhooks.html", context, status=422 if form.errors else 200)


@needs(MINE)
@require_http_methods(["GET", "POST", "DELETE"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Webhook, pk=pk)
    if is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        messages.success(request, _("Deleted."))
        return redirect("webhooks")
    form = WebhookForm(request.POST or None, instance=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("webhook", pk=pk)
    shown: dict[str, Any] = request.session.pop(SHOWN_ONCE, {})
    seen = Conversation.objects.visible_to(agent_of(request))
    calls = one.calls.filter(conversation__in=seen).select_related("rule").order_by("-pk")
    after = request.GET.get("after", "")
    rows = list((calls if (last := whole_number(after)) is None else calls.filter(pk__lt=last))[: AT_A_TIME + 1])
    context = {
        "form": form,
        "one": one,
        "secret": shown.get(str(pk), ""),
        "calls": rows[:AT_A_TIME],
        "after": rows[AT_A_TIME - 1].pk if len(rows) > AT_A_TIME else 0,
        "tab": "automation",
    }
    return render(request, "deskapp/automation/webhook.html", context, status=422 if form.errors else 200)


@needs(MINE)
@require_POST
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new one: the former signs nothing from now on."""
    one = get_object_or_404(Webhook, pk=pk)
    with audit.watched(agent_of(request), one, note=_("A new secret.")):
        one.sealed, secret = _new_secret()
        one.save(update_fields=["sealed"])
    request.session[SHOWN_ONCE] = {str(pk): secret}
    return redirect("webhook", pk=pk)


@needs(MINE)
@require_POST
def webhook_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Has a call tried again that was given up."""
    seen = Conversation.objects.visible_to(agent_of(request))
    one = get_object_or_404(WebhookCall.objects.filter(conversation__in=seen), pk=pk)
    if calling_out.again(one):
        messages.success(request, _("It is called again."))
    return redirect("webhook", pk=one.webhook_id)


def _new_secret() -> tuple[bytes, str]:
    secret = chance.token_urlsafe(32)
    return secrets.seal({"signing_secret": secret}), secret
