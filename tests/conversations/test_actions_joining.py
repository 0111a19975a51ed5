"""Split, merge, unmerge: nothing is lost, and undoing gives back exactly what was."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from conversations.actions.change import NotPossibleError
from conversations.actions.editing import edit_note
from conversations.actions.labels import tag
from conversations.actions.merging import merge, unmerge
from conversations.actions.people import (
    add_participant,
    merge_customers,
    move_to_customer,
    reassign_identity,
    remove_participant,
    unmerge_customers,
)
from conversations.actions.splitting import split
from conversations.actions.states import resolve, snooze
from conversations.inbound.receive import receive
from conversations.models import Conversation, Delivery, MessageEdit, Status
from conversations.outbound.compose import note, reply
from customers.models import Customer
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


def say(conversation, ada, mail, html="<p>Hello Ann</p>"):
    identity = conversation.customer.identities.first()
    return reply(conversation, html=html, by=ada, channel=mail, identity=identity, client_id=uuid4())


@pytest.fixture
def two(mail, ada):
    """A solved conversation with an answer, tags and people in copy, and a newer open one of the same customer."""
    start = timezone.now() - timedelta(days=30)
    older = receive(from_ann(mail, "Where is my parcel?", at=start, subject="Parcel")).conversation
    say(older, ada, mail)
    tag(older, name="vip", by=ada)
    add_participant(older, email="bob@home.example")
    resolve(older, by=ada)
    Conversation.objects.filter(pk=older.pk).update(resolved_at=start + timedelta(days=1))
    newer = receive(from_ann(mail, "And my invoice?", subject="Invoice")).conversation
    assert newer.pk != older.pk
    tag(newer, name="billing", by=ada)
    tag(newer, name="vip", by=ada)
    add_participant(newer, email="cy@home.example")
    return older, newer


def picture(conversation):
    """Everything of one conversation that a merge touches."""
    conversation = Conversation.objects.get(pk=conversation.pk)
    row = model_to_dict(conversation)
    row["tags"] = sorted(tag.pk for tag in row["tags"])
    return {
        **row,
        "last_message_at": conversation.last_message_at,
        "messages": list(conversation.messages.order_by("pk").values_list("pk", flat=True)),
        "deliveries": list(Delivery.objects.filter(conversation=conversation).values_list("pk", flat=True)),
        "participants": sorted(conversation.participants.values_list("email", flat=True)),
        "follows": sorted(conversation.follows.values_list("agent", flat=True)),
        "activities": list(
            conversation.activities.exclude(verb__in=["merged", "unmerged"]).order_by("pk").values_list("pk", flat=True)
        ),
    }


def test_merging_into_the_solved_one_opens_it_and_unmerging_gives_both_back_exactly(two, ada):
    older, newer = two
    before = picture(older), picture(newer)
    entry = merge(newer, into=older, by=ada)
    older.refresh_from_db()
    assert older.status == Status.OPEN and older.messages.count() == 3
    assert older.waiting_since == newer.waiting_since
    assert set(older.tags.values_list("name", flat=True)) == {"vip", "billing"}
    assert not Conversation.objects.here().filter(pk=newer.pk).exists()
    unmerge(entry, by=ada)
    unmerge(entry, by=ada)
    assert (picture(older), picture(newer)) == before
    assert list(older.activities.order_by("pk").values_list("verb", flat=True))[-2:] == ["merged", "unmerged"]


def test_merging_the_other_way_round_is_undone_exactly_too(two, ada):
    older, newer = two
    snooze(newer, until=timezone.now() + timedelta(days=2), by=ada)
    before = picture(older), picture(newer)
    unmerge(merge(older, into=newer, by=ada), by=ada)
    assert (picture(older), picture(newer)) == before


def test_merging_twice_is_one_entry(two, ada):
    older, newer = two
    assert merge(newer, into=older, by=ada) == merge(newer, into=older, by=ada)


def test_what_arrives_after_the_merge_stays_where_it_came(two, ada, mail):
    older, newer = two
    entry = merge(newer, into=older, by=ada)
    later = receive(from_ann(mail, "Thank you", conversation_id=newer.pk))
    assert later.conversation_id == older.pk
    unmerge(entry, by=ada)
    later.refresh_from_db()
    assert later.conversation_id == older.pk
    older.refresh_from_db()
    assert older.status == Status.OPEN, "she wrote since: it is not solved"


def test_merges_are_undone_the_last_one_first(two, ada, mail):
    older, newer = two
    third = Conversation.objects.create(customer=older.customer)
    first, second = merge(newer, into=older, by=ada), merge(older, into=third, by=ada)
    with pytest.raises(NotPossibleError):
        unmerge(first, by=ada)
    unmerge(second, by=ada)
    unmerge(first, by=ada)
    assert newer.messages.count() == 1


def test_conversations_of_two_customers_do_not_merge(two, ada, mail):
    older, _newer = two
    other = receive(from_ann(mail, "Hi", address="cy@else.example")).conversation
    with pytest.raises(NotPossibleError):
        merge(other, into=older, by=ada)
    with pytest.raises(NotPossibleError):
        merge(older, into=older, by=ada)


def test_splitting_moves_the_messages_and_each_side_knows_what_waits(mail, ada):
    start = timezone.now() - timedelta(hours=1)
    first = receive(from_ann(mail, "Where is my parcel?", at=start))
    second = receive(from_ann(mail, "And my invoice?", at=start + timedelta(minutes=5), subject="Invoice"))
    conversation = second.conversation
    other = split(conversation, messages=[second.pk], by=ada)
    conversation.refresh_from_db()
    other.refresh_from_db()
    assert list(conversation.messages.all()) == [first] and list(other.messages.all()) == [second]
    assert conversation.snippet == "Where is my parcel?" and other.snippet == "And my invoice?"
    assert other.waiting_since == second.created_at and conversation.waiting_since == first.created_at
    assert (other.subject, other.team, other.customer) == ("Invoice", conversation.team, conversation.customer)
    assert other.activities.get().reason == f"from #{conversation.pk}"


def test_split_takes_the_delivery_along(mail, ada):
    conversation = receive(from_ann(mail, "Hello")).conversation
    answer = say(conversation, ada, mail)
    other = split(conversation, messages=[answer.pk], by=ada)
    assert Delivery.objects.get(message=answer).conversation_id == other.pk
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None, "the answer went away with the other matter"


def test_split_leaves_something_and_takes_something(mail, ada):
    message = receive(from_ann(mail, "Hello"))
    for chosen in ([], [message.pk], [message.pk + 999]):
        with pytest.raises(NotPossibleError):
            split(message.conversation, messages=chosen, by=ada)
    assert Conversation.objects.count() == 1


def test_people_in_copy_come_and_go(mail):
    conversation = receive(from_ann(mail, "Hello")).conversation
    add_participant(conversation, email=" Bob@Home.example ")
    add_participant(conversation, email="bob@home.example")
    assert conversation.participants.get().email == "bob@home.example"
    with pytest.raises(NotPossibleError):
        add_participant(conversation, email="bob at home")
    remove_participant(conversation, email="bob@home.example")
    assert not conversation.participants.exists()


def test_a_conversation_moves_to_whom_it_belongs(mail, ada):
    conversation = receive(from_ann(mail, "Hello")).conversation
    cy = Customer.objects.create(name="Cy")
    move_to_customer(conversation, customer=cy, by=ada)
    move_to_customer(conversation, customer=cy, by=ada)
    conversation.refresh_from_db()
    assert conversation.customer == cy
    assert [(entry.verb, entry.to) for entry in conversation.activities.all()] == [("moved", "Cy")]


def test_an_address_that_is_not_hers_leaves_with_the_conversation_it_began(mail, ada):
    conversation = receive(from_ann(mail, "Hello")).conversation
    ann = conversation.customer
    stray = ann.identities.create(kind="email", value="shared@home.example", is_verified=True)
    theirs = Conversation.objects.create(customer=ann)
    theirs.messages.create(kind="inbound", channel=mail, identity=stray, text="I am not Ann")
    new = reassign_identity(stray, to=None, by=ada)
    stray.refresh_from_db()
    theirs.refresh_from_db()
    conversation.refresh_from_db()
    assert new != ann and stray.customer == new == theirs.customer and conversation.customer == ann
    with pytest.raises(NotPossibleError):
        reassign_identity(ann.identities.get(), to=new, by=ada)


def test_customers_merge_and_part_again(mail, ada):
    one = receive(from_ann(mail, "Hello")).conversation
    other = receive(from_ann(mail, "Hi", address="ann@work.example")).conversation
    entry = merge_customers(other.customer, into=one.customer, by=ada)
    other.refresh_from_db()
    assert other.customer == one.customer
    unmerge_customers(entry, by=ada)
    unmerge_customers(entry, by=ada)
    other.refresh_from_db()
    assert other.customer != one.customer
    assert [entry.verb for entry in other.activities.order_by("pk")] == ["moved", "moved"]


def test_a_changed_note_keeps_its_earlier_wording(mail, ada, grace, sam):
    conversation = receive(from_ann(mail, "Hello")).conversation
    written = note(conversation, html="<p>Call her</p>", by=ada, client_id=uuid4())
    edit_note(written, html="<p>Call her <b>today</b></p>", by=ada)
    edit_note(written, html="<p>Call her <b>today</b></p>", by=ada)
    written.refresh_from_db()
    assert written.text == "Call her today" and MessageEdit.objects.get().text == "Call her"
    with pytest.raises(NotPossibleError):
        edit_note(written, html="<p>No</p>", by=grace)
    assert edit_note(written, html="<p>Supervisors may</p>", by=sam).text == "Supervisors may"


def test_what_the_customer_has_read_does_not_change(mail, ada):
    conversation = receive(from_ann(mail, "Hello")).conversation
    with pytest.raises(NotPossibleError):
        edit_note(say(conversation, ada, mail), html="<p>Never said</p>", by=ada)
