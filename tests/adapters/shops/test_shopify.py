"""Shopify's webhooks: one order's life, in any order and as often as it comes, ends in the same rows."""

import itertools
import json
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Cart, Claim, Consent, Event, EventKey, Identity, Order, Product, Return, Stock, Trait
from integrations.models import RawEvent, Reread
from integrations.simulators.shops.shopify import ShopifyShop
from tests.adapters.shops.shopping import aside, hear, post, shopify_connector, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]


def test_an_order_is_on_the_customer_who_is_signed_in_to_the_shop(connector, shop):
    number = shop.place()
    hear(connector, shop)
    order = Order.objects.get()
    assert (order.external_id, order.number, order.status) == (str(number), f"HF-{number}", "placed")
    assert (order.total, order.currency, order.source) == (Decimal("216.000"), "GBP", connector.pk)
    assert [(line["name"], line["quantity"], line["price"]) for line in order.lines] == [
        ("Kestrel Trail Jacket", 1, "168.000"),
        ("Fell Runner Cap", 2, "24.000"),
    ]
    assert order.lines[0]["variant"] == "M"
    assert order.lines[1]["variant"] == ""
    assert order.url == f"https://hollin-fell.myshopify.com/admin/orders/{number}"
    assert (order.identity.kind, order.identity.value) == ("shop", "hf:9001")
    customer = order.identity.customer
    assert customer.name == "Ann Bell"
    assert customer.identities.get(kind="email").is_verified
    assert Event.objects.filter(identity=order.identity, name="Order Placed").count() == 1


def test_a_guest_proves_no_address(connector, shop):
    shop.place(9002)
    hear(connector, shop)
    customer = Order.objects.get().identity.customer
    assert not customer.identities.filter(kind="email").exists()
    assert Claim.objects.get(customer=customer, kind="email").value == "bo@home.example"


def test_an_account_whose_address_is_not_confirmed_proves_none(connector, shop):
    shop.place(9003)
    hear(connector, shop)
    assert not Identity.objects.filter(kind="email", value="cy@home.example").exists()


def test_each_step_of_an_order_is_a_state_and_an_event(connector, shop):
    number = shop.place()
    states = [_state(connector, shop)]
    for step in (shop.pay, shop.hold, shop.release, shop.ship, shop.arrive):
        step(number)
        states.append(_state(connector, shop))
    assert states == ["placed", "paid", "held", "paid", "shipped", "delivered"]
    order = Order.objects.get()
    assert order.shipments[0]["number"] == "RM123456789GB"
    assert order.shipments[0]["url"] == "https://track.example/RM123456789GB"
    assert order.shipments[0]["status"] == "delivered"
    names = set(Event.objects.filter(identity=order.identity).values_list("name", flat=True))
    assert {"Order Placed", "Order Paid", "Order Shipped", "Order Delivered"} <= names


def _state(connector, shop):
    hear(connector, shop)
    return Order.objects.get().status


def test_a_part_that_was_sent_and_a_part_that_was_refunded(connector, shop):
    number = shop.place()
    shop.pay(number)
    shop.ship(number, is_part=True)
    shop.refund(number, "24.00")
    hear(connector, shop)
    order = Order.objects.get()
    assert (order.status, order.refunded) == ("partly", Decimal("24.000"))


def test_all_refunded_is_refunded_and_cancelled_is_cancelled(connector, shop):
    one, other = shop.place(), shop.place()
    shop.pay(one)
    shop.refund(one, "216.00")
    shop.cancel(other)
    hear(connector, shop)
    assert Order.objects.get(external_id=str(one)).status == "refunded"
    assert Order.objects.get(external_id=str(other)).status == "cancelled"


LIFE = ["pay", "ship", "arrive"]


@pytest.mark.parametrize("tick", [1.0, 0.0], ids=["seconds apart", "all in one second"])
def test_every_order_of_arrival_ends_the_same(db, tick):
    """A spread of the 720 orders in which an order's whole life can come in, each webhook twice; the shop itself does
    not answer, so that nothing but the webhooks can tell."""
    with ShopifyShop(tick=tick) as shop:
        number = shop.place()
        for step in LIFE:
            getattr(shop, step)(number)
        shop.refund(number, "24.00")
        connector = shopify_connector(shop)
        shop.outage = True
        whole = [webhook for webhook in shop.owed if webhook.topic.startswith("orders/")]
        seen = set()
        for arrangement in itertools.islice(itertools.permutations(whole), 0, None, 53):
            shop.owed = list(arrangement)
            hear(connector, shop, copies=2)
            order = Order.objects.get()
            names = tuple(sorted(Event.objects.values_list("name", flat=True)))
            seen.add((order.status, order.refunded, str(order.shipments), order.changed_at, names))
            for model in (Event, EventKey, Order, RawEvent, Reread):
                model.objects.all().delete()
    assert len(seen) == 1, seen
    assert next(iter(seen))[:2] == ("delivered", Decimal("24.000"))


