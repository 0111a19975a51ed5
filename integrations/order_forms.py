"""The form of acting on an order: a sum or pieces for a refund, a reason, and the key that makes it happen once."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.actions.orders import Wish, left_to_refund
from conversations.models.order_act import OrderActKind
from customers.models import Order
from customers.money import precision_of


class ActForm(forms.Form):
    """`pieces` are fields of their own, piece-0, piece-1 …, one for each line of the order."""

    amount = forms.DecimalField(label=_("Sum"), required=False, min_value=0, max_digits=14, localize=True)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)
    key = forms.UUIDField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    proven = forms.BooleanField(required=False)  # by an agent's word, where the caller's number proves nothing

    def __init__(self, data: object, *, order: Order, what: OrderActKind) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.order, self.what = order, what
        if what == OrderActKind.REFUND:
            for number, line in enumerate(order.lines):
                self.fields[f"piece-{number}"] = forms.IntegerField(
                    required=False, min_value=0, max_value=int(line.get("quantity", 0))
                )
        else:
            del self.fields["amount"]

    def clean_amount(self) -> Decimal | None:
        amount = self.cleaned_data["amount"]
        places = precision_of(self.order.currency)
        if amount is not None and amount != round(amount, places):
            raise forms.ValidationError(_("This currency has fewer places after the point."))
        return amount

    @property
    def pieces(self) -> list[dict[str, int]]:
        chosen = ((number, self.cleaned_data.get(f"piece-{number}")) for number in range(len(self.order.lines)))
        return [{"line": number, "quantity": quantity} for number, quantity in chosen if quantity]

    @property
    def wish(self) -> Wish:
        """Without a sum, what the pieces cost, but not more than is left; without either, everything."""
        amount = self.cleaned_data.get("amount")
        if self.what == OrderActKind.REFUND and amount is None:
            lines = self.order.lines
            cost = sum(
                (Decimal(lines[each["line"]]["price"]) * each["quantity"] for each in self.pieces), start=Decimal(0)
            )
            amount = min(cost, left_to_refund(self.order)) if self.pieces else left_to_refund(self.order)
        return Wish(self.what, amount, self.pieces, self.cleaned_data["reason"])

    def rows(self) -> list[tuple[dict[str, str], forms.BoundField]]:
        """Each line of the order with the field for its pieces."""
        return [
            (line, self[f"piece-{number}"])
            for number, line in enumerate(self.order.lines)
            if f"piece-{number}" in self.fields
        ]
