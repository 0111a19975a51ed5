"""Nothing private without proof; what proves something; and a stranger learns nothing by asking."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from conversations.bots import codes
from conversations.bots.proof import proof_of
from conversations.inbound.receive import receive
from conversations.models import Channel, Message, ProofCode
from conversations.models.channel import Medium
from customers.identify import Handle
from tests.conftest import from_ann
from tests.conversations.bots.till import Till, bought, code_mailed, connected, does, keys_of, signed_in, talk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def till():
    with Till() as server:
        yield server


@pytest.fixture
def order(till):
    return bought(connected(till))


def how(message):
    found = proof_of(message.conversation)
    return found.how if found else ""


def test_who_is_signed_in_has_proven_it_and_their_browser_alone_has_not(chat, order):
    assert proof_of(signed_in(chat).conversation).how == "signed_in"
    assert how(receive(from_ann(chat, "And now?", handles=(Handle("visitor", "browser-1"),)))) == ""


def test_a_mail_proves_its_sender_only_where_their_domain_vouches_for_it(mail, order):
    assert how(receive(from_ann(mail, "Where is it?", details={"authentic": True}))) == "channel"
    assert how(receive(from_ann(mail, "Send it to my new address", details={}))) == "", "all that waits is to be proven"


def test_where_everybody_reads_along_nothing_is_proven(mail, order):
    assert how(receive(from_ann(mail, "Where is it?", details={"authentic": True}, is_public=True))) == ""


@pytest.mark.parametrize(("kind", "medium", "proves"), [("whatsapp", "whatsapp", True), ("phone", "sms", False)])
def test_an_app_vouches_for_its_account_and_no_network_for_the_number_of_an_sms(kind, medium, proves, returns, db):
    channel = Channel.objects.create(name="Ours", medium=Medium(medium), address="+441768700100", team=returns)
    said = receive(from_ann(channel, "Where is it?", handles=(Handle(kind, "+447700900123"),)))
    assert bool(how(said)) is proves


def test_what_two_people_wrote_since_our_last_word_is_proven_by_both_or_not_at_all(chat, order):
    talk = signed_in(chat)
    stranger = from_ann(chat, "Cancel it", handles=(Handle("visitor", "other"),), conversation_id=talk.conversation_id)
    receive(stranger)
    assert proof_of(talk.conversation) is None


def forged(message, text, **more):
    """By somebody who writes Ann's name, and knows which conversation it is."""
    return receive(from_ann(message.channel, text, conversation_id=message.conversation_id, **more))


@pytest.mark.parametrize("is_late", [True, False])
def test_a_forged_yes_is_not_proven_by_what_she_wrote_before_or_after_it(mail, order, is_late):
    """One that lay on the mail server since before our words; and one to which a machine of ours answered."""
    hers = receive(from_ann(mail, "Where is my order?", details={"authentic": True}))
    ours = {"conversation": hers.conversation, "kind": "outbound", "channel": mail, "identity": hers.identity}
    if is_late:
        Message.objects.create(**ours, text="What is it about?")
        asks = receive(from_ann(mail, "The address", conversation_id=hers.conversation_id, details={"authentic": True}))
        Message.objects.create(**ours, text="Shall I change it?")
        Message.objects.filter(pk=forged(asks, "Yes").pk).update(created_at=hers.created_at - timedelta(minutes=5))
    else:
        forged(hers, "Yes")
        Message.objects.create(**ours, text="We have your message.", is_automatic=True)
        receive(from_ann(mail, "Who is it?", conversation_id=hers.conversation_id, details={"authentic": True}))
    assert proof_of(hers.conversation) is None


