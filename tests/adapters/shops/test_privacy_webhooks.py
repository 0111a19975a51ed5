"""Shopify's privacy webhooks: a copy for who asks, everybody forgotten who wants to be, and a shop that has left."""

import pytest

from conversations.inbound.receive import receive
from conversations.models import Message
from customers import privacy
from customers.models import Customer, Erasure, Event, Order, Product, Trait
from integrations.models import RawEvent
from tests.adapters.shops.shopping import aside, hear
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


def asks(shop, topic, number=9001, orders=(), **more):
    buyer = shop.customers[number]
    about = {"shop_id": 954889, "shop_domain": "hollin-fell.myshopify.com"}
    about |= {"customer": {"id": number, "email": buyer["email"], "phone": "555-625-1199"}}
    shop.say(topic, about | {"orders_requested": list(orders), "orders_to_redact": list(orders)} | more)


def test_who_asks_to_be_forgotten_is(connector, shop):
    number, other = shop.place(9001), shop.place(9003)
    hear(connector, shop)
    customer = Order.objects.get(external_id=str(number)).identity.customer
    asks(shop, "customers/redact", orders=[number])
    hear(connector, shop)
    erasure = Erasure.objects.get()
    assert (erasure.customer, erasure.by, erasure.reason) == (customer.pk, None, "Asked for at the shop Hollin & Fell.")
    privacy.carry_on_all()
    customer.refresh_from_db()
    assert customer.erased_at
    assert customer.name != "Ann Bell"
    assert not RawEvent.objects.filter(body__contains=b"ann@home.example").exists()
    assert not Order.objects.filter(identity__value="hf:9001").exists()
    assert Order.objects.get(external_id=str(other)).identity.customer.name == "Cy Marsh"
    hear(connector, shop)  # and once more is no harm
    assert Erasure.objects.count() == 1


def test_a_guest_is_found_by_the_orders_that_are_named(connector, shop):
    number = shop.place(9002)
    hear(connector, shop)
    asks(shop, "customers/redact", 9002, orders=[number])
    hear(connector, shop)
    assert Erasure.objects.get().customer == Order.objects.get().identity.customer_id


def test_whoever_proved_an_address_to_us_is_not_forgotten_for_a_guest_who_typed_it(connector, shop, mail):
    writer = receive(from_ann(mail, address="bo@home.example")).conversation.customer
    asks(shop, "customers/redact", 9002)
    hear(connector, shop)
    assert not Erasure.objects.filter(customer=writer.pk).exists()


def test_nobody_we_know_is_nothing_to_do(connector, shop, root):
    asks(shop, "customers/redact")
    asks(shop, "customers/data_request", data_request={"id": 9999})
    hear(connector, shop)
    assert not Erasure.objects.exists()
    assert not aside()


def test_who_asks_for_a_copy_gets_it_by_an_admin(connector, shop, root, client, mailoutbox):
    number = shop.place()
    hear(connector, shop)
    asks(shop, "customers/data_request", orders=[number], data_request={"id": 9999})
    hear(connector, shop)
    (letter,) = mailoutbox
    assert letter.to == [root.email]
    assert "request 9999" in letter.body
    address = next(word for word in letter.body.split() if word.startswith("http"))
    client.force_login(root)
    answer = client.get("/" + address.split("/", 3)[3])
    assert answer.status_code == 200
    archive = b"".join(answer.streaming_content)
    assert archive.startswith(b"PK")


def test_without_an_admin_the_request_is_kept_and_says_why(connector, shop):
    number = shop.place()
    hear(connector, shop)
    asks(shop, "customers/data_request", orders=[number])
    hear(connector, shop)
    assert "no admin" in aside()[0]


def test_a_shop_that_has_left_takes_what_it_told_and_no_more(connector, shop, mail):
    from integrations.simulators.shops import shopify_goods as goods

    shop.place()
    shop.say("customers/update", shop.customers[9001])
    shop.say("products/update", goods.product(goods.PRODUCTS[0], shop.clock))
    hear(connector, shop)
    receive(from_ann(mail))
    people = Customer.objects.count()
    shop.say("shop/redact", {"shop_id": 954889, "shop_domain": "hollin-fell.myshopify.com"})
    hear(connector, shop)
    connector.refresh_from_db()
    assert (connector.is_active, connector.secrets) == (False, {})
    assert "uninstalled" in connector.error
    for model in (Order, Product, Trait):
        assert not model.objects.filter(source=connector.pk).exists()
    assert not Event.objects.filter(source=connector.pk).exists()
    assert not RawEvent.objects.filter(connector=connector).exclude(body=b"").exists()
    assert Message.objects.count() == 1
    assert Customer.objects.count() == people