def test_the_same_webhook_five_times_is_one(connector, shop):
    shop.place()
    hear(connector, shop, copies=5)
    assert RawEvent.objects.filter(kind="orders/create").count() == 1
    assert RawEvent.objects.filter(kind="orders/read").count() == 1  # the desk's own look at it
    assert Order.objects.count() == 1
    assert Event.objects.filter(name="Order Placed").count() == 1


def test_two_topics_of_one_event_are_both_heard(connector, shop):
    number = shop.place()
    shop.pay(number)
    hear(connector, shop)
    assert set(RawEvent.objects.values_list("kind", flat=True)) >= {"orders/create", "orders/paid", "orders/updated"}


def test_many_parts_of_one_order_are_one_reading(connector, shop):
    number = shop.place()
    shop.pay(number)
    shop.ship(number)
    shop.refund(number, "24.00")
    for webhook in shop.owed:
        post(connector, webhook)
    from integrations.inbound.process import process

    for raw in RawEvent.objects.all():
        process(raw.pk)
    assert Reread.objects.get().external_id == str(number)
    before = len(shop.calls)
    shop.owed.clear()
    work_off()
    assert [call.path.rpartition("/")[2] for call in list(shop.calls)[before:]] == [
        "access_token",
        f"{number}.json",
        "fulfillment_orders.json",
    ]
    assert not Reread.objects.exists()


def test_a_parcel_heard_of_before_its_order_is_read_whole(connector, shop):
    number = shop.place()
    shop.pay(number)
    shop.ship(number)
    shop.owed = [webhook for webhook in shop.owed if webhook.topic == "fulfillments/create"]
    hear(connector, shop)
    assert Order.objects.get().status == "shipped"


def test_while_the_shop_is_away_a_reading_waits_and_nothing_is_lost(connector, shop):
    number = shop.place()
    shop.pay(number)
    shop.ship(number)
    shop.arrive(number)
    shop.outage = True
    hear(connector, shop)
    waiting = Reread.objects.get()
    assert "Try again in a few minutes" in waiting.error
    assert (waiting.tries, Order.objects.get().status) == (1, "shipped")
    shop.outage = False
    Reread.objects.update(due_at=waiting.asked_at)
    work_off()
    assert Order.objects.get().status == "delivered"
    assert not Reread.objects.exists()


def test_a_busy_shop_is_waited_for_without_counting_it(connector, shop):
    shop.ship(shop.place())
    shop.busy, shop.retry_after = 1, "30"
    hear(connector, shop)
    waiting = Reread.objects.get()
    assert waiting.tries == 0
    assert 20 < (waiting.due_at - waiting.asked_at).total_seconds() < 40


def test_an_order_on_hold_stays_on_hold_whatever_else_changes(connector, shop):
    """An order's own webhook does not tell of it."""
    number = shop.place()
    shop.pay(number)
    hear(connector, shop)
    before = len(shop.calls)
    shop._touch(number, note="Gift wrap")
    shop._owe_order(number, "orders/updated")
    hear(connector, shop)
    assert len(shop.calls) == before  # nothing of a hold is known, so nothing is asked
    shop.hold(number)
    shop._touch(number, note="No gift wrap")
    shop._owe_order(number, "orders/updated")
    for order in ((0, 1), (1, 0)):
        owed = list(shop.owed)
        hear(connector, shop, order=order)
        shop.owed = owed
        assert Order.objects.get().status == "held"
    shop.owed.clear()
    shop._touch(number, note="Gift wrap after all")
    shop._owe_order(number, "orders/updated")
    hear(connector, shop)
    assert Order.objects.get().status == "held"


def test_a_return_is_read_whole_whatever_its_webhook_tells(connector, shop):
    number = shop.place()
    shop.pay(number)
    shop.ship(number)
    key = shop.ask_return(number)
    hear(connector, shop)
    found = Return.objects.get()
    assert (found.status, found.external_id, found.reason) == ("opened", str(key), "Too tight")
    assert found.order == Order.objects.get()
    assert [(line["name"], line["quantity"]) for line in found.lines] == [("Kestrel Trail Jacket", 1)]
    shop.turn(key, "OPEN", "returns/approve")
    hear(connector, shop)
    assert Return.objects.get().status == "approved"
    shop.turn(key, "CLOSED", "returns/close", refunded="168.00")
    hear(connector, shop)
    assert (Return.objects.get().status, Return.objects.get().amount) == ("refunded", Decimal("168.000"))


