"""Profiles follow messages without the way in knowing of it."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from conversations import refreshing
from conversations.models import Channel, Conversation, Message
from customers.models import Customer, Profile, Segment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_seen():
    cache.delete(refreshing._SEEN)


def says(customer, medium="email"):
    channel, _ = Channel.objects.get_or_create(medium=medium, address=f"{medium}@desk.example")
    conversation, _ = Conversation.objects.get_or_create(
        customer=customer, defaults={"last_message_at": timezone.now()}
    )
    return Message.objects.create(conversation=conversation, kind="inbound", channel=channel, text="Hello")


def test_who_wrote_has_a_new_profile_and_only_they():
    ann, bob = Customer.objects.create(name="Ann"), Customer.objects.create(name="Bob")
    says(ann)
    assert refreshing.refresh() == 1
    assert Profile.objects.get().media == {"email": 1}
    says(bob, "chat")
    assert refreshing.refresh() == 1
    assert refreshing.refresh() == 0
    assert Profile.objects.get(customer=bob).preferred_medium == "chat"


@pytest.mark.django_db(transaction=True)
def test_it_works_outside_of_any_transaction_as_a_worker_has_none():
    ann = Customer.objects.create(name="Ann")
    says(ann)
    refreshing.refresh()  # the profile is made
    says(ann, "chat")
    assert refreshing.refresh() == 1
    assert Profile.objects.get().media == {"email": 1, "chat": 1}


def test_a_message_that_committed_late_is_seen_all_the_same():
    ann, bob = Customer.objects.create(name="Ann"), Customer.objects.create(name="Bob")
    late, early = says(bob), says(ann)
    Message.objects.filter(pk=late.pk).update(kind="note", channel=None)  # not there yet, as far as others can see
    refreshing.refresh()
    Message.objects.filter(pk=late.pk).update(kind="inbound", channel=early.channel)
    says(ann)
    refreshing.refresh()
    assert Profile.objects.get(customer=bob).media == {"email": 1}


def test_segments_that_cannot_be_asked_any_more_stop_nobody():
    ann = Customer.objects.create(name="Ann")
    Segment.objects.create(name="Broken", conditions={"rules": [{"field": "gone", "is": "is"}]})
    good = Segment.objects.create(name="Good", conditions={"rules": [{"field": "orders", "is": "equal", "value": 0}]})
    says(ann)
    refreshing.refresh()
    assert [membership.segment for membership in ann.memberships.all()] == [good]
    assert refreshing.fill_segments() == 1
