"""Conversations that are merged, split, rung or closed while the bot has the word; and by which way it answers."""

import pytest
from django.core import mail as outgoing
from django.utils import timezone

from conversations.actions.assigning import assign
from conversations.actions.merging import merge, unmerge
from conversations.actions.spam import mark_spam
from conversations.actions.splitting import split
from conversations.actions.states import resolve, snooze
from conversations.bots import brain
from conversations.bots.acts import Answer, Say
from conversations.envelopes import CallReport, DeliveryReport
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import (
    BotTalk,
    BotTurn,
    Channel,
    Conversation,
    Delivery,
    Handoff,
    Medium,
    Message,
    RepeatedQuestion,
)
from conversations.outbound.elsewhere import reroute
from conversations.outbound.outbox import settle
from conversations.routing.drain import drain
from customers.identify import Handle
from tests.conftest import from_ann
from tests.conversations.bots.stage import asks, delivers, holder, said, says, takes_turn, with_bot, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def thinks(monkeypatch):
    """Makes up a brain."""
    return lambda made_up: monkeypatch.setattr(brain, "think", made_up)


@pytest.fixture
def fern(shop, chat):
    return with_bot(chat)


def other_of(conversation, **fields):
    other = Conversation.objects.create(customer=conversation.customer, language="en", **fields)
    Message.objects.create(conversation=other, kind="inbound", text="Something else")
    return other


@pytest.mark.parametrize("bots_is", ["absorbed", "kept"])
def test_a_merge_gives_both_to_people(bots_is, fern, chat, thinks, ada):
    thinks(says("Too late"))
    conversation = asks(chat, "Where is it?")
    other = other_of(conversation)
    if bots_is == "absorbed":
        entry = merge(conversation, into=other, by=ada)
    else:
        entry = merge(other, into=conversation, by=ada)
    kept = entry.kept
    kept.refresh_from_db()
    takes_turn(conversation)
    assert kept.status == "open" and kept.waiting_since and holder(conversation) == holder(other) == "people"
    assert not BotTurn.objects.exists() and not Message.objects.filter(is_bot=True).exists()
    assert Handoff.objects.get(conversation=kept).packet["goal"], "what it had gathered goes along"
    unmerge(entry, by=ada)
    conversation.refresh_from_db()
    assert conversation.status == "open"


def test_a_split_leaves_the_word_with_the_bot_and_answers_what_stayed(fern, chat, thinks, ada):
    heard = []
    thinks(lambda asked: heard.append([line.text for line in asked.new]) or says("Here")(asked))
    conversation = asks(chat, "Where is it?")
    moved = writes(chat, "And an invoice, please")
    other = split(conversation, messages=[moved.pk], by=ada)
    takes_turn(conversation)
    assert heard == [["Where is it?"]] and holder(conversation) == "bot" and holder(other) == "people"
    assert other.status == "open" and said(conversation)[-1] == ("bot", "Here")


def test_nothing_is_said_to_what_was_split_off(fern, chat, thinks, ada):
    thinks(says("To nobody"))
    conversation = asks(chat, "Where is it?")
    takes_turn(conversation)
    moved = writes(chat, "And an invoice, please")
    split(conversation, messages=[moved.pk], by=ada)
    takes_turn(conversation)
    assert Message.objects.filter(is_bot=True).count() == 1 and not BotTurn.objects.exists()


def test_a_customer_who_calls_instead_is_answered_by_people(fern, chat, thinks, returns):
    thinks(says("Hello"))
    handles = (Handle("phone", "+441132220000", is_verified=True, region="GB"),)
    conversation = asks(chat, "Where is it?")
    line = Channel.objects.create(name="Line", medium=Medium.VOICE, address="+441132229999", team=returns)
    conversation.customer.identities.create(kind="phone", value="+441132220000", is_verified=True)
    report = CallReport(line.pk, "c1", "in", "ringing", timezone.now(), handles=handles)
    call = hear(report)
    conversation.refresh_from_db()
    assert call.conversation_id == conversation.pk and conversation.status == "open"
    assert Handoff.objects.get().reason == "called" and holder(conversation) == "people"
    takes_turn(conversation)
    assert not Message.objects.filter(is_bot=True).exists()


def test_spam_snoozed_and_solved_end_the_bots_talk(fern, chat, ada):
    from datetime import timedelta

    for number, end in enumerate(
        (
            lambda each: mark_spam(each, by=ada),
            lambda each: snooze(each, until=timezone.now() + timedelta(days=1), by=ada),
            lambda each: resolve(each, by=ada),
        )
    ):
        conversation = asks(chat, "Hello", visitor=f"v{number}")
        assert holder(conversation) == "bot"
        end(conversation)
        conversation.refresh_from_db()
        assert holder(conversation) == "people" and conversation.status != "pending"
    assert not BotTalk.objects.filter(ended_at=None).exists() and not BotTurn.objects.exists()


