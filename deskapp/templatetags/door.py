"""What the sign-in pages say: the desk's name, and a greeting by the clock."""

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def greeting() -> str:
    hour = timezone.localtime().hour
    if 5 <= hour < 12:
        return _("Good morning")
    return _("Good afternoon") if 12 <= hour < 18 else _("Good evening")


@register.simple_tag
def desk_name() -> str:
    return str(settings.DESK_NAME)


@register.simple_tag
def work_account() -> str:
    """The name on the button that signs in by OIDC, or "" when none is configured."""
    return str(settings.OIDC_NAME) if settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] else ""


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def as_input(field: BoundField) -> SafeString:
    """The field as its widget draws it, in the desk's look; an error is announced with it."""
    classes = {"class": "input"} if not isinstance(field.field.widget, CheckboxSelectMultiple) else {}
    wrong = {"aria-describedby": f"{field.id_for_label}_wrong"} if field.errors else {}
    return field.as_widget(attrs={**classes, **wrong, "placeholder": ""})
