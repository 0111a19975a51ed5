"""What the keys of sales are called: combinations of channels, places, problems."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models.sale import Place, Problem, SaleTouch
from conversations.reports.sheets.names import name

WAYS = {
    "site": gettext_lazy("site"),
    "app": gettext_lazy("app"),
    "shop": gettext_lazy("shop"),
    "mail": gettext_lazy("email"),
    "chat": gettext_lazy("chat"),
    "call": gettext_lazy("phone"),
    "sms": gettext_lazy("SMS"),
    "social": gettext_lazy("messengers"),
    "api": gettext_lazy("other programs"),
}


def ways(key: str) -> str:
    return _sentence(" + ".join(str(WAYS.get(each, each)) for each in key.split("+")) if key else _("no channel"))


def place(key: str) -> str:
    return _sentence(str(Place(key).label))


def problem(key: str) -> str:
    return _sentence(str(Problem(key).label))


def touch(kind: str, source: str, medium: str, campaign: str) -> str:
    """ "google / cpc / spring", "From blog.example", "They talked to us: Chat"."""
    if kind == SaleTouch.Kind.CAMPAIGN:
        return " / ".join(each or "–" for each in (source, medium, campaign))
    if kind == SaleTouch.Kind.REFERRER:
        return _("From %(site)s") % {"site": source}
    said = _sentence(str(SaleTouch.Kind(kind).label))
    return f"{said}: {name('medium', medium)}" if medium else said


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
