"""The guard at work: what a draft asks again, and that it was sent all the same, counted per agent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from conversations.handoff import guard
from conversations.handoff.asking_words import Slot
from conversations.handoff.given import given_to, said_in
from conversations.handoff.guard import Repeat
from conversations.models import Conversation, Message, RepeatedQuestion
from conversations.models.repeat import Source

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class Line:
    """One quiet line over the draft: what is asked, and the answer with where it came from. `conversation` is another
    one where the customer said it there."""

    slot: Slot
    label: str
    value: str
    source: int | None
    conversation: int | None
    where: str

    @property
    def can_be_inserted(self) -> bool:
        return self.slot is not Slot.PHOTO


def repeats_in(draft: str, conversation: Conversation, agent: "User") -> list[Repeat]:
    """Nothing is looked up for a draft that asks for nothing, as most."""
    if not guard.asks(draft):
        return []
    return guard.repeats(draft, given_to(agent, conversation))


def lines(draft: str, conversation: Conversation, agent: "User") -> list[Line]:
    found = repeats_in(draft, conversation, agent)
    sources = [each.given.source for each in found if each.given.source]
    homes = dict(Message.objects.filter(pk__in=sources).values_list("pk", "conversation")) if sources else {}
    return [_line(each, homes, conversation) for each in found]


def _line(repeat: Repeat, homes: dict[int, int], conversation: Conversation) -> Line:
    given = repeat.given
    home = homes.get(given.source) if given.source else None
    elsewhere = home if home != conversation.pk else None
    label = str(RepeatedQuestion.Slot(given.slot).label)
    return Line(given.slot, label, given.value, given.source, elsewhere, given.where or Source.MESSAGE)


def count(message: Message, *, dismissed: Iterable[str] = ()) -> None:
    """Keeps which known details `message` asks for; its customer must not be told what was known, so no value is kept.
    The same message counts once."""
    seen = set(dismissed)
    rows = [
        RepeatedQuestion(
            message=message,
            agent=message.author,
            slot=each.asked.slot,
            where=each.given.where or Source.MESSAGE,
            source_id=each.given.source,
            was_dismissed=each.asked.slot in seen,
        )
        for each in _asked_again(message)
    ]
    if rows:
        RepeatedQuestion.objects.bulk_create(rows, ignore_conflicts=True)


def _asked_again(message: Message) -> list[Repeat]:
    """Of the bot, only what they have told it themselves: an address that a profile has, it may want to have proven."""
    if message.author is not None:
        return repeats_in(message.text, message.conversation, message.author)
    if not message.is_bot or not guard.asks(message.text):
        return []
    return guard.repeats(message.text, said_in(message.conversation))


def per_agent(rows: Iterable[int] | None = None) -> dict[int, int]:
    """How many known details each agent asked for again in what was sent, by the agent's id; `rows` narrows it to
    these messages."""
    asked = RepeatedQuestion.objects.sent()
    if rows is not None:
        asked = asked.filter(message__in=rows)
    return dict(asked.values_list("agent").annotate(Count("pk")))
