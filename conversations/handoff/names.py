"""What the bot is called that said something."""

from functools import lru_cache

from conversations.models import BotTalk, Message
from conversations.prepared import Tuples, blank


def bot_name(message: Message) -> str:
    """By the term under which it spoke; "" where that is not known any more."""
    return _name_of(message.conversation_id, int(message.details.get("term") or 0))


@lru_cache(maxsize=4096)
def _name_of(conversation: int, term: int) -> str:
    """Of its parting words, the term is the next one, of the people."""
    talks = _TALKS.find(conversation)
    return next((name for name, began in talks if began <= (term or began)), talks[0][0] if talks else "")


_TALKS = Tuples(
    lambda: (
        BotTalk.objects.filter(conversation=blank(0), bot__isnull=False)
        .order_by("-term")
        .values_list("bot__name", "term")
    )
)
