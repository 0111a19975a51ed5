"""Calls: one row however they are told of, in the thread of who is proven to call; what is owed for a missed one."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from conversations.actions.states import resolve
from conversations.call_state import begun_at, learnt
from conversations.envelopes import CallReport, InboundAttachment
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import Activity, Attachment, CallBack, Channel, Conversation, Medium, Mention, Message
from customers.identify import Handle, identify
from customers.models import Claim, Customer, Identity
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
ANN, BOB = "+4791234567", "+4798765432"
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@pytest.fixture
def phone(returns):
    return Channel.objects.create(name="Returns line", medium=Medium.VOICE, address="+442079460000", team=returns)


@pytest.fixture
def noor(grace):
    grace.extension = "42"
    grace.save()
    return grace


def told(channel, state, after=0, *, call="c1", number=ANN, at=NOON, **about):
    handles = (Handle("phone", number),) if number else ()
    fields = {"direction": "in", "handles": handles} | about
    return CallReport(
        channel_id=getattr(channel, "pk", channel),
        call_id=call,
        state=state,
        at=at + timedelta(seconds=after),
        **fields,
    )


def owner_of_number(number, name="Ann Bell"):
    with transaction.atomic():
        return identify([Handle("phone", number, name)])[0]


STORY = [
    told(1, "ringing", 0, agent="41"),
    told(1, "ringing", 9, agent="42"),
    told(1, "answered", 12, agent="42"),
    told(1, "transferred", 80, agent="43"),
    told(1, "ended", 264, seconds=252, cause="The customer hung up", keys="2"),
    told(1, "transcript", 300, transcript="I would rather have the jacket.", language="en"),
]


@given(some.permutations(STORY), some.lists(some.sampled_from(STORY), max_size=6))
def test_in_whichever_order_and_however_often_it_is_the_same_call(order, again):
    whole, mixed = {}, {}
    for report in STORY:
        whole = learnt(whole, report, ANN, {})
    for report in [*order, *again]:
        mixed = learnt(mixed, report, ANN, {})
    assert mixed == whole
    assert (whole["state"], whole["seconds"], whole["transfers"], whole["keys"]) == ("ended", 252, 1, "2")
    assert [each["line"] for each in whole["answered"]] == ["42", "43"]
    assert begun_at(mixed) == NOON


@pytest.mark.parametrize(
    ("reports", "state", "seconds"),
    [
        ([told(1, "ringing")], "ringing", 0),
        ([told(1, "ringing"), told(1, "missed", 20)], "missed", 0),
        ([told(1, "ringing"), told(1, "answered", 5)], "answered", 0),
        ([told(1, "answered", 5), told(1, "ended", 65)], "ended", 60),
        ([told(1, "missed", 8, agent="41"), told(1, "answered", 12, agent="42")], "answered", 0),
        ([told(1, "missed", 20), told(1, "ended", 60, seconds=40)], "missed", 0),  # they spoke to a machine
        ([told(1, "ended", 82, seconds=82, agent="42")], "ended", 82),
        ([told(1, "ringing"), told(1, "ended", 9)], "missed", 0),
        ([told(1, "recording", 30)], "missed", 0),
    ],
    ids=["rings", "missed", "spoken", "counted", "by another", "machine", "whole", "given up", "voice mail"],
)
def test_how_a_call_stands_is_worked_out_from_all_that_is_known(reports, state, seconds):
    for order in permutations(reports):
        call = {}
        for report in order:
            call = learnt(call, report, ANN, {})
        assert (call["state"], call.get("seconds", 0)) == (state, seconds)


def test_a_call_without_end_keeps_its_first_and_last_reports():
    many = [told(1, "ringing", n) for n in range(200)]
    one, other = {}, {}
    for report in many:
        one = learnt(one, report, ANN, {})
    for report in many[::-1]:
        other = learnt(other, report, ANN, {})
    assert one == other and len(one["heard"]) == 80


def rows():
    said = Message.objects.values(
        "kind", "external_id", "text", "created_at", "details", "author", "conversation__snippet"
    )
    backs = CallBack.objects.filter(done_at=None).values("tries", "identity__value", "missed__external_id")
    waits = Conversation.objects.values("status", "waiting_since", "priority", "media", "call_back_at")
    return list(said), list(backs), [{**row, "call_back_at": bool(row["call_back_at"])} for row in waits]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_the_rows_are_the_same_in_every_order(phone, noor, order):
    reports = [
        told(phone, "ringing", 0, agent="42"),
        told(phone, "answered", 4, agent="42"),
        told(phone, "ended", 64, seconds=60),
        told(phone, "transcript", 90, transcript="A jacket in large."),
    ]
    owner_of_number(ANN)
    for number in order:
        hear(reports[number])
        hear(reports[number])
    (said,), backs, (waits,) = rows()
    assert (said["kind"], said["text"], said["created_at"], said["author"]) == (
        "call",
        "A jacket in large.",
        NOON,
        noor.pk,
    )
    assert said["conversation__snippet"] == "Called, 1 min 0 s · A jacket in large."
    assert not backs and not waits["call_back_at"]
    assert (waits["status"], waits["waiting_since"], waits["media"], waits["priority"]) == ("open", None, ["voice"], 1)


def test_a_call_joins_the_thread_of_its_customer(phone, mail, ada):
    written = receive(from_ann(mail, handles=(Handle("email", "ann@home.example"), Handle("phone", ANN))))
    resolve(written.conversation, by=ada)
    called = hear(told(phone, "ringing", at=timezone.now()))
    assert called.conversation_id == written.conversation_id and called.identity.value == ANN
    called.conversation.refresh_from_db()
    assert called.conversation.is_open and called.conversation.media == ["email", "voice"]
    assert called.conversation.waiting_since == called.created_at
    assert called.conversation.snippet == "Is calling"


def test_an_anonymous_caller_has_a_thread_of_their_own(phone):
    one, other = (hear(told(phone, "missed", call=call, number="")) for call in ("c1", "c2"))
    again = hear(told(phone, "ended", 5, call="c1", number=""))
    assert again.pk == one.pk and one.conversation_id != other.conversation_id
    assert [each.conversation.customer.label for each in (one, other)] == ["Anonymous caller"] * 2
    assert one.details["call"]["asks"] == [] and not CallBack.objects.exists()


def test_a_number_that_comes_later_brings_the_call_home(phone):
    ann = owner_of_number(ANN)
    first = hear(told(phone, "ringing", number=""))
    hear(told(phone, "ended", 9))
    (said,) = Message.objects.all()
    assert said.pk == first.pk and said.conversation.customer == ann and "asks" not in said.details["call"]
    assert Conversation.objects.count() == Customer.objects.count() == CallBack.objects.count() == 1


def test_a_number_of_two_people_is_asked_about_and_never_mixed(phone, mail):
    written = receive(from_ann(mail, handles=(Handle("email", "ann@home.example"), Handle("phone", ANN))))
    ann, bob = written.conversation.customer, owner_of_number(BOB, "Bob Bell")
    Claim.objects.create(customer=bob, kind="phone", value=ANN, source="order")
    one = hear(told(phone, "missed", call="c1"))
    other = hear(told(phone, "missed", call="c2"))
    assert one.conversation.customer not in (ann, bob) and one.conversation.customer.label == ANN
    assert one.details["call"]["asks"] == sorted([ann.pk, bob.pk])
    assert one.conversation_id == other.conversation_id  # as long as nobody has said whose they are
    assert Identity.objects.get(value=ANN).customer == ann
    assert CallBack.objects.get().tries == 2


def test_a_number_that_somebody_only_says_is_theirs_is_asked_about(phone):
    bob = owner_of_number(BOB, "Bob Bell")
    Claim.objects.create(customer=bob, kind="phone", value=ANN)
    called = hear(told(phone, "ringing"))
    assert called.details["call"]["asks"] == [bob.pk] and not called.identity.is_verified


def test_a_missed_call_is_owed_once_and_a_second_one_is_another_try(phone):
    first = hear(told(phone, "missed", call="c1"))
    hear(told(phone, "missed", call="c2", after=300))
    owed = CallBack.objects.get()
    assert (owed.tries, owed.missed.external_id, owed.identity.value) == (2, "c2", ANN)
    conversation = Conversation.objects.get()
    assert conversation.priority == 2 and conversation.call_back_at and conversation.waiting_since == first.created_at
    assert [each.reason for each in Activity.objects.filter(verb="asked_call").order_by("pk")] == [
        "Missed call",
        "called 2 times",
    ]


def test_an_answered_call_ends_what_is_owed(phone, noor):
    hear(told(phone, "missed", call="c1"))
    hear(told(phone, "answered", 600, call="c2", agent="42"))
    owed, conversation = CallBack.objects.get(), Conversation.objects.get()
    assert owed.done_at and owed.done_by == noor and owed.outcome == "Grace Lind spoke with them"
    assert (conversation.priority, conversation.call_back_at, conversation.waiting_since) == (1, None, None)
    assert Activity.objects.filter(verb="called_back").count() == 1


def test_a_missed_call_that_is_told_of_after_a_later_talk_owes_nothing(phone):
    hear(told(phone, "answered", 600, call="c2"))
    hear(told(phone, "missed", call="c1"))
    assert not CallBack.objects.exists()


def test_a_call_that_looked_missed_and_was_answered_owes_nothing(phone):
    hear(told(phone, "missed", 8, agent="41"))
    hear(told(phone, "answered", 12, agent="42"))
    assert not CallBack.objects.filter(done_at=None).exists()


def test_solving_the_matter_ends_what_is_owed(phone, ada):
    conversation = hear(told(phone, "missed")).conversation
    resolve(conversation, by=ada)
    conversation.refresh_from_db()
    assert conversation.call_back_at is None and CallBack.objects.get().outcome == "Solved."


def test_a_recording_comes_once(phone):
    heard = InboundAttachment("call.mp3", "audio/mpeg", 0, source={"url": "https://calls.invalid/r1"}, kind="recording")
    hear(told(phone, "ended", 60, seconds=50))
    for _twice in range(2):
        message = hear(told(phone, "recording", 70, recording=heard))
    assert Attachment.objects.get().message == message and Attachment.objects.get().state == "waiting"


def test_whose_telephone_rings_is_called_in_where_they_saw_nothing(phone, billing, linus):
    linus.extension = "Linus@PBX"
    linus.save()
    message = hear(told(phone, "ringing", agent="linus@pbx"))
    assert Mention.objects.get().agent == linus
    assert Conversation.objects.visible_to(linus).get() == message.conversation
