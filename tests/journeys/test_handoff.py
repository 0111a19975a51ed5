"""From the bot to people and back: what goes along, who may do what with it, and what the customer hears."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.actions.change import locked
from conversations.bots.memory import Heard, Kept, Memory, Step
from conversations.envelopes import CallReport
from conversations.handoff import lease, meanwhile
from conversations.handoff.card import card_of
from conversations.handoff.handing import hand_over, promise
from conversations.handoff.packet import packet_of
from conversations.handoff.promise_words import WORDS
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import (
    Activity,
    AgentState,
    Bot,
    BotTalk,
    CallBack,
    Channel,
    Conversation,
    Handoff,
    Hours,
    Message,
    RoutingPolicy,
    Status,
    Topic,
    Waiting,
)
from conversations.outbound.compose import reply
from conversations.outbound.outbox import undo
from conversations.routing.matters import matters_of, with_all
from conversations.routing.snapshot import World
from customers.identify import Handle
from customers.models import Identity
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


def again(mail, text):
    return receive(from_ann(mail, text, subject="Re: Jacket"))


def test_what_they_write_meanwhile_lands_in_the_packet_until_a_person_answers(ada, handed, mail, message):
    line = again(mail, "You can also reach me at +44 20 7946 0958.")
    packet = packet_of(Handoff.objects.get().packet)
    assert packet.since == (line.pk,)
    assert [fact.source for fact in packet.told if fact.label == "phone"] == [line.pk]
    assert [each.pk for each in card_of(handed, ada).since] == [line.pk]
    words = {"by": ada, "channel": mail, "identity": message.identity, "client_id": uuid.uuid4()}
    sent = reply(handed, html="<p>Hello</p>", **words)
    assert Handoff.objects.get().answered_at == sent.created_at
    again(mail, "Thank you.")
    assert packet_of(Handoff.objects.get().packet).since == (line.pk,)
    undo(sent.delivery)
    assert Handoff.objects.get().answered_at is None, "they never read it"


def test_a_call_instead_of_waiting_is_a_duty_to_ring_and_tells_no_number(handed, mail, message):
    Identity.objects.create(
        customer=handed.customer, kind="phone", value="+4791234318", display="+47 912 34 318", is_verified=True
    )
    assert meanwhile.offers(mail, "de") == (), "a mail has no buttons"
    again(mail, "Call me instead")
    assert (Handoff.objects.get().wants, CallBack.objects.get().conversation) == ("call", handed)
    told = Message.objects.get(kind="outbound", is_automatic=True, is_bot=True)  # no person has read it yet
    assert told.text == "We will call you on … 318."


def test_a_number_that_they_type_is_rung_once_they_say_that_it_is_right(handed, mail):
    again(mail, "Call me instead")
    again(mail, "Tel. +49 30 901820")
    asked, shall_we = [each.text for each in Message.objects.filter(kind="outbound").order_by("pk")]
    assert asked in {words["which_number"] for words in WORDS.values()} and not CallBack.objects.exists()
    assert shall_we.startswith("Shall we call you on +49 30 901820?")
    again(mail, "No, it is +49 30 901821")
    assert "901821?" in Message.objects.filter(kind="outbound").order_by("pk").last().text
    again(mail, "Yes, please")
    owed = CallBack.objects.get()
    assert (owed.conversation, owed.identity.customer) == (handed, handed.customer)
    assert owed.identity.value.endswith("+4930901821") and not owed.identity.is_verified, "their word alone"
    assert Message.objects.filter(kind="outbound").order_by("pk").last().text == "We will call you on +49 30 901821."
    again(mail, "Yes, please")
    assert CallBack.objects.count() == 1


def ours():
    return Message.objects.filter(kind="outbound").order_by("pk").last().text


@pytest.mark.parametrize(
    ("asks", "shall_we", "yes", "will"),
    [
        ("please call me back on +44 1539 720000", "Shall we call you on +44 1539 720000?", "Yes", "We will call you"),
        ("Rufen Sie mich bitte unter +49 30 901820 zurück", "Sollen wir Sie unter", "Ja, bitte", "Wir rufen Sie"),
        ("Rappelez-moi au +33 1 42 68 53 00 s'il vous plaît", "Devons-nous vous", "Oui", "Nous vous appellerons"),
        ("Llámenme al +34 912 34 56 78, por favor", "¿Le llamamos al", "Sí", "Le llamaremos"),
        ("Chiamatemi al +39 06 6982 1234", "La chiamiamo al", "Sì", "La chiameremo"),
        ("Proszę o telefon pod numer +48 22 555 12 34", "Czy mamy zadzwonić", "Tak", "Zadzwonimy"),
        ("Ring meg tilbake på +47 912 34 318", "Skal vi ringe deg", "Ja", "Vi ringer deg"),
        ("Bel me terug op +31 20 555 1234", "Zullen we u bellen", "Ja", "We bellen u"),
    ],
    ids=["en", "de", "fr", "es", "it", "pl", "no", "nl"],
)
def test_a_call_that_they_ask_for_in_words_is_arranged_and_told(handed, mail, asks, shall_we, yes, will, request):
    handoff = Handoff.objects.get()
    handoff.packet["language"] = request.node.callspec.id
    handoff.save()
    again(mail, asks)
    assert ours().startswith(shall_we) and (Handoff.objects.get().wants, CallBack.objects.count()) == ("call", 0)
    again(mail, yes)
    assert ours().startswith(will) and CallBack.objects.get().identity.customer == handed.customer


def test_a_yes_with_the_same_number_once_more_is_a_yes_and_one_that_nobody_can_dial_is_asked_for_again(handed, mail):
    again(mail, "Call me on +44 1539 7200")
    assert ours() == "+44 1539 7200 cannot be dialled. Which number should we call?"
    again(mail, "Sorry: +44 1539 720000")
    again(mail, "Yes, please call me on +44 1539 720000")
    assert ours() == "We will call you on +44 1539 720000." and CallBack.objects.count() == 1


def test_who_would_rather_have_a_mail_or_wait_after_all_is_not_rung(handed, mail):
    for asks, wants, told in (
        ("No, don't call, email me please", "mail", "We will answer by email to a…@home.example."),
        ("Actually, I'll wait here", "", "Somebody from Returns answers you here."),
    ):
        again(mail, "Please call me back on +44 1539 720000")
        again(mail, "Yes")
        assert CallBack.objects.get(done_at=None).conversation == handed
        again(mail, asks)
        assert not CallBack.objects.filter(done_at=None).exists()
        assert (Handoff.objects.get().wants, ours()) == (wants, told)


def test_ordinary_lines_meanwhile_arrange_nothing_and_are_not_answered(handed, mail):
    for line in (
        "Nobody called me back last week.",
        "My number is +44 1539 720000",
        "Please email me the invoice",
        "ok",
    ):
        again(mail, line)
    assert not Message.objects.filter(kind="outbound").exists() and not CallBack.objects.exists()
    assert Handoff.objects.get().wants == ""


def test_routing_goes_by_what_the_bot_understood_not_by_the_last_words(with_bot, mail):
    RoutingPolicy.objects.create(number=1, state="published", published_at=timezone.now())
    topic, talk = Topic.objects.create(name="Exchange"), BotTalk.objects.get()
    talk.state = Memory(heard=(Heard(1, topic.pk, 0.9, language="no", mood=-0.6),)).to_json()
    talk.save()
    conversation = hand_over(locked(with_bot), "mood", talk=talk).conversation
    row = with_all(Waiting.objects.filter(conversation=conversation)).get()
    matter = matters_of([row], World(timezone.now()))[conversation.pk]
    assert (matter.topic, matter.language, matter.mood, matter.priority) == ("Exchange", "no", -0.6, 2)


def test_the_card_is_there_when_the_phone_rings(client, ada, handed, returns, django_capture_on_commit_callbacks):
    line = Channel.objects.create(name="Line", medium="voice", address="+442079460000", team=returns)
    Identity.objects.create(customer=handed.customer, kind="phone", value="+4791234318", is_verified=True)
    caller = (Handle("phone", "+4791234318"),)
    with django_capture_on_commit_callbacks(execute=True):
        hear(CallReport(line.pk, "c1", "in", "ringing", timezone.now(), caller))
    client.force_login(ada)
    card = client.get(reverse("ringing"), headers={"HX-Request": "true"}).content.decode()
    assert "HF-48213" in card and "large" in card and "L is sold out until 2 December" in card


def test_what_the_customer_is_promised_is_true(handed, returns, ada):
    handoff = Handoff.objects.get()
    assert promise(handoff, "xx") == promise(handoff, "en"), "in the desk's own, where there are no words in theirs"
    assert promise(handoff, "en") == "Somebody from Returns answers you here."
    AgentState.objects.create(agent=ada, state="online")
    for minutes in (1, 2, 3, 3, 9):
        at = timezone.now() - timedelta(hours=minutes)
        Handoff.objects.create(
            conversation=handed, reason="asked", term=100 + Handoff.objects.count(), team=returns, created_at=at,
            answered_at=at + timedelta(minutes=minutes), talk=handoff.talk,
        )  # fmt: skip
    assert promise(handoff, "en").endswith("Most people have an answer within 3 minutes.")
    returns.hours = Hours.objects.create(name="Never now", week={"mon": [["03:00", "03:01"]]}, zone="Etc/GMT+12")
    returns.save()
    told = promise(Handoff.objects.get(pk=handoff.pk), "de")
    assert told.startswith("Gerade ist niemand da. Wieder da sind wir: Montag, ") and "03:00" in told
    assert Handoff.objects.get(pk=handoff.pk).promised["opens_at"]


def test_what_went_along_stays_readable_in_the_thread(client, ada, linus, handed):
    line = Activity.objects.get(verb="handed_over")
    client.force_login(ada)
    assert "L is sold out until 2 December" in client.get(reverse("handoff_record", args=[line.pk])).content.decode()
    client.force_login(linus)
    assert client.get(reverse("handoff_record", args=[line.pk])).status_code == 404


def test_the_next_step_is_a_button_that_does_it_once_and_says_what_came_of_it(client, ada, with_bot):
    talk = BotTalk.objects.get()
    talk.state = Memory(task="hours").to_json()
    talk.save()
    conversation = hand_over(locked(with_bot), "not_allowed", talk=talk).conversation
    client.force_login(ada)
    page = client.get(reverse("conversation", args=[conversation.pk])).content.decode()
    assert "Look up the hours" in page
    assert post(client, "handoff_step", conversation).status_code == 200
    told = Message.objects.get(kind="outbound", author=ada)
    assert "around the clock" in told.text and told.delivery.status == "queued", "the customer hears it, too"
    tried = packet_of(Handoff.objects.get().packet).tried
    assert [each.what for each in tried] == ["hours"] and Activity.objects.filter(verb="bot_did", by=ada).count() == 1
    assert post(client, "handoff_step", conversation).status_code == 422, "there is nothing more to do"
