"""What happened from the customer's first word until it was solved: who handled it, and how, written down once."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from conversations.models import Activity, Conversation, Handoff, Message, RepeatedQuestion, RoutingDecision
from conversations.models.message import MessageKind

NOT_SAID = ("cancelled", "failed")
THEIRS = Q(kind=MessageKind.INBOUND, is_automatic=False) | Q(kind=MessageKind.CALL, details__call__direction="in")
ANSWERS = Q(kind=MessageKind.OUTBOUND, is_automatic=False) | Q(
    kind=MessageKind.CALL, details__call__state__in=["answered", "ended"]
)


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
    """The one that ends at `until`: it began when it was last opened again, or with the conversation. Six queries."""
    began_at = _began_at(conversation, until)
    said = conversation.messages.filter(created_at__gte=began_at, created_at__lte=until)
    answers = list(
        said.filter(ANSWERS)
        .exclude(delivery__status__in=NOT_SAID)
        .order_by("created_at", "pk")
        .values_list("author", "is_bot", "created_at")
    )
    asked = list(said.filter(THEIRS).order_by("created_at", "pk").values_list("created_at", "channel__medium"))
    handoffs = Handoff.objects.filter(conversation=conversation, to_people=True)
    people = [(author, at) for author, is_bot, at in answers if author and not is_bot]
    return Episode(
        began_at=began_at,
        credits=shares(Counter(None if is_bot else author for author, is_bot, _at in answers if author or is_bot)),
        decision=_decision(conversation, began_at, until),
        waited=int((people[0][1] - asked[0][0]).total_seconds())
        if people and asked and people[0][1] >= asked[0][0]
        else None,
        repeats=RepeatedQuestion.objects.sent().filter(message__in=said).count(),
        was_handed_over=handoffs.filter(created_at__gte=began_at, created_at__lte=until).exists(),
        has_word=bool(asked),
        medium=next((medium for _at, medium in reversed(asked) if medium), ""),
        answered_by=frozenset(author for author, _at in people),
    )


def _began_at(conversation: Conversation, until: datetime) -> datetime:
    opened = Activity.objects.filter(
        conversation=conversation, verb=Activity.Verb.REOPENED, created_at__lt=until
    ).order_by("-created_at")
    before = opened.values_list("created_at", flat=True).first()
    if before is None:
        first = (
            Message.objects.filter(conversation=conversation)
            .order_by("created_at")
            .values_list("created_at", flat=True)
        )
        return min(filter(None, [conversation.created_at, first.first()]), default=until)
    # The customer's word opened it: it is a moment older than the line in the log that says so.
    word = conversation.messages.filter(THEIRS, created_at__lte=before).order_by("-created_at")
    at = word.values_list("created_at", flat=True).first()
    solved = Activity.objects.filter(conversation=conversation, verb=Activity.Verb.RESOLVED, created_at__lt=before)
    last = solved.order_by("-created_at").values_list("created_at", flat=True).first()
    return at if at and (last is None or at > last) else before


def shares(counted: "Counter[int | None]") -> tuple[tuple[int | None, float], ...]:
    """Of how often each answered; None is the bot. Together one."""
    total = sum(counted.values())
    found = sorted(counted.items(), key=lambda each: (each[0] is None, each[0] or 0))
    return tuple((agent, round(count / total, 6)) for agent, count in found)


def _decision(conversation: Conversation, began_at: datetime, until: datetime) -> int | None:
    made = RoutingDecision.objects.filter(conversation=conversation, created_at__lte=until, created_at__gte=began_at)
    return made.exclude(kind="stays").order_by("-created_at", "-pk").values_list("pk", flat=True).first()
