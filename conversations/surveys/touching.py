"""Where customers are asked: each touchpoint says so in the transaction of the deed, and one row a handled episode is
written, with the reason where nobody is asked."""

import time
import zlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from conversations.models import Conversation, Survey, SurveyAsk, SurveyVersion
from conversations.models.survey import AskState, SkipReason, Touchpoint
from conversations.surveys.episodes import Episode, episode_of
from customers import consent
from customers.models import Customer, Event, Purpose

if TYPE_CHECKING:
    from conversations.models import Message
    from deskapp.models import User

KNOWN_FOR = 2.0  # seconds that a process goes on with the touchpoints that it knew to be asked about
KEYS_FIRST = timedelta(minutes=3)  # in which who has just been on the telephone may answer with its keys
LATELY = timedelta(days=2)  # an event that came later than this asks nobody any more
OF_EVENTS: Mapping[str, str] = {
    "Order Delivered": Touchpoint.DELIVERY,
    "Order Collected": Touchpoint.COLLECT,
    "Return Refunded": Touchpoint.RETURN,
    "Return Closed": Touchpoint.RETURN,
    "Place Visited": Touchpoint.VISIT,
}
_known: dict[str, tuple[float, frozenset[str]]] = {}


def forget() -> None:
    """A survey was changed: this process looks anew."""
    _known.clear()


def asked_about() -> frozenset[str]:
    """The touchpoints with a survey that is on."""
    known = _known.get("now")
    if known is None or known[0] < time.monotonic():
        found = frozenset(Survey.objects.filter(is_active=True).values_list("touchpoint", flat=True))
        known = _known["now"] = (time.monotonic() + KNOWN_FOR, found)
    return known[1]


def resolved(conversation: Conversation, *, activity: int) -> SurveyAsk | None:
    """Call in the transaction in which it was solved, with the line of the log that says so."""
    wanted = {Touchpoint.BOT, Touchpoint.HANDOFF, Touchpoint.RESOLUTION} & asked_about()
    if not wanted or conversation.is_spam:
        return None
    now = timezone.now()
    episode = episode_of(conversation, until=now)
    for touchpoint in _of(episode):
        survey = _survey(touchpoint, conversation.team_id) if touchpoint in wanted else None
        if survey:
            return _write(survey, touchpoint, f"solved:{activity}", conversation, episode, now, _skip(episode))
    return None


def _of(episode: Episode) -> tuple[str, ...]:
    """The nearest first: who was passed on by the bot is asked about that, where a survey does."""
    if episode.is_of_bot_alone:
        return (Touchpoint.BOT,)
    return (Touchpoint.HANDOFF, Touchpoint.RESOLUTION) if episode.was_handed_over else (Touchpoint.RESOLUTION,)


def called(conversation: Conversation, *, message: int, at: datetime) -> SurveyAsk | None:
    """A call in which somebody spoke has ended. Nobody is asked in writing who may be answering with keys just now."""
    survey = _survey_of_call(conversation)
    if survey is None:
        return None
    episode = episode_of(conversation, until=max(at, timezone.now()))
    ask = _write(survey, Touchpoint.CALL, key_of_call(message), conversation, episode, at, _skip(episode))
    if ask and ask.state == AskState.DUE and ask.due_at < timezone.now() + KEYS_FIRST:
        ask.due_at = timezone.now() + KEYS_FIRST
        ask.save(update_fields=["due_at"])
    return ask


def key_of_call(message: int) -> str:
    return f"call:{message}"


def of_call(message: "Message") -> Survey | None:
    """What is asked of this call before its caller hangs up; None where they are not asked."""
    conversation = message.conversation
    survey = _survey_of_call(conversation)
    if survey is None or SurveyAsk.objects.filter(key=key_of_call(message.pk), asked_at__isnull=False).exists():
        return None
    return None if _not_this_one(survey, conversation, conversation.customer, key_of_call(message.pk)) else survey


def _survey_of_call(conversation: Conversation) -> Survey | None:
    if Touchpoint.CALL not in asked_about() or conversation.is_spam:
        return None
    return _survey(Touchpoint.CALL, conversation.team_id)


def by_rule(survey: Survey, conversation: Conversation) -> SurveyAsk | None:
    """None where this survey was asked for this episode before."""
    now = timezone.now()
    episode = episode_of(conversation, until=now)
    key = f"rule:{survey.pk}:{conversation.pk}:{episode.began_at:%Y%m%d%H%M%S%f}"
    return _write(survey, Touchpoint.RULE, key, conversation, episode, now, _skip(episode))


