"""What the demo's customers were asked, and what they said: surveys that are on, and half a year of answers."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from conversations.bots.mood import mood_of
from conversations.models import (
    Conversation,
    Handoff,
    Message,
    RepeatedQuestion,
    ResponseCredit,
    RoutingDecision,
    Status,
    Survey,
    SurveyAsk,
    SurveyResponse,
    SurveyVersion,
)
from conversations.models.message import MessageKind
from conversations.models.survey import AskState, SurveyKind, Touchpoint
from conversations.surveys import questions
from conversations.surveys.answering import rating_of
from conversations.surveys.episodes import shares
from customers import events
from customers.events import Step
from customers.models import Event, Identity

CHANCE = 77
ANSWER, WRITE = 0.38, 0.4  # of those who are asked; of those who answer
SURVEYS = (
    ("How was it?", SurveyKind.CSAT, Touchpoint.RESOLUTION),
    ("After the bot", SurveyKind.CSAT, Touchpoint.BOT),
    ("After a handoff", SurveyKind.CSAT, Touchpoint.HANDOFF),
    ("Would you recommend us?", SurveyKind.NPS, Touchpoint.DELIVERY),
    ("Was it easy?", SurveyKind.CES, Touchpoint.RETURN),
)
GOOD = {
    "en": ("Quick and kind, thank you.", "I never had to say my order number.", "Solved before my tea was cold."),
    "de": ("Schnell und freundlich.", "Endlich jemand, der meine Mails gelesen hat."),
    "fr": ("Réponse claire, colis retrouvé, merci.", "Très aimable."),
    "es": ("Muy rápido, gracias.", "Me lo resolvieron a la primera."),
    "it": ("Gentili e veloci.",),
    "pl": ("Wreszcie ktoś, kto przeczytał wcześniejsze wiadomości.", "Szybko i miło."),
    "no": ("Rask hjelp, takk!", "Veldig hyggelig."),
    "nl": ("Snel en vriendelijk geholpen.",),
}
BAD = {
    "en": ("Friendly, but it took two days.", "I had to explain it three times."),
    "de": ("Ich habe dreimal dasselbe erklärt.", "Zu lange gewartet."),
    "fr": ("Trop long.",),
    "es": ("Tardaron demasiado.",),
    "it": ("Ho aspettato troppo.",),
    "pl": ("Za długo to trwało.",),
    "no": ("Det tok for lang tid.",),
    "nl": ("Het duurde te lang.",),
}  # fmt: skip
Said = dict[int, list[tuple[str, int | None, bool, datetime]]]  # by conversation: kind, author, is of the bot, at


def build(now: datetime) -> None:
    """Once."""
    if Survey.objects.exists():
        return
    made = {}
    for name, kind, place in SURVEYS:
        survey = Survey.objects.create(name=name, kind=kind, touchpoint=place, is_active=True, wait_minutes=2)
        body = questions.kept(questions.standard(kind))
        made[place] = SurveyVersion.objects.create(survey=survey, number=1, questions=body)
    chance = random.Random(CHANCE)
    asks = [*_after_talks(made, now, chance), *_after_orders(made, now, chance)]
    SurveyAsk.objects.bulk_create(asks)
    _answers([ask for ask in asks if ask.state == AskState.ANSWERED], now, chance)


def _after_talks(made: dict[Touchpoint, SurveyVersion], now: datetime, chance: random.Random) -> Iterator[SurveyAsk]:
    solved = Conversation.objects.filter(status=Status.RESOLVED, merged_into=None, is_spam=False, resolved_at__lt=now)
    rows = list(solved.select_related("customer").order_by("pk"))
    said, passed = _said(), set(Handoff.objects.filter(to_people=True).values_list("conversation", flat=True))
    decided = dict(RoutingDecision.objects.order_by("pk").values_list("conversation", "pk"))
    repeated = set(RepeatedQuestion.objects.values_list("message__conversation", flat=True))
    for row in rows:
        lines = said.get(row.pk, [])
        answers = [(author, is_bot, at) for kind, author, is_bot, at in lines if kind != MessageKind.INBOUND]
        if not answers or row.resolved_at is None:
            continue
        of_bot = all(is_bot for _author, is_bot, _at in answers)
        place = Touchpoint.BOT if of_bot else Touchpoint.HANDOFF if row.pk in passed else Touchpoint.RESOLUTION
        first = next((at for _author, is_bot, at in answers if not is_bot), None)
        waited = int((first - lines[0][3]).total_seconds()) if first and first > lines[0][3] else None
        ask = _ask(made[place], place, f"solved:demo:{row.pk}", row, row.resolved_at, now, chance)
        counted = Counter(None if is_bot else author for author, is_bot, _at in answers if author or is_bot)
        ask.credits, ask.decision_id, ask.waited = [list(each) for each in shares(counted)], decided.get(row.pk), waited
        ask.repeats = int(row.pk in repeated) or int(place == Touchpoint.HANDOFF and chance.random() < 0.12)
        yield ask


def _said() -> Said:
    found: Said = defaultdict(list)
    kinds = [MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.CALL]
    rows = Message.objects.filter(kind__in=kinds, is_automatic=False).order_by("created_at", "pk")
    for key, kind, author, is_bot, at in rows.values_list("conversation", "kind", "author", "is_bot", "created_at"):
        found[key].append((kind, author, is_bot, at))
    return found


def _after_orders(made: dict[Touchpoint, SurveyVersion], now: datetime, chance: random.Random) -> Iterator[SurveyAsk]:
    wanted = {"Order Delivered": Touchpoint.DELIVERY, "Return Refunded": Touchpoint.RETURN}
    rows = Event.objects.filter(name__in=wanted, occurred_at__gte=now - timedelta(days=180), occurred_at__lt=now)
    newest = Conversation.objects.filter(merged_into=None, is_spam=False).select_related("customer").order_by("pk")
    talks = {each.customer_id: each for each in newest}
    for number, event in enumerate(rows.select_related("identity").order_by("occurred_at", "number")):
        talk = talks.get(event.identity.customer_id)
        if talk is not None and chance.random() < 0.7:
            place = wanted[event.name]
            yield _ask(made[place], place, f"event:demo:{number}", talk, event.occurred_at, now, chance)


def _ask(
    version: SurveyVersion, place: Touchpoint, key: str, talk: Conversation, at: datetime, now: datetime,
    chance: random.Random,
) -> SurveyAsk:  # fmt: skip
    is_answered, asked_at = chance.random() < ANSWER, at + timedelta(minutes=2)
    return SurveyAsk(
        survey_id=version.survey_id, version=version, customer=talk.customer, conversation=talk, touchpoint=place,
        key=key, state=AskState.ANSWERED if is_answered and asked_at < now else AskState.ASKED, team_id=talk.team_id,
        topic_id=talk.topic_id, medium=talk.channel, tier=talk.customer.tier, began_at=talk.created_at, ended_at=at,
        due_at=asked_at, asked_at=asked_at, expires_at=asked_at + timedelta(days=14),
    )  # fmt: skip


def _answers(asks: Sequence[SurveyAsk], now: datetime, chance: random.Random) -> None:
    found = [_answer(ask, now, chance) for ask in asks]
    SurveyResponse.objects.bulk_create(found)
    credits = (
        ResponseCredit(response=each, agent_id=agent, is_bot=agent is None, share=share)
        for each in found
        for agent, share in each.ask.credits
    )
    ResponseCredit.objects.bulk_create(credits)
    first = Identity.objects.filter(customer__in={ask.customer_id for ask in asks}).order_by("customer", "pk")
    known = {identity.customer_id: identity for identity in first.distinct("customer")}
    steps = [
        Step(known[each.ask.customer_id], "Survey Answered", 0, f"survey:{each.ask.pk}", each.answered_at,
             {"score": each.score, "of": questions.SCALES[each.kind][1], "kind": each.kind, "comment": each.comment})
        for each in found
        if each.ask.customer_id in known
    ]  # fmt: skip
    events.record_steps(steps)
    for each in found:
        assert each.conversation
        each.conversation.rating = rating_of(each)
    Conversation.objects.bulk_update([each.conversation for each in found if each.conversation], ["rating"])


def _answer(ask: SurveyAsk, now: datetime, chance: random.Random) -> SurveyResponse:
    """Who waited long, was asked again or had the bot alone is content less often."""
    kind = next(kind for _name, kind, place in SURVEYS if place == ask.touchpoint)
    low, high = questions.SCALES[kind]
    content = 0.94 - 0.12 * (ask.touchpoint == Touchpoint.BOT) - 0.25 * (ask.repeats > 0)
    content -= 0.1 * ((ask.waited or 0) > 20 * 3600)
    is_good = chance.random() < content
    score = high - (chance.random() < 0.25) if is_good else chance.randint(low, high - 2)
    assert ask.conversation and ask.asked_at
    language = ask.conversation.language or "en"
    said = (GOOD if is_good else BAD).get(language, ())
    comment = chance.choice(said) if said and chance.random() < WRITE else ""
    return SurveyResponse(
        ask=ask, survey_id=ask.survey_id, conversation=ask.conversation, kind=kind, touchpoint=ask.touchpoint,
        score=score, answers={"score": score} | ({"comment": comment} if comment else {}), comment=comment,
        language=language,
        mood=mood_of(comment, language) if comment else None, way=chance.choice(("link", "link", "button", "widget")),
        team_id=ask.team_id, topic_id=ask.topic_id, medium=ask.medium, tier=ask.tier, repeats=ask.repeats,
        answered_at=min(ask.asked_at + timedelta(minutes=chance.uniform(1, 900)), now),
    )  # fmt: skip
