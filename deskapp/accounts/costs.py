"""/settings/costs/: what each channel costs, by which reports reckon: for admins."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.models import ChannelRate, Medium
from conversations.views.acting import agent_of
from customers.money import currency_of

if TYPE_CHECKING:
    from deskapp.models import User

PARTS = ("per_conversation", "per_hour")


class CostsForm(forms.Form):
    """A channel of which nothing is said has no rate, and no cost; nought is one."""

    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, help_text=gettext_lazy("Three letters, such as EUR.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rates = {rate.medium: rate for rate in ChannelRate.objects.all()}
        self.rates = rates
        self.fields["currency"].initial = next((rate.currency for rate in rates.values()), "")
        for medium, label in Medium.choices:
            for part, words in zip(PARTS, (_("per conversation"), _("per hour of an agent")), strict=True):
                self.fields[f"{medium}-{part}"] = forms.DecimalField(
                    label=f"{label}, {words}",
                    min_value=Decimal(0),
                    max_digits=12,
                    decimal_places=3,
                    required=False,
                    initial=getattr(rates[medium], part).normalize() if medium in rates else None,
                )

    def clean_currency(self) -> str:
        try:
            return currency_of(self.cleaned_data["currency"])
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def lines(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        for medium, label in Medium.choices:
            yield str(label), [self[f"{medium}-{part}"] for part in PARTS]

    def given(self, medium: str) -> dict[str, Decimal] | None:
        values = {part: self.cleaned_data[f"{medium}-{part}"] for part in PARTS}
        if all(value is None for value in values.values()):
            return None
        return {part: value or Decimal(0) for part, value in values.items()}


@login_required
@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    admin = agent_of(request)
    if not admin.is_admin:
        raise Http404
    form = CostsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for medium in Medium.values:
                _keep(form, medium, admin)
        messages.success(request, _("Saved."))
        return redirect("costs")
    context = {"form": form, "tab": "costs"}
    return render(request, "deskapp/costs.html", context, status=422 if form.errors else 200)


def _keep(form: CostsForm, medium: str, by: "User") -> None:
    given, rate = form.given(medium), form.rates.get(medium)
    if given is None and rate is None:
        return
    rate = rate or ChannelRate(medium=medium)
    with audit.watched(by, rate):
        if given is None:
            rate.delete()
            return
        rate.currency = form.cleaned_data["currency"]
        for part, value in given.items():
            setattr(rate, part, value)
        rate.save()
