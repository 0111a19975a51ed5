"""Sales: what is derived is what a plain count gives, to the last unit, whatever was merged, taken apart or erased."""

import pytest
from django.utils import timezone

from conversations.models import Advice, Due, Sale, SaleTouch
from conversations.reports.sales import deriving
from conversations.reports.sales.touching import MODELS
from customers import privacy
from customers.merging import merge, unmerge
from customers.models import Return
from tests.conversations.reports.sold import DAY, World, plainly

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World(timezone.now())


def derived():
    return {
        sale.order_id: {
            "customer": sale.customer_id, "place": sale.place, "counted": sale.is_counted,
            "resolved": sale.is_resolved, "currency": sale.currency, "amount": sale.amount, "net": sale.net,
            "returned": sale.returned, "returned_to": sale.returned_to, "before": sale.before,
            "previous": sale.previous_at, "next": sale.next_at, "ways": sale.ways, "asked": sale.asked,
            "ready": sale.ready_seconds, "collected": sale.collected_seconds, "late": sale.is_late,
            "problem": sale.problem, "problem_medium": sale.problem_medium,
        }
        for sale in Sale.objects.all()
    }  # fmt: skip


def agrees():
    """All that is due is derived, and every sale is as it is counted plainly."""
    deriving.work_off()
    assert not Due.objects.filter(kind="sales").exists()
    plain = plainly(timezone.now())
    touches = {order: said.pop("touches") for order, said in plain.items()}
    assert derived() == plain
    for order, expected in touches.items():
        rows = SaleTouch.objects.filter(sale__order=order).order_by("number")
        told = [(row.at, row.kind, row.source, row.medium, row.campaign) for row in rows]
        assert told == [each[:5] for each in expected]
        for place, model in enumerate(MODELS):
            credits = [getattr(row, model) for row in rows]
            worth = [getattr(row, f"{model}_worth") for row in rows]
            assert sum(credits) == (1_000_000 if rows else 0) and sum(worth) == (plain[order]["net"] if rows else 0)
            assert credits == pytest.approx([each[5 + place] for each in expected], abs=1)
            assert worth == pytest.approx([each[10 + place] for each in expected], abs=1)
    return plain


def test_every_sale_is_as_counted_plainly_through_merges_erasure_and_late_news(world, root):
    plain = agrees()
    assert len(plain) > 30 and {said["place"] for said in plain.values()} == {"site", "app", "shop"}
    assert {"late", "returned", "arrived", ""} <= {said["problem"] for said in plain.values()}
    before = list(Sale.objects.order_by("pk").values_list("pk", flat=True))
    one, other = (each.customer for each in world.people[:2])
    entry = merge(other, into=one, evidence="one person")
    agrees()
    unmerge(entry)
    agrees()
    assert list(Sale.objects.order_by("pk").values_list("pk", flat=True)) == before
    late = Sale.objects.filter(is_resolved=True, returned_to="").first()
    world.give_back(late.order, world.now - DAY)
    Return.objects.update(status="received")
    world.look(world.people[3], world.now - 40 * DAY)
    deriving.due.mark([world.people[3].customer_id])
    agrees()
    gone = world.people[4].customer
    assert privacy.carry_on(privacy.ask(gone, by=root))
    assert not Sale.objects.filter(customer=gone).exists() and not Advice.objects.filter(customer=gone).exists()
    agrees()
