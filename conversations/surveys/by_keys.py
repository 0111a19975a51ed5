"""How a call was, asked before the caller hangs up and answered with the keys of their telephone."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from conversations.call_words import SPOKEN
from conversations.envelopes import CallRating
from conversations.models import Message, SurveyAsk
from conversations.models.message import MessageKind
from conversations.models.survey import AskState, SurveyResponse
from conversations.surveys import touching, words
from conversations.surveys.answering import answer, may_answer
from conversations.surveys.questions import Question, questions_of

MISSED = "missed"  # a state of a call (conversations.call_state)
MOST_KEYS = 2  # of a number; a scale that goes higher is asked in writing


class UnknownCallError(Exception):
    """Nothing is known of that call yet: it comes again after what was told before it."""


@dataclass(frozen=True)
class Spoken:
    """What the caller hears, and how many keys an answer has at most."""

    text: str
    keys: int


def spoken(channel: int, call_id: str, *, language: str = "") -> Spoken | None:
    """What is asked at the end of this call, in the language in which the line speaks; None where nobody is asked, or
    they cannot answer so."""
    message = _message(channel, call_id)
    survey = touching.of_call(message) if message else None
    version = survey.versions.order_by("-number").first() if survey else None
    first = questions_of(version.questions)[0] if version else None
    if message is None or first is None or first.kind != "scale" or len(str(first.high)) > MOST_KEYS:
        return None
    return Spoken(_text(first, language or message.conversation.language), len(str(first.high)))


def thanks(language: str) -> str:
    return words.word("thanks", language or words.FALLBACK)


def _text(first: Question, language: str) -> str:
    tongue = language or words.FALLBACK
    worst, best = words.in_language(first.low_words, tongue), words.in_language(first.high_words, tongue)
    how = words.word("press", tongue, low=first.low, high=first.high, worst=worst, best=best)
    return f"{words.in_language(first.words, tongue)} {how}"


@transaction.atomic
def hear(rating: CallRating) -> Message:
    """What the caller pressed, "" for nothing: kept as the answer to what is asked of that call. A key that is no step
    answers nothing, and neither does one of a call in which nobody spoke, or of which nobody was to be asked. Raises
    UnknownCallError, also while it rings as far as is known."""
    message = _message(rating.channel_id, rating.call_id)
    state = message.details.get("call", {}).get("state", "") if message else ""
    if message is None or state not in (*SPOKEN, MISSED):
        raise UnknownCallError("Nothing is known of this call yet.")
    if state == MISSED:
        return message
    ask = _ask(message)
    if ask is None or ask.state not in (AskState.ASKED, AskState.ANSWERED):
        return message
    first = questions_of(ask.version.questions)[0]
    number = int(rating.keys) if rating.keys.isascii() and rating.keys.isdigit() else None
    if (
        number is not None
        and number in first.steps
        and not may_answer(ask)
        and not SurveyResponse.objects.filter(ask=ask).exists()
    ):
        answer(ask, {first.key: number}, way="keys", language=message.conversation.language)
    return message


def _ask(message: Message) -> SurveyAsk | None:
    """It is asked now, so that nobody is asked again in writing."""
    touching.called(message.conversation, message=message.pk, at=message.created_at)
    asks = SurveyAsk.objects.select_for_update(of=("self",)).select_related("version", "survey")
    ask = asks.filter(key=touching.key_of_call(message.pk)).first()
    if ask and ask.state == AskState.DUE:
        ask.state, ask.asked_at = AskState.ASKED, timezone.now()
        ask.expires_at = ask.asked_at + timedelta(days=ask.survey.expires_days)
        ask.save(update_fields=["state", "asked_at", "expires_at"])
    return ask


def _message(channel: int, call_id: str) -> Message | None:
    calls = Message.objects.filter(channel=channel, external_id=call_id, kind=MessageKind.CALL)
    return calls.select_related("conversation__customer").first()
