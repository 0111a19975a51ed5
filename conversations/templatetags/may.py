"""For templates: may this agent do that?"""

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from deskapp.models import User

register = template.Library()


@register.filter
def may(agent: "User", permission: str) -> bool:
    return agent.may(permission)
