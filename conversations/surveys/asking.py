"""Asks what is due: the way that was used, with buttons where the medium has them; else by mail, with a link."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from conversations.actions.change import locked
from conversations.envelopes import MessageDetails
from conversations.inbound.record import touch
from conversations.live.push import push_message
from conversations.media import CARRIES
from conversations.models import Channel, Conversation, Medium, Message, Status, SurveyAsk
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.models.survey import AskState, SkipReason, SurveyKind, Touchpoint
from conversations.outbound.outbox import enqueue
from conversations.outbound.reach import Choice, reach
from conversations.plain import html_to_text
from conversations.quiet_hours import quiet_until
from conversations.surveys import links, words
from conversations.surveys.questions import Question, questions_of
from conversations.surveys.touching import OF_EVENTS, rests
from customers import consent
from customers.models import Identity, Purpose

log = structlog.get_logger(__name__)

IN_A_LIST = {Medium.WHATSAPP: 10}  # choices that a medium shows as a list, beyond those that its buttons hold
PATIENCE = timedelta(days=7)
ALONE = (*OF_EVENTS.values(), Touchpoint.CALL)  # touchpoints whose conversation may go on meanwhile


def ask_due(*, most: int = 200) -> int:
    """Every one whose time has come. Several workers may do this at once: each takes rows that no other holds."""
    done = 0
    while done < most and _ask_one():
        done += 1
    return done


@transaction.atomic
def _ask_one() -> bool:
    due = SurveyAsk.objects.filter(state=AskState.DUE, due_at__lte=timezone.now()).order_by("due_at")
    ask = due.select_for_update(of=("self",), skip_locked=True).select_related("survey", "version", "customer").first()
    if ask is None:
        return False
    try:
        with transaction.atomic():
            _ask(ask)
    except Exception:  # one that cannot be asked holds up nobody
        log.exception("a survey could not be asked", ask=ask.pk)
        _end(ask, AskState.FAILED, "")
    return True


def _ask(ask: SurveyAsk) -> None:
    now = timezone.now()
    if until := quiet_until(ask.customer, ask.survey.quiet_from, ask.survey.quiet_until, now):
        ask.due_at = until
        ask.save(update_fields=["due_at"])
        return
    conversation = locked(ask.conversation) if ask.conversation else None
    if conversation is None or conversation.merged_into_id or conversation.is_spam:
        return _end(ask, AskState.SKIPPED, SkipReason.NO_WAY)
    if ask.touchpoint not in (*ALONE, Touchpoint.RULE) and conversation.status != Status.RESOLVED:
        return _end(ask, AskState.WITHDRAWN, SkipReason.REOPENED)
    if conversation.waiting_since is not None:  # who waits for an answer of ours is not asked how it was
        return _later(ask, now)
    refused = consent.of_customer(ask.customer_id).get(Purpose.SURVEYS)
    if refused is not None and not refused.is_granted:
        return _end(ask, AskState.SKIPPED, SkipReason.REFUSED)
    if rests(ask.survey, ask.customer, now):
        return _end(ask, AskState.SKIPPED, SkipReason.RESTS)
    way = _way(ask, conversation, now)
    if way is None:
        return _end(ask, AskState.SKIPPED, SkipReason.NO_WAY)
    ask.message = _say(ask, conversation, *way)
    ask.state, ask.asked_at = AskState.ASKED, now
    ask.expires_at = now + timedelta(days=ask.survey.expires_days)
    ask.save(update_fields=["message", "state", "asked_at", "expires_at"])


def _later(ask: SurveyAsk, now: datetime) -> None:
    """Tomorrow, for some days: then it is too long ago to ask."""
    if ask.ended_at < now - PATIENCE:
        return _end(ask, AskState.SKIPPED, SkipReason.REOPENED)
    ask.due_at = now + timedelta(days=1)
    ask.save(update_fields=["due_at"])


def _end(ask: SurveyAsk, state: str, why: str) -> None:
    ask.state, ask.why = state, why
    ask.save(update_fields=["state", "why"])


def _way(ask: SurveyAsk, conversation: Conversation, now: datetime) -> tuple[Channel, Identity] | None:
    """The medium of the episode where it is open, and they are there if it is a chat; else mail, where that is
    allowed. Never in public, and never by a text that only a template may carry."""
    ways = [each for each in reach(conversation, now=now) if each.can_be_used and not each.needs_template]
    used = ask.medium or conversation.channel
    there = next((each for each in ways if each.channel.medium == used and not _has_left(each)), None)
    mail = next((each for each in ways if each.channel.medium == Medium.EMAIL), None)
    text = next((each for each in ways if each.channel.medium == Medium.SMS), None)
    other = (mail or text) if ask.survey.by_mail_else else None
    chat = next((each for each in ways if each.channel.medium == used), None)  # they read it when they come back
    found = there or other or chat
    return (found.channel, found.identity) if found else None


def _has_left(way: Choice) -> bool:
    return way.channel.medium == Medium.CHAT and not way.is_here


def _say(ask: SurveyAsk, conversation: Conversation, channel: Channel, identity: Identity) -> Message:
    """It says of itself that it is automatic, ends no waiting and opens nothing."""
    language = ask.language or words.FALLBACK
    html, details = _worded(ask, channel, language)
    message = Message(
        conversation=conversation,
        kind=MessageKind.OUTBOUND,
        channel=channel,
        identity=identity,
        html=html,
        text=html_to_text(html),
        details=details,
        is_automatic=True,
    )
    message.save()
    touch(conversation, message)
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    conversation.save()
    enqueue(message, due_at=timezone.now())
    push_message(message)
    return message


def _worded(ask: SurveyAsk, channel: Channel, language: str) -> tuple[str, MessageDetails]:
    """The first question, and how it is answered there: links in a mail, buttons, or a number and a link."""
    first = questions_of(ask.version.questions)[0]
    asks = words.in_language(first.words, language)
    details = MessageDetails(survey=ask.pk)
    if channel.medium == Medium.EMAIL:
        details["unsubscribe"] = links.stop_address_of(ask)
        return format_html("<p>{}</p>{}", asks, _links(ask, first, language)), details
    buttons = _buttons(ask, first, channel.medium)
    if buttons:
        details["buttons"] = buttons
        ends = [end for end in _end_words(first, language).values() if end]
        if channel.medium == Medium.CHAT and len(ends) == 2:  # the widget shows them at the ends of the scale
            details["ends"] = ends
            return format_html("<p>{}</p>", asks), details
        return format_html("<p>{}</p>", f"{asks} {_ends(first, language)}".strip()), details
    link = links.address_of(ask)
    if first.kind != "scale":
        return format_html('<p>{}</p><p><a href="{}">{}</a></p>', asks, link, link), details
    how = words.word("reply", language, low=first.low, high=first.high, link=link, **_end_words(first, language))
    return format_html("<p>{}</p><p>{}</p>", asks, how), details


def _links(ask: SurveyAsk, first: Question, language: str) -> str:
    if first.kind != "scale":
        return format_html('<p><a href="{}">{}</a></p>', links.address_of(ask), words.word("choose", language))
    steps = ((links.address_of(ask, score=step), step) for step in first.steps)
    numbers = format_html_join(" \u00a0 ", '<a href="{}"><b>{}</b></a>', steps)
    tap = words.word("tap", language)
    return format_html("<p>{} {}</p><p>{}</p>", tap, _ends(first, language), numbers)


def _buttons(ask: SurveyAsk, first: Question, medium: str) -> list[str]:
    """Only where all steps fit: half a scale would be no answer."""
    room = max(CARRIES[medium].buttons, IN_A_LIST.get(Medium(medium), 0))
    if first.kind != "scale" or ask.survey.kind == SurveyKind.OWN or len(first.steps) > room:
        return []
    return [str(step) for step in first.steps]


def _end_words(first: Question, language: str) -> dict[str, str]:
    return {
        "worst": words.in_language(first.low_words, language),
        "best": words.in_language(first.high_words, language),
    }


def _ends(first: Question, language: str) -> str:
    """ "(1 = Not good, 5 = Very good)" """
    ends = _end_words(first, language)
    if not all(ends.values()):
        return ""
    return f"({first.low} = {ends['worst']}, {first.high} = {ends['best']})"
