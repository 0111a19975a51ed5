"""WooCommerce's webhooks: one order's life, in any order and as often as it comes, ends in the same rows."""

import itertools
from decimal import Decimal

import pytest

from customers.identify import Handle, identify
from customers.models import Cart, Claim, Event, EventKey, Identity, Order, Product, Stock, Trait
from integrations.adapters.shops.signature import sign
from integrations.models import RawEvent, Reread
from integrations.simulators.server import Webhook
from integrations.simulators.shops.woocommerce import SECRET, WooShop
from tests.adapters.shops.shopping import aside, hear, post, woo_connector, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]


def test_an_order_is_on_the_account_it_was_made_with(woo_connected, woo):
    number = woo.place(status="processing")
    hear(woo_connected, woo)
    order = Order.objects.get()
    assert (order.number, order.status, order.total, order.currency) == (
        str(number),
        "paid",
        Decimal("216.000"),
        "EUR",
    )
    assert (order.identity.kind, order.identity.value) == ("shop", "woo:7")
    assert order.identity.customer.name == "Ann Bell"
    assert [(line["name"], line["price"], line["line_id"]) for line in order.lines] == [
        ("Kestrel Trail Jacket", "168.000", str(number * 10)),
        ("Fell Runner Cap", "24.000", str(number * 10 + 1)),
    ]
    assert order.url == f"https://woo.example/wp-admin/admin.php?page=wc-orders&action=edit&id={number}"
    assert Event.objects.filter(identity=order.identity, name="Order Placed").count() == 1


def test_what_is_typed_at_the_checkout_is_a_claim_also_of_who_is_signed_in(woo_connected, woo):
    woo.place(7, email="boss@work.example")
    woo.place(0)
    hear(woo_connected, woo)
    assert not Identity.objects.filter(kind="email", is_verified=True).exists()
    assert set(Claim.objects.filter(kind="email").values_list("value", flat=True)) == {"boss@work.example"}
    assert Identity.objects.filter(kind="email", value="unverified:gil@home.example").exists()


def test_whoever_opens_an_account_under_an_address_of_somebody_else_does_not_become_them(woo_connected, woo):
    """WooCommerce asks nobody whether the address is theirs, and signs them in at once."""
    ann, _mail = identify([Handle("email", "ann@home.example", "Ann", source="mail")])
    woo.say("customer.created", woo.customer(7))
    hear(woo_connected, woo)
    account = Identity.objects.get(kind="shop")
    assert account.customer_id != ann.pk
    assert Claim.objects.get(identity=account).value == "ann@home.example"


def test_an_account_brings_its_own_address_where_the_shop_has_had_it_confirmed(woo_connected, woo):
    woo_connected.settings["verifies"] = "email"
    woo_connected.save()
    woo.say("customer.updated", woo.customer(7))
    woo.place(7)
    hear(woo_connected, woo)
    customer = Order.objects.get().identity.customer
    assert customer.identities.get(kind="email", is_verified=True).value == "ann@home.example"
    assert {trait.name: trait.value for trait in Trait.objects.all()} == {"city": "Keswick", "country": "GB"}


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("pending", "placed"),
        ("processing", "paid"),
        ("on-hold", "held"),
        ("completed", "shipped"),
        ("cancelled", "cancelled"),
        ("refunded", "refunded"),
        ("failed", "cancelled"),
        ("ready-for-pickup", "ready"),
        ("wc-processing", "paid"),
    ],
)
def test_its_words_in_ours(woo_connected, woo, word, ours):
    woo.place(status=word)
    hear(woo_connected, woo)
    assert Order.objects.get().status == ours


def test_a_plug_ins_word_is_set_aside_until_it_is_translated(woo_connected, woo):
    woo.place(status="being-sewn")
    hear(woo_connected, woo)
    assert "being-sewn" in aside()[0]
    woo_connected.settings["statuses"] = {"being-sewn": "paid"}
    woo_connected.save()
    from integrations.inbound.process import replay

    replay(RawEvent.objects.get())
    assert Order.objects.get().status == "paid"


def test_a_draft_of_the_checkout_is_a_cart_until_it_is_an_order(woo_connected, woo):
    number = woo.place(status="checkout-draft")
    hear(woo_connected, woo)
    assert not Order.objects.exists()
    assert Cart.objects.get().status == "open"
    woo.become(number, "pending")
    hear(woo_connected, woo)
    assert (Order.objects.get().status, Cart.objects.get().status) == ("placed", "ordered")


def test_refunds_parcels_and_what_is_collected(woo_connected, woo):
    number = woo.place(pickup="Kendal", status="processing")
    woo.refund(number, "24.00")
    hear(woo_connected, woo)
    order = Order.objects.get()
    assert (order.status, order.refunded, order.place, order.is_collected) == (
        "paid",
        Decimal("24.000"),
        "Kendal",
        True,
    )
    woo.become(number, "completed")
    other = woo.place(status="completed")
    woo.track(other, "RM1")
    hear(woo_connected, woo)
    assert Order.objects.get(external_id=str(number)).status == "collected"
    sent = Order.objects.get(external_id=str(other))
    assert (sent.status, sent.shipments[0]["carrier"], sent.shipments[0]["number"]) == ("shipped", "Royal Mail", "RM1")
    woo.refund(number, "192.00")
    hear(woo_connected, woo)
    assert Order.objects.get(external_id=str(number)).status == "refunded"


