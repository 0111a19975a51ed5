"""What happened from the customer's first word until it was solved: who handled it, and how, for asking how it was.
Where an episode begins, and which answers count, is said in conversations.reports.episodes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from conversations.models import Conversation, Handoff, RepeatedQuestion, RoutingDecision
from conversations.reports.cutting import Stretch
from conversations.reports.episodes import stretches_of


@dataclass(frozen=True)
class Episode:
    """`credits`: who answered, with their shares, together one; None among them is the bot."""

    began_at: datetime
    credits: tuple[tuple[int | None, float], ...] = ()
    decision: int | None = None
    waited: int | None = None  # seconds until the first answer of a person
    repeats: int = 0
    was_handed_over: bool = False
    has_word: bool = False  # the customer said something
    medium: str = ""
    answered_by: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_of_bot_alone(self) -> bool:
        return any(agent is None for agent, _share in self.credits) and not self.answered_by


def episode_of(conversation: Conversation, *, until: datetime) -> Episode:
    """The last that began by `until`, as far as it went by then. Six queries."""
    stretch = _stretch(conversation, until)
    lines = [line for line in stretch.lines if line.at <= until]
    answers = [line for line in lines if line.what == "bot" or (line.what == "answered" and line.by)]
    asked = [line for line in lines if line.what == "asked"]
    waits = [wait for wait in stretch.waits if wait.answer.at <= until and wait.answer.by]
    handoffs = Handoff.objects.filter(conversation=conversation, to_people=True)
    said = [line.message for line in lines]
    return Episode(
        began_at=stretch.begins,
        credits=shares(Counter(None if line.what == "bot" else line.by for line in answers)),
        decision=_decision(conversation, stretch.begins, until),
        waited=int((waits[0].answer.at - waits[0].since).total_seconds()) if waits else None,
        repeats=RepeatedQuestion.objects.sent().filter(message__in=said).count(),
        was_handed_over=handoffs.filter(created_at__gte=stretch.begins, created_at__lte=until).exists(),
        has_word=bool(asked),
        medium=next((line.medium for line in reversed(asked) if line.medium), ""),
        answered_by=frozenset(line.by for line in answers if line.by and line.what == "answered"),
    )


def _stretch(conversation: Conversation, until: datetime) -> Stretch:
    begun = [stretch for stretch in stretches_of(conversation) if stretch.begins <= until]
    return begun[-1] if begun else Stretch(until)


def shares(counted: "Counter[int | None]") -> tuple[tuple[int | None, float], ...]:
    """Of how often each answered; None is the bot. Together one."""
    total = sum(counted.values())
    found = sorted(counted.items(), key=lambda each: (each[0] is None, each[0] or 0))
    return tuple((agent, round(count / total, 6)) for agent, count in found)


def _decision(conversation: Conversation, began_at: datetime, until: datetime) -> int | None:
    made = RoutingDecision.objects.filter(conversation=conversation, created_at__lte=until, created_at__gte=began_at)
    return made.exclude(kind="stays").order_by("-created_at", "-pk").values_list("pk", flat=True).first()
