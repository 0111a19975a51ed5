"""Forms of what agents add by hand: an order, a note of a call, a fact; each of one identity of the customer."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from conversations.actions.calls import reported
from conversations.call_words import call_of, happened
from conversations.models import Message
from customers.facts import Line, OrderFact, TraitsFact
from customers.identify import Handle
from customers.models import Customer, Identity
from customers.models.order import OrderStatus
from customers.money import currency_of, sum_of
from customers.plausible import moment

if TYPE_CHECKING:
    from deskapp.models import User

Believed = TypeVar("Believed")

OURS = 0  # the source of what agents write
# "2 × Kestrel Jacket, M 129.00": pieces and price may be left out.
_GOODS = re.compile(r"^\s*(?:(?P<pieces>\d{1,6})\s*[x×]\s*)?(?P<name>.+?)(?:\s+(?P<price>\d+(?:[.,]\d{1,3})?))?\s*$")


class IdentityField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Identity) -> str:
        return f"{obj.get_kind_display()}: {obj.label}"


class ByHandForm(forms.Form):
    """`key` is from the browser: the same form sent twice is one thing."""

    identity = IdentityField(label=_("Whose"), queryset=Identity.objects.none(), empty_label=None)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: object, *, customer: Customer, agent: "User") -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.agent = agent
        choice = self.fields["identity"]
        assert isinstance(choice, IdentityField)
        choice.queryset = Identity.objects.filter(customer=customer).order_by("pk")

    @property
    def handles(self) -> tuple[Handle, ...]:
        identity = self.cleaned_data["identity"]
        return (Handle(identity.kind, identity.value),)

    @property
    def external_id(self) -> str:
        return f"hand:{self.cleaned_data['key']}"

    @property
    def hasty(self) -> list[str]:
        """What is wrong with the fields that something was typed into already."""
        typed = [name for name in self.errors if self.data.get(name)]
        return [str(error) for name in typed for error in self.errors[name]]

    def at(self, name: str) -> datetime:
        """A time as the agent's clock shows it. Raises ValidationError."""
        local = self.cleaned_data[name].replace(tzinfo=ZoneInfo(self.agent.get_timezone()))
        try:
            return moment(local, str(self.fields[name].label).lower())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class Moment(forms.DateTimeField):
    """Of the browser's own picker, without a zone."""

    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

    def clean(self, value: str) -> datetime | None:
        found = super().clean(value)
        return timezone.make_naive(found, timezone.get_current_timezone()) if found and found.tzinfo else found


class OrderForm(ByHandForm):
    number = forms.CharField(label=_("Number"), max_length=80)
    placed_at = Moment(label=_("Placed"))
    status = forms.ChoiceField(label=_("Status"), choices=OrderStatus.choices)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    total = forms.CharField(label=_("Total"), max_length=20)
    place = forms.CharField(label=_("Shop"), max_length=120, required=False)
    goods = forms.CharField(label=_("Goods"), max_length=4000, required=False, widget=forms.Textarea)

    def clean_currency(self) -> str:
        return _believed(currency_of, self.cleaned_data["currency"])

    def clean_total(self) -> Decimal:
        return _believed(sum_of, self.cleaned_data["total"].replace(",", "."))

    def clean_placed_at(self) -> datetime:
        return self.at("placed_at")

    def clean_goods(self) -> tuple[Line, ...]:
        lines = [_GOODS.match(line) for line in self.cleaned_data["goods"].splitlines() if line.strip()]
        return tuple(
            Line(found["name"], int(found["pieces"] or 1), Decimal((found["price"] or "0").replace(",", ".")))
            for found in lines
            if found
        )

    @property
    def fact(self) -> OrderFact:
        said = self.cleaned_data
        return OrderFact(
            OURS, self.external_id, said["number"], self.handles, said["status"], said["currency"], said["total"],
            said["placed_at"], said["placed_at"], said["goods"], place=said["place"],
        )  # fmt: skip


class CallForm(ByHandForm):
    """`call`: one that a phone system told of, on whose card the words go; without it, a card of its own is made."""

    call = forms.ChoiceField(label=_("Which call"), required=False)
    direction = forms.ChoiceField(label=_("Who called"), choices=[("in", _("They called")), ("out", _("We called"))])
    called_at = Moment(label=_("When"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)
    text = forms.CharField(label=_("What was said"), max_length=4000, widget=forms.Textarea)

    def __init__(self, data: object, *, customer: Customer, agent: "User") -> None:
        super().__init__(data, customer=customer, agent=agent)
        self.calls = {str(call.pk): call for call in reported(customer, by=agent)}
        choice = self.fields["call"]
        assert isinstance(choice, forms.ChoiceField)
        told = [(pk, _in_words(call)) for pk, call in self.calls.items()]
        choice.choices = [("", _("One that no phone system told of")), *told]
        self.fields["direction"].required = False

    def clean_called_at(self) -> datetime:
        return self.at("called_at")

    @property
    def reported(self) -> Message | None:
        return self.calls.get(self.cleaned_data["call"])


def _in_words(call: Message) -> str:
    at = date_format(timezone.localtime(call.created_at), "D j M H:i")
    return f"{at} · {happened(call_of(call))}"


class FactForm(ByHandForm):
    name = forms.CharField(label=_("What"), max_length=80)
    value = forms.CharField(label=_("Value"), max_length=400)

    @property
    def fact(self) -> TraitsFact:
        traits = {self.cleaned_data["name"]: self.cleaned_data["value"]}
        return TraitsFact(OURS, self.external_id, self.handles, traits, timezone.now())


def _believed(check: Callable[[str], Believed], value: str) -> Believed:
    try:
        return check(value)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
