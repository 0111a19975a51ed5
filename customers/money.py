"""Money: which currencies there are (ISO 4217, as Babel lists them), how finely they divide, how a sum reads."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import gettext as _

STORED = Decimal("0.001")  # as finely as any currency divides, and as our columns do
MOST = Decimal(10) ** 11


def currency_of(code: str) -> str:
    """The code in capitals. Raises ValueError for one that ISO 4217 does not have."""
    code = code.strip().upper()
    if code not in _currencies():
        raise ValueError(_("“%s” is not a currency.") % code[:20])
    return code


def sum_of(amount: object) -> Decimal:
    """A sum as our columns keep it. Raises ValueError for one that is no number, negative or beyond all reason."""
    try:
        exact = Decimal(str(amount))
    except InvalidOperation:
        raise ValueError(_("“%s” is not a sum of money.") % str(amount)[:40]) from None
    if not exact.is_finite() or exact >= MOST:
        raise ValueError(_("“%s” is not a sum of money.") % str(amount)[:40])
    if exact < 0:
        raise ValueError(_("A sum of money is not negative: %s.") % str(amount)[:40])
    return exact.quantize(STORED, ROUND_HALF_UP)


def precision_of(currency: str) -> int:
    """Decimal places that payments in this currency have: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def plainly(amount: Decimal, currency: str) -> str:
    """As machines read it, with the places of its currency: "148.00"."""
    return str(amount.quantize(Decimal(1).scaleb(-precision_of(currency)), ROUND_HALF_UP))


def formatted(amount: Decimal, currency: str, language: str) -> str:
    """The sum as people of this language write it: “£148.00”, “148,00 €”."""
    return format_currency(amount, currency, locale=_locale(language))


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _locale(language: str) -> Locale:
    """“en” is British here, as the desk's dates are."""
    if language in ("", "en"):
        language = "en-gb"
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
