"""Brains of other makers through a real conversation: they answer under the lease, or people take over."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations.actions.states import resolve
from conversations.bots import turn
from conversations.bots.acts import Answer, Say
from conversations.bots.memory import Memory
from conversations.handoff import lease
from conversations.models import Activity, Bot, BotTalk, BotTurn, Channel, Conversation, Handoff, Message, Topic
from customers import privacy
from integrations import brains, health_samples, telling_brains
from integrations.adapters.bots.thoughts import Thought
from integrations.inbound.process import process
from integrations.models import BrainCall, BrainTalk, Connector, HealthSample, RawEvent
from integrations.simulators.brains.direct_line import DirectLineServer, handoff
from integrations.simulators.brains.openai import ModelServer, calls
from integrations.simulators.brains.rasa import RasaServer, understood
from integrations.simulators.brains.webhook import OwnBotServer
from integrations.simulators.server import Reply
from integrations.thinking import answer_of
from tests.adapters.bots.asking import asked as made_up
from tests.adapters.bots.test_bot_framework import BotFramework
from tests.adapters.bots.test_bot_webhook import ADDRESS, OwnBot
from tests.adapters.bots.test_openai import INJECTION, Model
from tests.adapters.bots.test_rasa import Rasa
from tests.conversations.bots.stage import asks, holder, said, takes_turn, with_bot, writes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

EACH = {
    "rasa": (Rasa, RasaServer),
    "webhook": (OwnBot, OwnBotServer),
    "framework": (BotFramework, DirectLineServer),
    "model": (Model, ModelServer),
}


@pytest.fixture
def connect(chat, shop):
    """Fern with the brain of this name."""
    servers = []

    def make(name, patience=30, **settings):
        provider, server = EACH[name]
        servers.append(server())
        servers[-1].start()
        one = provider(servers[-1])
        connector = one.connect()
        connector.settings |= settings
        connector.bot = with_bot(chat, brain="connector", patience=patience)
        connector.save()
        return one

    yield make
    for server in servers:
        server.stop()


@pytest.fixture(params=list(EACH))
def brain(request, connect):
    return connect(request.param)


def is_asked(conversation):
    """The turn is due, and a worker asks the brain."""
    takes_turn(conversation)
    waiting = BotTurn.objects.filter(conversation=conversation).exclude(key=None).first()
    if waiting:
        brains.ask(waiting.key, waiting.due_at)
    conversation.refresh_from_db()
    return said(conversation)


def passed_on(conversation):
    conversation.refresh_from_db()
    return conversation.status, holder(conversation), Handoff.objects.get(conversation=conversation).reason


# -- each of them, from hello to a person


def test_a_talk_with_each_brain_ends_with_people_who_know_everything(brain, chat):
    brain.says("Which order is it about?")
    conversation = asks(chat, "Hello, where is my parcel?")
    *_before, (who, words) = is_asked(conversation)
    assert who == "bot" and words.startswith("Hello") and "I am Fern, a bot." in words and "person" in words
    assert words.endswith("Which order is it about?") and conversation.status == "pending"
    brain.hands_over("Wants to pay by cheque")
    writes(chat, "Order HF-10234, and I would like to pay by cheque")
    is_asked(conversation)
    assert passed_on(conversation) == (
        "open",
        "people",
        "out_of_scope" if brain.adapter != "bot_framework" else "asked",
    )
    handed = Handoff.objects.get()
    assert "cheque" in handed.detail and handed.packet["told"] and handed.talk.end == "handed"
    [order] = [fact for fact in handed.packet["told"] if fact["label"] == "order"]
    assert order["value"].endswith("10234")
    assert Message.objects.get(pk=order["source"]).text.startswith("Order HF-10234")
    assert [who for who, _words in said(conversation)] == ["customer", "bot", "customer", "bot"]


def test_who_asks_for_a_person_gets_one_and_the_brain_is_not_asked(brain, chat):
    brain.says("No person for you")
    conversation = asks(chat, "I want to talk to a human being, please")
    is_asked(conversation)
    assert passed_on(conversation) == ("open", "people", "asked")
    assert not brain.server.calls and not BrainCall.objects.exists()
    assert "No person" not in str(said(conversation))


@pytest.mark.parametrize("fault", ["down", "silent", "slow", "nothing", "rude", "key"])
def test_whatever_goes_wrong_ends_with_people(brain, chat, fault):
    if fault in ("silent", "slow", "nothing"):
        Bot.objects.update(patience=1)
    brain.says("Never said")
    if fault == "down":
        brain.server.outage = True
    elif fault == "silent":
        brain.server.silence = 9
    elif fault == "slow":
        brain.server.delay = 2
    elif fault == "nothing":
        brain.says_nothing()
    elif fault == "rude":
        brain.answers(Reply("<h1>It works!</h1>", headers={"Content-Type": "text/html"}))
    else:
        brain.revokes(None)
    conversation = asks(chat, "Where is my parcel?")
    is_asked(conversation)
    assert passed_on(conversation) == ("open", "people", "brain")
    assert not BotTurn.objects.exists() and Handoff.objects.get().detail
    *_theirs, (who, words) = said(conversation)
    assert who == "bot" and "person" in words and "Never said" not in words
    call = BrainCall.objects.get()
    assert call.error and call.ended_at
    connector = Connector.objects.get(adapter=brain.adapter)
    assert (connector.broken_at is not None) == (fault == "key") and connector.failures == (0 if fault == "key" else 1)


def test_one_that_is_away_is_left_in_peace_and_people_come_at_once(connect, chat):
    brain = connect("rasa")
    brain.server.outage = True
    first = asks(chat, "One")
    is_asked(first)
    calls_before = len(brain.server.calls)
    second = asks(chat, "Two", visitor="v2")
    is_asked(second)
    assert passed_on(second)[1:] == ("people", "brain") and len(brain.server.calls) == calls_before
    Connector.objects.filter(adapter="rasa").update(rests_until=timezone.now() - timedelta(seconds=1))
    brain.server.outage = False
    brain.says("Here I am.")
    third = asks(chat, "Three", visitor="v3")
    assert is_asked(third)[-1][1].endswith("Here I am.")
    assert Connector.objects.get(adapter="rasa").failures == 0
    health_samples.measure()
    sample = HealthSample.objects.get(connector__adapter="rasa")
    assert (sample.went, sample.failed) == (2, 1)


def test_a_brain_that_was_disconnected_or_paused_leaves_nobody_behind(connect, chat):
    connect("rasa")
    one, two = asks(chat, "One"), asks(chat, "Two", visitor="v2")
    Connector.objects.filter(adapter="rasa").update(paused_at=timezone.now())
    is_asked(one)
    Connector.objects.filter(adapter="rasa").update(bot=None)
    is_asked(two)
    assert passed_on(one)[2] == passed_on(two)[2] == "brain"


def test_a_task_that_comes_too_late_or_twice_asks_nobody(connect, chat):
    brain = connect("rasa")
    brain.says("Once")
    conversation = asks(chat, "Hello there")
    takes_turn(conversation)
    waiting = BotTurn.objects.get()
    brains.ask(waiting.key, waiting.due_at)
    brains.ask(waiting.key, waiting.due_at)
    assert [who for who, _words in said(conversation)] == ["customer", "bot"]
    writes(chat, "And now?")
    takes_turn(conversation)
    waiting = BotTurn.objects.get()
    brains.ask(waiting.key, timezone.now())  # it lay in the queue until the patience was over
    assert passed_on(conversation)[2] == "brain" and "too much to do" in Handoff.objects.get().detail
    assert len(brain.server.trackers) == 1


def test_the_turn_has_the_brain_asked_by_a_worker(connect, chat, monkeypatch, django_capture_on_commit_callbacks):
    connect("rasa")
    sent = []
    monkeypatch.setattr(
        "integrations.queueing.current_app.send_task", lambda name, given, **_more: sent.append((name, given))
    )
    conversation = asks(chat, "Hello there")
    with django_capture_on_commit_callbacks(execute=True):
        takes_turn(conversation)
    waiting = BotTurn.objects.get()
    assert ("integrations.brains.ask", (str(waiting.key), waiting.due_at.isoformat())) in sent


# -- what each has of its own


def test_what_rasa_has_understood_is_in_the_packet(connect, chat):
    brain = connect("rasa")
    topic = Topic.objects.create(name="Pay by cheque")

    def says(tracker, text):
        tracker.slots = {"order_number": "HF-10234", "size": "42"}
        tracker.understood = understood("pay by cheque", 0.93)
        return [{"text": "I fetch somebody."}, {"custom": {"handoff": {"reason": "unsure"}}}]

    brain.server.says = says
    conversation = asks(chat, "My shoes in 42, I pay by cheque")
    is_asked(conversation)
    packet = Handoff.objects.get().packet
    told = {fact["label"]: fact for fact in packet["told"]}
    assert told["size"]["value"] == "42" and told["size"]["source"] == Message.objects.order_by("pk").first().pk
    assert told["order"]["value"] == "HF-10234" and packet["topic"]["topic"] == topic.pk
    assert packet["topic"]["certainty"] == pytest.approx(0.93)


def test_a_bot_of_ones_own_may_answer_later_by_its_door(connect, chat):
    brain = connect("webhook")
    brain.says("Here it is, at last.")
    brain.server.is_slow = True
    conversation = asks(chat, "Where is my parcel?")
    assert [who for who, _words in is_asked(conversation)] == ["customer"] and BotTurn.objects.exists()
    [webhook] = brain.server.owed
    assert knock(webhook) == 200 and knock(webhook) == 200
    assert said(conversation)[-1][1].endswith("Here it is, at last.") and len(said(conversation)) == 2
    assert RawEvent.objects.get().state == "done" and BrainCall.objects.get().ended_at
    assert not BotTurn.objects.exists()


def test_a_late_answer_after_people_took_over_is_never_said(connect, chat, ada):
    brain = connect("webhook")
    brain.says("Too late")
    brain.server.is_slow = True
    conversation = asks(chat, "Where is my parcel?")
    is_asked(conversation)
    lease.take(conversation, by=ada, why="stepped_in")
    conversation.save()
    assert knock(brain.server.owed[0]) == 200
    assert "Too late" not in str(said(conversation)) and "late" in BrainCall.objects.get().error


def test_a_promise_that_is_not_kept_ends_with_people_and_counts_as_a_failure(connect, chat):
    brain = connect("webhook", patience=1)
    brain.server.is_slow = True
    conversation = asks(chat, "Where is my parcel?")
    is_asked(conversation)
    BotTurn.objects.update(due_at=timezone.now())  # its patience is over
    turn.run(conversation.pk)
    assert passed_on(conversation)[2] == "brain" and "said nothing" in Handoff.objects.get().detail
    BrainCall.objects.update(asked_at=timezone.now() - timedelta(minutes=6))
    health_samples.measure()
    assert HealthSample.objects.get(connector__adapter="bot_webhook").failed == 1
    assert BrainCall.objects.get().error == "It never answered."


def test_buttons_of_a_late_answer_are_listed_where_the_medium_has_none():
    late = Thought((Say("Which one?", ("The coat", "The hat")),))
    asked = made_up(buttons=1, memory=Memory(wrote_hello=True))
    [say] = answer_of(asked, Answer((), Memory()), late).acts
    assert say == Say("Which one?\n• The coat\n• The hat")


def test_the_door_wants_the_signature_and_a_question_that_was_asked(connect, chat):
    brain = connect("webhook")
    connector = Connector.objects.get(adapter="bot_webhook")
    url = f"/hooks/{connector.pk}/{ADDRESS}/"
    body = b'{"id": "x", "acts": [{"kind": "say", "text": "Pay me"}]}'
    assert Client().post(url, body, content_type="application/json").status_code == 400
    assert not RawEvent.objects.exists()
    brain.server.owe({"id": str(uuid.uuid4()), "acts": [{"kind": "say", "text": "Pay me"}]}, url)
    assert knock(brain.server.owed[0]) == 200
    assert RawEvent.objects.get().state == "aside" and "never asked" in RawEvent.objects.get().error
    assert not Message.objects.exists()


def knock(webhook):
    path = webhook.url.partition("/hooks/")[2]
    headers = dict(webhook.headers)
    answer = Client().generic("POST", f"/hooks/{path}", webhook.body, content_type="application/json", headers=headers)
    for pk in RawEvent.objects.filter(state="kept").values_list("pk", flat=True):
        process(pk)
    return answer.status_code


def test_a_bot_of_the_framework_hears_what_became_of_its_handoff(connect, chat, ada, returns):
    brain = connect("framework")
    brain.answer({"type": "message", "text": "One moment."}, handoff({"Skill": "returns", "message": "Broken zip"}))
    conversation = asks(chat, "My zip is broken")
    is_asked(conversation)
    handed = Handoff.objects.get()
    assert handed.team == returns and "Broken zip" in handed.detail and brain.server.statuses == []
    assert telling_brains.tell_each() == 0
    Handoff.objects.update(accepted_at=timezone.now(), accepted_by=ada)
    assert telling_brains.tell_each() == 1 and telling_brains.tell_each() == 0
    assert brain.server.statuses == ["accepted"]
    resolve(Conversation.objects.get(), by=ada)
    brain.server.outage = True
    assert telling_brains.tell_each() == 0
    brain.server.outage = False
    assert telling_brains.tell_each() == 1 and telling_brains.tell_each() == 0
    assert brain.server.statuses == ["accepted", "completed"] and BrainTalk.objects.get().waits_for == ""


def test_a_model_may_ask_for_a_deed_and_the_desk_does_it(connect, chat):
    brain = connect("model", deeds=["hours"])
    brain.answer(calls("hours", {}))
    conversation = asks(chat, "Are you there on Sundays?")
    _theirs, (_who, hello), (_bot, words) = is_asked(conversation)
    assert "I am Fern, a bot." in hello and "around the clock" in words and conversation.status == "pending"
    [step] = BotTalk.objects.get().state["steps"]
    assert (step["what"], step["result"]) == ("hours", "done")


@pytest.mark.parametrize("deed", ["cancel", "status"])
def test_a_model_that_was_talked_into_it_gets_no_further_than_the_customer(connect, chat, deed):
    """Whatever a text says, an order is private until somebody has proven who they are."""
    brain = connect("model", deeds=[deed])
    brain.answer(calls(deed, {"order": "HF-1"}))
    conversation = asks(chat, INJECTION)
    is_asked(conversation)
    assert (
        "cancelled" not in str(said(conversation)[1:]).lower() and not Activity.objects.filter(verb="ordered").exists()
    )
    known = BotTalk.objects.get().state
    assert not known["proof"] and not [step for step in known["steps"] if step["result"] == "done"]
    assert conversation.status == "pending" and (known["task"], known["waits_for"]) == (deed, "email")
    before = len(brain.server.calls)
    writes(chat, "ann@home.example")  # the desk's own question is answered to the desk, not to the model
    is_asked(conversation)
    assert len(brain.server.calls) == before and len(said(conversation)) > 3


def test_what_the_desk_does_for_itself_nobody_else_asks_for(connect, chat):
    brain = connect("webhook")
    brain.asks_for("send_code", {"email": "me@evil.example"})
    conversation = asks(chat, "Where is my parcel?")
    is_asked(conversation)
    assert passed_on(conversation)[2] == "not_allowed" and "send_code" in Handoff.objects.get().detail


def test_what_a_brain_wanted_kept_goes_with_the_customer(connect, chat, ada):
    brain = connect("rasa")
    brain.says("Which one?", ("The coat of Wilhelmina", "The hat"))
    conversation = asks(chat, "I am Wilhelmina, where is my coat?")
    is_asked(conversation)
    assert "Wilhelmina" in str(BrainTalk.objects.get().state)
    privacy.carry_on(privacy.ask(conversation.customer, by=ada))
    assert not BrainTalk.objects.exists() and BrainCall.objects.exists()


@pytest.mark.parametrize(("limit", "words"), [("most_a_day", "today"), ("most_a_talk", "one conversation")])
def test_what_a_model_may_cost_is_a_limit(connect, chat, limit, words):
    brain = connect("model")
    brain.says("Yes.")
    connector = Connector.objects.get(adapter="openai")
    first = asks(chat, "Are you there?")
    is_asked(first)
    spent = BrainCall.objects.get().tokens
    assert 0 < spent < 10_000
    connector.settings[limit] = spent + 10
    connector.save()
    writes(chat, "And now?")
    is_asked(first)
    assert passed_on(first)[2] == "brain" and words in Handoff.objects.get().detail
    assert len(brain.server.asked) == 1


def test_a_model_that_nobody_let_in_is_asked_nothing(connect, chat):
    brain = connect("model", is_on=False)
    conversation = asks(chat, "Are you there?")
    is_asked(conversation)
    assert passed_on(conversation)[2] == "brain" and "switched off" in Handoff.objects.get().detail
    assert not brain.server.calls


def test_a_talk_has_a_name_that_nobody_guesses(connect, chat):
    connect("rasa")
    connector = Connector.objects.get(adapter="rasa")
    name = brains.name_of(connector, 7)
    assert name == brains.name_of(connector, 7) and name.startswith("throughline-7-") and len(name) > 30
    assert name[-20:] != brains.name_of(connector, 8)[-20:]
    assert isinstance(turn.question_of(uuid.uuid4()), type(None)) and isinstance(chat, Channel)
