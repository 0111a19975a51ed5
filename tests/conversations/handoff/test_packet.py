"""The packet: whatever the bot was told is in it, with the message that it came from, and nothing is made up."""

import string

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from conversations.bots.memory import Heard, Kept, Memory, Need, Step, memory_of
from conversations.handoff.building import build
from conversations.handoff.card import card
from conversations.handoff.packet import packet_of
from conversations.inbound.receive import receive
from conversations.models import Bot, BotTalk, Handoff, Topic
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
LETTERS = string.ascii_letters + string.digits + " -+@.,äøłßé’"
VALUES = some.text(alphabet=LETTERS, min_size=1, max_size=40).filter(str.strip)
KEPT = some.builds(
    Kept,
    value=VALUES,
    where=some.sampled_from(["customer", "profile", "order", "page", "earlier", "agent"]),
    shown=some.one_of(some.just(""), VALUES),
)
RESULTS = ["done", "offered", "declined", "refused", "failed", "uncertain", "answered", "unanswered"]
STEPS = some.builds(Step, what=VALUES, result=some.sampled_from(RESULTS), about=VALUES)
MEMORIES = some.builds(
    Memory,
    task=some.sampled_from(["", "return", "stock", "unheard of"]),
    slots=some.dictionaries(some.sampled_from([need.value for need in Need if need is not Need.CODE]), KEPT),
    waits_for=some.sampled_from(["", "confirm", "photo"]),
    steps=some.lists(STEPS, max_size=4).map(tuple),
)


@pytest.fixture
def message(mail):
    return receive(from_ann(mail, "My order HF-48213 came in M. I need it in size L.", subject="Jacket"))


@pytest.fixture
def talk(message, mail):
    bot = Bot.objects.create(name="Fern")
    return BotTalk.objects.create(
        conversation=message.conversation, bot=bot, channel=mail, term=2, first=message, language="en"
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(memory=MEMORIES)
def test_whatever_the_memory_holds_is_in_the_packet_and_on_the_card(talk, ada, memory):
    talk.state = memory.to_json()
    packet = packet_of(build(talk, at=timezone.now()).to_json())
    handoff = Handoff(conversation=talk.conversation, talk=talk, reason="asked", packet=packet.to_json())
    shown = card(handoff, talk.conversation, ada)
    page = render_to_string("conversations/handoff/packet.html", {"card": shown, "conversation": talk.conversation})
    for kept in memory.slots.values():
        assert escape(kept.shown or kept.value) in page
    for step in memory.steps:
        assert escape(step.about) in page
    told = {(fact.label, fact.value, fact.source, fact.shown) for fact in packet.told}
    assert {(need, kept.value, kept.source, kept.shown) for need, kept in memory.slots.items()} <= told
    assert [(step.what, step.result, step.about) for step in memory.steps] == [
        (tried.what, tried.result, tried.about) for tried in packet.tried
    ]
    assert memory_of(talk.state).slots == memory.slots


def test_the_card_does_not_say_that_an_answer_is_missing_which_is_there(talk, ada):
    memory = Memory(steps=(Step("Washing", "offered"), Step("Washing", "declined"), Step("Zips", "offered")))
    talk.state = memory.to_json()
    handoff = Handoff(conversation=talk.conversation, talk=talk, packet=build(talk, at=timezone.now()).to_json())
    tried = card(handoff, talk.conversation, ada).tried
    assert [(line.what, str(line.how)) for line in tried] == [
        ("Washing", "they said no"),
        ("Zips", "offered, no answer yet"),
    ]


def test_a_code_that_proved_who_they_are_is_nobodys_to_read(talk):
    talk.state = Memory().with_slot(Need.CODE, Kept("482193")).to_json()
    assert "482193" not in str(build(talk, at=timezone.now()).to_json())


def test_what_they_said_beside_the_bots_questions_goes_along(talk, message):
    packet = build(talk, at=timezone.now())
    told = {(fact.label, fact.value): fact.source for fact in packet.told}
    assert told["order", "HF-48213"] == message.pk and told["size", "L"] == message.pk
    assert [fact.where for fact in packet.told if fact.label == "email"] == ["profile"]
    assert packet.order == "HF-48213" and packet.goal == "“My order HF-48213 came in M. I need it in size L.”"
    assert packet.goal_source == message.pk and (packet.first, packet.last) == (message.pk, message.pk)


def test_the_goal_names_their_values_and_points_at_who_said_so(talk, message):
    topic = Topic.objects.create(name="Exchange", about="Wants another size")
    other = Topic.objects.create(name="Refund")
    heard = Heard(message.pk, topic.pk, 0.86, other.pk, 0.1, mood=-0.4, language="no")
    memory = Memory(heard=(heard,), proof="code", waits_for="photo", question=message.pk)
    talk.state = memory.with_slot("item", Kept("kestrel", message.pk, shown="Kestrel Trail Jacket")).to_json()
    packet = build(talk, at=timezone.now())
    assert packet.goal == "Wants another size: Kestrel Trail Jacket, HF-48213."
    assert (packet.topic.name, packet.topic.certainty, packet.runner_up.name) == ("Exchange", 0.86, "Refund")
    assert [(mood.source, mood.mood) for mood in packet.moods] == [(message.pk, -0.4)]
    assert (packet.language, packet.proof) == ("no", "code")
    assert (packet.open_question.label, packet.open_question.source) == ("photo", message.pk)
