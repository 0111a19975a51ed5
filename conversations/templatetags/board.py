"""What the live board's templates ask: addresses of the rows behind a number, and a few words."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

from conversations.models import Medium
from conversations.reports.alerts import Alert
from conversations.reports.showing import rows_href
from conversations.reports.words import brief as in_short
from conversations.reports.words import state_name as name_of_state
from conversations.routing.availability import REASONS

register = template.Library()


@register.simple_tag
def rows_of(what: str, team: int | None = None, **more: object) -> str:
    return rows_href(what, team, **more)


@register.simple_tag
def rows_of_alert(alert: Alert, team: int | None = None) -> str:
    return rows_href(alert.rows, alert.team if alert.team is not None else team, begun=alert.slot)


@register.filter
def up_to_one(share: float) -> float:
    return min(1.0, round(share, 2))


@register.filter
def add_to(number: float, more: int) -> float:
    return round(number + more, 1)


@register.filter
def brief(much: timedelta) -> str:
    return in_short(much) if much else "–"


@register.filter
def reason_name(reason: str) -> str:
    return str(REASONS.get(reason, reason))


@register.filter
def state_name(state: str) -> str:
    return name_of_state(state)


@register.filter
def hue_name(name: str) -> str:
    """What the media of one colour are called together."""
    names = {
        "email": Medium.EMAIL.label, "chat": Medium.CHAT.label, "phone": Medium.VOICE.label,
        "messaging": _("Messaging"), "social": _("Social"), "web": _("Other"),
    }  # fmt: skip
    return str(names.get(name, name))
