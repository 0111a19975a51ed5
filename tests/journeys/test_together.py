"""Many mails at once are processed together, and each is what it would have been alone."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from conversations.actions.states import resolve
from conversations.inbound.receive import receive
from conversations.live import push, wire
from conversations.models import Activity, BlockedSender, Conversation, Delivery, Message
from conversations.outbound import outbox
from customers.identify import Handle, identify
from customers.merging import merge
from customers.models import Customer, Identity
from integrations.adapters.media.email.imap import Found
from integrations.inbound import together
from integrations.inbound.mailbox import fetch_new, keep_mail
from integrations.inbound.together import process_with_next
from integrations.models import RawEvent
from integrations.tasks import process_raw_event
from tests.conftest import from_ann
from tests.journeys.test_concurrent_arrivals import all_at_once
from tests.journeys.test_locks import Other
from tests.mailing import a_mail, connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(mail):
    return connect(mail)


@pytest.fixture
def alone(monkeypatch):
    """The events that were processed one by one."""
    taken, process = [], together.process
    monkeypatch.setattr(together, "process", lambda raw_id: (taken.append(raw_id), process(raw_id)))
    return taken


class FakeMailbox:
    """A folder on a server, as far as fetching asks for it."""

    uidvalidity = 1

    def __init__(self, bodies):
        self.bodies = bodies
        self.uidnext = len(bodies) + 1

    def after(self, uid):
        found = enumerate(self.bodies, start=1)
        return [Found(number, len(body), timezone.now()) for number, body in found if number > uid]

    def read(self, uids):
        return [(uid, self.bodies[uid - 1]) for uid in uids]


def keep(mailbox, *mails):
    return [keep_mail(mailbox, mail)[0].pk for mail in mails]


def from_person(number, text="Hello", **headers):
    return a_mail(text, sender=f"Person {number} <p{number}@home.example>", **headers)


def test_who_comes_for_one_mail_takes_along_those_behind_it(mailbox, alone, django_assert_max_num_queries):
    kept = keep(mailbox, *(from_person(number, f"Mail {number}") for number in range(25)))
    with django_assert_max_num_queries(25):
        process_with_next(kept[0])
    assert not alone
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"done"}
    assert [raw.message.text for raw in RawEvent.objects.order_by("pk")] == [f"Mail {number}" for number in range(25)]
    assert Customer.objects.count() == Conversation.objects.count() == Message.objects.count() == 25
    with django_assert_max_num_queries(1):
        process_with_next(kept[1])
    assert Message.objects.count() == 25


def test_a_mail_taken_along_is_recorded_as_it_would_be_alone(mailbox, returns):
    copied = {"cc": "Bob Vance <bob@home.example>", "importance": "high"}
    mails = [from_person(number, "The seam is open.\n\n-- \nAnn", **copied) for number in (1, 2)]
    for raw_id in keep(mailbox, mails[0]):
        together.process(raw_id)
    process_with_next(keep(mailbox, mails[1], from_person(3))[0])
    one, other = (Message.objects.get(identity__value=f"p{number}@home.example") for number in (1, 2))
    for name in ("kind", "channel", "subject", "text", "quoted", "html", "is_automatic", "is_unverified"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("subject", "status", "team", "assignee", "is_spam", "snippet", "media", "language"):
        assert getattr(one.conversation, name) == getattr(other.conversation, name)
    assert other.conversation.team == returns
    assert other.conversation.waiting_since == other.conversation.queue_at == other.created_at
    assert other.conversation.participants.get().email == "bob@home.example"
    assert other.conversation.customer.name == "Person 2"


def test_mails_that_belong_together_come_after_each_other(mailbox, alone):
    first = from_person(1, "One", message_id="<one@home.example>")
    answer = from_person(1, "Two", in_reply_to="<one@home.example>")
    kept = keep(mailbox, first, answer, from_person(2), from_person(1, "Three"))
    process_with_next(kept[0])
    assert not alone
    assert RawEvent.objects.filter(state="done").count() == 4
    assert Customer.objects.count() == Conversation.objects.count() == 2
    texts = Message.objects.filter(identity__value="p1@home.example").order_by("pk")
    assert list(texts.values_list("text", flat=True)) == ["One", "Two", "Three"]


def test_two_addresses_of_one_customer_in_one_batch_are_one_conversation(mailbox):
    ann = receive(from_ann(mailbox.channel)).conversation
    Identity.objects.create(customer=ann.customer, kind="email", value="p1@home.example", is_verified=True)
    Conversation.objects.update(status="resolved", resolved_at=timezone.now() - timezone.timedelta(days=400))
    process_with_next(keep(mailbox, a_mail("By one"), from_person(1, "By another"), from_person(2))[0])
    assert Conversation.objects.filter(customer=ann.customer).exclude(pk=ann.pk).get().messages.count() == 2


def test_what_cannot_be_understood_fails_alone(mailbox):
    nobody = a_mail("Hello", sender="nobody at all")
    kept = keep(mailbox, from_person(1), nobody, from_person(2))
    process_with_next(kept[0])
    assert list(RawEvent.objects.order_by("pk").values_list("state", flat=True)) == ["done", "aside", "done"]
    assert "there is nobody to answer" in RawEvent.objects.get(pk=kept[1]).error


def test_what_breaks_the_batch_is_left_alone_with_its_error(mailbox, monkeypatch):
    def break_on_poison(html):
        if "poison" in html:
            raise RuntimeError("something of ours is broken")
        return html

    monkeypatch.setattr("conversations.inbound.record.sanitise", break_on_poison)
    poison = b"\r\n".join(
        [b"From: p2@home.example", b"Message-ID: <2@home.example>", b"Content-Type: text/html", b"", b"<p>poison</p>"]
    )
    kept = keep(mailbox, from_person(1), poison, from_person(3))
    process_with_next(kept[0])
    assert list(RawEvent.objects.order_by("pk").values_list("state", "tries")) == [
        ("done", 0),
        ("kept", 1),
        ("done", 0),
    ]
    assert Customer.objects.count() == Message.objects.count() == 2


def test_one_that_failed_before_is_neither_taken_along_nor_takes_others_along(mailbox, alone):
    kept = keep(mailbox, from_person(1), from_person(2), from_person(3))
    RawEvent.objects.filter(pk=kept[1]).update(tries=1)
    process_with_next(kept[0])
    assert list(RawEvent.objects.order_by("pk").values_list("state", flat=True)) == ["done", "kept", "done"]
    keep(mailbox, from_person(4))
    process_with_next(kept[1])
    assert alone == [kept[1]]
    assert RawEvent.objects.get(external_id__gt="", state="kept").pk > kept[2]


def test_a_machine_that_writes_thirty_mails_at_once_is_noticed_as_it_is_one_by_one(mailbox):
    kept = keep(mailbox, *(from_person(1, f"Mail {number}") for number in range(30)), from_person(2))
    for raw_id in kept:
        process_with_next(raw_id)
    written = Message.objects.filter(identity__value="p1@home.example")
    assert written.count() == 30
    assert written.filter(is_automatic=False).count() == 20
    assert Conversation.objects.count() == 2


def test_an_answer_taken_along_reopens_its_conversation_and_takes_back_what_was_to_be_sent_later(mailbox, ada):
    asked = [
        receive(from_ann(mailbox.channel, external_id=f"q{n}@home.example", address=f"p{n}@home.example"))
        for n in (1, 2)
    ]
    later = Message.objects.create(
        conversation=asked[0].conversation, kind="outbound", channel=mailbox.channel, identity=asked[0].identity
    )
    outbox.enqueue(later, due_at=timezone.now() + timezone.timedelta(hours=1), cancel_on_reply=True)
    Conversation.objects.update(status="resolved", resolved_at=timezone.now(), waiting_since=None)
    Conversation.objects.filter(pk=asked[0].conversation_id).update(assignee=ada)
    mails = [from_person(number, "Not yet", in_reply_to=f"<q{number}@home.example>") for number in (1, 2)]
    process_with_next(keep(mailbox, *mails, from_person(3))[0])
    assert set(Conversation.objects.values_list("status", flat=True)) == {"open"}
    assert Conversation.objects.exclude(waiting_since=None).count() == 3
    assert Activity.objects.filter(verb=Activity.Verb.REOPENED).count() == 2
    assert Delivery.objects.get().status == Delivery.Status.CANCELLED
    assert Conversation.objects.get(assignee=ada).messages.count() == 3


def test_an_answer_to_somebody_elses_conversation_taken_along_begins_its_own(mailbox):
    asked = receive(from_ann(mailbox.channel, external_id="q1@home.example"))
    stranger = from_person(2, "I read this", in_reply_to="<q1@home.example>")
    process_with_next(keep(mailbox, from_person(1), stranger)[0])
    assert asked.conversation.messages.count() == 1
    assert Conversation.objects.get(customer__name="Person 2").messages.get().text == "I read this"


def test_tasks_for_the_first_of_each_batch_and_for_the_large_are_enough(mailbox, monkeypatch):
    """Sixty mails in two fetches; the third is too large to be taken along, and one person wrote three of them."""
    bodies = [from_person(number if number % 20 else 0, f"Mail {number}") for number in range(60)]
    bodies[2] = from_person(2, "x" * 900 + "\n" + ("y" * 900 + "\n") * 300)
    queued, fake = [], FakeMailbox(bodies)
    monkeypatch.setattr("integrations.inbound.mailbox.queue_event", lambda raw_id, _lane: queued.append(raw_id))
    monkeypatch.setattr("integrations.tasks.queue_event", lambda raw_id, _lane: queued.append(raw_id))
    assert fetch_new(mailbox, fake) == 60
    kept = list(RawEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert queued == [kept[0], kept[2], kept[25], kept[50]]
    done = 0
    while queued:
        process_raw_event(queued.pop(0))
        done += 1
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"done"}
    assert Message.objects.count() == 60
    assert done < 10


def test_the_next_in_line_is_come_for_by_a_task_of_its_own(mailbox, monkeypatch):
    queued = keep(mailbox, *(from_person(number) for number in range(60)))[:1]
    monkeypatch.setattr("integrations.tasks.queue_event", lambda raw_id, _lane: queued.append(raw_id))
    for _task in range(3):
        process_raw_event(queued.pop())
    assert not queued
    assert Message.objects.count() == 60


def test_a_blocked_sender_is_spam_and_no_other(mailbox):
    BlockedSender.objects.create(value="p1@home.example")
    process_with_next(keep(mailbox, from_person(1), from_person(2))[0])
    assert Conversation.objects.get(is_spam=True).customer.name == "Person 1"
    assert Conversation.objects.get(is_spam=False).customer.name == "Person 2"


def test_each_is_shown_where_somebody_looks(mailbox, told, returns, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        process_with_next(keep(mailbox, *(from_person(number, f"Mail {number}") for number in range(3)))[0])
    for number, message in enumerate(Message.objects.order_by("pk")):
        frames = {group: frame for group, frame in told if frame.get("conversation") == message.conversation_id}
        assert frames[f"desk.team.{returns.pk}"]["type"] == "desk.row"
        assert f"Mail {number}" in frames[f"desk.team.{returns.pk}"]["html"]
        assert frames[f"desk.conversation.{message.conversation_id}"]["message"] == message.pk


def test_for_nobody_nothing_is_drawn(mailbox, monkeypatch, django_capture_on_commit_callbacks):
    drawn = []
    monkeypatch.setattr(wire, "listened_to", lambda groups: set())
    monkeypatch.setattr(push, "render_to_string", lambda *given: drawn.append(given))
    with django_capture_on_commit_callbacks(execute=True):
        process_with_next(keep(mailbox, from_person(1), from_person(2))[0])
    assert Message.objects.count() == 2 and not drawn


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_holds_is_left_to_it(mailbox):
    kept = keep(mailbox, *(from_person(number) for number in range(3)))
    with transaction.atomic():
        RawEvent.objects.select_for_update().get(pk=kept[1])
        other = threading.Thread(target=lambda: (process_with_next(kept[0]), connection.close()))
        other.start()
        other.join(30)
        assert not other.is_alive()
    assert list(RawEvent.objects.order_by("pk").values_list("state", flat=True)) == ["done", "kept", "done"]


@pytest.mark.django_db(transaction=True)
def test_five_workers_who_come_for_everything_do_each_thing_once(mailbox):
    people = [from_person(number % 20, f"Mail {number}") for number in range(80)]
    kept = keep(mailbox, *people)
    all_at_once([lambda: [process_with_next(raw_id) for raw_id in kept] for _ in range(5)])
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"done"}
    assert Message.objects.count() == 80
    assert Customer.objects.count() == Conversation.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_batches_and_chats_of_the_same_people_at_once_make_each_of_them_once(mailbox, chat):
    kept = keep(mailbox, *(from_person(number % 12, f"Mail {number}") for number in range(36)))
    works = [lambda raw_id=raw_id: process_with_next(raw_id) for raw_id in kept[::9]]
    said = [from_ann(chat, address=f"p{number}@home.example", external_id=f"c{number}") for number in range(12)]
    works += [lambda inbound=inbound: receive(inbound) for inbound in said]
    all_at_once(works)
    for raw_id in kept:
        process_with_next(raw_id)
    assert Message.objects.count() == 48
    assert Customer.objects.count() == Conversation.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_waits_while_its_conversation_is_merged_away_follows_it(mailbox, ada):
    first = receive(from_ann(mailbox.channel, external_id="a@home.example"))
    second = receive(from_ann(mailbox.channel, address="bob@home.example", external_id="c@home.example"))
    Conversation.objects.filter(pk=second.conversation_id).update(customer=first.conversation.customer)
    kept = keep(mailbox, a_mail("And this", in_reply_to="<a@home.example>"), from_person(1))
    with transaction.atomic():
        list(Conversation.objects.select_for_update().filter(pk=first.conversation_id))
        Conversation.objects.filter(pk=first.conversation_id).update(merged_into=second.conversation)
        late = Other(lambda: process_with_next(kept[0]))
        assert late.start_and_wait_until_it_waits()
    late.finish()
    assert Message.objects.get(text="And this").conversation == second.conversation
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_waits_for_a_merge_of_customers_goes_to_the_one_who_stayed(mailbox):
    asked = receive(from_ann(mailbox.channel))
    bob, _ = identify([Handle("email", "bob@home.example")])
    kept = keep(mailbox, a_mail("One more thing"), from_person(1))
    with transaction.atomic():
        merge(asked.conversation.customer, into=bob, evidence="test")
        late = Other(lambda: process_with_next(kept[0]))
        assert late.start_and_wait_until_it_waits()
    late.finish()
    message = Message.objects.get(text="One more thing")
    assert message.conversation == asked.conversation
    assert message.conversation.customer == message.identity.customer == bob


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_waits_while_its_conversation_is_resolved_opens_it_again(mailbox, ada):
    asked = receive(from_ann(mailbox.channel))
    kept = keep(mailbox, a_mail("One more thing"), from_person(1))
    with transaction.atomic():
        resolve(asked.conversation, by=ada)
        late = Other(lambda: process_with_next(kept[0]))
        assert late.start_and_wait_until_it_waits()
    late.finish()
    asked.conversation.refresh_from_db()
    assert asked.conversation.status == "open"
    assert Message.objects.get(text="One more thing").conversation == asked.conversation
