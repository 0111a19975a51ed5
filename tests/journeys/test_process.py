"""What was kept is understood once; what cannot be is set aside alone, visible and replayable."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from conversations.envelopes import InboundMessage
from conversations.models import Conversation, Message
from customers.identify import Handle
from customers.models import Customer
from integrations import adapters
from integrations.inbound.process import MOST_TRIES, accept, process, replay
from integrations.models import Connector, RawEvent
from integrations.tasks import sweep_raw_events


class LineAdapter:
    """An adapter as small as they get: the body is "sender|text"; "?" is refused, "!" breaks."""

    def understand(self, connector, raw):
        sender, text = bytes(raw.body).decode().split("|")
        if text == "?":
            raise ValueError("No version of the provider says this.")
        if text == "!":
            raise RuntimeError("something of ours is broken")
        if text:
            kind = "email" if "@" in sender else "visitor"
            yield InboundMessage(
                channel_id=connector.channel_id,
                external_id=raw.external_id,
                handles=(Handle(kind, sender), Handle("email", "ann@home.example")),
                text=text,
                received_at=timezone.now(),
            )


@pytest.fixture(autouse=True)
def _line_adapter(monkeypatch):
    monkeypatch.setitem(adapters.ADAPTERS, "one-line", f"{__name__}.LineAdapter")


@pytest.fixture
def by_mail(mail):
    return Connector.objects.create(name="Mail", adapter="one-line", channel=mail)


@pytest.fixture
def by_chat(chat):
    return Connector.objects.create(name="Chat", adapter="one-line", channel=chat)


@pytest.mark.django_db
def test_the_same_webhook_five_times_is_one_message(by_mail):
    for _ in range(5):
        raw, _new = accept(by_mail, external_id="7", body=b"ann@home.example|Hello")
        process(raw.pk)
    assert RawEvent.objects.count() == Message.objects.count() == 1
    assert RawEvent.objects.get().message == Message.objects.get()


@pytest.mark.django_db
def test_what_says_nothing_is_ignored_and_kept(by_mail):
    raw, _ = accept(by_mail, external_id="7", body=b"ann@home.example|")
    assert process(raw.pk).state == "ignored"


@pytest.mark.django_db
def test_a_poison_item_is_set_aside_alone_and_can_be_replayed(by_mail, monkeypatch):
    poison, _ = accept(by_mail, external_id="1", body=b"ann@home.example|?")
    accept(by_mail, external_id="2", body=b"ann@home.example|Hello")
    sweep_raw_events()
    poison.refresh_from_db()
    assert (poison.state, poison.error) == ("aside", "ValueError: No version of the provider says this.")
    assert Message.objects.get().text == "Hello"
    RawEvent.objects.filter(pk=poison.pk).update(body=b"ann@home.example|Now I can be read")
    assert replay(poison).state == "done"
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_what_breaks_something_of_ours_is_tried_again_and_then_set_aside(by_mail):
    raw, _ = accept(by_mail, external_id="1", body=b"ann@home.example|!")
    for _ in range(MOST_TRIES - 1):
        assert process(raw.pk).state == "kept"
    assert process(raw.pk).state == "aside"
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_messages_at_once_by_mail_and_chat_are_one_customer_and_one_thread(by_mail, by_chat):
    kept = []
    for number in range(10):
        kept.append(accept(by_mail, external_id=f"m{number}", body=f"ann@home.example|mail {number}".encode())[0].pk)
        kept.append(accept(by_chat, external_id=f"c{number}", body=f"visitor-1|chat {number}".encode())[0].pk)
    start = threading.Barrier(len(kept))

    def work(raw_id):
        start.wait()
        process(raw_id)
        connection.close()

    threads = [threading.Thread(target=work, args=[raw_id]) for raw_id in kept]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert RawEvent.objects.filter(state="done").count() == 20
    assert Message.objects.count() == 20
    assert Customer.objects.count() == 1
    assert Conversation.objects.count() == 1
