"""Purchases: whatever order webhooks come in, and however often, the rows they end in are the same."""

import random
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import commerce
from customers.facts import CartFact, Line, LoyaltyFact, OrderFact, ProductFact, ReturnFact, Shipment
from customers.identify import Handle, identify
from customers.models import Cart, Customer, Event, EventKey, Loyalty, Order, Product, Return, Stock
from customers.models.order import CartStatus, OrderStatus, ReturnStatus
from customers.money import formatted

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ACCOUNT = (Handle("shop", "17", "Ann Bell"),)
GUEST = (Handle("email", "ann@home.example", is_verified=False),)
JACKET = Line("Kestrel Trail Jacket", 1, Decimal("148"), product_id="kestrel", variant="M", line_id="1")


def order(status="placed", minutes=0, **changes):
    said = {
        "source": 3,
        "external_id": "o1",
        "number": "#HF-1",
        "handles": ACCOUNT,
        "status": status,
        "currency": "GBP",
        "total": Decimal("148"),
        "placed_at": NOON,
        "changed_at": NOON + timedelta(minutes=minutes),
        "lines": (JACKET,),
    }
    return OrderFact(**(said | changes))


def cart(status="open", minutes=-5, **changes):
    said = {"external_id": "c1", "handles": ACCOUNT, "currency": "GBP", "lines": (JACKET,), "total": Decimal("148")}
    return CartFact(3, changed_at=NOON + timedelta(minutes=minutes), status=status, **(said | changes))


def returned(status="opened", minutes=60, **changes):
    said = {"external_id": "r1", "handles": ACCOUNT, "currency": "GBP", "opened_at": NOON, "order_id": "o1"}
    return ReturnFact(3, status=status, changed_at=NOON + timedelta(minutes=minutes), **(said | changes))


def loyalty(tier, points, minutes):
    return LoyaltyFact(3, ACCOUNT, NOON + timedelta(minutes=minutes), tier, points)


def product(minutes, name="Kestrel", stock=()):
    return ProductFact(3, "kestrel", name, NOON + timedelta(minutes=minutes), stock=stock, sku="K-M")


DOES = {
    OrderFact: commerce.order,
    ReturnFact: commerce.returned,
    CartFact: commerce.cart,
    LoyaltyFact: commerce.loyalty,
    ProductFact: commerce.product,
}
minutes = st.integers(0, 3)
cents = st.integers(0, 2).map(lambda pence: Decimal(pence) / 4)
places = st.lists(st.tuples(st.sampled_from(["Kendal", "York"]), st.integers(0, 3)), max_size=2).map(tuple)
handles = st.sampled_from([ACCOUNT, GUEST])
facts = st.one_of(
    st.builds(
        order,
        st.sampled_from(OrderStatus.values),
        minutes,
        total=cents,
        refunded=cents,
        handles=handles,
        cart_id=st.sampled_from(["", "c1"]),
    ),
    st.builds(returned, st.sampled_from(ReturnStatus.values), minutes, amount=cents, handles=handles),
    st.builds(cart, st.sampled_from(CartStatus.values), minutes, total=cents, step=st.sampled_from(["", "payment"])),
    st.builds(loyalty, st.sampled_from(["", "Gold"]), st.integers(0, 2), minutes),
    st.builds(product, minutes, st.sampled_from(["", "Kestrel", "Kestrel Jacket"]), places),
)


def rows():
    """Everything kept, by names instead of keys."""
    purchases = [
        [Order, "number", "status", "total", "refunded", "cart_id", "changed_at", "identity__value", "lines"],
        [Return, "status", "amount", "order__external_id", "of_order", "changed_at", "identity__value"],
        [Cart, "status", "step", "total", "changed_at", "identity__value"],
        [Loyalty, "tier", "points", "changed_at"],
        [Product, "name", "changed_at"],
        [Stock, "place", "quantity", "changed_at"],
        [EventKey, "external_id"],
        [Event, "external_id", "name"],
    ]
    return {model: sorted(map(repr, model.objects.values_list(*fields))) for model, *fields in purchases}


def arrive(some):
    """Keeps them in this order, and takes everything back but what it came to."""
    with transaction.atomic():
        identify(ACCOUNT)  # who has an account, and who is a guest, is known before; loyalty keys name the identity
        identify(GUEST)
        for fact in some:
            DOES[type(fact)](fact)
        found = rows()
        transaction.set_rollback(True)
    return {model: _without_keys(values) for model, values in found.items()}


def _without_keys(values):
    return [value for value in values if "loyalty:" not in value]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_and_any_repeats_end_in_the_same_rows(data):
    said = data.draw(st.lists(facts, min_size=2, max_size=7))
    again = data.draw(st.lists(st.sampled_from(said), max_size=4))
    arrived = data.draw(st.permutations([*said, *again]))
    assert arrive(arrived) == arrive(said)


def test_an_older_word_does_not_overwrite_a_newer_one():
    commerce.order(order("shipped", 10, shipments=(Shipment("DHL", "77", "https://dhl.example/77"),)))
    commerce.order(order("paid", 5, total=Decimal("1")))
    known = Order.objects.get()
    assert (known.status, known.total, known.number) == ("shipped", Decimal("148"), "HF-1")
    assert known.shipments[0]["url"] == "https://dhl.example/77"


def test_each_step_is_one_event_however_often_it_is_told():
    for _ in range(2):
        commerce.order(order("shipped", 10))
        commerce.order(order("placed", 0))
        commerce.order(order("refunded", 20, refunded=Decimal("148")))
    names = list(Event.objects.order_by("occurred_at").values_list("name", flat=True))
    assert names == ["Order Placed", "Order Shipped", "Order Refunded"]
    assert Event.objects.filter(category="transactional").count() == 3


