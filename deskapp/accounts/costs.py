"""/settings/costs/: what each channel costs, by which reports reckon: for admins."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
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
from conversations.models import Channel, ChannelRate, Medium
from conversations.views.acting import agent_of
from customers.money import currency_of

if TYPE_CHECKING:
    from deskapp.models import User

PARTS = ("per_conversation", "per_hour")


@dataclass(frozen=True)
class Of:
    """What a rate is for: a medium, or one address of it."""

    medium: str
    label: str
    channel: Channel | None = None

    @property
    def key(self) -> str:
        return f"{self.medium}-{self.channel.pk}" if self.channel else self.medium


class CostsForm(forms.Form):
    """A channel of which nothing is said has no rate, and no cost; nought is one. An address of which nothing is said
    has its channel's."""

    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, help_text=gettext_lazy("Three letters, such as EUR.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rates = ChannelRate.objects.select_related("channel")
        self.rates = {(rate.medium, rate.channel_id): rate for rate in rates}
        self.each = list(_each({rate.channel_id for rate in rates}))
        self.fields["currency"].initial = next((rate.currency for rate in rates), "")
        for each in self.each:
            rate = self.rate_of(each)
            for part, words in zip(PARTS, (_("per conversation"), _("per hour of an agent")), strict=True):
                self.fields[f"{each.key}-{part}"] = forms.DecimalField(
                    label=f"{each.label}, {words}",
                    min_value=Decimal(0),
                    max_digits=12,
                    decimal_places=3,
                    required=False,
                    initial=getattr(rate, part).normalize() if rate else None,
                )

    def rate_of(self, each: Of) -> ChannelRate | None:
        return self.rates.get((each.medium, each.channel.pk if each.channel else None))

    def clean_currency(self) -> str:
        try:
            return currency_of(self.cleaned_data["currency"])
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def lines(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        for each in self.each:
            yield each.label, [self[f"{each.key}-{part}"] for part in PARTS]

    def given(self, each: Of) -> dict[str, Decimal] | None:
        values = {part: self.cleaned_data[f"{each.key}-{part}"] for part in PARTS}
        if all(value is None for value in values.values()):
            return None
        return {part: value or Decimal(0) for part, value in values.items()}


def _each(known: Collection[int | None]) -> Iterator[Of]:
    """Each medium, below it its addresses: where there are several, or one that has a rate already."""
    channels: dict[str, list[Channel]] = {}
    for channel in Channel.objects.order_by("name", "pk"):
        channels.setdefault(channel.medium, []).append(channel)
    for medium, label in Medium.choices:
        yield Of(medium, str(label))
        some = channels.get(medium, [])
        for channel in some:
            if len(some) > 1 or channel.pk in known:
                yield Of(medium, _("%(channel)s: %(address)s") % {"channel": label, "address": channel}, channel)


@login_required
@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    admin = agent_of(request)
    if not admin.is_admin:
        raise Http404
    form = CostsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for each in form.each:
                _keep(form, each, admin)
        messages.success(request, _("Saved."))
        return redirect("costs")
    context = {"form": form, "tab": "costs"}
    return render(request, "deskapp/costs.html", context, status=422 if form.errors else 200)


def _keep(form: CostsForm, each: Of, by: "User") -> None:
    given, rate = form.given(each), form.rate_of(each)
    if given is None and rate is None:
        return
    rate = rate or ChannelRate(medium=each.medium, channel=each.channel)
    with audit.watched(by, rate):
        if given is None:
            rate.delete()
            return
        rate.currency = form.cleaned_data["currency"]
        for part, value in given.items():
            setattr(rate, part, value)
        rate.save()
