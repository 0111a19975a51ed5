"""From the bot to people and back: what goes along, who may do what with it, and what the customer hears."""

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.actions.change import locked
from conversations.bots.memory import Kept, Memory, Step
from conversations.handoff import lease
from conversations.handoff.card import card_of
from conversations.handoff.handing import hand_over
from conversations.inbound.receive import receive
from conversations.models import (
    Activity,
    Bot,
    BotTalk,
    Conversation,
    Handoff,
    RoutingPolicy,
    Status,
    Waiting,
)
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(mail):
    return receive(from_ann(mail, "My jacket HF-48213 is too tight.", subject="Jacket"))


@pytest.fixture
def with_bot(message):
    """Fern has the word, and knows some things."""
    conversation = locked(message.conversation)
    talk = lease.give(conversation, Bot.objects.create(name="Fern"))
    memory = Memory(waits_for="photo", question=message.pk)
    memory = memory.with_slot("order", Kept("HF-48213", message.pk))
    memory = memory.with_slot("size", Kept("L", message.pk, shown="large"))
    memory = memory.with_step(Step("stock", "offered", message.pk, "L is sold out until 2 December"))
    BotTalk.objects.filter(pk=talk.pk).update(state=memory.to_json())
    return Conversation.objects.get(pk=conversation.pk)


@pytest.fixture
def handed(with_bot):
    handoff = hand_over(locked(with_bot), "asked", detail="“a person, please”")
    return Conversation.objects.get(pk=handoff.conversation_id)


def post(client, name, conversation, **values):
    return client.post(reverse(name, args=[conversation.pk]), values, headers={"HX-Request": "true"})


def test_a_handoff_opens_the_conversation_and_puts_it_in_the_queue(with_bot, message):
    RoutingPolicy.objects.create(number=1, state="published", published_at=timezone.now())
    assert with_bot.status == Status.PENDING
    handoff = hand_over(locked(with_bot), "mood")
    now = Conversation.objects.get(pk=with_bot.pk)
    assert (now.status, now.priority) == (Status.OPEN, 2) and now.waiting_since is not None
    assert Waiting.objects.get(conversation=now).trigger == "handed_over"
    assert not lease.has(now, handoff.talk.term) and BotTalk.objects.get().end == "handed"
    assert Activity.objects.filter(conversation=now, verb="handed_over", by=None, to="Fern").exists()
    assert hand_over(locked(now), "asked").pk == handoff.pk, "people have the word already"


def test_the_card_shows_all_that_was_told_and_tried_with_its_source(client, ada, handed, message):
    client.force_login(ada)
    page = client.get(reverse("conversation", args=[handed.pk])).content.decode()
    assert "Handed over by Fern" in page and "Asked for a person" in page and "a person, please" in page
    for words in ("HF-48213", "large", "L is sold out until 2 December", "Asked last, not answered"):
        assert words in page
    assert page.count(f'href="#message-{message.pk}"') >= 4
    card = card_of(handed, ada)
    told = {line.value for line in card.told}
    assert {"HF-48213", "large"} <= told


def test_who_may_not_see_purchases_does_not_learn_them_from_the_card(ada, with_bot):
    talk = BotTalk.objects.get()
    talk.state = Memory(task="return").with_slot("order", Kept("HF-9", None, "order")).to_json()
    talk.save()
    conversation = hand_over(locked(with_bot), "asked", talk=talk).conversation
    assert "HF-9" in {line.value for line in card_of(conversation, ada).told}
    ada.sees_purchases = False
    card = card_of(conversation, ada)
    assert "HF-9" not in {line.value for line in card.told} and "HF-9" not in card.goal


def test_accepting_makes_it_theirs_and_a_second_agent_is_refused(client, ada, grace, handed):
    client.force_login(ada)
    assert post(client, "handoff_acceptance", handed).status_code == 200
    handoff = Handoff.objects.get(to_people=True)
    assert (handoff.accepted_by, handoff.opened_by) == (ada, ada)
    client.force_login(grace)
    answer = post(client, "handoff_acceptance", handed)
    assert answer.status_code == 422 and "Ada Okafor has it already" in answer.content.decode()


def test_turning_down_needs_a_reason_and_asks_somebody_else(client, ada, handed):
    RoutingPolicy.objects.create(number=1, state="published", published_at=timezone.now())
    client.force_login(ada)
    assert post(client, "handoff_refusal", handed).status_code == 422
    assert post(client, "handoff_refusal", handed, reason="language").status_code == 200
    assert Handoff.objects.get().declines == 1
    assert Waiting.objects.get(conversation=handed).passed == [ada.pk]


def test_taking_over_ends_the_bots_talk_at_once(client, ada, with_bot):
    client.force_login(ada)
    page = client.get(reverse("conversation", args=[with_bot.pk])).content.decode()
    assert "Fern is answering." in page and "Take over" in page
    assert post(client, "handoff_acceptance", with_bot).status_code == 200
    now = Conversation.objects.get(pk=with_bot.pk)
    handoff = Handoff.objects.get()
    assert (now.status, now.assignee, handoff.reason, handoff.by) == (Status.OPEN, ada, "stepped_in", ada)
    assert not BotTalk.objects.filter(ended_at=None).exists()


def test_given_back_the_bot_has_its_instructions_and_the_agent_keeps_it(client, ada, handed):
    client.force_login(ada)
    post(client, "handoff_acceptance", handed)
    assert post(client, "handoff_return", handed).status_code == 422, "it must be told what to do"
    assert post(client, "handoff_return", handed, only_step="nonsense").status_code == 422
    assert post(client, "handoff_return", handed, only_step="photo").status_code == 200
    now = Conversation.objects.get(pk=handed.pk)
    talk = BotTalk.objects.get(ended_at=None)
    assert (now.status, now.assignee, talk.state["only_step"]) == (Status.PENDING, ada, "photo")
    assert talk.state["slots"]["size"]["value"] == "L", "what it knew it knows still"
    assert Handoff.objects.filter(to_people=False, reason="back", by=ada).count() == 1
    assert card_of(now, ada) is None
    again = hand_over(locked(now), "asked")
    assert again.pk and card_of(Conversation.objects.get(pk=now.pk), ada).handoff.pk == again.pk


def test_the_forms_work_without_scripts(client, ada, handed):
    client.force_login(ada)
    answer = client.post(reverse("handoff_acceptance", args=[handed.pk]), follow=True)
    assert answer.status_code == 200 and "is yours" in answer.content.decode()
    assert client.post(reverse("handoff_return", args=[handed.pk])).status_code == 422


def test_what_went_along_stays_readable_in_the_thread(client, ada, linus, handed):
    line = Activity.objects.get(verb="handed_over")
    client.force_login(ada)
    assert "L is sold out until 2 December" in client.get(reverse("handoff_record", args=[line.pk])).content.decode()
    client.force_login(linus)
    assert client.get(reverse("handoff_record", args=[line.pk])).status_code == 404
