"""An agent has seen what a customer wrote: whoever carries their words may show them so."""

from collections.abc import Callable

from conversations.models import Conversation, Medium

# Media on which people see whether they were read. The chat's visitors are told over their own socket.
SHOWS = {Medium.WHATSAPP, Medium.MESSENGER, Medium.INSTAGRAM}

TELL: list[Callable[[int], None]] = []  # asked with the conversation's key; integrations adds itself


def tell_seen(conversation: Conversation) -> None:
    if SHOWS & set(conversation.media):
        for tell in TELL:
            tell(conversation.pk)
