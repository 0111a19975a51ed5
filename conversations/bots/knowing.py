"""What the desk's own brain knows before it decides, of its bot, the customer and the desk: few queries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import cast

from django.utils.functional import SimpleLazyObject

from conversations.bots import teaching
from conversations.bots.acts import Asked
from conversations.bots.deeds import OFFERED, Deed, Prospect, prospect
from conversations.bots.goods import Named, named_in
from conversations.bots.guessing import Guessed, guess
from conversations.bots.memory import Kept, Need
from conversations.bots.shelf import Shelf, shelf
from conversations.models import Bot, BotTalk, Topic
from conversations.prepared import Rows, Tuples, blank
from customers.models import Identity, Profile
from customers.models.identity import Kind

_NEEDS = {Kind.EMAIL: Need.EMAIL, Kind.PHONE: Need.PHONE, Kind.WHATSAPP: Need.PHONE}
_TALK = Rows(lambda: BotTalk.objects.filter(pk=blank(0)).select_related("bot"))
_HANDLES = Tuples(
    lambda: (
        Identity.objects.filter(customer=blank(0), kind__in=list(_NEEDS), is_verified=True)
        .order_by("last_seen_at")
        .values_list("kind", "value", "display")[:20]
    )
)

Names = Callable[[str], Named]
Wonder = Callable[[Deed, Asked, Mapping[str, str]], Prospect]


@dataclass(frozen=True)
class Known:
    """`profile`: details that nobody has to tell; `wonder` asks a deed what comes next; `names`, which
    product and shop a line names; `misunderstood`: times in a row, until now."""

    bot: str = "Bot"
    languages: tuple[str, ...] = ()  # that the bot is told to speak; none is all that it can
    sure_from: float = 0.5
    most_misunderstood: int = 2
    misunderstood: int = 0
    people_first: str = ""  # why people come first for this customer, or ""
    guessed: Guessed = Guessed()
    shelf: Shelf = Shelf()
    topics: Mapping[int, Topic] = field(default_factory=dict)
    profile: Mapping[str, Kept] = field(default_factory=dict)
    deeds: Mapping[str, Deed] = field(default_factory=dict)
    wonder: Wonder = prospect
    names: Names = named_in


def known_of(asked: Asked, text: str, language: str) -> Known:
    talk = _TALK.first(asked.talk) if asked.talk else None
    bot = _bot(asked.bot, talk)
    taught = teaching.taught()
    active = taught.topics.values() if taught else Topic.objects.filter(is_active=True)
    topics = {topic.pk: topic for topic in active}
    return Known(
        bot=bot.name,
        languages=tuple(bot.languages),
        sure_from=bot.unsure_below,
        most_misunderstood=bot.most_misunderstood,
        misunderstood=talk.misunderstood if talk else 0,
        people_first=_people_first(bot, asked.customer),
        guessed=guess(text, language, taught, topics),
        shelf=cast("Shelf", SimpleLazyObject(partial(shelf, language))),  # most turns show no article
        topics=topics,
        profile=_profile(asked.customer),
        deeds=OFFERED,
    )


def _bot(pk: int, talk: BotTalk | None) -> Bot:
    if talk and talk.bot and talk.bot_id == pk:
        return talk.bot
    return Bot.objects.filter(pk=pk).first() or Bot(name="Bot")


def _people_first(bot: Bot, customer: int) -> str:
    """Their tier, or that they have spent as much; nothing is looked up where no rule asks for it."""
    least: Decimal | None = bot.people_first_from
    if not customer or not (bot.people_first_tiers or least is not None):
        return ""
    found = Profile.objects.filter(customer=customer).values_list("tier", "lifetime_value", "customer__tier").first()
    if found is None:
        return ""
    tiers = {tier.casefold() for tier in bot.people_first_tiers}
    for tier in (found[0], found[2]):
        if tier and tier.casefold() in tiers:
            return str(tier)
    return str(found[1].normalize()) if least is not None and found[1] >= least else ""


def _profile(customer: int) -> dict[str, Kept]:
    """The address and the number that they were last seen with, where they are proven theirs."""
    if not customer:
        return {}
    rows = _HANDLES.find(customer)
    return {str(_NEEDS[Kind(kind)]): Kept(value, None, "profile", display) for kind, value, display in rows}
