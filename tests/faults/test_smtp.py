"""Sending when the mail server refuses, hangs or dies: sent once, or failed with the reason, or a person decides."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions.merging import merge
from conversations.actions.splitting import split
from conversations.inbound.receive import receive
from conversations.models import Delivery, Message
from conversations.outbound.compose import reply
from conversations.outbound.outbox import retry
from integrations.outbound.deliver import deliver
from tests.conftest import from_ann
from tests.faults.servers import Smtp, until
from tests.mailing import connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(mail, ada):
    question = receive(from_ann(mail, "My kettle leaks."))
    return reply(
        question.conversation, html="<p>A new one comes.</p>", by=ada, channel=mail, identity=question.identity,
        client_id=uuid.uuid4(), details={"cc": ["bob@home.example"]},
    )  # fmt: skip


def send(message, mail, server, **settings):
    connector = getattr(mail, "connector", None) or connect(mail)
    connector.settings |= {"smtp_port": server.port, "timeout": 60, "answer_seconds": 60, **settings}
    connector.save()
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    deliver(message.delivery.pk)
    return Delivery.objects.get()


REFUSALS = [
    ({"end": "451 4.3.0 try later"}, "queued", "451"),
    ({"end": "550 5.7.1 no such thing here"}, "failed", "550"),
    ({"rcpt": "450 4.2.1 mailbox busy"}, "queued", "ann@home.example"),
    ({"rcpt": "550 5.1.1 no such person"}, "failed", "no such person"),
    ({"mail": "452 4.3.1 disk full"}, "queued", "452"),
    ({"mail": "550 5.7.1 not you"}, "failed", "send as this address"),
    ({"data": "421 4.3.2 shutting down"}, "queued", "421"),
    ({"hello": "554 go away"}, "queued", ""),
    ({"data": "die"}, "queued", "broke"),
    ({"rcpt": "hang"}, "queued", "broke"),
]


@pytest.mark.parametrize(("answers", "status", "words"), REFUSALS)
def test_what_the_server_did_not_take_is_tried_again_or_failed_but_never_uncertain(
    message, mail, answers, status, words
):
    with Smtp(**answers) as server:
        delivery = send(message, mail, server, timeout=0.5 if "hang" in answers.values() else 60)
    assert delivery.status == status
    assert words in delivery.error
    assert not server.taken
    if status == "queued":
        assert delivery.due_at > timezone.now()
        with Smtp() as well:
            delivery = send(message, mail, well)
        assert delivery.status == "sent"
        assert len(well.taken) == 1
        assert delivery.attempts.count() == 2


@pytest.mark.parametrize("end", ["die", "hang"])
def test_silence_after_the_whole_mail_is_uncertain_and_is_never_sent_again_by_itself(message, mail, end):
    with Smtp(end=end) as server:
        delivery = send(message, mail, server, answer_seconds=0.5)
        assert delivery.status == "uncertain"
        assert "Look before you try again" in delivery.error
        assert deliver(delivery.pk) is None
        until(lambda: server.taken)
    assert len(server.taken) == 1
    assert delivery.conversation.status == "open"
    with Smtp() as well:
        assert retry(delivery)
        again = send(message, mail, well)
    assert again.status == "sent"
    assert message_id(server.taken[0]) == message_id(well.taken[0])


@pytest.mark.parametrize("end", ["451 4.3.0 later", "550 5.7.1 no", "die"])
def test_mail_keeps_its_name_when_its_conversation_is_split_or_merged_between_two_tries(message, mail, ada, end):
    with Smtp(end=end) as server:
        delivery = send(message, mail, server)
    named = delivery.external_id
    other = split(message.conversation, messages=[message.pk], by=ada)
    with Smtp(end=end) as server:
        retry(delivery)
        assert send(message, mail, server).external_id == named
    merge(other, into=message.conversation, by=ada)
    with Smtp() as well:
        retry(Delivery.objects.get())
        again = send(message, mail, well)
    assert (again.status, again.external_id, message_id(well.taken[0])) == ("sent", named, named)
    assert Message.objects.get(pk=message.pk).external_id == named


def test_answer_to_an_uncertain_mail_finds_its_conversation(message, mail):
    with Smtp(end="die") as server:
        send(message, mail, server)
    sent = Message.objects.get(pk=message.pk)
    assert sent.external_id == message_id(server.taken[0])
    answer = receive(from_ann(mail, "Thanks", references=(sent.external_id,)))
    assert answer.conversation == sent.conversation


def test_server_that_takes_a_mail_twice_as_slowly_takes_it_once(message, mail):
    with Smtp() as server:
        delivery = send(message, mail, server)
        assert deliver(delivery.pk) is None
    assert (delivery.status, len(server.taken)) == ("sent", 1)


def test_server_that_is_gone_is_tried_again(message, mail):
    with Smtp() as server:
        pass
    delivery = send(message, mail, server)
    assert delivery.status == "queued"
    assert "does not answer" in delivery.error


def message_id(mail):
    line = next(line for line in mail.splitlines() if line.lower().startswith(b"message-id:"))
    return line.split(b":", 1)[1].strip().decode().strip("<>")