def test_a_checkout_is_a_cart_and_the_order_of_it_ends_it(connector, shop):
    from integrations.simulators.shops import shopify_goods as goods

    checkout = goods.checkout(1001, shop.customers[9001], [(103, 1)], shop.clock)
    shop.say("checkouts/create", checkout)
    hear(connector, shop)
    cart = Cart.objects.get()
    assert (cart.status, cart.step, cart.external_id) == ("open", "address", "cart-1001")
    assert cart.url.endswith("recover?key=k")
    assert shop.place() == 1001
    hear(connector, shop)
    assert Cart.objects.get().status == "ordered"


def test_a_bare_cart_names_nobody(connector, shop):
    shop.say("carts/update", {"id": "abc", "token": "abc", "line_items": [], "updated_at": "2026-11-22T07:00:00Z"})
    hear(connector, shop)
    assert RawEvent.objects.get().state == "ignored"


def test_a_customer_brings_traits_and_what_they_agreed_to(connector, shop):
    shop.say("customers/update", shop.customers[9001])
    hear(connector, shop)
    assert {trait.name: trait.value for trait in Trait.objects.all()} == {
        "city": "Keswick",
        "country": "GB",
        "shop_tags": ["trail club"],
    }
    consent = Consent.objects.get()
    assert (consent.purpose, consent.is_granted) == ("email", True)
    assert consent.evidence == "Shopify: subscribed, single_opt_in"


def test_who_was_never_asked_has_said_nothing(connector, shop):
    shop.say("customers/create", shop.customers[9002])
    hear(connector, shop)
    assert not Consent.objects.exists()


def test_consent_that_is_taken_back(connector, shop):
    shop.say("customers/update", shop.customers[9001])
    now = timezone.now().isoformat()
    said = {"state": "unsubscribed", "opt_in_level": "single_opt_in", "consent_updated_at": now}
    shop.say("customers_email_marketing_consent/update", {"customer_id": 9001, "email_marketing_consent": said})
    hear(connector, shop)
    assert list(Consent.objects.order_by("-said_at").values_list("is_granted", flat=True))[0] is False
    assert Consent.objects.values("identity").distinct().count() == 1


def test_products_and_what_lies_where(connector, shop):
    from integrations.simulators.shops import shopify_goods as goods

    shop.say("products/update", goods.product(goods.PRODUCTS[0], shop.clock))
    shop.count_stock(1101, 502, 0)
    hear(connector, shop)
    product = Product.objects.get(sku="HF-KTJ-M")
    assert (product.name, product.price, product.currency) == ("Kestrel Trail Jacket, M", Decimal("168.000"), "GBP")
    stock = dict(Stock.objects.filter(product=product).values_list("place", "quantity"))
    assert stock == {"Keswick": 4, "Kendal": 0}


def test_topics_that_no_story_has_a_place_for_are_kept_and_ignored(connector, shop):
    for topic in ("themes/publish", "orders/delete", "app/uninstalled", "customers/delete", "checkouts/delete"):
        shop.say(topic, {"id": 5})
    hear(connector, shop)
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"ignored"}


def test_what_is_long_in_a_topic_is_not_lost(connector, shop):
    number = shop.place()
    topic = "fulfillment_orders/line_items_prepared_for_pickup"
    shop.say(topic, {"fulfillment_order": {"id": f"gid://shopify/FulfillmentOrder/{number + 500_000}"}})
    shop.owed = shop.owed[1:]
    hear(connector, shop)
    assert Order.objects.get().external_id == str(number)
    assert RawEvent.objects.filter(headers__topic=topic).exists()


def test_an_order_that_waits_at_the_counter(connector, shop):
    number = shop.place()
    shop.parcels[number][0] |= {"delivery_method": {"method_type": "pick_up"}}
    shop.pay(number)
    hear(connector, shop)
    order = Order.objects.get()
    assert (order.status, order.is_collected, order.place) == ("paid", True, "Keswick")
    shop.parcels[number][0] |= {"status": "in_progress"}
    parcel = {"id": f"gid://shopify/FulfillmentOrder/{number + 500_000}", "status": "in_progress"}
    shop.say("fulfillment_orders/line_items_prepared_for_pickup", {"fulfillment_order": parcel})
    hear(connector, shop)
    order = Order.objects.get()
    assert (order.status, order.is_collected, order.place) == ("ready", True, "Keswick")
    shop.ship(number)
    shop.arrive(number, "picked_up")
    hear(connector, shop)
    assert Order.objects.get().status == "collected"


