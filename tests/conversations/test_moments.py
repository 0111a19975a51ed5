"""A message is pinned to the page, the cart and the last order of the second it was written in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.inbound.receive import receive, receive_each
from conversations.models import Moment
from conversations.moments import pin
from customers.models import Cart, Identity, Order
from tests.conftest import from_ann
from tests.stories import JACKET, happened

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def browser(mail, now):
    """Of Ann, who wrote an hour ago."""
    customer = receive(from_ann(mail, "Hello", at=now - timedelta(hours=1))).conversation.customer
    return Identity.objects.create(customer=customer, kind="visitor", value="v1", is_verified=True)


def test_the_page_the_cart_and_the_order_of_that_second_and_none_of_later(mail, browser, now):
    for minutes, title in ((50, "Jackets"), (10, "Size guide"), (-5, "Checkout")):
        happened(browser, "Page Viewed", now - timedelta(minutes=minutes), title=title, url=f"https://shop/{title}")
    Cart.objects.create(identity=browser, source=1, external_id="c1", currency="GBP", total=129, lines=[JACKET],
                        changed_at=now - timedelta(minutes=3))  # fmt: skip
    for number, days in ((1, 9), (2, 2), (3, -1)):
        Order.objects.create(identity=browser, source=1, external_id=str(number), number=f"HF-{number}",
                             currency="GBP", total=1, placed_at=now - timedelta(days=days), changed_at=now)  # fmt: skip
    message = receive(from_ann(mail, "Which size?", at=now))
    moment = Moment.objects.get(message=message)
    assert moment.page["title"] == "Size guide" and moment.page["url"] == "https://shop/Size guide"
    assert moment.cart["lines"] == [JACKET] and moment.cart["total"] == 129
    assert moment.order.number == "HF-2"


def test_who_left_the_site_half_an_hour_ago_is_not_on_it(mail, browser, now):
    happened(browser, "Page Viewed", now - timedelta(minutes=40), title="Jackets")
    assert not Moment.objects.filter(message=receive(from_ann(mail, "Which size?", at=now))).exists()


def test_a_cart_that_became_an_order_is_no_cart(mail, browser, now):
    Cart.objects.create(identity=browser, source=1, external_id="c1", status="ordered", currency="GBP", total=129,
                        lines=[JACKET], changed_at=now - timedelta(minutes=3))  # fmt: skip
    assert not Moment.objects.filter(message=receive(from_ann(mail, "Which size?", at=now))).exists()


def test_several_messages_at_once_are_pinned_by_one_statement(mail, browser, now):
    happened(browser, "Page Viewed", now - timedelta(minutes=1), title="Jackets")
    others = [from_ann(mail, "Hi", address=f"bob{n}@home.example", at=now) for n in range(3)]
    with CaptureQueriesContext(connection) as queries:
        messages = receive_each([from_ann(mail, "Which size?", at=now), *others])
    assert sum("conversations_moment" in query["sql"] for query in queries) == 1
    assert Moment.objects.get().message == messages[0]
    pin([(messages[0], browser.customer_id)])
    assert Moment.objects.count() == 1


def test_of_whom_we_meet_first_nothing_is_looked_up(mail, now):
    with CaptureQueriesContext(connection) as queries:
        receive(from_ann(mail, "Hi", address="new@home.example", at=now))
    assert not [query for query in queries if "conversations_moment" in query["sql"]]
