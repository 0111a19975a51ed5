"""For the templates of every page: the banner of connectors that do not work, for admins."""

import re

from django import template
from django.template.context import Context

from integrations import health

register = template.Library()


@register.inclusion_tag("integrations/connectors/troubles.html", takes_context=True)
def troubles(context: Context) -> dict[str, object]:
    """Nothing is asked for anybody else."""
    user = context["request"].user if "request" in context else None
    is_admin = bool(user and user.is_authenticated and user.may("settings.connectors"))
    return {"troubles": health.in_trouble() if is_admin else [], "is_admin": is_admin}


@register.filter
def said(error: str) -> str:
    """Without the name of the exception, where it is one whose words are for people."""
    return re.sub(r"^(ValueError|AdapterError|RefusedError|NotGenuineError): ", "", error)
