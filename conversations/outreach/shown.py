"""How an occasion reads: what it is about, and of a customer at risk each signal with its number."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from conversations.models import Occasion
from conversations.models.outreach import OccasionKind
from customers.money import formatted

SIGNAL_NAMES: Mapping[str, object] = {
    "score": gettext_lazy("a low score"),
    "contacts": gettext_lazy("many contacts"),
    "refund": gettext_lazy("a refund"),
    "parcel": gettext_lazy("a late delivery"),
    "pause": gettext_lazy("a long pause"),
}


def about(occasion: Occasion) -> str:
    """On one line."""
    told = occasion.about
    if occasion.kind == OccasionKind.CART:
        goods = [str(name) for name in told.get("products", [])]
        more = _("and %d more") % (len(goods) - 2) if len(goods) > 2 else ""
        return ", ".join(filter(None, [*goods[:2], more]))
    if occasion.kind == OccasionKind.PARCEL:
        late = (timezone.now() - occasion.at).days
        days = ngettext("%d day late", "%d days late", late) % late if late else _("late since today")
        return " · ".join(filter(None, [str(told.get("number", "")), str(told.get("carrier") or ""), days]))
    if occasion.kind == OccasionKind.REFILL:
        every = _("every %s days") % number_format(float(told.get("days", 0)), decimal_pos=0)
        whose = every if told.get("own") else _("%s, as most do") % every
        return f"{told.get('product', '')} · {whose}"
    return "; ".join(signals(occasion))


def step(occasion: Occasion) -> str:
    return str(occasion.about.get("step", ""))


def signals(occasion: Occasion) -> list[str]:
    return [_signal(each) for each in occasion.about.get("signals", [])]


def value(occasion: Occasion) -> str:
    return formatted(occasion.value, occasion.currency, get_language() or "") if occasion.currency else ""


def _signal(one: Mapping[str, object]) -> str:
    number, beside = (number_format(float(str(one.get(name, 0))), decimal_pos=0) for name in ("n", "of"))
    numbers = {"n": number, "of": beside}
    match one.get("signal"):
        case "score":
            return _("scored %(n)s of %(of)s") % numbers
        case "contacts":
            return _("%(n)s contacts in 30 days") % numbers
        case "refund":
            return _("refunded in 30 days: %(n)s") % numbers
        case "parcel":
            return _("parcels late: %(n)s") % numbers
    return _("no order for %(n)s days, else every %(of)s") % numbers
