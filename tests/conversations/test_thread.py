"""Which conversation does a message join? The one it names, the one it answers, the open one, the lately solved."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import BlockedSender, Conversation, Message, Participant, Status
from customers.identify import Handle
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


def test_a_first_message_opens_a_conversation_for_the_team_of_its_channel(mail, returns):
    message = receive(from_ann(mail, "My jacket is too small", subject="Jacket"))
    conversation = message.conversation
    assert (conversation.subject, conversation.status, conversation.team) == ("Jacket", Status.OPEN, returns)
    assert conversation.waiting_since == message.created_at == conversation.queue_at
    assert conversation.media == ["email"]


def test_the_same_envelope_twice_is_one_message(mail):
    envelope = from_ann(mail)
    assert receive(envelope) == receive(envelope)
    assert Message.objects.count() == 1


def test_mail_then_chat_of_the_proven_same_person_is_one_thread(mail, chat):
    first = receive(from_ann(mail))
    second = receive(from_ann(chat, handles=(Handle("email", "ann@home.example"), Handle("visitor", "v1"))))
    assert second.conversation == first.conversation
    assert second.conversation.customer.conversations.count() == 1
    first.conversation.refresh_from_db()
    assert first.conversation.media == ["email", "chat"]


def test_a_chat_that_only_claims_anns_address_is_another_thread(mail, chat):
    first = receive(from_ann(mail))
    claimed = (Handle("visitor", "v1"), Handle("email", "ann@home.example", is_verified=False))
    assert receive(from_ann(chat, handles=claimed)).conversation != first.conversation


def test_a_reply_joins_the_conversation_it_references_though_another_is_newer(mail):
    old = receive(from_ann(mail, external_id="first@home.example"))
    Conversation.objects.filter(pk=old.conversation_id).update(
        status=Status.RESOLVED, resolved_at=timezone.now() - timedelta(days=60)
    )
    newer = receive(from_ann(mail))
    assert newer.conversation != old.conversation
    reply = receive(from_ann(mail, references=("first@home.example",)))
    assert reply.conversation == old.conversation
    assert reply.conversation.status == Status.OPEN


def test_a_stranger_who_knows_a_message_id_does_not_enter_the_conversation(mail):
    old = receive(from_ann(mail, external_id="first@home.example"))
    stranger = receive(from_ann(mail, address="eve@evil.example", references=("first@home.example",)))
    assert stranger.conversation != old.conversation


def test_somebody_in_copy_may_answer_in_the_conversation(mail):
    old = receive(from_ann(mail, external_id="first@home.example", participants=(("Bob@home.example", "Bob"),)))
    reply = receive(from_ann(mail, address="bob@home.example", references=("first@home.example",)))
    assert reply.conversation == old.conversation
    assert reply.identity.value == "bob@home.example"


def test_a_proven_conversation_wins_over_everything(mail):
    old = receive(from_ann(mail))
    reply = receive(from_ann(mail, address="ann@work.example", conversation_id=old.conversation_id))
    assert reply.conversation == old.conversation


def test_a_lately_solved_conversation_reopens_and_an_old_one_does_not(mail, settings):
    first = receive(from_ann(mail)).conversation
    Conversation.objects.filter(pk=first.pk).update(status=Status.RESOLVED, resolved_at=timezone.now())
    assert receive(from_ann(mail)).conversation == first
    first.refresh_from_db()
    assert first.status == Status.OPEN
    assert list(first.activities.values_list("verb", flat=True)) == ["reopened"]
    long_ago = timezone.now() - timedelta(days=settings.REOPEN_WINDOW_DAYS + 1)
    Conversation.objects.filter(pk=first.pk).update(status=Status.RESOLVED, resolved_at=long_ago)
    assert receive(from_ann(mail)).conversation != first


def test_a_snoozed_conversation_wakes(mail):
    first = receive(from_ann(mail)).conversation
    Conversation.objects.filter(pk=first.pk).update(
        status=Status.SNOOZED, snoozed_until=timezone.now() + timedelta(days=3)
    )
    assert receive(from_ann(mail)).conversation == first
    first.refresh_from_db()
    assert (first.status, first.snoozed_until) == (Status.OPEN, None)


def test_an_automatic_answer_neither_waits_nor_reopens(mail):
    first = receive(from_ann(mail)).conversation
    Conversation.objects.filter(pk=first.pk).update(
        status=Status.RESOLVED, resolved_at=timezone.now(), waiting_since=None
    )
    receive(from_ann(mail, "I am away", is_automatic=True))
    first.refresh_from_db()
    assert (first.status, first.waiting_since) == (Status.RESOLVED, None)
    assert first.messages.count() == 2


def test_a_message_to_a_merged_conversation_goes_where_it_went(mail):
    kept = receive(from_ann(mail)).conversation
    gone = Conversation.objects.create(customer=kept.customer, merged_into=kept)
    assert receive(from_ann(mail, conversation_id=gone.pk)).conversation == kept


@pytest.mark.parametrize("blocked", ["eve@evil.example", "@evil.example"])
def test_a_blocked_sender_is_filed_as_spam_and_still_kept(mail, blocked):
    BlockedSender.objects.create(value=blocked)
    conversation = receive(from_ann(mail, address="eve@evil.example")).conversation
    assert conversation.is_spam
    assert conversation not in Conversation.objects.open()
    assert conversation in Conversation.objects.spam()


def test_a_null_byte_in_a_text_does_not_lose_the_message(mail):
    assert receive(from_ann(mail, "a\x00b", html="<p>a\x00b</p>")).text == "ab"


def test_participants_are_remembered_once(mail):
    for _ in range(2):
        receive(from_ann(mail, participants=(("bob@home.example", "Bob"),)))
    assert Participant.objects.count() == 1