def test_a_fact_says_whose_rows_it_changed_and_a_repeated_one_changes_none():
    customer, _ = identify(ACCOUNT)
    assert commerce.order(order()) == {customer.pk}
    assert commerce.order(order()) == set()


@pytest.mark.parametrize("arrived", [["cart", "order"], ["order", "cart"]])
def test_a_cart_is_ordered_when_its_order_comes_in_whichever_order(arrived):
    said = {"cart": cart(), "order": order(cart_id="c1")}
    for name in arrived:
        DOES[type(said[name])](said[name])
    assert Cart.objects.get().status == "ordered"


@pytest.mark.parametrize("arrived", [["return", "order"], ["order", "return"]])
def test_a_return_finds_its_order_in_whichever_order(arrived):
    said = {"return": returned(place="Kendal"), "order": order()}
    for name in arrived:
        DOES[type(said[name])](said[name])
    assert Return.objects.get().order == Order.objects.get()


def test_a_silent_cart_is_left_once_and_comes_back_with_its_customer():
    commerce.cart(cart(minutes=0))
    silent = timedelta(minutes=30)
    assert commerce.leave_silent_carts(now=NOON + timedelta(minutes=29), silent=silent) == set()
    owner = Customer.objects.get().pk
    assert commerce.leave_silent_carts(now=NOON + timedelta(minutes=31), silent=silent) == {owner}
    assert commerce.leave_silent_carts(now=NOON + timedelta(minutes=32), silent=silent) == set()
    assert Event.objects.get().name == "Cart Left"
    commerce.cart(cart(minutes=40))
    assert Cart.objects.get().status == "open"


def test_an_empty_cart_is_left_without_a_word():
    commerce.cart(cart(lines=(), total=Decimal(0)))
    commerce.leave_silent_carts(now=NOON + timedelta(hours=9), silent=timedelta(minutes=30))
    assert (Cart.objects.get().status, Event.objects.count()) == ("left", 0)


def test_a_guest_with_the_address_of_a_customer_is_not_that_customer():
    ann, _ = identify([Handle("email", "ann@home.example")])
    commerce.order(order(handles=GUEST))
    assert Order.objects.get().identity.customer != ann
    assert Order.objects.get().identity.value == "unverified:ann@home.example"


def test_an_account_brings_the_purchases_to_the_address_that_the_shop_has_had_confirmed():
    ann, _ = identify([Handle("email", "ann@home.example")])
    commerce.order(order(handles=(*ACCOUNT, Handle("email", "ann@home.example"))))
    assert Order.objects.get().identity.customer == ann


@pytest.mark.parametrize("asked", ["hf-1", "#HF-1", " HF-1 "])
def test_an_order_is_found_by_its_number_as_people_write_it(asked):
    commerce.order(order())
    assert commerce.find_order(asked).get().external_id == "o1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"currency": "XQQ"}, "not a currency"),
        ({"total": Decimal("-1")}, "not negative"),
        ({"total": Decimal("NaN")}, "not a sum"),
        ({"placed_at": datetime(1970, 1, 1, tzinfo=UTC)}, "before there were"),
        ({"changed_at": datetime(2099, 1, 1, tzinfo=UTC)}, "in the future"),
        ({"changed_at": datetime(2026, 1, 1)}, "time zone"),
        ({"status": "lost"}, "no state of an order"),
        ({"external_id": ""}, "id is missing"),
        ({"handles": ()}, "names nobody"),
        ({"lines": (Line("Sock", 1, Decimal("-4")),)}, "not negative"),
        ({"lines": (Line("Sock", -1, Decimal("4")),)}, "no number of pieces"),
    ],
)
def test_what_cannot_be_true_is_refused_with_the_reason(changes, reason):
    with pytest.raises(ValueError, match=reason):
        commerce.order(order(**changes))
    assert not Order.objects.exists()


def test_a_link_that_runs_is_not_kept():
    commerce.order(order(url="javascript:alert(1)"))
    assert Order.objects.get().url == ""


def test_stock_of_each_place_is_its_newest_count():
    commerce.product(product(5, stock=(("Kendal", 3), ("York", 1))))
    commerce.product(product(7, name="", stock=(("York", 0),)))
    commerce.product(product(1, stock=(("Kendal", 9),)))
    assert dict(Stock.objects.values_list("place", "quantity")) == {"Kendal": 3, "York": 0}
    assert Product.objects.get().name == "Kestrel"


@pytest.mark.parametrize(("language", "reads"), [("en", "£1,148.50"), ("de", "1.148,50\xa0£"), ("tlh", "£1,148.50")])
def test_money_reads_as_in_the_agents_language(language, reads):
    assert formatted(Decimal("1148.5"), "GBP", language) == reads


def test_a_currency_without_cents_has_none():
    assert formatted(Decimal("1148"), "JPY", "en") == "JP¥1,148"


@pytest.mark.django_db(transaction=True)
def test_many_workers_with_the_same_webhooks_at_once_end_in_one_order():
    """Also where neither the order nor its buyer is known yet."""
    states = ["placed", "paid", "shipped", "delivered"]
    said = [order(state, number, cart_id="c1") for number, state in enumerate(states)] + [cart(), returned()]
    failed = []

    def work(seed):
        try:
            for fact in random.Random(seed).sample(said, len(said)):
                DOES[type(fact)](fact)
        except Exception as error:  # shown below: a thread would swallow it
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    assert (Order.objects.get().status, Cart.objects.get().status) == ("delivered", "ordered")
    assert Return.objects.get().order == Order.objects.get()
    assert Customer.objects.count() == 1
    assert Event.objects.count() == 5  # four steps and the return
