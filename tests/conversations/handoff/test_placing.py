"""The word that customers get when people have them: true, after rules have placed them, and never none."""

import pytest

from conversations.inbound.receive import receive
from conversations.models import Bot, Channel, Conversation, Handoff, Message, Team
from conversations.routing.drain import drain
from conversations.routing.facts import Outcome, Rule
from customers.identify import Handle
from tests.conftest import from_ann
from tests.conversations.bots.stage import asks, said, takes_turn, writes
from tests.conversations.routing.desk import in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders():
    return Team.objects.create(name="Orders")


@pytest.fixture
def fern(chat, orders):
    """She answers all but what rules keep for people: words of money, and languages that nobody speaks."""
    kept = [{"field": "words", "is": "has", "value": ["geld"]}, {"field": "language", "is": "is", "value": ["ja"]}]
    rule = Rule("people", "People first", {"match": "any", "rules": kept}, Outcome(team=orders.pk))
    in_force(Outcome(to="bot", team=orders.pk), rules=(rule,))
    return Bot.objects.create(name="Fern")


def test_the_promise_names_the_team_that_has_it_and_not_the_one_of_the_door(fern, chat):
    conversation = asks(chat, "I want to talk to a person, please")
    takes_turn(conversation)
    assert "person" in said(conversation)[-1][1] and "Returns" not in str(said(conversation))
    drain(room=False)
    drain(room=False)
    *_before, (_who, promise) = said(conversation)
    assert (
        promise == "Somebody from Orders answers you here." and str(said(conversation)).count("answers you here") == 1
    )
    assert Handoff.objects.get().promised["team"] == "Orders"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wo ist mein Geld? Ich warte seit Wochen auf die Erstattung.", "kümmert sich hier ein Mensch"),
        ("注文した商品がまだ届きません。いつ届きますか。", "I do not speak your language."),
    ],
    ids=["german", "japanese"],
)
def test_whom_rules_give_to_people_hears_so_once_in_a_language_that_is_theirs_or_the_desks(fern, chat, text, words):
    conversation = asks(chat, text)
    assert conversation.status == "open"
    [_theirs, (who, told)] = said(conversation)
    assert who == "bot" and "Fern" in told and words in told and "Orders" in told
    writes(chat, text)
    drain(room=False)
    assert [who for who, _text in said(conversation)] == ["customer", "bot", "customer"]
    assert Conversation.objects.get().waiting_since, "they wait for a person all the same"


def writes_to(channel, text, **fields):
    message = receive(from_ann(channel, text, **fields))
    drain(room=False)
    return Conversation.objects.get(pk=message.conversation_id)


@pytest.mark.parametrize("medium", ["email", "sms", "x"])
def test_where_words_are_letters_those_of_parting_wait_for_routing_and_go_with_the_promise_as_one(fern, mail, medium):
    handles = {"sms": (Handle("phone", "+4791234318"),), "x": (Handle("x", "ann"),)}
    by, channel = {"handles": handles[medium]} if medium in handles else {}, mail
    if medium in handles:
        channel = Channel.objects.create(name="Other", medium=medium, address="+4723456789", team=mail.team)
    conversation = writes_to(channel, "I want to talk to a person, please", **by)
    takes_turn(conversation)
    assert [who for who, _text in said(conversation)] == ["customer"], "nothing is promised that nobody knows yet"
    drain(room=False)
    drain(room=False)
    [_theirs, (who, told)] = said(conversation)
    assert who == "bot" and "Fern" in told and told.endswith("\n\nSomebody from Orders answers you here.")
    assert Handoff.objects.get().promised == {"team": "Orders", "seconds": None, "opens_at": None}


def test_whom_rules_pass_by_a_bot_by_mail_hears_so_once_and_no_machine_does(fern, mail):
    conversation = writes_to(mail, "Wo ist mein Geld? Ich warte seit Wochen auf die Erstattung.")
    writes_to(mail, "Wo ist mein Geld?")
    assert [who for who, _text in said(conversation)] == ["customer", "bot", "customer"]
    assert said(conversation)[1][1].endswith("Jemand aus dem Team Orders antwortet Ihnen hier.")
    machine = {"address": "noreply@bank.example", "details": {"no_auto_reply": True}}
    receive(from_ann(mail, "Wo ist mein Geld?", **machine))
    drain(room=False)
    assert Message.objects.filter(is_bot=True).count() == 1


def test_who_was_told_that_a_person_comes_is_given_to_no_bot_by_their_next_line(fern, chat):
    conversation = asks(chat, "Wo ist mein Geld? Ich warte seit Wochen auf die Erstattung.")
    for text in ("Hello?", "When are you open?", "Can I change my address?", "Hello again"):
        writes(chat, text)
        drain(room=False)
    conversation.refresh_from_db()
    assert (conversation.status, [who for who, _text in said(conversation)].count("bot")) == ("open", 1)
