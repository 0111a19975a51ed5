"""The report: lists as they stand, each number with its rows, and what came of rules beside those held out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Occasion, OutreachRecord, OutreachRule
from conversations.outreach import goals, lists
from conversations.reports.sheets.looking import cells_of
from conversations.reports.sheets.opened import opened
from conversations.reports.sheets.sheet import Unit
from customers.models import Customer, Identity
from deskapp.models import OwnRole, Role
from tests.conversations.outreach.past import ago, bought, left

pytestmark = pytest.mark.django_db


def asked(agent, query=""):
    from django.http import QueryDict

    return opened("proactive", agent, QueryDict(query))


def test_every_number_is_as_many_rows_as_stand_behind_it(sam, client):
    for number in range(3):
        left(f"p{number}", f"c{number}", 2, total=str(20 + 40 * number))
    bought("late", "o1", 20, status="shipped", parcels=[("P", 19, "in transit", "")], refunded="1", changed=2)
    bought("mute", "o4", 20, status="shipped", parcels=[("Q", 19, "in transit", "")])
    for kind in lists.EVERY:
        lists.refresh(kind)
    Occasion.objects.filter(about__number="o4").update(about={"number": "o4", "parcel": "Q", "carrier": None})
    one = OutreachRule.objects.create(name="Carts", kind="cart", tried_at=timezone.now())
    for number, is_held in enumerate((False, False, True)):
        who = Identity.objects.get(kind="shop", value=f"p{number}").customer
        OutreachRecord.objects.create(
            rule=one, customer=who, key=f"k{number}", is_held_out=is_held, goal="bought", at=ago(9), until=ago(2)
        )
    bought("p0", "o2", 8)
    bought("p2", "o3", 1)  # too late to count
    page = asked(sam)
    counted = 0
    for part in page.report.sheet(page.asked).parts:
        for cell in cells_of(part):
            if cell.drill and cell.figure.unit == Unit.COUNT:
                assert page.behind(cell.drill).rows.count() == cell.value, cell
                counted += bool(cell.value)
            elif cell.drill and cell.figure.unit == Unit.SHARE and cell.rows:
                assert page.behind(cell.drill).rows.count() == pytest.approx(cell.value * cell.rows), cell
    assert counted >= 8
    result = goals.results(OutreachRecord.objects.all())[one.pk]
    assert (result.over, result.met, result.over_held, result.met_held, result.lift) == (2, 1, 1, 0, 0.5)
    assert result.give > 0.5 and result.fewest < goals.LEAST
    client.force_login(sam)
    shown = client.get("/reports/proactive/").content.decode()
    assert "Make a rule of this list" in shown and "/settings/outreach/new/?kind=cart" in shown
    rows = client.get("/reports/proactive/rows/?cell=what%3Dcart%26cut%3Dpayment").content.decode()
    assert "Jacket" in rows
    assert asked(sam, "value=50").behind("what=cart").rows.count() == 2  # of 60 and of 100


def test_the_goal_to_buy_the_same_again_knows_the_product():
    bought("ann", "o0", 40)
    ann = Customer.objects.get()
    one = OutreachRule.objects.create(name="Refill", kind="refill", goal="again")
    OutreachRecord.objects.create(
        rule=one, customer=ann, key="k", goal="again", product="7:wax", at=ago(10), until=ago(3)
    )
    bought("ann", "o1", 9, goods="boots")
    assert goals.results(OutreachRecord.objects.all())[one.pk].met == 0
    bought("ann", "o2", 8)
    assert goals.results(OutreachRecord.objects.all())[one.pk].met == 1


def test_a_difference_that_chance_alone_makes_is_no_wider_than_it_says():
    result = goals.Result(1, over=200, met=60, over_held=50, met_held=10)
    assert result.lift == pytest.approx(0.1)
    assert result.give == pytest.approx(0.128, abs=0.005)  # sqrt of 0.302·0.698/202 and 0.212·0.788/52, by 1.96


def test_who_may_not_see_purchases_has_no_such_report(ada, sam, client):
    sam.own_role, sam.role, sam.granted = OwnRole.objects.create(name="Reads"), Role.AGENT, ["reports.see"]
    sam.save()
    for agent in (ada, sam):
        client.force_login(agent)
        assert client.get("/reports/proactive/").status_code == 404


def test_erasure_and_merging_leave_the_lists_right(sam):
    left("ann", "c1", 2)
    left("bob", "c2", 2)
    lists.refresh("cart")
    ann, bob = (Identity.objects.get(kind="shop", value=who).customer for who in ("ann", "bob"))
    from customers.merging import merge

    merge(bob, into=ann, evidence="one person")
    assert set(Occasion.objects.values_list("customer", flat=True)) == {ann.pk}
    Customer.objects.filter(pk=ann.pk).update(erased_at=timezone.now() - timedelta(seconds=1))
    lists.refresh("cart")
    assert not Occasion.objects.exists()
