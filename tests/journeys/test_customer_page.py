"""A customer's page, their orders and the list: what an agent sees of one person, and what only some may see."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.actions.people import merge_customers
from conversations.inbound.receive import receive
from conversations.outbound.compose import note, reply
from customers.identify import Handle, identify
from customers.models import Customer, Order
from tests.conftest import from_ann
from tests.stories import happened, number_of, visited, with_a_past

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(mail):
    return receive(from_ann(mail, "The medium is tight", subject="Size"))


@pytest.fixture
def ann(message):
    customer = message.conversation.customer
    with_a_past(customer)
    return customer


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def text(client, where, **headers):
    answer = client.get(where, **headers)
    assert answer.status_code == 200, where
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_page_tells_the_whole_story(desk, ann):
    page = text(desk, f"/customers/{ann.pk}/")
    for words in (
        "Ann Bell", "Gold", "1,840 points", "£2,340", "£117", "10%", "3.5", "The medium is tight",
        "Looked at 4 jackets", "12 min", f"Placed order {number_of(ann)}", "Kestrel Trail Jacket, M", "£129.00",
        "Asked to return something", "The parcel was late", "Returning", "Ridge 38 L rucksack", "shoe size",
        "No marketing by e-mail", "unsubscribed", "Gold, waiting",
    ):  # fmt: skip
        assert words in page, words


def test_the_story_is_newest_first_under_its_days(desk, ann):
    html = desk.get(f"/customers/{ann.pk}/").content.decode()
    ids = re.findall(r'id="((?:message|event|visit|activity|day|month)-[\d-]+)"', html)
    entries = [each for each in ids if not each.startswith("day-")]  # of yesterday, if it is past midnight just now
    assert ids[0].startswith("day-") and ids[1] == entries[0]
    assert entries[0].startswith("message-") and entries[1].startswith("visit-")
    assert ids[-2].startswith("month-")


def test_a_visit_folds_its_steps_and_shows_them_when_asked(desk, ann):
    browser = ann.identities.get(kind="visitor")
    visit = visited(browser, timezone.now() - timedelta(hours=1))
    seen = happened(browser, "Product Viewed", timezone.now() - timedelta(minutes=55), name="Kestrel Trail Jacket",
                    product_id="p1")  # fmt: skip
    type(seen).objects.filter(number=seen.number).update(visit=visit)
    assert "Looked at Kestrel" not in text(desk, f"/customers/{ann.pk}/")
    for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
        steps = text(desk, f"/customers/{ann.pk}/visits/{visit.pk}/", **headers)
        assert "Looked at Kestrel Trail Jacket" in steps


def test_filters_search_and_jump_answer_pages_and_fragments(desk, ann):
    where = f"/customers/{ann.pk}/"
    for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
        assert "The medium" not in text(desk, f"{where}?show=transactional", **headers)
        assert "Placed order" in text(desk, f"{where}?show=transactional", **headers)
        found = text(desk, f"{where}?q=parcel+was", **headers)
        assert "The parcel was late" in found and "The medium is tight" not in found
        assert "Looked at 4 jackets" in text(desk, f"{where}?medium=site", **headers)
        assert "Nothing fits these filters" in text(desk, f"{where}?q=zanzibar", **headers)
        day = (timezone.localdate() - timedelta(days=5)).isoformat()
        jumped = text(desk, f"{where}?at={day}", **headers)
        assert "Placed order" in jumped and "The medium is tight" not in jumped and "What came after" in jumped
        assert "That is no date" in text(desk, f"{where}?at=2026-13-99", **headers)


def test_a_long_story_is_paged_both_ways_without_scripts(desk, ann):
    shop = ann.identities.get(kind="shop")
    for number in range(130):
        happened(shop, "Order Updated", timezone.now() - timedelta(days=50, minutes=number), number=f"X{number}")
    where, seen = f"/customers/{ann.pk}/", []
    while where:
        html = desk.get(where).content.decode()
        seen += re.findall(r'id="event-(\d+)"', html)
        older = re.search(r'id="story-older".*?<a class="button quiet small" href="([^"]+)"', html, re.DOTALL)
        where = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) >= 135


def test_purchases_and_browsing_are_for_those_with_the_right_to_them(desk, ada, ann):
    order = Order.objects.get()
    ada.sees_purchases = ada.sees_browsing = False
    ada.save()
    for where in (f"/customers/{ann.pk}/", f"/customers/{ann.pk}/panel/"):
        page = text(desk, where, **({"HTTP_HX_REQUEST": "true"} if "panel" in where else {}))
        for words in (order.number, "£", "jackets", "rucksack", "cart"):
            assert words not in page, words
    assert "The parcel was late" in text(desk, f"/customers/{ann.pk}/")
    visit = ann.identities.get(kind="visitor").visits.get()
    for where in (f"/orders/{order.pk}/", f"/customers/{ann.pk}/orders/", f"/orders/?number={order.number}",
                  f"/customers/{ann.pk}/visits/{visit.pk}/"):  # fmt: skip
        assert desk.get(where).status_code == 404
    assert "Ann Bell" not in text(desk, f"/customers/?q={order.number}")


def test_linus_of_another_team_sees_neither_her_nor_hers(client, linus, ann):
    client.force_login(linus)
    order = Order.objects.get()
    for where in (f"/customers/{ann.pk}/", f"/orders/{order.pk}/", f"/orders/?number={order.number}"):
        assert client.get(where).status_code == 404
    assert "Ann Bell" not in text(client, "/customers/")
    assert "Ann Bell" not in text(client, "/customers/?q=ann")


def test_of_two_conversations_only_what_she_said_in_ours_is_told(client, linus, billing, mail, ann, message):
    other = receive(from_ann(mail, "zanzibar", address="ann@home.example"))
    other.conversation.team = billing
    other.conversation.save()
    hidden = receive(from_ann(mail, "gossamer", address="bob@home.example"))
    merge_customers(hidden.conversation.customer, into=ann, by=linus)
    client.force_login(linus)
    assert other.conversation_id == message.conversation_id
    page = text(client, f"/customers/{ann.pk}/")
    assert "zanzibar" in page and "gossamer" not in page


def test_a_merged_customer_answers_as_who_they_are_now(desk, ada, ann):
    bob, _ = identify([Handle("email", "bob@home.example")])
    merge_customers(bob, into=ann, by=ada)
    answer = desk.get(f"/customers/{bob.pk}/")
    assert answer.status_code == 302 and answer["Location"] == f"/customers/{ann.pk}/"
    assert "Ada merged" in text(desk, f"/customers/{ann.pk}/")


def test_orders_stand_on_a_page_of_their_own_and_each_on_its(desk, ann):
    order = Order.objects.get()
    assert number_of(ann) in text(desk, f"/customers/{ann.pk}/orders/")
    page = text(desk, f"/orders/{order.pk}/")
    for words in ("Kestrel Trail Jacket, M", "KTJ-M", "£129.00", "Bring", "BR123", "RT-2207"):
        assert words in page, words
    assert desk.get(f"/orders/?number={order.number.lower()}")["Location"] == f"/orders/{order.pk}/"


def test_the_orders_list_is_paged_without_gap_or_repeat(desk, ann):
    shop, now = ann.identities.get(kind="shop"), timezone.now()
    Order.objects.bulk_create(
        Order(identity=shop, source=1, external_id=f"n{n}", number=f"N{n}", currency="GBP", total=1, placed_at=now,
              changed_at=now) for n in range(70)
    )  # fmt: skip
    where, seen = f"/customers/{ann.pk}/orders/", []
    while where:
        html = desk.get(where).content.decode()
        seen += re.findall(r'href="/orders/(\d+)/"', html)
        more = re.search(r'href="(\?before=[^"]+)"', html)
        where = f"/customers/{ann.pk}/orders/{more[1]}" if more else ""
    assert len(seen) == len(set(seen)) == 71


def test_the_list_finds_by_name_handle_order_and_segment(desk, ann):
    segment = ann.memberships.get().segment_id
    for query in ("", "?q=ann", "?q=ann@home", f"?q={number_of(ann).lower()}", f"?segment={segment}"):
        assert "Ann Bell" in text(desk, f"/customers/{query}"), query
    assert "Nobody fits" in text(desk, "/customers/?q=zanzibar")
    Customer.objects.filter(pk=ann.pk).update(erased_at=timezone.now())
    assert "Ann Bell" not in text(desk, "/customers/")


def test_what_the_team_should_know_is_kept(desk, ann):
    desk.post(f"/customers/{ann.pk}/about/", {"about": "Prefers pickup"})
    assert "Prefers pickup" in text(desk, f"/customers/{ann.pk}/")
    words = {"about": "Likes the phone"}
    saved = desk.post(f"/customers/{ann.pk}/about/", words, HTTP_HX_REQUEST="true").content.decode()
    assert "Likes the phone" in saved and "Saved" in saved and "Gold, waiting" in saved


def test_notes_and_answers_stand_in_the_story(desk, ada, ann, message, mail):
    words = {"by": ada, "html": "<p>Shelf 4</p>"}
    note(message.conversation, client_id=uuid.uuid4(), **words)
    reply(message.conversation, channel=mail, identity=message.identity, client_id=uuid.uuid4(), **words)
    page = text(desk, f"/customers/{ann.pk}/")
    assert "Ada noted" in page and "Ada answered by Email" in page


def test_the_page_asks_the_same_queries_whatever_the_story_holds(desk, ann, mail):
    taken = []
    for many in (1, 12):
        for number in range(many):
            handles = [Handle("email", f"ann{many}-{number}@home.example")]
            other, identity = identify(handles)
            merge_customers(other, into=ann, by=None)
            identity.refresh_from_db()
            happened(identity, "Order Placed", timezone.now() - timedelta(days=number), number="A1")
        desk.get(f"/customers/{ann.pk}/")
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"/customers/{ann.pk}/")
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 27


def test_risk_habits_and_the_next_purchase_come_with_their_reasons(desk, ada, ann):
    ann.profile.at_risk = True
    ann.profile.because = [{"rule": "silent", "value": 120, "limit": 80}, {"rule": "returns", "value": 60, "limit": 50}]
    ann.profile.next_purchase = [{"product": "Wool wash", "at": (timezone.now() + timedelta(days=9)).isoformat(),
                                  "days": 62, "because": ["2026-03-01", "2026-05-02"]}]  # fmt: skip
    ann.profile.preferred_medium, ann.profile.preferred_hour, ann.profile.days_between_orders = "email", 9, 40.2
    ann.profile.save()
    page = text(desk, f"/customers/{ann.pk}/")
    for words in ("No order for 120 days", "60% of what they bought", "Wool wash", "bought 2 times, 62 days apart",
                  "Writes most by Email", "around 09:00", "orders every 40 days"):  # fmt: skip
        assert words in page, words
    ada.sees_purchases = False
    ada.save()
    page = text(desk, f"/customers/{ann.pk}/")
    assert "Wool wash" not in page and "No order for" not in page
