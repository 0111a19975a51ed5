"""A shop's signed webhook comes in by the door, and ends in orders, returns, carts, stock, loyalty and consent."""

import json
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from customers.models import (
    Cart,
    Claim,
    Consent,
    Customer,
    Event,
    Identity,
    Loyalty,
    Order,
    Product,
    Return,
    Stock,
    Trait,
)
from integrations.adapters.shops.orders import schema
from integrations.adapters.signed import SIGNATURE, TIMESTAMP, signed
from integrations.inbound.process import process, replay
from integrations.models import Connector, RawEvent

pytestmark = pytest.mark.django_db

SECRETS = {"webhook_secret": "the-address", "signing_secret": "only the shop knows this"}
ORDER = {
    "kind": "order",
    "id": "o1",
    "number": "HF-48213",
    "status": "paid",
    "currency": "GBP",
    "total": "148.00",
    "placed_at": "2026-10-22T18:40:00+01:00",
    "changed_at": "2026-10-22T18:41:00+01:00",
    "buyer": {"account": "17", "name": "Ann Bell", "email": "ann@home.example", "email_confirmed": True},
    "lines": [{"name": "Kestrel Trail Jacket", "variant": "M", "quantity": 1, "price": 148.0}],
    "cart_id": "c1",
}


@pytest.fixture
def till(db):
    connector = Connector(name="Till", adapter="orders", settings={"shop": "hf"})
    connector.secrets = SECRETS
    connector.save()
    return connector


def call(client, till, body, *, at=None, secret=SECRETS["signing_secret"], address="the-address"):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = signed(secret, body, at=at)
    url = reverse("hook", args=[till.pk, address])
    return client.post(url, body, content_type="application/json", headers=headers).status_code


def arrive(client, till, *bodies):
    """Each is called in and processed, as the worker does."""
    for body in bodies:
        assert call(client, till, body) == 200
        for raw in RawEvent.objects.filter(state="kept"):
            process(raw.pk)


def test_an_order_comes_in_with_its_buyer_lines_and_steps(client, till):
    arrive(client, till, ORDER)
    order = Order.objects.get()
    assert (order.number, order.status, str(order.total), order.identity.value) == (
        "HF-48213",
        "paid",
        "148.000",
        "hf:17",
    )
    assert order.lines[0]["variant"] == "M"
    assert order.identity.customer.name == "Ann Bell"
    assert Identity.objects.get(kind="email").customer == order.identity.customer
    assert set(Event.objects.values_list("name", flat=True)) == {"Order Placed", "Order Paid"}


def test_the_same_call_again_and_a_late_older_one_change_nothing(client, till):
    newer = ORDER | {"status": "shipped", "changed_at": "2026-10-23T09:00:00Z"}
    arrive(client, till, newer, newer, ORDER, ORDER | {"total": "1.00"})
    assert Order.objects.get().status == "shipped"
    assert str(Order.objects.get().total) == "148.000"
    assert Event.objects.count() == 3


def test_a_batch_goes_in_but_for_what_is_wrong_in_it(client, till):
    wrong = {
        "negative": ORDER | {"id": "o2", "total": "-4"},
        "currency": ORDER | {"id": "o3", "currency": "QQQ"},
        "1970": ORDER | {"id": "o4", "placed_at": "1970-01-01T00:00:00Z"},
        "2099": ORDER | {"id": "o5", "changed_at": "2099-01-01T00:00:00Z"},
        "no zone": ORDER | {"id": "o6", "placed_at": "2026-10-22T18:40:00"},
        "nobody": ORDER | {"id": "o7", "buyer": {}},
        "no kind": {"id": "o8"},
        "no item": 7,
    }
    arrive(client, till, {"items": [*wrong.values(), ORDER]})
    assert Order.objects.get().external_id == "o1"
    aside = RawEvent.objects.filter(state="aside").order_by("id")
    assert len(aside) == len(wrong)
    assert all(raw.error for raw in aside)
    reasons = " | ".join(raw.error for raw in aside)
    for word in ("total", "not a currency", "1970-01-01", "2099-01-01", "timezone", "names nobody", "kind"):
        assert word in reasons


def test_what_was_set_aside_can_be_tried_again_by_itself(client, till):
    arrive(client, till, {"items": [ORDER | {"id": "o2", "currency": "QQQ"}, ORDER]})
    raw = RawEvent.objects.get(state="aside")
    raw.body = bytes(raw.body).replace(b"QQQ", b"EUR")
    raw.save()
    replay(raw)
    assert Order.objects.get(external_id="o2").currency == "EUR"


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "another"}, {"ago": 400}, {"ago": -400}, {"address": "elsewhere"}],
)
def test_a_call_that_is_not_genuine_is_refused_and_not_kept(client, till, wrong):
    if "ago" in wrong:
        wrong = {"at": time.time() - wrong["ago"]}
    assert call(client, till, ORDER, **wrong) == 400
    assert not RawEvent.objects.exists()


def test_a_changed_body_or_time_does_not_fit_the_signature(client, till):
    body = json.dumps(ORDER).encode()
    url = reverse("hook", args=[till.pk, "the-address"])
    headers = signed(SECRETS["signing_secret"], body)
    later = {**headers, TIMESTAMP: str(int(headers[TIMESTAMP]) + 1)}
    assert client.post(url, body + b" ", content_type="application/json", headers=headers).status_code == 400
    assert client.post(url, body, content_type="application/json", headers=later).status_code == 400
    assert client.post(url, body, content_type="application/json", headers={SIGNATURE: ""}).status_code == 400


