"""Sums of money in templates: {{ order.total|money:order.currency }}."""

from decimal import Decimal, InvalidOperation

from django import template
from django.utils.translation import get_language

from customers.money import formatted, plainly

register = template.Library()


@register.filter
def money(amount: object, currency: str) -> str:
    """As the reader's language writes it: “£148.00”, “148,00 £”; "" for what is no sum."""
    try:
        return formatted(Decimal(str(amount)), currency, get_language() or "en") if currency else ""
    except InvalidOperation:
        return ""


@register.filter
def plain_sum(amount: Decimal, currency: str) -> str:
    """As forms send it back: "148.00"."""
    return plainly(amount, currency)
