"""Who may take a merge apart: only who could have made it, seeing both halves."""

import pytest
from django.urls import reverse

from conversations.actions.merging import merge
from conversations.actions.people import merge_customers
from conversations.inbound.receive import receive
from conversations.models import Channel, Conversation, Medium
from customers.models import Customer, MergeEntry
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoices(billing):
    address = "billing@hollinfell.example"
    return Channel.objects.create(name="Invoices", medium=Medium.EMAIL, address=address, team=billing)


@pytest.fixture
def halves(mail, invoices):
    """One half is of Returns, Ada's and Grace's team; the other of Billing, Linus's."""
    one = receive(from_ann(mail, "Where is my parcel?")).conversation
    other = receive(from_ann(invoices, "My invoice is wrong", address="ann@work.example")).conversation
    return one, other


def take_apart(client, agent, conversation, entry):
    """What it answers, and whether the menu had offered it."""
    client.force_login(agent)
    url = reverse("customer_merge", args=[conversation.pk, entry.pk])
    menu = client.get(reverse("menu", args=[conversation.pk, "joining"])).content.decode()
    return client.post(url, {"_method": "DELETE"}).status_code, url in menu


@pytest.mark.parametrize("kept_first", [True, False])
def test_only_who_sees_both_halves_takes_customers_apart(client, halves, ada, linus, sam, kept_first):
    one, other = halves if kept_first else halves[::-1]
    entry = merge_customers(other.customer, into=one.customer, by=sam)
    mine = halves[0]
    mine.refresh_from_db()
    assert take_apart(client, ada, mine, entry) == (404, False)
    assert MergeEntry.objects.get().undone_at is None
    assert take_apart(client, sam, mine, entry) == (302, True)
    assert MergeEntry.objects.get().undone_at


def test_half_without_any_conversation_hides_nothing(client, mail, ada):
    conversation = receive(from_ann(mail, "Hello")).conversation
    entry = merge_customers(Customer.objects.create(name="Ann, from a list"), into=conversation.customer, by=ada)
    assert take_apart(client, ada, conversation, entry) == (302, True)
    assert MergeEntry.objects.get().undone_at


def test_only_who_sees_both_takes_conversations_apart(client, mail, returns, billing, ada, sam):
    kept = receive(from_ann(mail, "Where is my parcel?")).conversation
    absorbed = Conversation.objects.create(customer=kept.customer, team=billing, subject="A secret of Billing")
    entry = merge(absorbed, into=kept, by=sam)
    url = reverse("merge", args=[kept.pk, entry.pk])
    for agent, status in ((ada, 404), (sam, 302)):
        client.force_login(agent)
        menu = client.get(reverse("menu", args=[kept.pk, "joining"])).content.decode()
        assert (url in menu) == (status == 302)
        assert client.post(url, {"_method": "DELETE"}).status_code == status
    entry.refresh_from_db()
    assert entry.undone_at
