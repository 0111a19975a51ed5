"""A customer asks the bot in the chat, and it is done in the shop: turn, brain, deeds and outbox together."""

import pytest
from django.core import mail as outbox

from conversations.bots import codes, knowing, turn
from conversations.bots.guessing import Guess, Guessed
from conversations.bots.memory import memory_of
from conversations.inbound.receive import receive
from conversations.models import BotDeed, BotTalk, BotTurn, Conversation, Handoff, Message, ProofCode, Topic
from conversations.routing.drain import drain
from customers.models import Order
from integrations.models import Connector
from tests.conftest import from_ann
from tests.conversations.bots.stage import it_is_time, with_bot
from tests.conversations.bots.till import BROWSER, SIGNED_IN, Till, bought, connected

pytestmark = pytest.mark.django_db


@pytest.fixture
def till():
    with Till() as server:
        yield server


@pytest.fixture
def says(chat, monkeypatch):
    """Ann says it, and the bot has answered: gives its last words."""
    with_bot(chat)

    def say(text, *, handles=SIGNED_IN):
        details = {"signed_in": "17"} if handles == SIGNED_IN else {}
        message = receive(from_ann(chat, text, handles=handles, details=details, language="en"))
        drain(room=False)
        conversation = Conversation.objects.get(pk=message.conversation_id)
        for _ in range(3):
            if BotTurn.objects.filter(conversation=conversation).exists():
                it_is_time(conversation)
                turn.run(conversation.pk)
        ours = Message.objects.filter(conversation=conversation, is_bot=True).order_by("pk")
        return "\n".join(each.text for each in ours if each.pk > message.pk)

    return say


def talk():
    return BotTalk.objects.latest("pk")


def test_a_signed_in_customer_cancels_with_one_yes(says, till, order_of_ann):
    asked = says("Please cancel my order HF-1")
    assert "HF-1" in asked and "£148.00" in asked and not till.asked
    assert "is cancelled" in says("Yes, please")
    assert till.done == ["cancel"] and Order.objects.get().status == "cancelled"
    assert BotDeed.objects.get().state == "done" and not Handoff.objects.exists()
    assert [step.what for step in memory_of(talk().state).steps if step.result == "done"] == ["cancel"]


def test_a_stranger_is_asked_for_an_address_then_a_code_then_whether_to(says, till, order_of_ann):
    assert "e-mail address" in says("Please cancel my order HF-1", handles=BROWSER)
    assert "code of six digits" in says("ann@home.example", handles=BROWSER)
    codes.mail_code(ProofCode.objects.get().pk)
    code = outbox.outbox[-1].body.split()[0]
    shown = says(code, handles=BROWSER)
    assert "£148.00" in shown and not till.asked
    assert "is cancelled" in says("yes", handles=BROWSER) and till.done == ["cancel"]


def test_yes_to_one_deed_after_another_is_no_going_round(says, till, order_of_ann):
    connector = Connector.objects.get()
    numbers = ("HF-48001", "HF-48002", "HF-48003")
    for number in numbers:
        bought(connector, number)
    for number in numbers:
        assert number in says(f"Please cancel my order {number}") and "is cancelled" in says("Yes, please")
    assert till.done == ["cancel"] * 3 and not Handoff.objects.exists()


def test_a_shop_that_falls_silent_is_said_to_be_in_doubt_and_people_go_on(says, till, order_of_ann):
    says("Please cancel my order HF-1")
    till.is_mute = True
    assert "has not said whether it is done" in says("yes")
    handoff = Handoff.objects.get()
    assert handoff.reason == "failed" and any(each["result"] == "uncertain" for each in handoff.packet["tried"])
    assert Conversation.objects.get().status == "open"


def test_a_refusal_offers_a_person_and_the_same_again_is_one(says, till, order_of_ann):
    Order.objects.update(status="shipped")
    assert "has been sent already" in says("Please cancel my order HF-1")
    offer = Message.objects.filter(is_bot=True).latest("pk")
    assert "A person" in offer.details["buttons"]
    again = says("I really want to cancel HF-1 though")
    assert "has been sent already" not in again and "a person should look at it" in again
    assert Handoff.objects.get().reason == "not_allowed" and not till.asked


@pytest.fixture
def order_of_ann(till, monkeypatch):
    """One that is paid; and a line with “cancel” in it is of the topic whose deed that is, as the taught would tell."""
    topic = Topic.objects.create(name="Cancel", bot_does="cancel")

    def guess(text, *_rest):
        return Guessed(Guess(topic, 0.95, None, 0.0, True)) if "cancel" in text.lower() else Guessed()

    monkeypatch.setattr(knowing, "guess", guess)
    return bought(connected(till))
