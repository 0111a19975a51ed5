"""The demo shop's till: what is bought there reaches the desk by its signed webhook, moves along, and comes back."""

import json

import httpx
import pytest
from django.urls import reverse

from customers.models import Order, Return
from integrations.adapters.signed import signed
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from integrations.simulators.demo_shop import back_end, telling
from integrations.simulators.demo_shop.book import Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk_told(client, settings, tmp_path, monkeypatch):
    """Lets the shop call the desk's real door, and the worker process what came."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(
        back_end, "SENT", {"placed": ("paid", 0.0), "paid": ("shipped", 0.0), "shipped": ("delivered", 0.0)}
    )
    connector = Connector(
        name="Shop", adapter="orders", settings={"act_url": "http://localhost:8000/demo-shop/acts/", "acts": ["refund"]}
    )
    connector.secrets = {"webhook_secret": "address", "signing_secret": "both know this"}
    connector.save()

    def post(url, *, content, headers, timeout):
        path = url.removeprefix(settings.SITE_URL)
        answer = client.post(path, content, content_type="application/json", headers=headers)
        return httpx.Response(answer.status_code, request=httpx.Request("POST", url))

    monkeypatch.setattr(telling.tell, "__kwdefaults__", {"post": post})

    def turn():
        telling.Warehouse().turn()
        for raw in RawEvent.objects.filter(state="kept"):
            process(raw.pk)

    return turn


def buy(client, **data):
    client.post(reverse("demo_shop_add", args=["kestrel-trail-jacket"]), {"size": "M"})
    return client.post(reverse("demo_shop_checkout"), data)


def test_a_guest_buys_and_the_order_reaches_the_desk_and_goes_its_way(client, desk_told):
    bought = buy(client, name="Ann Bell", email="ann@home.example")
    assert bought.status_code == 302 and "orders/" in bought.url
    desk_told()
    order = Order.objects.get()
    assert (order.status, str(order.total), order.identity.value) == (
        "paid",
        "133.000",
        "unverified:ann@home.example",
    )
    for status in ("shipped", "delivered"):
        desk_told()
        order.refresh_from_db()
        assert order.status == status
    assert order.shipments[0]["carrier"] == "Royal Mail"
    assert "Delivered" in client.get(bought.url).content.decode()
    assert not Book().to_tell()


def test_the_signed_in_buy_under_their_account_and_the_basket_is_empty_then(client, desk_told):
    client.post(reverse("demo_shop_sign_in"), {"shopper": "10418"})
    buy(client, place="Oslo Torggata")
    desk_told()
    order = Order.objects.get()
    assert (order.identity.value, order.place, order.is_collected) == ("10418", "Oslo Torggata", True)
    assert client.get(reverse("demo_shop_checkout")).status_code == 302


def test_what_arrived_is_sent_back_once(client, desk_told):
    where = buy(client, name="Ann Bell", email="ann@home.example").url
    for _ in range(4):
        desk_told()
    for _ in range(2):
        client.post(where, {"reason": "too small"})
    desk_told()
    back = Return.objects.get()
    assert (back.reason, back.order) == ("too small", Order.objects.get())


def test_what_the_desk_did_not_take_is_told_again(client, desk_told, monkeypatch):
    buy(client, name="Ann Bell", email="ann@home.example")

    def gone(url, **said):
        raise httpx.ConnectError("nobody is there")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(telling.tell, "__kwdefaults__", {"post": gone})
        with pytest.raises(httpx.ConnectError):
            desk_told()
    assert Book().to_tell()
    desk_told()
    assert Order.objects.count() == 1 and not Book().to_tell()


def test_the_shop_acts_only_on_what_the_desk_has_signed(client, desk_told):
    where = reverse("demo_shop_acts")
    assert client.post(where, b"{}", content_type="application/json").status_code == 400
    buy(client, name="Ann Bell", email="ann@home.example")
    order = Book().to_tell()[0]
    for key, status in (("k1", 200), ("k1", 200), ("k2", 422)):
        asked = {"what": "refund", "key": key, "amount": "100", "order": {"id": order["id"]}}
        body = json.dumps(asked).encode()
        headers = signed("both know this", body)
        answer = client.post(where, body, content_type="application/json", headers=headers)
        assert answer.status_code == status
    assert Book().get(order["id"])["refunded"] == "100.00"


def test_what_the_bot_starts_comes_back_once_with_a_label_to_print(client, desk_told):
    buy(client, name="Ann Bell", email="ann@home.example")
    for _ in range(4):
        desk_told()
    order = Order.objects.get()
    asked = {
        "what": "return",
        "key": "one",
        "reason": "too_small",
        "wish": "refund",
        "order": {"id": order.external_id},
    }
    asked["pieces"] = [{"line_id": order.lines[0]["line_id"], "quantity": 1}]
    for _ in range(2):
        body = json.dumps(asked).encode()
        told = client.post(
            reverse("demo_shop_acts"), body, content_type="application/json", headers=signed("both know this", body)
        ).json()
        assert [item["kind"] for item in told["items"]] == ["order", "return"]
    number, label = told["documents"]
    assert number["number"] in client.get(label["url"].partition("localhost:8000")[2]).content.decode()
    desk_told()
    assert Return.objects.get().number == number["number"]
    refused = client.post(
        reverse("demo_shop_acts"),
        (other := json.dumps(asked | {"key": "two"}).encode()),
        content_type="application/json",
        headers=signed("both know this", other),
    )
    assert refused.status_code == 422
