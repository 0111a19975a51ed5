"""What an agent does to an order happens in the shop, once, or the agent reads why not."""

from decimal import Decimal

import pytest

from customers.gather import gather_all
from customers.models import Order
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.shops.base import Act, OrderAct, Piece
from tests.adapters.shops.shopping import hear

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]


def act(connector, what, **given):
    """As the product does it: the shop acts, and what it says afterwards is gathered. Gives the order as it stands."""
    order = Order.objects.get()
    asked = Act(what, given.pop("key", f"key-{what}"), **given)
    gather_all(adapter_named(connector.adapter).act(connector, order, asked))
    return Order.objects.get()


def in_words(connector, what, **given):
    with pytest.raises(AdapterError) as caught:
        act(connector, what, **given)
    return str(caught.value)


@pytest.fixture
def sold(connector, shop):
    number = shop.place()
    shop.pay(number)
    hear(connector, shop)
    return number


@pytest.fixture
def woo_sold(woo_connected, woo):
    number = woo.place(status="processing", owe=False)
    woo.become(number, "processing")
    hear(woo_connected, woo)
    return number


def test_shopify_refunds_a_part_once_however_often_it_is_asked(connector, shop, sold):
    for _ in range(3):
        order = act(connector, OrderAct.REFUND, amount=Decimal("24.00"), reason="One cap too many", key="one")
    assert order.refunded == Decimal("24.000")
    assert len(shop.orders[sold]["refunds"]) == 1
    assert act(connector, OrderAct.REFUND, amount=Decimal("10.00"), key="two").refunded == Decimal("34.000")


def test_shopify_refunds_all_that_is_left(connector, shop, sold):
    act(connector, OrderAct.REFUND, amount=Decimal("16.00"), key="one")
    order = act(connector, OrderAct.REFUND, key="two")
    assert (order.status, order.refunded) == ("refunded", Decimal("216.000"))
    assert "nothing left" in in_words(connector, OrderAct.REFUND, key="three")


def test_shopify_does_not_refund_more_than_was_paid(connector, shop, sold):
    assert "At most 216.00 GBP" in in_words(connector, OrderAct.REFUND, amount=Decimal("500.00"))
    assert not shop.orders[sold]["refunds"]


def test_shopify_counts_the_pieces_that_come_back(connector, shop, sold):
    piece = Piece(line_id=str(sold * 10 + 1), quantity=1)
    act(connector, OrderAct.REFUND, amount=Decimal("24.00"), pieces=(piece,))
    asked = [call.json["variables"]["input"] for call in shop.calls if b"refundCreate" in call.body][0]
    assert asked["refundLineItems"] == [
        {"lineItemId": f"gid://shopify/LineItem/{sold * 10 + 1}", "quantity": 1, "restockType": "NO_RESTOCK"}
    ]
    assert asked["notify"] is True


def test_shopify_that_falls_silent_is_uncertain_and_done_again_is_done_once(connector, shop, sold):
    adapter, order = adapter_named("shopify"), Order.objects.get()
    adapter.look_over(connector)
    asked = Act(OrderAct.RESEND, "one")
    shop.breaks = 1
    with pytest.raises(UncertainError, match="may have been done"):
        list(adapter.act(connector, order, asked))
    assert shop.mails == ["ann@home.example"]


def test_shopify_cancels_and_gives_back_and_once_more_is_no_harm(connector, shop, sold):
    for _ in range(2):
        order = act(connector, OrderAct.CANCEL, amount=Decimal("216.00"), reason="Ordered twice")
    assert (order.status, order.refunded) == ("cancelled", Decimal("216.000"))


def test_who_may_give_nothing_back_cancels_no_order_that_was_paid_meanwhile(connector, shop):
    number = shop.place()
    hear(connector, shop)
    shop.pay(number)  # and the desk has not heard of it yet
    assert "paid meanwhile" in in_words(connector, OrderAct.CANCEL)
    assert not shop.orders[number]["refunds"] and not shop.orders[number]["cancelled_at"]


def test_shopify_cancels_what_was_not_paid(connector, shop):
    shop.place()
    hear(connector, shop)
    assert act(connector, OrderAct.CANCEL).status == "cancelled"


def test_shopify_does_not_cancel_what_was_sent(connector, shop, sold):
    shop.ship(sold)
    assert "Cannot cancel a fulfilled order" in in_words(connector, OrderAct.CANCEL, amount=Decimal("216.00"))


def test_shopify_holds_and_releases(connector, shop, sold):
    for _ in range(2):
        assert act(connector, OrderAct.HOLD, reason="Wrong size?").status == "held"
    assert len(shop.parcels[sold][0]["fulfillment_holds"]) == 1
    assert act(connector, OrderAct.RELEASE).status == "paid"
    hear(connector, shop)
    assert Order.objects.get().status == "paid"
    shop.ship(sold)
    assert "Nothing of this order is left to be held" in in_words(connector, OrderAct.HOLD)


