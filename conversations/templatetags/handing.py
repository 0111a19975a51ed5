"""What the composer shows while the bot has the word: its name."""

from django import template
from django.utils.translation import gettext as _

from conversations.models import BotTalk, Conversation

register = template.Library()


@register.simple_tag
def bot_of(conversation: Conversation) -> str:
    """Who speaks here right now."""
    talk = BotTalk.objects.filter(conversation=conversation, ended_at=None).select_related("bot").first()
    return talk.bot.name if talk and talk.bot else _("The bot")
