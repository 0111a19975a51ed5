"""An agent adds an order, a call or a fact by hand, and finds where a product lies."""

import uuid
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.envelopes import CallReport
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import Activity, Channel, Message
from customers import commerce
from customers.facts import ProductFact
from customers.identify import Handle
from customers.models import Identity, Order, Trait
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client, ada, mail):
    client.force_login(ada)
    return receive(from_ann(mail, "my jacket")).conversation.customer


def post(client, ann, what, **data):
    data = {"key": str(uuid.uuid4()), "identity": ann.identities.order_by("pk")[0].pk} | data
    return client.post(reverse("by_hand", args=[ann.pk, what]), data), data


ORDER = {
    "number": "K-17", "placed_at": "2026-11-02T12:30", "status": "collected", "currency": "gbp", "total": "161,00",
    "place": "Kendal", "goods": "Trail Jacket, M 129.00\n2 × Socks 16",
}  # fmt: skip


def test_an_order_is_added_once_with_its_lines_in_the_agents_time(client, ann, ada):
    ada.timezone = "Europe/Oslo"
    ada.save()
    _, data = post(client, ann, "order", **ORDER)
    answer = client.post(reverse("by_hand", args=[ann.pk, "order"]), data)
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.source, order.identity.customer, order.currency, str(order.total)) == (0, ann, "GBP", "161.000")
    assert order.placed_at == datetime(2026, 11, 2, 11, 30, tzinfo=UTC)
    assert [(line["name"], line["quantity"], line["price"]) for line in order.lines] == [
        ("Trail Jacket, M", 1, "129.000"),
        ("Socks", 2, "16.000"),
    ]
    assert Activity.objects.get(verb="added_order").to == "K-17"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"currency": "XQX"}, "not a currency"),
        ({"total": "-3"}, "not negative"),
        ({"placed_at": "2099-01-01T00:00"}, "in the future"),
        ({"number": ""}, "required"),
    ],
)
def test_what_cannot_be_true_is_said_beside_its_field_and_as_one_types(client, ann, wrong, reason):
    answer, data = post(client, ann, "order", **(ORDER | wrong))
    assert answer.status_code == 422 and reason in answer.content.decode()
    typed = client.post(reverse("by_hand", args=[ann.pk, "order"]), data | {"check": "1"}).content.decode()
    assert (reason in typed) == bool(list(wrong.values())[0])
    assert not Order.objects.exists()


def test_a_call_and_a_fact_are_noted(client, ann, ada):
    for what, data in (
        ("call", {"called_at": "2026-11-02T12:30", "text": "Wants it by Friday."}),
        ("fact", {"name": "size", "value": "L"}),
    ):
        assert post(client, ann, what, **data)[0].status_code == 302
    call = Message.objects.get(kind="call")
    assert (call.text, call.author, call.conversation.customer) == ("Wants it by Friday.", ada, ann)
    assert call.created_at == datetime(2026, 11, 2, 12, 30, tzinfo=UTC) and call.details["call"]["by_hand"]
    assert Trait.objects.get().value == "L"
    assert set(Activity.objects.values_list("verb", flat=True)) >= {"noted_fact"}


def test_a_call_is_written_down_once_or_on_the_card_of_one_that_was_reported(client, ann, ada, mail):
    phone = Channel.objects.create(name="Line", medium="voice", address="+442079460000", team=mail.team)
    identity = Identity.objects.create(customer=ann, kind="phone", value="+4791234567", is_verified=True)
    report = CallReport(phone.pk, "c1", "in", "ended", timezone.now(), (Handle("phone", identity.value),), seconds=61)
    reported = hear(report)
    words = {"called_at": "2026-11-02T12:30", "text": "Wants it in moss.", "call": str(reported.pk)}
    post(client, ann, "call", **words)
    reported.refresh_from_db()
    assert reported.text == "Wants it in moss." and reported.details["call"]["notes"][0]["by"] == ada.name
    answer, data = post(client, ann, "call", **words | {"call": "", "direction": "out", "minutes": "3"})
    client.post(reverse("by_hand", args=[ann.pk, "call"]), data)
    own = Message.objects.get(kind="call", channel=None)
    assert (own.details["call"]["direction"], own.details["call"]["seconds"]) == ("out", 180)
    assert Message.objects.filter(kind="call").count() == 2


def test_an_identity_of_somebody_else_cannot_be_chosen(client, ann, mail):
    bob = receive(from_ann(mail, "hello", address="bob@home.example")).conversation.customer
    answer, _ = post(client, ann, "fact", name="size", value="L", identity=bob.identities.get().pk)
    assert answer.status_code == 422 and not Trait.objects.exists()


def test_orders_are_added_only_by_who_may_see_them(client, ann, ada):
    ada.sees_purchases = False
    ada.save()
    assert post(client, ann, "order", **ORDER)[0].status_code == 404
    assert client.get(reverse("by_hand", args=[ann.pk, "call"])).status_code == 200


@pytest.mark.parametrize("words", ["kestrel", "jack kest", "KTJ-L", "ktj-l"])
def test_stock_is_found_by_name_and_article_number(client, ann, words):
    now = datetime(2026, 11, 2, tzinfo=UTC)
    commerce.product(ProductFact(3, "1", "Kestrel Trail Jacket, L", now, sku="KTJ-L", stock=(("Oslo", 1), ("York", 0))))
    commerce.product(ProductFact(3, "2", "Otter Socks", now, sku="OHS", stock=(("York", 4),)))
    found = client.get(reverse("stock"), {"q": words}, HTTP_HX_REQUEST="true").content.decode()
    assert "Oslo" in found and "Otter" not in found
    assert client.get(reverse("stock"), {"q": words}).status_code == 200


def test_stock_of_nothing_is_nothing(client, ann):
    assert "No product fits" in client.get(reverse("stock"), {"q": "zanzibar"}).content.decode()
    assert client.get(reverse("stock"), {"q": "'\x00&|!"}).status_code == 200