def of_customers(customers: Collection[int]) -> int:
    """Of whom something new is known: deliveries, returns, what was collected, visits to shops."""
    wanted = {name: place for name, place in OF_EVENTS.items() if place in asked_about()}
    if not wanted or not customers:
        return 0
    since = timezone.now() - LATELY
    rows = Event.objects.filter(
        identity__customer__in=customers, name__in=wanted, occurred_at__gte=since, is_folded=False
    ).select_related("identity__customer")
    return sum(_of_event(event, Touchpoint(wanted[event.name])) for event in rows)


def _of_event(event: Event, touchpoint: Touchpoint) -> bool:
    survey = _survey(touchpoint, None)
    key = f"event:{event.source}:{event.external_id or event.number}"[:80]
    if survey is None or SurveyAsk.objects.filter(key=key).exists():
        return False
    customer = event.identity.customer
    conversation = customer.conversations.here().filter(is_spam=False).order_by("-last_message_at").first()
    episode = Episode(began_at=event.occurred_at, has_word=True, medium=conversation.channel if conversation else "")
    skip = SkipReason.NO_WAY if conversation is None else ""
    return bool(_write(survey, touchpoint, key, conversation, episode, event.occurred_at, skip, customer=customer))


def skip(conversation: Conversation, *, by: "User", reason: str) -> bool:
    """An agent says that this customer is not to be asked now; with the reason, which is counted. False where there is
    nothing to skip."""
    due = SurveyAsk.objects.filter(conversation=conversation, state=AskState.DUE)
    return bool(due.update(state=AskState.SKIPPED, why=SkipReason.AGENT, by=by, reason=reason[:400]))


def withdraw(conversations: Iterable[int]) -> int:
    """They go on: nobody is asked how they ended, and who was asked and has not answered is asked again later."""
    undone = SurveyAsk.objects.filter(conversation__in=list(conversations), state__in=[AskState.DUE, AskState.ASKED])
    undone = undone.exclude(touchpoint__in=[*OF_EVENTS.values(), Touchpoint.CALL])
    return undone.update(state=AskState.WITHDRAWN, why=SkipReason.REOPENED)


def _survey(touchpoint: str, team: int | None) -> Survey | None:
    """One for this team before one for all."""
    found = Survey.objects.filter(Q(teams=None) | Q(teams=team), touchpoint=touchpoint, is_active=True)
    return found.order_by("teams", "pk").first()  # PostgreSQL puts what has no team last


def _skip(episode: Episode) -> str:
    if not episode.has_word:
        return SkipReason.OUTBOUND
    return "" if episode.credits else SkipReason.AUTOMATIC


def _write(
    survey: Survey,
    touchpoint: str,
    key: str,
    conversation: Conversation | None,
    episode: Episode,
    at: datetime,
    why: str,
    *,
    customer: Customer | None = None,
) -> SurveyAsk | None:
    version = SurveyVersion.objects.filter(survey=survey).order_by("-number").first()
    customer = customer or (conversation.customer if conversation else None)
    if version is None or customer is None:
        return None
    why = why or _not_this_one(survey, conversation, customer, key)
    ask, is_new = SurveyAsk.objects.get_or_create(
        key=key,
        defaults={
            "survey": survey,
            "version": version,
            "customer": customer,
            "conversation": conversation,
            "touchpoint": touchpoint,
            "state": AskState.SKIPPED if why else AskState.DUE,
            "why": why,
            "credits": [list(each) for each in episode.credits],
            "team_id": conversation.team_id if conversation else None,
            "topic_id": conversation.topic_id if conversation else None,
            "decision_id": episode.decision,
            "medium": episode.medium,
            "tier": customer.tier,
            "waited": episode.waited,
            "repeats": episode.repeats,
            "began_at": episode.began_at,
            "ended_at": at,
            "due_at": timezone.now() + timedelta(minutes=survey.wait_minutes),
        },
    )
    return ask if is_new else None


def _not_this_one(survey: Survey, conversation: Conversation | None, customer: Customer, key: str) -> str:
    """Why this customer is not asked, as far as it can be said now; a sample drawn again is the same."""
    if zlib.crc32(f"{survey.pk}:{key}".encode()) % 100 >= survey.share:
        return SkipReason.SAMPLE
    if conversation and survey.skip_tags.filter(pk__in=conversation.tags.all()).exists():
        return SkipReason.TAG
    word = consent.of_customer(customer.pk).get(Purpose.SURVEYS)
    if word is not None and not word.is_granted:
        return SkipReason.REFUSED
    return SkipReason.RESTS if rests(survey, customer, timezone.now()) else ""


def rests(survey: Survey, customer: Customer, now: datetime) -> bool:
    """They were asked not long ago, by whichever survey."""
    since = now - timedelta(days=survey.rest_days)
    return bool(survey.rest_days) and SurveyAsk.objects.filter(customer=customer, asked_at__gt=since).exists()