def test_a_sale_at_the_till_has_its_place_and_one_to_a_passer_by_nobody(connector, shop):
    connector.settings["locations"] = {"501": "Keswick"}
    connector.save()
    one, other = shop.place(owe=False), shop.place(owe=False)
    shop.orders[one] |= {"source_name": "pos", "location_id": 501}
    shop.orders[other] |= {"source_name": "pos", "location_id": 501, "customer": None, "email": ""}
    for number in (one, other):
        shop.say("orders/create", shop.orders[number])
    hear(connector, shop)
    assert Order.objects.get().place == "Keswick"
    assert sorted(RawEvent.objects.values_list("state", flat=True)) == ["done", "ignored"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"currency": "XQX"}, "XQX"),
        ({"total_price": "-5.00"}, "not negative"),
        ({"total_price": "NaN"}, "sum of money"),
        ({"total_price": "much"}, "sum of money"),
        ({"line_items": [{"title": "Cap", "quantity": 1, "price": "-1.00"}]}, "not negative"),
        ({"line_items": "none"}, "no list"),
        ({"id": None}, "missing"),
        ({"currency": None}, "missing"),
        ({"updated_at": None, "processed_at": None, "created_at": None}, "missing"),
        ({"updated_at": "yesterday"}, "no date"),
        ({"created_at": "1970-01-01T00:00:00Z", "processed_at": None}, "1970"),
        ({"updated_at": "2099-01-01T00:00:00Z"}, "future"),
        ({"financial_status": "bartered"}, "does not know"),
    ],
    ids=str,
)
def test_what_cannot_be_is_set_aside_with_the_reason(connector, shop, change, reason):
    number = shop.place(owe=False)
    shop.say("orders/create", {**shop.orders[number], **change})
    shop.place()
    hear(connector, shop)
    assert Order.objects.count() == 1  # the other one went in
    assert len(aside()) == 1
    assert reason in aside()[0]


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"id": NaN}'], ids=repr)
def test_garbage_is_kept_and_set_aside(connector, shop, body):
    from integrations.adapters.shops.signature import sign
    from integrations.simulators.shops.shopify import SECRET

    shop.place()
    webhook = shop.owed.pop()
    assert post(connector, webhook, body=body, X_Shopify_Hmac_Sha256=sign(SECRET, body)) == 200
    work_off()
    assert not Order.objects.exists()
    assert RawEvent.objects.get().state == "aside"


@pytest.mark.parametrize(
    "changed",
    [
        {"X_Shopify_Hmac_Sha256": "bm90IHRoZSBvbmU="},
        {"X_Shopify_Hmac_Sha256": ""},
        {"X_Shopify_Hmac_Sha256": "ä"},
        {"X_Shopify_Shop_Domain": "other.myshopify.com"},
    ],
    ids=str,
)
def test_what_is_not_genuine_is_answered_401_and_not_kept(connector, shop, changed):
    shop.place()
    assert post(connector, shop.owed[0], **changed) == 401
    assert not RawEvent.objects.exists()


def test_a_changed_body_a_wrong_address_and_another_connector_are_not_genuine(connector, shop):
    shop.place()
    webhook = shop.owed[0]
    assert post(connector, webhook, body=webhook.body + b" ") == 401
    assert post(connector, webhook, address="guess") == 400
    connector.is_active = False
    connector.save()
    assert post(connector, webhook) == 400
    assert not RawEvent.objects.exists()


def test_a_body_of_ten_megabytes_is_refused_before_it_is_kept(connector, shop):
    shop.place()
    assert post(connector, shop.owed[0], body=b" " * 10_000_001) == 413
    assert not RawEvent.objects.exists()


def test_a_former_secret_is_still_heard_while_it_is_changed(connector, shop):
    secrets = connector.secrets
    connector.secrets = {**secrets, "client_secret": "new", "former_secret": secrets["client_secret"]}
    connector.save()
    shop.place()
    assert post(connector, shop.owed[0]) == 200


def test_money_stays_exact(connector, shop):
    number = shop.place(owe=False)
    body = json.dumps({**shop.orders[number], "total_price": 0}).replace(
        '"total_price": 0', '"total_price": 1234567.89'
    )
    shop.say("orders/paid", json.loads(body))
    hear(connector, shop)
    assert Order.objects.get().total == Decimal("1234567.890")
