"""A thread tells what its customer did between the messages, and where they were as they wrote each."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Activity, Message
from customers.models import Cart, Identity
from tests.conftest import from_ann
from tests.stories import JACKET, happened, visited

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def talk(mail, now):
    """Ann wrote two days ago and an hour ago; in between she looked around, bought and left a cart."""
    first = receive(from_ann(mail, "Hello", at=now - timedelta(days=2)))
    shop = Identity.objects.create(customer=first.conversation.customer, kind="shop", value="1:1", is_verified=True)
    happened(shop, "Order Placed", now - timedelta(days=5), number="HF-1", total="129.00", currency="GBP")
    happened(shop, "Order Placed", now - timedelta(days=90), number="HF-0")
    happened(shop, "Page Viewed", now - timedelta(hours=1, minutes=2), title="Size guide")
    happened(shop, "Place Visited", now - timedelta(days=1), place="Oslo")
    visited(shop, now - timedelta(days=1))
    happened(shop, "Cart Left", now - timedelta(hours=4), total="258.00", currency="GBP")
    Cart.objects.create(identity=shop, source=1, external_id="c", currency="GBP", total=258, lines=[JACKET],
                        changed_at=now - timedelta(hours=2))  # fmt: skip
    return receive(from_ann(mail, "Which size?", at=now - timedelta(hours=1))).conversation


def ids(html):
    return [name for name, _number in re.findall(r'id="(message|event|visit)-(\d+)"', html)]


def thread(client, talk, **query):
    return client.get(f"/conversations/{talk.pk}/", query, HTTP_HX_REQUEST="true").content.decode()


def test_what_happened_stands_between_the_messages_in_its_place(client, ada, talk):
    client.force_login(ada)
    html = thread(client, talk)
    assert ids(html) == ["event", "message", "visit", "event", "message"]
    for words in ("Placed order HF-1", "Looked at 4 jackets", "on “Size guide”, basket £258.00"):
        assert words in html, words
    assert "HF-0" not in html and "Oslo" not in html


def test_who_may_not_know_of_it_is_not_told(client, ada, talk):
    ada.sees_purchases = ada.sees_browsing = False
    ada.save()
    client.force_login(ada)
    html = thread(client, talk)
    assert ids(html) == ["message", "message"] and "Size guide" not in html and "£258" not in html


def test_what_was_done_to_an_order_is_not_told_either(client, ada, talk):
    known = talk.activities.count()
    done = Activity.objects.create(conversation=talk, verb="refunded", to="£40.00 of HF-48213", reason="torn", by=ada)
    places = (f"/conversations/{talk.pk}/", f"/customers/{talk.customer_id}/", f"/conversations/{talk.pk}/?since=0-0-0")
    client.force_login(ada)
    for where in places:
        assert "HF-48213" in client.get(where).content.decode(), where
    ada.sees_purchases = False
    ada.save()
    client.force_login(ada)
    for where in places:
        page = client.get(where).content.decode()
        assert "HF-48213" not in page and f"activity-{done.pk}" not in page, where
    assert talk.activities.count() == known + 1


def test_over_the_pages_of_a_long_thread_each_stands_once(client, ada, talk, now):
    client.force_login(ada)
    shop = talk.customer.identities.get(kind="shop")
    for number in range(120):
        at = now - timedelta(days=1, minutes=number)
        Message.objects.create(conversation=talk, kind="inbound", text=f"{number}", created_at=at)
        if number % 4 == 0:
            happened(shop, "Order Placed", at, number=f"L{number}")
    html, seen = thread(client, talk), []
    while True:
        seen += re.findall(r'id="((?:message|event|visit)-\d+)"', html)
        more = re.search(r"\?before=([^\"]+)", html)
        if not more:
            break
        html = client.get(f"/conversations/{talk.pk}/?before={more[1]}", HTTP_HX_REQUEST="true").content.decode()
    assert len(seen) == len(set(seen)) == 2 + 120 + 30 + 3


def test_it_takes_one_more_query(client, ada, talk):
    client.force_login(ada)
    thread(client, talk)
    with CaptureQueriesContext(connection) as queries:
        thread(client, talk)
    assert sum("customers_event" in query["sql"] for query in queries) == 1 and len(queries) <= 12


def test_what_happens_now_is_fetched_by_itself(client, ada, talk, linus, now):
    client.force_login(ada)
    happened(talk.customer.identities.get(kind="shop"), "Order Placed", now, number="HF-9")
    answer = client.get(f"/conversations/{talk.pk}/happened/", HTTP_HX_REQUEST="true")
    assert b"HF-9" in answer.content
    client.force_login(linus)
    assert client.get(f"/conversations/{talk.pk}/happened/").status_code == 404
