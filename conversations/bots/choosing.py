"""Which bot answers by a channel: an active one whose brain is there, read once for many choices."""

from dataclasses import dataclass, field

from django.db.models import Q

from conversations.models import Bot, Medium

ALOUD = (Medium.VOICE,)  # where nobody reads


@dataclass(frozen=True)
class Bots:
    """Keys of bots: by channel, and of the one that answers wherever no other does."""

    by_channel: dict[int, int] = field(default_factory=dict)
    everywhere: int | None = None

    def answering(self, channel: int | None, medium: str, *, is_public: bool) -> int | None:
        """Never before everybody's eyes: what it asks is between the customer and the shop."""
        if channel is None or medium in ALOUD or is_public:
            return None
        return self.by_channel.get(channel, self.everywhere)


def bots_here() -> Bots:
    """One query. Of several for one channel, the oldest."""
    able = Bot.objects.filter(is_active=True).filter(
        Q(brain=Bot.Brain.OWN) | Q(connector__is_active=True, connector__paused_at=None, connector__broken_at=None)
    )
    by_channel: dict[int, int] = {}
    everywhere = None
    for bot, channel in able.order_by("pk").values_list("pk", "channels"):
        if channel is not None:
            by_channel.setdefault(channel, bot)
        elif everywhere is None:
            everywhere = bot
    return Bots(by_channel, everywhere)
