"""Twenty messages of one new person at once, by mail and by chat: one customer, one conversation, nothing lost."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Conversation, Message
from customers.facts import OrderFact
from customers.gather import gather
from customers.identify import Handle
from customers.models import Customer, Identity, Order
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process
from tests.conftest import from_ann
from tests.mailing import a_mail, connect

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED_IN = (Handle("visitor", "v-1"), Handle("email", "ann@home.example", "Ann Bell"))


def all_at_once(works):
    ready, failed = threading.Barrier(len(works)), []

    def go(work):
        try:
            ready.wait(30)
            work()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed


@pytest.mark.parametrize("round_", range(3))
def test_twenty_at_once_by_mail_and_chat_are_one_customer_and_one_conversation(mail, chat, round_):
    connector = connect(mail)
    kept = [keep_mail(connector, a_mail(f"Mail {number}"))[0].pk for number in range(10)]
    works = [lambda raw_id=raw_id: process(raw_id) for raw_id in kept]
    said = [from_ann(chat, f"Chat {number}", handles=SIGNED_IN, external_id=f"c{number}") for number in range(10)]
    works += [lambda inbound=inbound: receive(inbound) for inbound in said]
    all_at_once([work for pair in zip(works[:10], works[10:], strict=True) for work in pair])
    assert Message.objects.count() == 20
    assert Conversation.objects.count() == 1
    assert Customer.objects.living().count() == 1
    assert set(Identity.objects.values_list("kind", flat=True)) == {"email", "visitor"}


def test_the_same_mail_processed_by_five_at_once_is_one_message(mail):
    raw_id = keep_mail(connect(mail), a_mail())[0].pk
    all_at_once([lambda: process(raw_id) for _ in range(5)])
    assert Message.objects.count() == 1


def test_different_people_at_once_stay_different(mail):
    connector = connect(mail)
    kept = [keep_mail(connector, a_mail(sender=f"p{number}@home.example"))[0].pk for number in range(8)]
    all_at_once([lambda raw_id=raw_id: process(raw_id) for raw_id in kept])
    assert Customer.objects.count() == Conversation.objects.count() == 8


@pytest.fixture
def many_connections(monkeypatch):
    """Sixty at once, and time for the others to wait for theirs."""
    pool = connection.pool
    monkeypatch.setattr(pool, "timeout", 120)
    pool.resize(1, 60)
    yield
    pool.resize(1, 10)


def test_two_hundred_first_words_by_four_ways_are_one_customer(mail, chat, many_connections):
    """By mail, signed in at the chat, by a text message, and by the shop, whose account owns address and number."""
    connector = connect(mail)
    account, number = Handle("shop", "hf:42", source="shop"), Handle("phone", "+4791234567", source="sms")
    address = Handle("email", "ann@home.example", "Ann Bell")
    at = timezone.now()
    money = {"status": "paid", "currency": "GBP", "total": Decimal(9), "placed_at": at, "changed_at": at}
    orders = [OrderFact(1, str(n), f"HF-{n}", (account, address, number), **money) for n in range(50)]
    mails = [keep_mail(connector, a_mail(f"Mail {n}"))[0].pk for n in range(50)]
    chats = [from_ann(chat, f"Chat {n}", handles=(*SIGNED_IN, account), external_id=f"c{n}") for n in range(50)]
    texts = [from_ann(chat, f"Text {n}", handles=(number,), external_id=f"t{n}") for n in range(50)]
    works = [work for four in zip(
        [lambda raw_id=raw_id: process(raw_id) for raw_id in mails],
        [lambda inbound=inbound: receive(inbound) for inbound in chats],
        [lambda inbound=inbound: receive(inbound) for inbound in texts],
        [lambda fact=fact: gather(fact) for fact in orders],
        strict=True,
    ) for work in four]  # fmt: skip
    all_at_once(works)
    assert Customer.objects.living().count() == 1
    ann = Customer.objects.living().get()
    assert set(ann.identities.values_list("kind", flat=True)) == {"email", "visitor", "shop", "phone"}
    assert Message.objects.count() == 150 and Order.objects.count() == 50
    assert not Conversation.objects.exclude(customer=ann).exists()