def test_an_answer_that_does_not_arrive_is_work_for_people(fern, chat, thinks):
    thinks(says("Lost"))
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    settle(Delivery.objects.get(), DeliveryReport("failed", error="No such visitor", is_permanent=True))
    conversation.refresh_from_db()
    assert conversation.status == "open" and conversation.waiting_since
    assert Handoff.objects.get().reason == "failed" and holder(conversation) == "people"


def test_what_failed_at_the_first_try_is_not_tried_again_after_a_takeover(fern, chat, thinks, ada):
    thinks(says("On its way"))
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    Delivery.objects.update(status="sending", tries=1)
    resolve(conversation, by=ada)
    settle(Delivery.objects.get(), DeliveryReport("failed", error="Busy", is_permanent=False))
    assert Delivery.objects.get().status == "cancelled"


def test_by_mail_it_answers_as_a_machine_with_its_choices_in_words(mail, thinks):
    with_bot(mail)
    thinks(lambda asked: Answer((Say("Shall I do that?", ("Yes, please", "No, leave it")),), asked.memory))
    message = receive(from_ann(mail, "Cancel HF-4821", subject="My order"))
    drain(room=False)
    takes_turn(message.conversation)
    answer = Message.objects.get(is_bot=True)
    assert answer.text == "Shall I do that?\n– Yes, please\n– No, leave it" and "buttons" not in answer.details
    assert (answer.channel, answer.identity) == (mail, message.identity) and not outgoing.outbox


def test_buttons_go_where_the_medium_has_them(returns, thinks):
    bots = Channel.objects.create(name="Bot", medium=Medium.TELEGRAM, address="shopbot", team=returns)
    with_bot(bots)
    thinks(lambda asked: Answer((Say(f"{asked.buttons}?", ("Yes", "No")),), asked.memory))
    handles = (Handle("telegram", "42", "Ann", is_verified=True),)
    message = receive(from_ann(bots, "Hello", handles=handles))
    drain(room=False)
    takes_turn(message.conversation)
    answer = Message.objects.get(is_bot=True)
    assert answer.details["buttons"] == ["Yes", "No"] and answer.text == "8?"


def test_it_keeps_quiet_in_public_and_on_the_phone(mail, returns):
    with_bot()
    everywhere = Channel.objects.create(name="Posts", medium=Medium.MASTODON, address="@shop", team=returns)
    handles = (Handle("mastodon", "@ann", "Ann", is_verified=True),)
    receive(from_ann(everywhere, "@shop where is it?", handles=handles, is_public=True))
    drain(room=False)
    assert Conversation.objects.get().status == "open" and not BotTalk.objects.exists()


def test_an_agents_own_answer_takes_the_word_and_the_talk(fern, chat, thinks, ada):
    from uuid import uuid4

    from conversations.outbound.compose import reply

    thinks(says("Too late"))
    conversation = asks(chat, "Hello")
    line = Message.objects.get()
    reply(conversation, html="<p>Ada here</p>", by=ada, channel=chat, identity=line.identity, client_id=uuid4())
    takes_turn(conversation)
    conversation.refresh_from_db()
    assert said(conversation) == [("customer", "Hello"), ("agent", "Ada here")] and conversation.assignee == ada
    writes(chat, "Thank you, Ada")
    assert not BotTurn.objects.exists() and conversation.status == "open"


def test_a_list_or_a_machine_is_left_to_people_without_a_word(mail, thinks):
    with_bot(mail)
    thinks(says("Hello, machine"))
    message = receive(from_ann(mail, "Offers of the week", details={"no_auto_reply": True}))
    drain(room=False)
    takes_turn(message.conversation)
    assert holder(message.conversation) == "people" and not Message.objects.filter(is_bot=True).exists()


def test_a_question_that_they_have_answered_is_counted_as_the_bots(fern, chat, thinks):
    thinks(says("What is your order number?"))
    conversation = asks(chat, "Where is my order HF-48213?")
    takes_turn(conversation)
    repeat = RepeatedQuestion.objects.get()
    assert (repeat.agent, repeat.slot, repeat.source.text) == (None, "order", "Where is my order HF-48213?")


def test_what_was_left_unread_is_not_mailed_after_a_takeover(fern, chat, mail, thinks, ada):
    thinks(says("Are you there?"))
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    delivers()
    delivery = Delivery.objects.select_related("message", "conversation").get()
    assign(conversation, to=ada, by=ada)
    assert delivery.status == "sent" and not reroute(delivery, channel=mail, to="ann@home.example")


def test_a_rule_of_automation_does_not_speak_over_the_bot(fern, chat):
    from conversations.actions.change import NotPossibleError
    from conversations.outbound import by_rule

    conversation = asks(chat, "Hello")
    with pytest.raises(NotPossibleError, match="bot is talking"):
        by_rule.answer(conversation, html="<p>We got your message.</p>")
