"""What a customer answers: by the page, by a button, by a number in a reply; kept once, changed for an hour, and
credited to who handled the episode."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from conversations import rules
from conversations.bots import guessing, teaching
from conversations.bots.mood import mood_of
from conversations.envelopes import InboundMessage
from conversations.live.push import push_message, push_row
from conversations.models import Conversation, Message, ResponseCredit, SurveyAsk, SurveyResponse, Topic
from conversations.models.message import MessageKind
from conversations.models.rule import RuleEventKind
from conversations.models.survey import AskState
from conversations.surveys.questions import COMMENT, SCORE, Answers, Question, questions_of
from customers import events, profile
from customers.events import Step
from customers.models import Identity

CHANGES_FOR = timedelta(hours=1)
SHORT = 4  # signs of a reply that is a number and no more
WITHIN = timedelta(days=3)  # in which a number alone answers what was asked


class OverError(Exception):
    """It cannot be answered any more: `why` is "reopened", "expired" or "kept", for the customer's own words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def may_answer(ask: SurveyAsk) -> str:
    """Why not, as OverError has it; "" where they may."""
    now = timezone.now()
    if ask.state == AskState.WITHDRAWN:
        return "reopened"
    if ask.state == AskState.ANSWERED:
        response = SurveyResponse.objects.filter(ask=ask).first()
        return "" if response and response.answered_at + CHANGES_FOR > now else "kept"
    if ask.state != AskState.ASKED or (ask.expires_at and ask.expires_at < now):
        return "expired"
    return ""


@transaction.atomic
def answer(ask: SurveyAsk, answers: Answers, *, way: str, language: str = "") -> SurveyResponse:
    """Keeps what was said; what is said later, within the hour, takes its place question by question. Raises
    OverError."""
    ask = (
        SurveyAsk.objects.select_for_update(of=("self",)).select_related("survey", "version", "customer").get(pk=ask.pk)
    )
    if why := may_answer(ask):
        raise OverError(why)
    response = SurveyResponse.objects.filter(ask=ask).first()
    is_new = response is None
    response = response or _begun(ask, way, language)
    response.answers = {**response.answers, **answers}
    _count(response, questions_of(ask.version.questions))
    if not is_new:
        response.changed_at = timezone.now()
    response.save()
    if is_new:
        _credit(response, ask)
        ask.state = AskState.ANSWERED
        ask.save(update_fields=["state"])
    _tell(ask, response, is_new=is_new)
    return response


def _begun(ask: SurveyAsk, way: str, language: str) -> SurveyResponse:
    """With how it was handled, as that was written down when it ended."""
    return SurveyResponse(
        ask=ask,
        survey=ask.survey,
        conversation_id=ask.conversation_id,
        kind=ask.survey.kind,
        touchpoint=ask.touchpoint,
        language=language,
        way=way,
        team_id=ask.team_id,
        topic_id=ask.topic_id,
        medium=ask.medium,
        tier=ask.tier,
        repeats=ask.repeats,
    )


def _count(response: SurveyResponse, questions: Sequence[Question]) -> None:
    score, comment = response.answers.get(SCORE), response.answers.get(COMMENT)
    response.score = score if isinstance(score, int) else None
    texts = [response.answers.get(each.key) for each in questions if each.kind == "text"]
    response.comment = str(comment or next((text for text in texts if text), ""))
    response.mood = mood_of(response.comment, response.language) if response.comment else None
    response.about = _about(response.comment, response.language)


def _about(comment: str, language: str) -> Topic | None:
    """By the same examples as what customers write to us; None where it is like none of them."""
    taught = teaching.taught()
    if not comment or taught is None:
        return None
    topics = {topic.pk: topic for topic in taught.topics.values()}
    found = guessing.guess(comment, language, taught, topics).whole
    return found.first if found.is_known else None


def _credit(response: SurveyResponse, ask: SurveyAsk) -> None:
    ResponseCredit.objects.bulk_create(
        ResponseCredit(response=response, agent_id=agent, is_bot=agent is None, share=share)
        for agent, share in ask.credits
    )


