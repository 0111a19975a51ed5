"""Due: whatever changes a customer's facts marks them, and each is derived anew once, whoever works beside."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from conversations.models import Conversation, Due, Episode
from conversations.reports import due
from customers import profile
from customers.merging import merge, unmerge
from customers.models import Customer, Identity, Order, Profile

pytestmark = pytest.mark.django_db
NOW = timezone.now


def somebody(name):
    customer = Customer.objects.create(name=name)
    return Identity.objects.create(customer=customer, kind="shop", value=f"shop:{name}")


def bought(identity, number):
    return Order.objects.create(
        identity=identity, external_id=number, number=number, currency="GBP", total=Decimal(10),
        placed_at=NOW() - timedelta(days=1), changed_at=NOW() - timedelta(days=1),
    )  # fmt: skip


def taken():
    """Who is due for sales, and then nobody."""
    found: list[int] = []
    due.work_off(due.SALES, found.extend)
    assert not Due.objects.filter(kind=due.SALES, at__lte=NOW()).exists()
    return set(found)


def test_each_table_that_tells_of_a_customer_marks_them():
    ann, bob = somebody("ann"), somebody("bob")
    assert taken() == set()
    order = bought(ann, "1")
    assert taken() == {ann.customer_id}
    Order.objects.filter(pk=order.pk).update(identity=bob)
    assert taken() == {ann.customer_id, bob.customer_id}
    entry = merge(bob.customer, into=ann.customer, evidence="said so")
    assert taken() == {ann.customer_id, bob.customer_id}
    unmerge(entry)
    assert taken() == {ann.customer_id, bob.customer_id}
    talk = Conversation.objects.create(customer=ann.customer)
    episode = Episode.objects.create(conversation=talk, medium="chat")
    assert taken() == {ann.customer_id}
    episode.worked = 12  # says nothing of what they did
    episode.save()
    assert taken() == set()
    episode.delete()
    assert taken() == {ann.customer_id}
    profile.compute([bob.customer_id])
    assert Profile.objects.get(pk=bob.customer_id).orders == 1
    profile.changed([bob.customer_id, ann.customer_id])
    assert taken() == {bob.customer_id}
    order.delete()
    assert taken() == {bob.customer_id}


def test_one_that_cannot_be_derived_is_put_off_alone():
    ids = [somebody(name).customer_id for name in ("ann", "bob", "cleo")]
    due.mark(ids, kinds=[due.SALES])
    found: list[int] = []

    def derive(customers):
        if ids[1] in customers:
            raise ValueError("a broken row")
        found.extend(customers)

    assert due.work_off(due.SALES, derive) == 2 and found == [ids[0], ids[2]]
    [left] = Due.objects.filter(kind=due.SALES)
    assert left.customer == ids[1] and left.tries == 1 and left.at > NOW()
    assert due.work_off(due.SALES, derive) == 0
