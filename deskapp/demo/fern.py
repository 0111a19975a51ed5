"""Fern, the demo's bot: where it answers, what it does about each topic, and the articles that it answers out of."""

from conversations.models import Bot, Channel, Topic
from conversations.models.routing import PEOPLE
from deskapp.demo import articles
from deskapp.demo.asked import TOPICS
from deskapp.demo.routing import BY_FERN

NAME = "Fern"
# By the key of the topic: a deed of conversations.bots.deeds. What is not named is answered out of its articles.
DOES = {
    "return": "return", "size": "return", "late": "tracking", "address": "address", "stock": "stock",
    "invoice": "invoice", "hours": "hours", "refund": "", "twice": PEOPLE, "fault": PEOPLE,
    "cancel": "cancel", "delivery": "delivery",
}  # fmt: skip


def build() -> None:
    """Once: a bot that somebody changed since, or took away, stays as it is."""
    articles.build()
    if Bot.objects.exists():
        return
    bot = Bot.objects.create(name=NAME, people_first_tiers=["Gold"], unsure_below=0.3)
    bot.channels.set(Channel.objects.filter(medium__in=BY_FERN, is_active=True))
    for key, does in DOES.items():
        Topic.objects.filter(name=TOPICS[key][0]).update(bot_does=does)