def _tell(ask: SurveyAsk, response: SurveyResponse, *, is_new: bool) -> None:
    """The customer's own story, the rules, and the screens."""
    if is_new and response.score is not None and (identity := _identity(ask)):
        _into_the_story(identity, ask, response)
    if ask.conversation:
        _rate(ask.conversation, response)
        if is_new:
            rules.happened(RuleEventKind.RATED, ask.conversation)
        push_row(ask.conversation)
    if ask.message:
        _on_the_question(ask.message, response, questions_of(ask.version.questions)[0])


def _on_the_question(message: Message, response: SurveyResponse, first: Question) -> None:
    """Shown where it was asked."""
    said = {"score": response.score, "of": first.high, "comment": response.comment[:2000]}
    message.details, message.changed_at = {**message.details, "answered": said}, timezone.now()
    message.save(update_fields=["details", "changed_at"])
    push_message(message)


def rating_of(response: SurveyResponse) -> float | None:
    """On one scale, from 1 to 5, whatever was asked: rules and lists go by it."""
    first = questions_of(response.ask.version.questions)[0]
    if response.score is None or first.kind != "scale":
        return None
    return round(1 + 4 * (response.score - first.low) / (first.high - first.low), 2)


def _rate(conversation: Conversation, response: SurveyResponse) -> None:
    rating = rating_of(response)
    if rating is not None:
        conversation.rating = rating
        Conversation.objects.filter(pk=conversation.pk).update(rating=rating)


def _identity(ask: SurveyAsk) -> Identity | None:
    if ask.message and ask.message.identity:
        return ask.message.identity
    return ask.customer.identities.order_by("pk").first()


def _into_the_story(identity: Identity, ask: SurveyAsk, response: SurveyResponse) -> None:
    top = questions_of(ask.version.questions)[0].high
    said = {"score": response.score, "of": top, "kind": response.kind, "comment": response.comment[:400]}
    step = Step(identity, "Survey Answered", 0, f"survey:{ask.pk}", response.answered_at, said)
    events.record_steps([step])
    profile.changed({identity.customer_id})


# A number in a reply, or a button.


def may_be_meant(inbound: InboundMessage) -> bool:
    """Costs nothing: most of what comes is no number."""
    text = inbound.text.strip()
    return 0 < len(text) <= SHORT and text.strip(" .!/").isdecimal() and not inbound.attachments and not inbound.is_echo


def meant(inbound: InboundMessage, identity: Identity) -> tuple[SurveyAsk, int] | None:
    """The question that `inbound` answers, and the number: the last that was said to them there, not long ago, asked
    for one, and this is one of its steps."""
    if not may_be_meant(inbound):
        return None
    said = Message.objects.filter(channel=inbound.channel_id, identity=identity, kind=MessageKind.OUTBOUND)
    last = (
        said.exclude(delivery__status="cancelled").order_by("-created_at", "-pk").select_related("survey_ask__version")
    )
    message = last.first()
    ask: SurveyAsk | None = getattr(message, "survey_ask", None) if message else None
    if ask is None or ask.asked_at is None or ask.asked_at < timezone.now() - WITHIN or may_answer(ask):
        return None
    first, number = questions_of(ask.version.questions)[0], int(inbound.text.strip(" .!/\n\t"))
    return (ask, number) if first.kind == "scale" and number in first.steps else None


def aside(inbound: InboundMessage, ask: SurveyAsk) -> InboundMessage:
    """It is shown where it was asked, and asks for nobody: neither waits nor opens what is solved."""
    return replace(
        inbound, is_automatic=True, conversation_id=ask.conversation_id, details={**inbound.details, "rated": ask.pk}
    )


def heard(ask: SurveyAsk, number: int, message: Message) -> None:
    way = "button" if message.details.get("button") or ask.message and ask.message.details.get("buttons") else "words"
    first = questions_of(ask.version.questions)[0]
    answer(ask, {first.key: number}, way=way, language=message.conversation.language)


def known(ask: SurveyAsk) -> Mapping[str, "int | str | list[str]"]:
    """What was answered so far."""
    response = SurveyResponse.objects.filter(ask=ask).first()
    return response.answers if response else {}
