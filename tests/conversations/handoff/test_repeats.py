"""The guard at work: what the composer is told, what is counted, and what an agent may not see."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from conversations.handoff import repeats
from conversations.inbound.receive import receive
from conversations.models import Attachment, Conversation, Message, RepeatedQuestion
from conversations.outbound.compose import note, reply
from conversations.outbound.outbox import undo
from customers.models import Order
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
ASKS = "Could you send me your order number?"


@pytest.fixture
def message(mail):
    return receive(from_ann(mail, "My order HF-48213 is late.", subject="Late"))


@pytest.fixture
def conversation(message):
    return message.conversation


def lines(conversation, agent, draft=ASKS):
    return [(line.slot, line.value, line.where) for line in repeats.lines(draft, conversation, agent)]


def answer(message, agent, text, **options):
    words = {"html": f"<p>{text}</p>", "by": agent, "channel": message.channel, "identity": message.identity}
    return reply(message.conversation, **{**words, "client_id": uuid.uuid4(), **options})


def ordered(message, number):
    now = timezone.now()
    return Order.objects.create(
        identity=message.identity,
        external_id=number,
        number=number,
        currency="EUR",
        total=1,
        placed_at=now,
        changed_at=now,
    )


def test_the_composer_is_told_the_answer_and_its_message(client, ada, message):
    client.force_login(ada)
    told = client.post(f"/conversations/{message.conversation_id}/guard/", {"text": ASKS}).content.decode()
    assert "HF-48213" in told and f'href="#message-{message.pk}"' in told
    assert not client.post(f"/conversations/{message.conversation_id}/guard/", {"text": "Hello"}).content.strip()
    dismissed = {"text": ASKS, "dismissed": "order"}
    assert not client.post(f"/conversations/{message.conversation_id}/guard/", dismissed).content.strip()


def test_a_draft_that_asks_nothing_costs_no_query(conversation, ada, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert repeats.lines("It comes tomorrow.", conversation, ada) == []


def test_reading_the_thread_costs_the_same_for_one_message_and_for_many(
    mail, conversation, ada, django_assert_max_num_queries
):
    for at in range(12):
        receive(from_ann(mail, f"Still waiting, {at}", subject="Re: Late"))
    with django_assert_max_num_queries(7):
        assert lines(conversation, ada)


def test_a_repeat_that_is_sent_is_counted_once_for_its_agent(message, ada):
    key = uuid.uuid4()
    sent = answer(message, ada, ASKS, client_id=key)
    answer(message, ada, ASKS, client_id=key)
    row = RepeatedQuestion.objects.get()
    assert (row.message, row.agent, row.slot, row.where, row.source) == (sent, ada, "order", "message", message)
    assert not row.was_dismissed and repeats.per_agent() == {ada.pk: 1}


def test_what_is_taken_back_in_time_counts_for_nothing(message, ada):
    assert undo(answer(message, ada, ASKS).delivery)
    assert repeats.per_agent() == {}


def test_the_composer_says_what_was_dismissed(client, ada, message):
    client.force_login(ada)
    way = {
        "channel": f"{message.channel_id}-{message.identity_id}",
        "client_id": str(uuid.uuid4()),
        "last_seen": message.pk,
    }
    page = client.get(f"/conversations/{message.conversation_id}/composer/", headers={"HX-Request": "true"})
    way["channel"] = page.context["composer"].chosen
    client.post(f"/conversations/{message.conversation_id}/replies/", {**way, "text": ASKS, "dismissed": "order"})
    assert RepeatedQuestion.objects.get().was_dismissed


def test_other_answers_and_notes_are_not_counted(message, ada):
    answer(message, ada, "Your order number is on its way.")
    note(message.conversation, html=f"<p>{ASKS}</p>", by=ada, client_id=uuid.uuid4())
    assert not RepeatedQuestion.objects.exists()


def test_an_agent_who_may_not_see_purchases_is_told_of_no_order(message, ada):
    ordered(message, "HF-99999")
    Message.objects.filter(pk=message.pk).update(text="Where is it?", subject="")
    assert lines(message.conversation, ada) == [("order", "HF-99999", "order")]
    ada.sees_purchases = False
    assert lines(message.conversation, ada) == []


def test_of_two_orders_none_is_guessed(message, ada):
    ordered(message, "HF-1"), ordered(message, "HF-2")
    Message.objects.filter(pk=message.pk).update(text="Where is it?", subject="")
    assert lines(message.conversation, ada) == []


def test_the_order_they_named_tells_when_they_bought(message, ada):
    ordered(message, "HF-48213"), ordered(message, "HF-2")
    ((slot, _value, where),) = lines(message.conversation, ada, "When did you place the order?")
    assert (slot, where) == ("date", "order")


def test_handles_are_in_the_profile(conversation, ada):
    ((slot, value, where),) = lines(conversation, ada, "What is your e-mail address?")
    assert (slot, where) == ("email", "profile") and "@" in value


def test_earlier_conversations_tell_what_lasts_and_only_who_may_see_them(message, ada, linus, returns):
    other = Conversation.objects.create(
        customer=message.conversation.customer, team=returns, last_message_at=timezone.now()
    )
    old = Message.objects.create(
        conversation=other,
        kind="inbound",
        identity=message.identity,
        text="Order HF-1. I live at 7 Orchard Close, York.",
    )
    asked = "What is your address, and what is your order number?"
    Message.objects.filter(pk=message.pk).update(text="Hello", subject="")
    for agent in (ada, linus):
        seen = Conversation.objects.visible_to(agent).filter(pk=other.pk).exists()
        found = repeats.lines(asked, message.conversation, agent)
        assert [(line.slot, line.source, line.conversation) for line in found] == (
            [("address", old.pk, other.pk)] if seen else []
        )
    assert {Conversation.objects.visible_to(agent).filter(pk=other.pk).exists() for agent in (ada, linus)} == {
        True,
        False,
    }


def test_pictures_are_answers_and_logos_are_none(message, ada):
    def attached(name, **facts):
        file = Attachment(message=message, name=name, content_type="image/png", **facts)
        file.file.save(name, ContentFile(b"x"))

    attached("logo.png", size=900, is_inline=True)
    assert lines(message.conversation, ada, "Could you send a photo?") == []
    attached("seam.png", size=900)
    assert lines(message.conversation, ada, "Could you send a photo?") == [("photo", "1", "message")]


def test_what_we_asked_gives_a_short_answer_its_meaning(message, ada):
    answer(message, ada, "Which size do you need?")
    Message.objects.create(
        conversation=message.conversation, kind="inbound", identity=message.identity, channel=message.channel, text="M"
    )
    assert lines(message.conversation, ada, "What size do you wear?") == [("size", "M", "message")]


def test_erasing_the_message_that_told_leaves_a_bare_count(message, ada):
    answer(message, ada, ASKS)
    Message.objects.filter(pk=message.pk).update(text="")
    row = RepeatedQuestion.objects.values().get()
    assert "HF-48213" not in str(row)