def test_shopify_sends_the_invoice_again(connector, shop, sold):
    act(connector, OrderAct.RESEND)
    assert shop.mails == ["ann@home.example"]
    shop.orders[sold]["email"] = ""
    assert "no e-mail address" in in_words(connector, OrderAct.RESEND)


def test_shopify_without_the_right_says_so(connector, shop, sold):
    shop.scopes.remove("write_orders")
    assert "may not do this" in in_words(connector, OrderAct.REFUND, amount=Decimal("1.00"))
    adapter = adapter_named("shopify")
    shop.scopes.append("read_orders")
    adapter.look_over(connector)
    assert adapter.acts(connector) == {OrderAct.HOLD, OrderAct.RELEASE, OrderAct.RETURN}


def test_a_shop_that_is_away_or_busy_says_so(connector, shop, sold):
    shop.busy, shop.retry_after = 1, "0.01"
    assert act(connector, OrderAct.HOLD).status == "held"  # waited for
    shop.busy, shop.retry_after = 1, "60"
    assert "busy" in in_words(connector, OrderAct.RELEASE)
    shop.outage = True
    assert "out of order" in in_words(connector, OrderAct.RELEASE)
    shop.stop()
    assert "does not answer" in in_words(connector, OrderAct.RELEASE)
    shop.start = lambda: None


def test_woocommerce_refunds_once_however_often_it_is_asked(woo_connected, woo, woo_sold):
    for _ in range(3):
        order = act(woo_connected, OrderAct.REFUND, amount=Decimal("24.00"), reason="One cap too many", key="one")
    assert order.refunded == Decimal("24.000")
    assert [refund["amount"] for refund in woo.refunds[woo_sold]] == ["24.00"]
    order = act(woo_connected, OrderAct.REFUND, key="two")
    assert (order.status, order.refunded) == ("refunded", Decimal("216.000"))


def test_woocommerce_that_falls_silent_is_asked_whether_it_was_done(woo_connected, woo, woo_sold):
    def break_after(call):
        if call.method == "POST":
            woo.breaks = 1
        return answer(call)

    answer, woo.answer = woo.answer, break_after
    assert act(woo_connected, OrderAct.REFUND, amount=Decimal("24.00")).refunded == Decimal("24.000")
    assert len(woo.refunds[woo_sold]) == 1


def test_woocommerce_says_what_cannot_be_refunded(woo_connected, woo, woo_sold):
    assert "At most 216.00 EUR" in in_words(woo_connected, OrderAct.REFUND, amount=Decimal("500.00"))
    left = woo.orders[woo_sold]["total"]
    woo.orders[woo_sold]["total"], woo.refunds[woo_sold] = "216.00", [{"amount": "200.00", "meta_data": []}]
    assert "Invalid refund amount" in in_words(woo_connected, OrderAct.REFUND, amount=Decimal("50.00"))
    woo.orders[woo_sold]["total"], woo.refunds[woo_sold] = left, []
    woo.has_gateway = False
    assert "gateway does not allow it" in in_words(woo_connected, OrderAct.REFUND, amount=Decimal("5.00"))


def test_woocommerce_cancels_and_gives_back(woo_connected, woo, woo_sold):
    for _ in range(2):
        order = act(woo_connected, OrderAct.CANCEL, amount=Decimal("216.00"), reason="Ordered twice")
    assert order.refunded == Decimal("216.000")
    assert order.status in ("cancelled", "refunded")
    assert len(woo.refunds[woo_sold]) == 1


def test_woocommerce_cancels_nothing_that_was_paid_meanwhile_for_nothing(woo_connected, woo, woo_sold):
    assert "paid meanwhile" in in_words(woo_connected, OrderAct.CANCEL)
    assert not woo.refunds.get(woo_sold)


def test_woocommerce_does_not_cancel_what_was_sent(woo_connected, woo, woo_sold):
    woo.become(woo_sold, "completed")
    assert "refund it instead" in in_words(woo_connected, OrderAct.CANCEL)


def test_woocommerce_holds_releases_and_sends_again(woo_connected, woo, woo_sold):
    assert act(woo_connected, OrderAct.HOLD, reason="Wrong size?").status == "held"
    assert act(woo_connected, OrderAct.RELEASE).status == "paid"
    act(woo_connected, OrderAct.RESEND)
    assert woo.mails == ["ann@home.example"]
    woo.become(woo_sold, "completed")
    assert "Nothing of this order is left to be held" in in_words(woo_connected, OrderAct.HOLD)


def test_woocommerce_with_a_key_that_only_reads_says_so(woo_connected, woo, woo_sold):
    woo.may_write = False
    assert "may" in in_words(woo_connected, OrderAct.HOLD)
    adapter = adapter_named("woocommerce")
    adapter.look_over(woo_connected)
    assert not adapter.acts(woo_connected)