def test_ten_megabytes_are_refused(client, till):
    assert call(client, till, b" " * 10_000_000) == 413
    assert not RawEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b'{"kind": "\xff"}', "not UTF-8"), (b"{", "Expecting"), (b"[1]", "neither"), (b"[" * 9000, "")],
)
def test_a_body_that_cannot_be_read_is_kept_aside_with_the_reason(client, till, body, reason):
    arrive(client, till, body)
    raw = RawEvent.objects.get()
    assert raw.state == "aside"
    assert reason in raw.error


def test_click_and_collect_is_ordered_ready_and_picked_up(client, till):
    place = {"place": "Kendal", "collected": True}
    ready = ORDER | place | {"status": "ready", "changed_at": "2026-10-23T09:00:00Z"}
    collected = ORDER | place | {"status": "collected", "changed_at": "2026-10-23T17:00:00Z"}
    arrive(client, till, ORDER | place, collected, ready)
    order = Order.objects.get()
    assert (order.status, order.place, order.is_collected) == ("collected", "Kendal", True)
    names = list(Event.objects.order_by("occurred_at").values_list("name", flat=True))
    assert names == ["Order Placed", "Order Paid", "Order Ready", "Order Collected"]


def test_a_return_at_the_counter_has_its_place_and_its_order(client, till):
    back = {"kind": "return", "id": "r1", "order_id": "o1", "status": "received", "currency": "GBP", "place": "Kendal"}
    back |= {"opened_at": "2026-10-29T10:00:00Z", "changed_at": "2026-10-29T10:00:00Z", "buyer": {"account": "17"}}
    arrive(client, till, back, ORDER)
    kept = Return.objects.get()
    assert (kept.place, kept.order.number, kept.identity.value) == ("Kendal", "HF-48213", "hf:17")


def test_a_cart_becomes_an_order_and_stock_loyalty_and_consent_are_kept(client, till):
    at = {"changed_at": "2026-10-22T18:30:00+01:00"}
    who = {"buyer": {"account": "17"}}
    arrive(
        client,
        till,
        {
            "items": [
                {"kind": "cart", "id": "c1", "total": "148", "currency": "GBP", "lines": ORDER["lines"]} | at | who,
                ORDER,
                {"kind": "product", "id": "kestrel", "name": "Kestrel", "stock": {"Kendal": 3, "York": 0}} | at,
                {"kind": "loyalty", "tier": "Gold", "points": 1840} | at | who,
                {"kind": "customer", "traits": {"size": "M"}, "consent": {"email": True}} | at | who,
            ]
        },
    )
    assert not RawEvent.objects.filter(state="aside").exists()
    assert Cart.objects.get().status == "ordered"
    assert (Loyalty.objects.get().tier, Loyalty.objects.get().points) == ("Gold", 1840)
    assert (Trait.objects.get().value, Consent.objects.get().is_granted) == ("M", True)
    assert dict(Stock.objects.values_list("place", "quantity")) == {"Kendal": 3, "York": 0}
    assert Product.objects.get().name == "Kestrel"
    assert Customer.objects.count() == 1


def test_a_guest_is_not_the_customer_whose_address_they_typed(client, till):
    arrive(client, till, ORDER, ORDER | {"id": "o2", "buyer": {"email": "ann@home.example", "email_confirmed": True}})
    first, second = Order.objects.order_by("external_id")
    assert first.identity.customer != second.identity.customer
    assert second.identity.value == "unverified:ann@home.example"


def test_nobody_becomes_another_by_typing_the_number_of_their_card(client, till):
    """Who is signed in to the chat reads what their customer wrote: a number on a card must not be enough for that."""
    card = ORDER | {"id": "o2", "buyer": {"loyalty": "4711", "name": "Ann"}}
    arrive(client, till, card, ORDER | {"buyer": {"account": "66", "loyalty": "4711"}})
    assert Identity.objects.get(kind="shop").customer != Identity.objects.get(kind="loyalty").customer
    assert Claim.objects.get(kind="loyalty").identity.value == "hf:66"
    arrive(client, till, ORDER | {"id": "o3", "buyer": {"account": "66", "loyalty": "9999"}})  # of nobody yet
    arrive(client, till, ORDER | {"id": "o4", "buyer": {"account": "17", "loyalty": "9999"}})
    assert Identity.objects.get(value="hf:66").customer != Identity.objects.get(value="hf:17").customer


def test_a_card_that_the_shop_knows_to_be_the_accounts_joins_the_two(client, till):
    card = ORDER | {"id": "o2", "buyer": {"loyalty": "4711", "name": "Ann"}}
    arrive(client, till, card, ORDER | {"buyer": {"account": "17", "loyalty": "4711", "loyalty_confirmed": True}})
    assert Customer.objects.living().count() == 1


def test_the_schema_in_the_docs_is_the_one_in_force():
    written = Path(settings.BASE_DIR / "docs" / "shops.schema.json").read_text()
    assert json.loads(written) == schema.schema()
