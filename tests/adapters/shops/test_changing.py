"""What a bot does to an order for its customer, in each shop: once however often it is asked, or refused in words."""

import pytest

from customers.gather import gather_all
from customers.models import Order, Return
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError
from integrations.adapters.shops.base import Act, Address, Document, OrderAct, Piece
from integrations.simulators.server import Reply
from tests.adapters.shops.shopping import hear

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

NEW = Address("12 Lake Road", "Bergen", "5014", "NO")


def act(connector, what, **given):
    """As the product does it. Gives the documents that came of it."""
    order = Order.objects.get()
    came = list(adapter_named(connector.adapter).act(connector, order, Act(what, given.pop("key", "key-1"), **given)))
    gather_all([each for each in came if not isinstance(each, Document)])
    return [each for each in came if isinstance(each, Document)]


def in_words(connector, what, **given):
    with pytest.raises(AdapterError) as caught:
        act(connector, what, **given)
    return str(caught.value)


def first(place=0):
    line = Order.objects.get().lines[place]
    return (Piece(line["line_id"], 1, line["product_id"], line["sku"]),)


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


def falls_silent(server, monkeypatch, *, on):
    """Does what it is asked, once it is asked for `on`, and says nothing."""
    answer = server.answer

    def silently(call):
        reply = answer(call)
        is_it = on in str(call.body) and call.method != "GET"
        return Reply({"errors": "gone"}, 500) if is_it else reply

    monkeypatch.setattr(server, "answer", silently)


def test_shopify_sends_it_elsewhere_and_keeps_who_it_is_for(connector, shop, sold):
    act(connector, OrderAct.ADDRESS, address=NEW)
    where = shop.orders[sold]["shipping_address"]
    assert (where["address1"], where["zip"], where["country_code"]) == ("12 Lake Road", "5014", "NO")
    assert (where["first_name"], where["phone"]) == ("Ann", "+441768700100")
    act(connector, OrderAct.ADDRESS, address=Address("3 Mill Lane", "Kendal", "LA9 4AA"))
    assert shop.orders[sold]["shipping_address"]["country_code"] == "NO", "the country where none was said"


def test_shopify_writes_a_note_once_and_nothing_on_what_was_sent(connector, shop, sold):
    shop._touch(sold, note="Gift")
    for _ in range(2):
        act(connector, OrderAct.INSTRUCT, note="Leave it with a neighbour.")
    assert shop.orders[sold]["note"] == "Gift\nLeave it with a neighbour."
    shop.ship(sold)
    assert "sent already" in in_words(connector, OrderAct.ADDRESS, address=NEW)
    assert OrderAct.POSTPONE not in adapter_named("shopify").acts(connector)


def test_shopify_starts_one_return_for_a_key_with_its_reason_and_its_label(connector, shop, sold):
    shop.ship(sold)
    hear(connector, shop)
    shop.label = "https://labels.example/1.pdf"
    given = {"pieces": first(), "reason": "too_small", "condition": "unworn", "wish": "refund"}
    for _ in range(3):
        came = act(connector, OrderAct.RETURN, **given)
    assert {(each.kind, each.url) for each in came} == {("return", ""), ("label", "https://labels.example/1.pdf")}
    assert len(shop.returns) == 1
    back = Return.objects.get()
    assert (back.order, back.status) == (Order.objects.get(), "approved")
    (line,) = next(iter(shop.returns.values()))["lines"]
    assert line["reason"].endswith("/0") and "unworn" in line["note"]
    assert "does not take this piece back" in in_words(connector, OrderAct.RETURN, key="another", **given)


def test_a_return_that_shopify_made_in_silence_is_found_and_not_made_again(connector, shop, sold, monkeypatch):
    shop.ship(sold)
    hear(connector, shop)
    falls_silent(shop, monkeypatch, on="returnCreate(")
    came = act(connector, OrderAct.RETURN, pieces=first(), reason="damaged", wish="refund")
    assert [each.kind for each in came] == ["return"] and len(shop.returns) == 1


def test_shopify_exchanges_only_for_what_there_is(connector, shop, sold):
    shop.ship(sold)
    hear(connector, shop)
    assert "sold out in size L" in in_words(connector, OrderAct.RETURN, pieces=first(), wish="exchange", size="L")
    act(connector, OrderAct.RETURN, pieces=first(), wish="exchange", size="M")
    (made,) = shop.returns.values()
    assert made["instead"] == [{"variantId": "gid://shopify/ProductVariant/101", "quantity": 1}]


def test_woocommerce_sends_it_elsewhere_and_notes_once_what_the_carrier_is_told(woo_connected, woo, woo_sold):
    act(woo_connected, OrderAct.ADDRESS, address=NEW)
    where = woo.orders[woo_sold]["shipping"]
    assert (where["address_1"], where["postcode"], where["country"], where["first_name"]) == (
        "12 Lake Road",
        "5014",
        "NO",
        "Ann",
    )
    for _ in range(2):
        act(woo_connected, OrderAct.INSTRUCT, note="Leave it in a safe place.")
    assert woo.orders[woo_sold]["customer_note"] == "Leave it in a safe place."
    woo.become(woo_sold, "completed")
    assert "sent already" in in_words(woo_connected, OrderAct.ADDRESS, address=NEW)


def test_woocommerce_knows_no_returns_so_the_desk_keeps_it_and_the_order_says_so(woo_connected, woo, woo_sold):
    woo.become(woo_sold, "completed")
    hear(woo_connected, woo)
    given = {"pieces": first(1), "reason": "too_big", "wish": "exchange", "size": "S"}
    for _ in range(3):
        (came,) = act(woo_connected, OrderAct.RETURN, **given)
    back = Return.objects.get()
    assert (came.number, back.order, str(back.amount)) == (back.number, Order.objects.get(), "24.000")
    assert len(woo.notes) == 1 and "exchange" in woo.notes[0]
    marks = [meta for meta in woo.orders[woo_sold]["meta_data"] if meta["key"].startswith("_throughline_return_")]
    assert len(marks) == 1
