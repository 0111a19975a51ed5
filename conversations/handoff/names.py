"""What the bot is called that said something."""

from functools import lru_cache

from conversations.models import BotTalk, Message


def bot_name(message: Message) -> str:
    """By the term under which it spoke; "" where that is not known any more."""
    return _name_of(message.conversation_id, int(message.details.get("term") or 0))


@lru_cache(maxsize=4096)
def _name_of(conversation: int, term: int) -> str:
    """Of its parting words, the term is the next one, of the people."""
    talks = BotTalk.objects.filter(conversation=conversation, bot__isnull=False).order_by("-term")
    names = talks.values_list("bot__name", flat=True)
    return names.filter(term__lte=term or 2**31 - 1).first() or names.first() or ""
