"""A survey from the moment that a matter is solved to the answer, and to whom it is credited."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations import dry_runs
from conversations.actions.change import NotPossibleError
from conversations.actions.states import reopen, resolve
from conversations.bots.guessing import Guess, Guessed
from conversations.bots.teaching import Taught
from conversations.conditions import holds
from conversations.inbound.receive import receive
from conversations.models import Channel, Message, Rule, RuleEvent, SurveyAsk, SurveyResponse, Topic
from conversations.rule_actions import Options, carry_out, check
from conversations.rule_matters import matter_now
from conversations.surveys import answering, asking, links, touching
from conversations.surveys.answering import OverError
from conversations.surveys.episodes import episode_of
from customers import events
from customers.events import Step
from customers.identify import Handle
from customers.models import Event
from tests.conftest import from_ann
from tests.conversations.surveys.asked import answered, asked, solved, survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(returns):
    return Channel.objects.create(name="Text", medium="sms", address="+4420", team=returns)


def from_her_phone(channel, text, **fields):
    return from_ann(channel, text, handles=(Handle("phone", "+447700900123", "Ann Bell", is_verified=True),), **fields)


def test_who_was_helped_is_asked_once_by_mail(mail, ada):
    survey()
    ask = asked(mail, ada)
    assert (ask.state, ask.credits, ask.medium, ask.team) == ("asked", [[ada.pk, 1.0]], "email", mail.team)
    assert ask.message.is_automatic and f"{links.address_of(ask)}?score=5" in ask.message.html
    assert ask.message.details["unsubscribe"] == links.stop_address_of(ask)
    ask.conversation.refresh_from_db()
    assert ask.conversation.status == "resolved" and ask.conversation.waiting_since is None
    assert asking.ask_due() == 0
    resolve(ask.conversation, by=ada)  # it is solved already
    assert SurveyAsk.objects.count() == 1


def test_without_a_survey_solving_writes_nothing(mail, ada):
    touching.forget()
    solved(mail, ada)
    assert not SurveyAsk.objects.exists()


def test_each_episode_is_credited_to_those_who_handled_it(mail, ada, grace, linus):
    survey()
    first = asked(mail, ada)
    again = receive(from_ann(mail, "It broke again", at=timezone.now())).conversation
    assert again.pk == first.conversation_id
    first.refresh_from_db()
    assert (first.state, answering.may_answer(first)) == ("withdrawn", "reopened")
    for agent in (grace, grace, linus):
        answered(again, agent)
    again.refresh_from_db()
    resolve(again, by=linus)
    asking.ask_due()
    second = SurveyAsk.objects.exclude(pk=first.pk).get()
    assert second.credits == [[grace.pk, 0.666667], [linus.pk, 0.333333]]
    response = answering.answer(second, {"score": 5}, way="link")
    assert {credit.agent: round(credit.share, 2) for credit in response.credits.all()} == {grace: 0.67, linus: 0.33}
    again.refresh_from_db()
    assert again.rating == 5.0


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("spam", None),
        ("nobody", "automatic"),
        ("tag", "tag"),
        ("sample", "sample"),
        ("rests", "rests"),
        ("no", "refused"),
    ],
)
def test_who_is_not_asked_and_why(mail, ada, how, why, client):
    one = survey(share=1 if how == "sample" else 100, rest_days=30 if how == "rests" else 0)
    if how == "rests":
        asked(mail, ada, address="ann@home.example")
    if how == "no":
        client.post(links.stop_address_of(asked(mail, ada)))
    conversation = receive(from_ann(mail, at=timezone.now())).conversation
    if how == "tag":
        mark = conversation.tags.create(name="press")
        one.skip_tags.add(mark)
    if how != "nobody":
        answered(conversation, ada)
    conversation.refresh_from_db()
    conversation.is_spam = how == "spam"
    conversation.save()
    before = SurveyAsk.objects.count()
    resolve(conversation, by=ada)
    asking.ask_due()
    new = SurveyAsk.objects.order_by("pk")[before:]
    assert [(ask.state, ask.why) for ask in new] == ([("skipped", why)] if why else [])


def test_an_agent_may_say_no_with_a_reason(client, mail, ada):
    survey()
    conversation = receive(from_ann(mail, at=timezone.now() - timedelta(hours=1))).conversation
    answered(conversation, ada)
    client.force_login(ada)
    assert "Resolve, ask nothing" in client.get(reverse("menu", args=[conversation.pk, "more"])).content.decode()
    client.post(reverse("closure", args=[conversation.pk]), {"unasked": "bereavement"})
    assert asking.ask_due() == 0
    ask = SurveyAsk.objects.get()
    assert (ask.state, ask.why, ask.by, ask.reason) == ("skipped", "agent", ada, "bereavement")


def test_opened_again_before_it_was_asked_nobody_is(mail, ada):
    survey(wait_minutes=30)
    conversation = solved(mail, ada)
    reopen(conversation, by=ada)
    assert SurveyAsk.objects.get().state == "withdrawn"


def test_in_quiet_hours_it_waits_for_their_end_on_the_customers_clock(mail, ada):
    now = timezone.now()
    survey(quiet_from=time(0, 0), quiet_until=time(23, 59))
    conversation = solved(mail, ada)
    conversation.customer.timezone = "Pacific/Auckland"
    conversation.customer.save()
    asking.ask_due()
    ask = SurveyAsk.objects.get()
    assert ask.state == "due" and now < ask.due_at <= now + timedelta(days=1)
    assert ask.due_at.astimezone(timezone.zoneinfo.ZoneInfo("Pacific/Auckland")).strftime("%H:%M") == "23:59"


def test_a_number_in_a_text_message_is_the_answer_and_opens_nothing(texts, ada):
    survey()
    conversation = receive(from_her_phone(texts, "Where is it?", at=timezone.now() - timedelta(hours=1))).conversation
    answered(conversation, ada)
    conversation.refresh_from_db()
    resolve(conversation, by=ada)
    asking.ask_due()
    ask = SurveyAsk.objects.get()
    assert ask.message.channel == texts and "Answer with a number from 1" in ask.message.text
    said = receive(from_her_phone(texts, " 4 ", at=timezone.now(), external_id="reply-1"))
    assert said.conversation == conversation and said.details["rated"] == ask.pk
    response = SurveyResponse.objects.get()
    assert (response.score, response.way, response.touchpoint, response.medium) == (4, "words", "resolution", "sms")
    conversation.refresh_from_db()
    assert (conversation.status, conversation.waiting_since) == ("resolved", None)
    assert receive(from_her_phone(texts, "²", at=timezone.now(), external_id="raised")).text == "²", "and is no number"
    receive(
        from_her_phone(texts, "7", at=timezone.now(), external_id="reply-2")
    )  # no step of this scale: it is for people
    conversation.refresh_from_db()
    assert conversation.status == "open"


def test_buttons_where_the_medium_has_them(returns, ada):
    telegram = Channel.objects.create(name="Telegram", medium="telegram", address="hollin", team=returns)
    survey()
    handles = (Handle("telegram", "77", "Ann Bell", is_verified=True),)
    conversation = receive(
        from_ann(telegram, "Hi", handles=handles, at=timezone.now() - timedelta(hours=1))
    ).conversation
    answered(conversation, ada)
    conversation.refresh_from_db()
    resolve(conversation, by=ada)
    asking.ask_due()
    ask = SurveyAsk.objects.get()
    assert ask.message.details["buttons"] == ["1", "2", "3", "4", "5"]
    receive(from_ann(telegram, "2", handles=handles, at=timezone.now(), external_id="b", details={"button": "2"}))
    assert SurveyResponse.objects.get().way == "button"


def test_a_low_score_is_heard_by_rules_and_told_in_the_customers_story(mail, ada, monkeypatch):
    survey()
    monkeypatch.setattr("conversations.rules.listened", lambda: frozenset({"rated"}))
    ask = asked(mail, ada)
    answering.answer(ask, {"score": 1, "comment": "Three days for a no."}, way="link", language="en")
    assert RuleEvent.objects.get().event == "rated"
    event = Event.objects.get(name="Survey Answered")
    assert (event.properties["score"], event.properties["of"]) == (1, 5)
    ask.conversation.refresh_from_db()
    assert ask.conversation.rating == 1.0


def test_it_is_changed_for_an_hour_and_then_kept(mail, ada):
    survey()
    ask = asked(mail, ada)
    answering.answer(ask, {"score": 2}, way="link")
    response = answering.answer(ask, {"comment": "Sorry, wrong number"}, way="link")
    answering.answer(ask, {"score": 4}, way="link")
    response.refresh_from_db()
    assert (response.score, response.comment, response.credits.count()) == (4, "Sorry, wrong number", 1)
    SurveyResponse.objects.update(answered_at=timezone.now() - timedelta(hours=2))
    with pytest.raises(OverError, match="kept"):
        answering.answer(ask, {"score": 1}, way="link")


def test_an_order_that_arrived_is_asked_about_once(mail, ada):
    survey("ces", "delivery")
    message = receive(from_ann(mail))
    step = Step(message.identity, "Order Delivered", 3, "order-1:delivered", timezone.now(), {"order": "HF-1"})
    events.record_steps([step])
    for _time in range(2):
        touching.of_customers({message.conversation.customer_id})
    asking.ask_due()
    ask = SurveyAsk.objects.get()
    assert ask.state == "due" and ask.due_at > timezone.now() + timedelta(hours=23)  # she waits for an answer of ours
    answered(message.conversation, ada)
    SurveyAsk.objects.update(due_at=timezone.now())
    asking.ask_due()
    ask.refresh_from_db()
    assert (ask.state, ask.touchpoint, ask.credits) == ("asked", "delivery", [])
    assert Message.objects.filter(survey_ask=ask).exists()


def test_an_episode_of_the_bot_alone_is_the_bots(mail):
    conversation = receive(from_ann(mail, at=timezone.now() - timedelta(minutes=9))).conversation
    incoming = conversation.messages.get()
    Message.objects.create(
        conversation=conversation, kind="outbound", is_bot=True, channel=mail, identity=incoming.identity, text="Hello"
    )
    survey(touchpoint="bot")
    survey(touchpoint="resolution")
    resolve(conversation, by=None)
    ask = SurveyAsk.objects.get()
    assert (ask.touchpoint, ask.credits) == ("bot", [[None, 1.0]])
    conversation.refresh_from_db()
    assert episode_of(conversation, until=timezone.now()).is_of_bot_alone


def test_a_rule_of_automation_asks_once_and_says_why_not(mail, ada):
    one = survey(touchpoint="rule")
    conversation = receive(from_ann(mail, at=timezone.now() - timedelta(minutes=9))).conversation
    rule, options = Rule.objects.create(name="Ask", event="tagged"), Options()
    action = {"do": "survey", "value": str(one.pk)}
    check([action], options)
    with pytest.raises(NotPossibleError, match="nobody of us answered"):
        carry_out(action, conversation, rule, options)
    SurveyAsk.objects.all().delete()
    answered(conversation, ada)
    assert carry_out(action, conversation, rule, options) == {"do": "survey", "value": one.name}
    with pytest.raises(NotPossibleError, match="asked about this already"):
        carry_out(action, conversation, rule, options)
    asking.ask_due()
    assert SurveyAsk.objects.get().state == "asked"


def test_a_rule_may_go_by_the_score(mail, ada, sam):
    survey()
    ask = asked(mail, ada)
    unhappy = {"match": "all", "rules": [{"field": "rating", "is": "below", "value": 3}]}
    assert not holds(unhappy, matter_now(ask.conversation, understands=False))
    answering.answer(ask, {"score": 2}, way="link")
    assert holds(unhappy, matter_now(ask.conversation, understands=False))
    rule = Rule.objects.create(name="Say sorry", event="rated", conditions=unhappy, actions=[{"do": "reopen"}])
    tried = dry_runs.start(rule, days=1, by=sam)
    dry_runs.run(tried.pk)
    tried.refresh_from_db()
    assert (tried.state, tried.done, tried.hits) == ("done", 1, 1)


def test_a_comment_has_a_topic_and_a_mood_of_its_own(mail, ada, monkeypatch):
    refunds = Topic.objects.create(name="refunds")
    taught = Taught(None, {"refunds": refunds}, None)
    monkeypatch.setattr("conversations.bots.teaching.taught", lambda: taught)
    monkeypatch.setattr(
        "conversations.bots.guessing.guess",
        lambda text, _language, _taught, topics: Guessed(Guess(topics[refunds.pk], 0.9, is_known="money" in text)),
    )
    survey()
    ask = asked(mail, ada)
    response = answering.answer(
        ask, {"score": 1, "comment": "I am furious, where is my money?"}, way="link", language="en"
    )
    assert response.about == refunds and response.mood < -0.4
    assert answering.answer(ask, {"comment": "Never mind"}, way="link").about is None
