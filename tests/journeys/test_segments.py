"""Segments on the screen: a supervisor makes one, with and without JavaScript; an agent only looks."""

import pytest
from django.utils import timezone

from customers import profile
from customers.models import Customer, Identity, Membership, Order, Segment

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def buyers():
    for number, name in enumerate(("ann", "bob", "cy")):
        identity = Identity.objects.create(
            customer=Customer.objects.create(name=name), kind="email", value=f"{name}@home.example"
        )
        for each in range(number):
            Order.objects.create(
                identity=identity, source=1, external_id=f"{name}{each}", number=f"{name}{each}", currency="GBP",
                total=100, placed_at=NOW, changed_at=NOW,
            )  # fmt: skip
        profile.compute([identity.customer_id])


def test_a_supervisor_asks_for_those_who_bought_more_than_once(client, sam, buyers):
    client.force_login(sam)
    data = {"name": "Loyal", "match": "all", "ask": ["orders.over"], "value": ["1"]}
    assert client.post("/segments/new/", data).status_code == 302
    segment = Segment.objects.get()
    assert [one.customer.name for one in Membership.objects.filter(segment=segment)] == ["cy"]
    page = client.get("/segments/").content.decode()
    assert "Loyal" in page and "Number of orders is over 1" in page


def test_rows_are_added_and_removed_without_javascript_and_nothing_is_saved(client, sam):
    client.force_login(sam)
    data = {"name": "Half", "ask": ["value.over", "order.has"], "value": ["5", "paid"]}
    page = client.post("/segments/new/", {**data, "add": "1"}).content.decode()
    assert page.count('name="ask"') == 3 and "Half" in page
    page = client.post("/segments/new/", {**data, "remove": "0"}).content.decode()
    assert page.count('name="ask"') == 1 and 'value="paid" selected' in page
    assert not Segment.objects.exists()


def test_the_count_follows_what_is_typed_and_says_what_is_missing(client, sam, buyers):
    client.force_login(sam)
    said = client.post("/segments/rows/", {"ask": ["orders.over"], "value": ["0"]}).content.decode()
    assert "2 customers now" in said
    said = client.post("/segments/rows/", {"ask": ["orders.over"], "value": ["many"]}).content.decode()
    assert "“many” is not a number." in said


@pytest.mark.parametrize(
    "data, says",
    [
        ({"name": "", "ask": ["orders.over"], "value": ["1"]}, "Give it a name."),
        ({"name": "x", "ask": ["orders.over"], "value": ["much"]}, "is not a number"),
        ({"name": "x", "ask": ["gone.over"], "value": ["1"]}, "There is no field"),
        ({"name": "x"}, "at least one condition"),
        ({"name": "x", "ask": ["orders.over"] * 60, "value": ["1"] * 60}, "more conditions"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_what_was_typed(client, sam, data, says):
    client.force_login(sam)
    answer = client.post("/segments/new/", data)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not Segment.objects.exists()


def test_a_name_is_given_once(client, sam):
    client.force_login(sam)
    data = {"name": "Loyal", "ask": ["orders.over"], "value": ["1"]}
    client.post("/segments/new/", data)
    answer = client.post("/segments/new/", {**data, "name": "loyal"})
    assert answer.status_code == 422 and Segment.objects.count() == 1
    one = Segment.objects.get()
    assert client.post(f"/segments/{one.pk}/", {**data, "value": ["2"]}).status_code == 302
    assert Segment.objects.get().conditions["rules"][0]["value"] == "2"
    assert client.post(f"/segments/{one.pk}/", {"_method": "DELETE"}).status_code == 302
    assert not Segment.objects.exists()


def test_a_supervisor_who_may_not_see_purchases_does_not_ask_for_them(client, sam):
    one = Segment.objects.create(name="Loyal", conditions={"rules": []})
    sam.sees_purchases = False
    sam.save()
    client.force_login(sam)
    rows = {"ask": ["value.over"], "value": ["500"]}
    for address in ("/segments/new/", f"/segments/{one.pk}/", "/segments/rows/"):
        assert client.post(address, {"name": "x", **rows}).status_code == 404
    palette = client.get("/palette/").content.decode()
    assert "/segments/" not in palette and "/visitors/" in client.get("/palette/?q=site").content.decode()


def test_an_agent_looks_and_changes_nothing(client, ada):
    one = Segment.objects.create(name="Loyal", conditions={"rules": []})
    client.force_login(ada)
    page = client.get("/segments/")
    assert page.status_code == 200 and b"New segment" not in page.content
    for address in ("/segments/new/", f"/segments/{one.pk}/", "/segments/rows/"):
        assert client.post(address, {"name": "x"}).status_code == 404
    ada.sees_purchases = False
    ada.save()
    assert client.get("/segments/").status_code == 404
