"""For the templates of every page: the banner of connectors that do not work, for admins."""

from django import template
from django.template.context import Context

from integrations import health
from integrations.models import Connector
from integrations.wiring import hook_address

register = template.Library()


@register.inclusion_tag("integrations/connectors/troubles.html", takes_context=True)
def troubles(context: Context) -> dict[str, object]:
    """Nothing is asked for anybody else."""
    user = context["request"].user if "request" in context else None
    is_admin = bool(user and user.is_authenticated and user.is_admin)
    return {"troubles": health.in_trouble() if is_admin else [], "is_admin": is_admin}


@register.filter
def hooked(connector: Connector) -> str:
    """The address of its webhook, or ""."""
    return hook_address(connector)