def test_an_order_in_the_bin_is_read_there(woo_connected, woo):
    number = woo.place()
    woo.bin(number)
    hear(woo_connected, woo)
    assert Order.objects.get().status == "cancelled"
    woo.say("order.deleted", {"id": 4711})  # and one that nobody has any more
    hear(woo_connected, woo)
    assert not Reread.objects.exists()


def test_two_orders_of_one_second_share_a_delivery_id_and_are_both_heard(db):
    with WooShop(tick=0) as woo:
        connector = woo_connector(woo)
        woo.place(), woo.place()
        ids = {webhook.headers["X-WC-Webhook-Delivery-ID"] for webhook in woo.owed}
        assert len(ids) == 1
        hear(connector, woo, copies=3)
    assert Order.objects.count() == 2
    assert RawEvent.objects.count() == 2


@pytest.mark.parametrize("tick", [1.0, 0.0], ids=["seconds apart", "all in one second"])
def test_every_order_of_arrival_ends_the_same(db, tick):
    """A spread of the 120 orders in which five webhooks can come in; each of them twice."""
    with WooShop(tick=tick) as woo:
        number = woo.place()
        woo.become(number, "processing")
        woo.become(number, "completed")
        woo.refund(number, "24.00")
        woo.track(number, "RM1")
        connector, whole, seen = woo_connector(woo), list(woo.owed), set()
        for arrangement in itertools.islice(itertools.permutations(whole), 0, None, 11):
            woo.owed = list(arrangement)
            hear(connector, woo, copies=2)
            order = Order.objects.get()
            names = tuple(sorted(Event.objects.values_list("name", flat=True)))
            seen.add((order.status, order.changed_at, names, *([order.refunded] if tick else [])))
            for model in (Event, EventKey, Order, RawEvent):
                model.objects.all().delete()
    assert len(seen) == 1, seen
    assert next(iter(seen))[0] == "shipped"


def test_products_with_what_lies_in_the_shop(woo_connected, woo):
    for number in (21, 23):
        woo.say("product.updated", woo.product(number))
    hear(woo_connected, woo)
    product = Product.objects.get(external_id="21")
    assert (product.name, product.sku, product.kind, product.price) == (
        "Kestrel Trail Jacket",
        "HF-KTJ",
        "Outdoor",
        Decimal("168.000"),
    )
    assert list(Stock.objects.values_list("product__external_id", "quantity")) == [
        ("21", 4)
    ]  # the other is not counted


def test_the_ping_of_a_new_webhook_is_welcome(woo_connected, woo):
    assert post(woo_connected, woo.ping()) == 200
    assert not RawEvent.objects.exists()
    assert post(woo_connected, woo.ping(), address="guess") == 400


def test_a_body_like_a_ping_with_a_topic_needs_a_signature(woo_connected, woo):
    forged = Webhook("order.updated", {"X-WC-Webhook-Topic": "order.updated"}, b"webhook_id=3")
    assert post(woo_connected, forged) == 400


@pytest.mark.parametrize("signature", ["bm90IHRoZSBvbmU=", "", "ä"])
def test_what_is_not_genuine_is_not_kept(woo_connected, woo, signature):
    woo.place()
    assert post(woo_connected, woo.owed[0], X_WC_Webhook_Signature=signature) == 400
    assert post(woo_connected, woo.owed[0], body=woo.owed[0].body + b" ") == 400
    assert not RawEvent.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"currency": "XQX"}, "XQX"),
        ({"total": "-5.00"}, "not negative"),
        ({"total": "dear"}, "sum of money"),
        ({"status": None}, "missing"),
        ({"line_items": [{"name": "Cap", "quantity": -1, "price": 1}]}, "pieces"),
        ({"line_items": [{"name": "Cap", "quantity": "two", "price": 1}]}, "pieces"),
        ({"date_created_gmt": None}, "no date"),
        ({"date_created_gmt": "1970-01-01T00:00:00"}, "1970"),
        ({"date_modified_gmt": "2099-01-01T00:00:00"}, "future"),
    ],
    ids=str,
)
def test_what_cannot_be_is_set_aside_with_the_reason(woo_connected, woo, change, reason):
    number = woo.place(owe=False)
    woo.say("order.updated", {**woo.orders[number], **change})
    woo.place()
    hear(woo_connected, woo)
    assert Order.objects.count() == 1
    assert reason in aside()[0]


def test_an_error_in_the_orders_place_is_set_aside(woo_connected, woo):
    woo.say("order.updated", {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}})
    hear(woo_connected, woo)
    assert "error in the order's place" in aside()[0]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe"], ids=repr)
def test_garbage_is_kept_and_set_aside(woo_connected, woo, body):
    woo.place()
    assert post(woo_connected, woo.owed[0], body=body, X_WC_Webhook_Signature=sign(SECRET, body)) == 200
    work_off()
    assert RawEvent.objects.get().state == "aside"


def test_topics_that_no_story_has_a_place_for_are_ignored(woo_connected, woo):
    for topic in ("coupon.created", "product.deleted", "customer.deleted", "action.woocommerce_add_to_cart"):
        woo.say(topic, {"id": 5})
    hear(woo_connected, woo)
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"ignored"}


def test_an_action_on_a_refund_has_the_order_read(woo_connected, woo):
    number = woo.place(status="processing", owe=False)
    woo.say("action.woocommerce_order_refunded", {"action": "woocommerce_order_refunded", "arg": number})
    hear(woo_connected, woo)
    assert Order.objects.get().external_id == str(number)
