"""What customers do to messages afterwards: in any order, any number of times, before the message or after it."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from conversations.envelopes import DeliveryReport, MessageChange
from conversations.inbound import early
from conversations.inbound.changes import change
from conversations.inbound.receive import receive, receive_each
from conversations.models import Attachment, Channel, Delivery, EarlyChange, Medium, Message, Reaction
from conversations.outbound.outbox import settle
from customers.identify import Handle
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANN = (Handle("telegram", "23", "Ann Bell"),)


@pytest.fixture
def telegram(returns):
    return Channel.objects.create(name="Bot", medium=Medium.TELEGRAM, address="shop_bot", team=returns)


def said(channel, text="Where is my ordr?", **fields):
    return from_ann(channel, text, **{"handles": ANN, "external_id": "23:1", "at": NOON, **fields})


def did(channel, kind, minutes, **fields):
    at = NOON + timedelta(minutes=minutes)
    return MessageChange(channel.pk, "23:1", kind, at, **{"handles": ANN, **fields})


def state(message):
    message.refresh_from_db()
    edits = sorted((edit.said_at, edit.text) for edit in message.edits.all())
    shown = sorted(message.reactions.filter(taken_off_at=None).values_list("emoji", flat=True))
    return message.text, edits, shown, message.taken_back_at


def test_an_edit_keeps_the_earlier_words_and_changes_the_row(telegram, told):
    message = receive(said(telegram))
    change(did(telegram, "edited", 1, text="Where is my order?"))
    assert state(message)[:2] == ("Where is my order?", [(NOON, "Where is my ordr?")])
    message.conversation.refresh_from_db()
    assert message.conversation.snippet == "Where is my order?"
    assert Message.objects.filter(search="order").exists()


def test_every_order_and_number_of_changes_ends_the_same(telegram):
    """The message itself may come at any place among them; orders in which any three of them come in each of theirs."""
    changes = [
        did(telegram, "edited", 1, text="second"),
        did(telegram, "edited", 2, text="third"),
        did(telegram, "reacted", 3, emoji="👍"),
        did(telegram, "unreacted", 4, emoji="👍"),
        did(telegram, "reacted", 5, emoji="❤️"),
    ]
    ends, orders = set(), list(itertools.permutations([None, *changes]))[::13]
    assert len({three for order in orders for three in itertools.combinations(map(id, order), 3)}) == 6 * 5 * 4
    for order in orders:
        for each in (*order, *changes[:2]):
            message = change(each) if each else receive(said(telegram, "first"))
        text, edits, shown, _ = state(Message.objects.get())
        ends.add((text, tuple(edits), tuple(shown)))
        assert not EarlyChange.objects.exists()
        message.conversation.messages.all().delete()
    minute = timedelta(minutes=1)
    assert ends == {("third", ((NOON, "first"), (NOON + minute, "second")), ("❤️",))}


def test_a_whole_list_of_reactions_replaces_the_one_before(telegram):
    message = receive(said(telegram))
    first = [did(telegram, "unreacted", 1), did(telegram, "reacted", 1, emoji="👍")]
    second = [did(telegram, "unreacted", 2), did(telegram, "reacted", 2, emoji="🔥")]
    for each in [*second, *first, *second]:
        change(each)
    assert state(message)[2] == ["🔥"]


def test_taken_back_words_stay_for_the_agents(telegram):
    message = receive(said(telegram, "My number is 12"))
    for _twice in range(2):
        change(did(telegram, "taken_back", 5))
    assert state(message) == ("My number is 12", [], [], NOON + timedelta(minutes=5))


@pytest.mark.parametrize("comes_first", [True, False])
def test_what_must_be_forgotten_is_gone_with_its_files_and_earlier_words(telegram, comes_first):
    forget = did(telegram, "taken_back", 5, must_forget=True)
    if comes_first:
        change(forget)
        message = receive(said(telegram, "My number is 12"))
    else:
        message = receive(said(telegram, "My number is 12"))
        file = Attachment(message=message, name="a.txt", size=3)
        file.file.save("x", ContentFile(b"abc"))
        change(did(telegram, "edited", 1, text="My number is 13"))
        change(forget)
    change(did(telegram, "edited", 2, text="My number is 14"))
    assert state(message)[:2] == ("", []) and not message.attachments.exists()
    message.conversation.refresh_from_db()
    assert message.conversation.snippet == "" and message.details == {"forgotten": True}


def test_nobody_edits_or_takes_back_what_an_agent_said(telegram):
    message = receive(said(telegram))
    Message.objects.filter(pk=message.pk).update(kind="outbound")
    change(did(telegram, "edited", 1, text="We pay you a million"))
    change(did(telegram, "taken_back", 2, must_forget=True))
    assert state(message)[0] == "Where is my ordr?" and message.taken_back_at is None


def test_an_emoji_of_somebody_unknown_is_not_the_customers(telegram):
    message = receive(said(telegram))
    change(did(telegram, "reacted", 1, emoji="👎", handles=(Handle("telegram", "99", "Eve"),)))
    assert state(message)[2] == []
    change(did(telegram, "reacted", 1, emoji="👍", handles=()))
    assert Reaction.objects.get().identity == message.identity


def test_a_reaction_to_our_message_waits_until_we_know_its_name(telegram):
    first = receive(said(telegram))
    ours = Message.objects.create(
        conversation=first.conversation, kind="outbound", channel=telegram, identity=first.identity, text="On its way"
    )
    delivery = Delivery.objects.create(
        message=ours, channel=telegram, conversation=first.conversation, status="sending", tries=1
    )
    change(MessageChange(telegram.pk, "23:2", "reacted", NOON, emoji="👍", handles=ANN))
    settle(delivery, DeliveryReport("sent", "23:2"))
    assert Reaction.objects.get().message == ours


def test_an_answer_finds_its_message_also_when_it_comes_first(telegram):
    answer = receive(said(telegram, "And this?", external_id="23:2", answers="23:1"))
    assert answer.answers is None
    question = receive(said(telegram, "That", external_id="23:1"))
    answer.refresh_from_db()
    assert answer.answers == question
    third = receive(said(telegram, "Well?", external_id="23:3", answers="23:2"))
    assert third.answers == answer


@pytest.mark.parametrize("way", [receive, lambda inbound: receive_each([inbound])[0]])
def test_an_answer_joins_the_conversation_of_what_it_answers(telegram, returns, way):
    other = Channel.objects.create(name="Other bot", medium=Medium.TELEGRAM, address="other_bot", team=returns)
    old = receive(said(telegram))
    type(old.conversation).objects.filter(pk=old.conversation_id).update(
        status="resolved", resolved_at=NOON - timedelta(days=400)
    )
    here = receive(said(other, external_id="23:1"))
    assert here.conversation != old.conversation
    answer = way(said(telegram, "About that old thing", external_id="23:9", answers="23:1", is_public=True))
    assert answer.conversation == old.conversation and answer.answers == old and answer.is_public


def test_changes_of_messages_that_never_come_go_after_some_days(telegram):
    change(did(telegram, "reacted", 1, emoji="👍"))
    assert early.drop_old() == 0
    EarlyChange.objects.update(created_at=NOON - early.KEPT)
    assert early.drop_old() == 1
