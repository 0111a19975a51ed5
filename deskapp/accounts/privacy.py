"""/settings/privacy/: how long each kind of data is kept, tried before it is done, and who was forgotten."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from conversations import audit
from conversations.typed import whole_number
from conversations.views.acting import agent_of
from conversations.views.as_typed import as_typed
from customers import retention
from customers.models import Erasure, RetentionRule
from deskapp.accounts.forms import RetentionForm
from integrations.views.admins import needs

MOST_ROWS = 100


@needs("settings.privacy")
def privacy(request: HttpRequest) -> HttpResponse:
    """POST saves one rule: `kind`, `days`, `is_on`. `?try` counts what every rule would drop now;
    `?q` looks among those who were forgotten."""
    refused = None
    if answer := as_typed(request, RetentionForm(request.POST)):
        return answer
    if request.method == "POST":
        refused = _saved(request)
        if refused is None:
            messages.success(request, _("Saved."))
            return redirect("privacy")
    rows: list[dict[str, object]]
    if "try" in request.GET:
        rows = [{"kind": each.kind, "rule": each.rule, "rows": each.rows} for each in retention.tried()]
    else:
        rows = [{"kind": kind, "rule": rule} for kind, rule in retention.rules()]
    words = request.GET.get("q", "").replace("\x00", "").strip()
    erasures = Erasure.objects.select_related("by").order_by("-pk")
    if words:
        number = whole_number(words) or 0
        erasures = erasures.filter(Q(reason__icontains=words) | Q(by__name__icontains=words) | Q(customer=number))
    context = {
        "rows": rows,
        "refused": refused,
        "erasures": erasures[:MOST_ROWS],
        "tab": "privacy",
        "q": words,
        "tried": "try" in request.GET,
    }
    return render(request, "deskapp/privacy.html", context, status=422 if refused else 200)


def _saved(request: HttpRequest) -> RetentionForm | None:
    """The form, where it was refused."""
    form = RetentionForm(request.POST)
    if not form.is_valid():
        return form
    kind = form.cleaned_data["kind"]
    rule = RetentionRule.objects.filter(kind=kind).first() or RetentionRule(kind=kind)
    with audit.watched(agent_of(request), rule):
        rule.days, rule.is_on = form.cleaned_data["days"], form.cleaned_data["is_on"]
        rule.save()
    return None
