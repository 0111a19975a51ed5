"""Each list holds what its definition says, no more, and lets go what is over."""

import pytest
from django.utils import timezone

from conversations.models import Conversation, Episode, Occasion, UsualDays
from conversations.outreach import lists
from customers import commerce, profile
from customers.models import Customer, Identity
from tests.conversations.outreach.past import ago, bought, left

pytestmark = pytest.mark.django_db


def of(kind):
    assert lists.refresh(kind)
    return {each.key.partition(":")[2]: each for each in Occasion.objects.filter(kind=kind)}


def test_a_cart_stands_on_its_list_until_its_customer_has_ordered():
    one, other = left("ann", "c1", 2), left("bob", "c2", 3, total="20")
    left("eve", "old", 40)
    bought("bob", "o0", 5)  # before the cart: it says nothing of it
    found = of("cart")
    assert set(found) == {str(one.pk), str(other.pk)}
    assert found[str(one.pk)].about == {
        "step": "payment", "url": "https://s.example/b", "products": ["Jacket"], "pieces": 1
    }  # fmt: skip
    bought("bob", "o1", 1)
    assert set(of("cart")) == {str(one.pk)}


def test_a_parcel_is_late_by_what_was_promised_else_by_its_carriers_usual_time():
    for number in range(20):  # three days each: late after six
        bought(f"u{number}", f"d{number}", 30, parcels=[(f"p{number}", 29, "delivered", "")], changed=26)
    bought("ann", "late", 9, status="shipped", parcels=[("A", 8, "in transit", ""), ("B", 8, "Delivered", "")])
    bought("bob", "soon", 3, status="shipped", parcels=[("C", 2, "in transit", "")])
    promised = timezone.now().date().replace(day=1).isoformat()
    bought(
        "eve",
        "told",
        40,
        status="partly",
        parcels=[("D", 1, "", promised), ("E", 1, "", "2031-02-30"), ("", 30, "", ""), ("F", 1, "", "0000-01-01")],
    )
    found = of("parcel")
    assert UsualDays.objects.get(kind="carrier", key="royal mail").days == pytest.approx(6, abs=0.01)
    assert {key.partition(":")[2] for key in found} >= {"A", "3"} and not {"B", "C", "E"} & {
        key.partition(":")[2] for key in found
    }
    [late] = [each for each in found.values() if each.about["parcel"] == "A"]
    assert late.about["number"] == "late" and (late.at - ago(2)).total_seconds() == pytest.approx(0, abs=60)
    bought("ann", "late", 9, status="delivered", changed=0)
    assert not [each for each in of("parcel").values() if each.about["number"] == "late"]


def test_what_is_used_up_is_due_by_their_own_distance_else_by_that_of_all():
    for days in (62, 31, 1.5):  # every thirty days: not due yet
        bought("ann", f"a{days}", days)
    for days in (61, 30):
        bought("bob", f"b{days}", days)
    bought("bob", "boots", 30, goods="boots")  # once, as everybody does
    bought("eve", "e1", 31)
    assert {each.about["product"] for each in of("refill").values()} == {"Wax"}
    assert Occasion.objects.get(kind="refill").customer.identities.get().value == "bob"
    UsualDays.objects.create(kind="product", key="7:wax", days=30, count=20, counted_at=timezone.now())
    found = {each.customer.identities.get().value: each.about for each in of("refill").values()}
    assert set(found) == {"bob", "eve"} and found["bob"]["own"] and not found["eve"]["own"]
    assert found["bob"]["times"] == 2 and found["bob"]["days"] == 31
    bought("bob", "again", 0)
    assert set(of("refill")) and all(e.customer.identities.get().value != "bob" for e in of("refill").values())


def test_who_is_at_risk_has_two_signals_each_with_its_number():
    bought("ann", "r1", 4, refunded="3.50", changed=2)
    ann = Identity.objects.get(value="ann").customer
    talk = Conversation.objects.create(customer=ann)
    for days in (1, 2):
        Episode.objects.create(conversation=talk, began_at=ago(days))
    assert of("risk") == {}
    Episode.objects.create(conversation=talk, began_at=ago(3))
    [risk] = of("risk").values()
    assert risk.customer == ann and risk.signals == 2
    assert [(each["signal"], each["n"], each["of"]) for each in risk.about["signals"]] == [
        ("contacts", 3, 3), ("refund", 1, 1)
    ]  # fmt: skip
    Customer.objects.filter(pk=ann.pk).update(erased_at=timezone.now())
    assert of("risk") == {}


def test_a_pause_is_measured_by_their_own_rhythm():
    for number, days in enumerate((100, 90, 80, 60)):
        bought("ann", f"p{number}", days, refunded="1" if number == 3 else 0, changed=1 if number == 3 else None)
    profile.compute([Identity.objects.get(value="ann").customer_id])
    [risk] = of("risk").values()
    pause = next(each for each in risk.about["signals"] if each["signal"] == "pause")
    assert pause["n"] == 60 and pause["of"] == pytest.approx(13.3, abs=0.1)


def test_what_is_over_is_known_at_once_of_one_customer():
    cart = left("ann", "c1", 2)
    left("bob", "c2", 2)
    of("cart")
    occasion = Occasion.objects.get(key=f"cart:{cart.pk}")
    assert lists.fresh(occasion) == occasion
    commerce._ordered(cart.source, "c1")
    assert lists.fresh(occasion) is None and Occasion.objects.count() == 1
