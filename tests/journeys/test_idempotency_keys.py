"""The browser's key makes one send of many; it never stands for what somebody else said, or said elsewhere."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from conversations.actions.merging import merge
from conversations.actions.splitting import split
from conversations.inbound.receive import receive
from conversations.models import Message
from conversations.outbound.compose import KeyTakenError, note, reply
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(mail):
    return receive(from_ann(mail, "Where is my parcel?"))


@pytest.fixture
def elsewhere(mail):
    return receive(from_ann(mail, "And mine?", address="bob@home.example"))


def say(message, by, key):
    return reply(
        message.conversation,
        html="<p>Today.</p>",
        by=by,
        channel=message.channel,
        identity=message.identity,
        client_id=key,
    )


def test_the_same_key_is_the_same_message(asked, ada):
    key = uuid4()
    assert say(asked, ada, key) == say(asked, ada, key)


def test_a_key_of_another_conversation_sends_nothing_and_gives_nothing(asked, elsewhere, ada):
    key = uuid4()
    say(elsewhere, ada, key)
    with pytest.raises(KeyTakenError):
        say(asked, ada, key)


def test_a_key_of_another_agent_sends_nothing_and_gives_nothing(asked, ada, grace):
    key = uuid4()
    say(asked, grace, key)
    with pytest.raises(KeyTakenError):
        say(asked, ada, key)
    with pytest.raises(KeyTakenError):
        note(asked.conversation, html="<p>x</p>", by=grace, client_id=key)


def test_the_agent_reads_that_a_taken_key_sent_nothing_and_gets_a_new_one(client, asked, elsewhere, mail, ada):
    key = uuid4()
    say(elsewhere, ada, key)
    client.force_login(ada)
    data = {"html": "<p>Today.</p>", "client_id": str(key), "channel": f"{mail.pk}:{asked.identity_id}"}
    at = f"/conversations/{asked.conversation_id}/"
    for address in ("replies/", "notes/"):
        answer = client.post(at + address, data, HTTP_HX_REQUEST="true")
        assert answer.status_code == 422
        assert b"was not sent" in answer.content and str(key).encode() not in answer.content
        assert b"Today." in answer.content
    assert asked.conversation.messages.exclude(kind="inbound").count() == 0


def test_an_answer_to_a_conversation_merged_meanwhile_is_in_the_one_that_stayed(asked, mail, ada):
    other = receive(from_ann(mail, "Another matter", external_id="2@home.example"))
    stayed = split(asked.conversation, messages=[other.pk], by=ada)
    merge(asked.conversation, into=stayed, by=ada)
    stale, key = asked, uuid4()
    answer = say(stale, ada, key)
    assert answer.conversation == stayed and answer.delivery.conversation == stayed
    assert say(stale, ada, key) == answer
    assert note(stale.conversation, html="<p>n</p>", by=ada, client_id=uuid4()).conversation == stayed


def test_an_out_of_office_note_does_not_cancel_what_is_for_later(asked, mail, ada):
    later = reply(
        asked.conversation,
        html="<p>Later.</p>",
        by=ada,
        channel=mail,
        identity=asked.identity,
        client_id=uuid4(),
        send_at=timezone.now() + timedelta(hours=1),
    )
    receive(from_ann(mail, "I am away", is_automatic=True))
    assert Message.objects.get(pk=later.pk).delivery.status == "queued"
    receive(from_ann(mail, "Found it"))
    assert Message.objects.get(pk=later.pk).delivery.status == "cancelled"