def test_a_stranger_learns_nothing_whatever_they_name(chat, order):
    talk = talk_of(chat)
    asked = [
        does(talk, uuid.uuid4(), "status", order="HF-1", email="ann@home.example"),
        does(talk, uuid.uuid4(), "status", order="HF-1", email="stranger@else.example"),
        does(talk, uuid.uuid4(), "status", order="HF-404", email="nobody@else.example"),
    ]
    assert asked[0] == asked[1] == asked[2]
    assert ProofCode.objects.count() == 3, "one row each, so that they take as long and count as much"
    ProofCode.objects.update(sent_at=timezone.now() - codes.LOST_AFTER * 2)
    assert not codes.not_mailed(), "the one that she was sent is not the newest, and does not hold any more"
    for row in ProofCode.objects.all():
        codes.mail_code(row.pk)
    assert not outbox.outbox
    assert keys_of(does(talk, uuid.uuid4(), "status", code="123456")) == ["prove_code_wrong"]


def test_a_code_to_the_known_address_opens_what_is_theirs_to_who_typed_it_and_to_nobody_else(chat, order):
    talk = talk_of(chat)
    does(talk, uuid.uuid4(), "status", order="HF-1", email="Ann@home.example ")
    code = code_mailed()
    row = ProofCode.objects.get()
    assert len(code) == 6 and code not in row.digest
    told = does(talk, uuid.uuid4(), "status", order="HF-1", code=f"it is {code[:3]} {code[3:]}")
    assert (told.result, keys_of(told)) == ("done", ["status_paid"])
    assert keys_of(does(talk, uuid.uuid4(), "status", order="HF-2")) == ["no_such_order"]
    receive(from_ann(chat, "Me too", handles=(Handle("visitor", "other"),), conversation_id=talk.conversation_id))
    assert proof_of(talk.conversation) is None
    elsewhere = talk_of(chat, handles=(Handle("visitor", "third"),))
    assert keys_of(does(elsewhere, uuid.uuid4(), "status", code=code)) == ["prove_email"]


def test_five_tries_then_not_even_the_right_code_and_three_codes_an_hour(chat, order):
    talk = talk_of(chat)
    does(talk, uuid.uuid4(), "status", email="ann@home.example")
    code = code_mailed()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    ends = [does(talk, uuid.uuid4(), "status", code=wrong) for _ in range(codes.MOST_TRIES)]
    assert [keys_of(each) for each in ends[:-1]] == [["prove_code_wrong"]] * 4
    assert ends[-1].hand_over == "not_allowed"
    assert does(talk, uuid.uuid4(), "status", code=code).hand_over == "not_allowed" and not proof_of(talk.conversation)
    sent = [does(talk, uuid.uuid4(), "status", email="nobody@else.example") for _ in range(3)]
    assert [each.waits_for for each in sent] == ["code", "code", ""] and sent[-1].hand_over == "not_allowed"


def test_a_code_goes_stale_and_its_proof_too(chat, order):
    talk = talk_of(chat)
    does(talk, uuid.uuid4(), "status", email="ann@home.example")
    code = code_mailed()
    ProofCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert keys_of(does(talk, uuid.uuid4(), "status", code=code, email="ann@home.example")) == ["prove_code_sent"]
    assert codes.check_code(talk.conversation, code_mailed()) == "right"
    ProofCode.objects.exclude(proven_at=None).update(proven_at=timezone.now() - timedelta(hours=2))
    assert proof_of(talk.conversation) is None


def test_a_guest_proves_the_address_that_they_typed_at_the_checkout(chat, till):
    connector = connected(till)
    bought(connector, "HF-7", handles=(Handle("email", "ann@home.example", is_verified=False),))
    bought(connector, "HF-8", handles=(Handle("email", "bo@home.example", is_verified=False),))
    talk = talk_of(chat)
    does(talk, uuid.uuid4(), "status", email="ann@home.example", order="HF-7")
    told = does(talk, uuid.uuid4(), "status", order="HF-7", code=code_mailed())
    assert keys_of(told) == ["status_paid"]
    assert keys_of(does(talk, uuid.uuid4(), "status", order="HF-8")) == ["no_such_order"]
