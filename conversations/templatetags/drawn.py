"""Rows and events in Django's templates; conversations.drawing draws them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django import template
from django.template.context import Context
from django.utils.html import format_html

from conversations import drawing
from conversations.models import Conversation

if TYPE_CHECKING:
    from conversations.story_reading import Stretch
    from conversations.story_words import Line
    from conversations.timeline import Event

register = template.Library()


@register.simple_tag
def row(conversation: Conversation) -> str:
    return drawing.row(conversation)


@register.simple_tag
def rows(conversations: Sequence[Conversation]) -> str:
    return drawing.rows(conversations)


@register.simple_tag(takes_context=True)
def event(context: Context, happened: "Event | Line") -> str:
    return drawing.event(happened, csrf=_csrf(context))


@register.simple_tag(takes_context=True)
def events(context: Context, happened: "Sequence[Event | Line]") -> str:
    return drawing.events(happened, csrf=_csrf(context))


@register.simple_tag
def story(stretches: "Sequence[Stretch]", customer: int) -> str:
    return drawing.story(stretches, customer)


def _csrf(context: Context) -> str:
    token = context.get("csrf_token")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token) if token else ""
