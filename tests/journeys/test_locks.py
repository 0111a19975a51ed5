"""Customers' messages and agents' verbs meet on one customer: nobody waits for each other, and nothing goes astray.

Each meeting is staged: one side stops with its lock in hand until the other is seen waiting in the database.
"""

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from conversations.actions.assigning import assign
from conversations.actions.change import locked
from conversations.actions.merging import merge as merge_conversations
from conversations.actions.people import move_to_customer
from conversations.actions.splitting import move, split
from conversations.actions.states import resolve
from conversations.envelopes import DeliveryReport
from conversations.inbound.receive import receive
from conversations.models import Conversation, Delivery, Message
from conversations.outbound.compose import reply
from conversations.outbound.outbox import cancel_on_reply, settle, undo
from customers.identify import Handle, identify
from customers.merging import merge
from customers.models import Customer, Identity, Suggestion
from customers.suggestions import look, sweep
from tests.conftest import from_ann
from tests.journeys.test_concurrent_arrivals import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


class Other(threading.Thread):
    """Another worker, in a transaction of its own. Its failure is raised where it is joined."""

    def __init__(self, work):
        super().__init__()
        self.work, self.failure, self.backend = work, None, None
        self.begun = threading.Event()

    def run(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            self.begun.set()
            self.work()
        except Exception as error:
            self.failure = error
        finally:
            connection.close()

    def start_and_wait_until_it_waits(self):
        """True once it waits for a lock; False where it ended without."""
        self.start()
        assert self.begun.wait(30)
        give_up_at = time.monotonic() + 30
        while self.is_alive() and time.monotonic() < give_up_at:
            with connection.cursor() as cursor:
                cursor.execute("select cardinality(pg_blocking_pids(%s)) > 0", [self.backend])
                if cursor.fetchone()[0]:
                    return True
            self.join(0.01)
        return False

    def finish(self):
        self.join(60)
        assert not self.is_alive()
        if self.failure:
            raise self.failure


@pytest.fixture
def asked(mail):
    return receive(from_ann(mail, "Where is my parcel?"))


def answer(message, by, **fields):
    return reply(
        message.conversation,
        html="<p>Today.</p>",
        by=by,
        channel=message.channel,
        identity=message.identity,
        client_id=uuid4(),
        **fields,
    )


def test_a_mail_that_waits_for_a_merge_of_customers_goes_to_the_one_who_stayed(mail, asked):
    bob, _ = identify([Handle("email", "bob@home.example")])
    with transaction.atomic():
        merge(asked.conversation.customer, into=bob, evidence="test")
        late = Other(lambda: receive(from_ann(mail, "One more thing")))
        assert late.start_and_wait_until_it_waits()
    late.finish()
    message = Message.objects.get(text="One more thing")
    assert message.conversation == asked.conversation
    assert message.conversation.customer == message.identity.customer == bob


def test_a_mail_that_waits_while_its_address_is_given_to_another_follows_it(mail, asked):
    bob, _ = identify([Handle("email", "bob@home.example")])
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=asked.identity.customer_id)
        Identity.objects.filter(pk=asked.identity_id).update(customer=bob)
        late = Other(lambda: receive(from_ann(mail, "One more thing")))
        assert late.start_and_wait_until_it_waits()
    late.finish()
    assert Message.objects.get(text="One more thing").conversation.customer == bob


def test_two_merges_that_cross_leave_one_customer():
    ann, _ = identify([Handle("email", "ann@home.example")])
    bob, _ = identify([Handle("email", "bob@home.example")])
    with transaction.atomic():
        merge(ann, into=bob, evidence="test")
        crossing = Other(lambda: merge(bob, into=ann, evidence="test"))
        assert crossing.start_and_wait_until_it_waits()
    with pytest.raises(ValueError):
        crossing.finish()
    assert Customer.objects.living().get() == bob


def test_a_split_does_not_wait_for_a_mail_that_waits_for_it(mail, asked, ada):
    second = receive(from_ann(mail, "And another matter"))
    with transaction.atomic():
        locked(asked.conversation)
        arriving = Other(lambda: receive(from_ann(mail, "One more thing")))
        assert arriving.start_and_wait_until_it_waits()
        split(asked.conversation, messages=[second.pk], by=ada)
    arriving.finish()
    assert Message.objects.filter(text="One more thing").count() == 1


def test_taking_back_does_not_wait_for_a_mail_that_takes_back(asked, ada):
    later = answer(asked, ada, send_at=timezone.now() + timedelta(hours=1))
    with transaction.atomic():
        arriving = locked(asked.conversation)
        agent = Other(lambda: undo(later.delivery))
        assert agent.start_and_wait_until_it_waits()
        cancel_on_reply(arriving)
    agent.finish()
    assert Delivery.objects.get().status == "cancelled"


@pytest.mark.parametrize("status", ["sent", "failed"])
def test_a_split_and_the_word_of_a_provider_do_not_wait_for_each_other(asked, ada, status):
    message = answer(asked, ada)
    Delivery.objects.update(status="sending", tries=1)
    other = Conversation.objects.create(customer=asked.conversation.customer)
    report = DeliveryReport(status, external_id="1@ours.example", error="gone" if status == "failed" else "")
    with transaction.atomic():
        settle(message.delivery, report)
        moving = Other(transaction.atomic(lambda: (locked(asked.conversation), move([message.pk], to=other))))
        moving.start_and_wait_until_it_waits()
        Message.objects.filter(pk=message.pk).update(subject="still mine")
        locked(asked.conversation) if status == "failed" else None
    moving.finish()
    assert Delivery.objects.get().conversation == Message.objects.get(pk=message.pk).conversation == other


def test_everything_at_once_on_one_customer_ends_well(mail, chat, asked, ada, grace):
    bob, _ = identify([Handle("email", "bob@home.example")])
    others = [Conversation.objects.create(customer=asked.conversation.customer) for _ in range(4)]
    works = [lambda n=n: receive(from_ann(mail, f"Mail {n}")) for n in range(6)]
    works += [lambda n=n: receive(from_ann(mail, f"Bob {n}", address="bob@home.example")) for n in range(3)]
    works += [lambda: answer(asked, ada), lambda: assign(asked.conversation, to=grace, by=ada)]
    works += [lambda: resolve(asked.conversation, by=ada)]
    works += [lambda one=one: merge_conversations(one, into=others[0], by=ada) for one in others[1:]]
    works += [lambda: merge(asked.conversation.customer, into=bob, evidence="test")]
    apart = Conversation.objects.create(customer=asked.conversation.customer)
    works += [lambda: move_to_customer(apart, customer=bob, by=ada)]
    all_at_once(works)
    assert Message.objects.filter(kind="inbound").count() == 10
    assert Customer.objects.living().get() == bob
    assert not Conversation.objects.exclude(customer=bob).exists()
    assert not Identity.objects.exclude(customer=bob).exists()


def test_two_who_look_for_doubles_at_once_do_not_wait_for_each_other():
    for number in range(6):
        identify([Handle("visitor", f"v{number}"), Handle("email", "ann@home.example", is_verified=False)])
    people = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    works = [lambda some=some: look(some) for some in (people[:4], people[2:], people[::-1], people)] * 3
    all_at_once([*works, sweep, sweep])
    sweep()
    assert Suggestion.objects.count() == 15
    assert not Customer.objects.filter(looked_at=None).exists()
