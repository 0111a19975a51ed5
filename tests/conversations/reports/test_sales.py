"""Sales: what is derived is what a plain count gives, to the last unit, whatever was merged, taken apart or erased."""

from datetime import timedelta
from statistics import median
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from conversations.models import Advice, Due, Episode, Sale, SaleTouch, Tally
from conversations.reports.attribution import figures
from conversations.reports.attribution.report import report as attribution_report
from conversations.reports.customers.report import report as customers_report
from conversations.reports.sales import deriving
from conversations.reports.sales.streams import SALES, TOUCHES
from conversations.reports.sales.touching import MODELS
from conversations.reports.sales.wording import ways
from conversations.reports.sheets.opened import reports_for
from conversations.reports.sheets.sheet import Asked, Lines, Tiles, Unit, Words
from conversations.reports.tallies import marks, rolling, triggers
from conversations.reports.tallies.reading import read, spread
from customers import privacy
from customers.merging import merge, unmerge
from customers.models import Event, Identity, Order, Return, Segment, Visit
from customers.models.profile import Membership
from deskapp.models import Role
from tests.conftest import agent
from tests.conversations.reports.plain import Fact
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
    touches = {order: said["touches"] for order, said in plain.items()}
    said_alone = {order: {name: said[name] for name in said if name != "touches"} for order, said in plain.items()}
    assert derived() == said_alone
    stored = {order: [] for order in touches}
    for row in SaleTouch.objects.select_related("sale").order_by("number"):
        stored[row.sale.order_id].append(row)
    for order, expected in touches.items():
        rows = stored[order]
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


REPORTS = {"customers": customers_report, "attribution": attribution_report}


def asked(agent, *, days=200, **only):
    zone = ZoneInfo("Europe/London")
    today = timezone.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Asked(agent, today - timedelta(days=days), today + DAY, zone, grain="month", only=only)


def cells(sheet):
    """(title of the part, label of the row, cell) of all that is shown."""
    for part in sheet.parts:
        if isinstance(part, Tiles):
            yield from ((part.title, "", cell) for cell in part.cells)
        elif isinstance(part, Lines):
            yield from ((part.title, "", cell) for series in part.series for cell in series.cells)
        elif not isinstance(part, Words):
            yield from ((part.title, row.label, cell) for row in part.rows for cell in row.cells)


def one(sheet, figure, label=""):
    return next(cell for _title, row, cell in cells(sheet) if cell.figure.key == figure and row == label)


def test_each_number_of_the_reports_is_that_of_a_plain_count_and_of_the_rows_behind_it(world, root):
    plain = agrees()
    for name, report in REPORTS.items():
        ask = asked(root)
        sheet = report.sheet(ask)
        drilled = 0
        for _title, _label, cell in cells(sheet):
            if not cell.drill or cell.value is None or cell.figure.key in figures.CREDITS:
                continue
            count = report.behind(ask, dict(parse_qsl(cell.drill, keep_blank_values=True))).rows.count()
            if cell.figure.unit == Unit.COUNT:
                assert count == cell.value, (name, cell.figure.key, cell.drill)
            elif cell.figure.unit == Unit.SHARE:
                assert count == pytest.approx(cell.value * cell.rows), (name, cell.figure.key, cell.drill)
            elif cell.figure.unit == Unit.SECONDS:
                assert count == cell.rows, (name, cell.figure.key, cell.drill)
            drilled += 1
        assert drilled > 10
    _customers_as_counted_plainly(plain, asked(root))
    _attribution_as_counted_plainly(plain, asked(root))


def _customers_as_counted_plainly(plain, ask):
    sheet = customers_report.sheet(ask)
    placed = dict(Order.objects.values_list("pk", "placed_at"))
    here = {pk: said for pk, said in plain.items() if ask.begins <= placed[pk] < ask.ends}
    sold = [said for said in here.values() if said["counted"]]
    assert one(sheet, "sold").value == len(sold)
    assert one(sheet, "buyers").value == len({said["customer"] for said in sold})
    assert one(sheet, "returned").value == len([said for said in sold if said["returned_to"]]) / len(sold)
    assert one(sheet, "led").value == len([said for said in here.values() if said["problem"]]) / len(here)
    today = timezone.now().astimezone(ask.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    begins, ends = (each - timedelta(days=90) for each in (ask.begins, today))
    over = [(pk, said) for pk, said in plain.items() if begins <= placed[pk] < ends and said["counted"]]
    again = [pk for pk, said in over if said["next"] and said["next"] - placed[pk] <= 90 * DAY]
    assert one(sheet, "again").value == len(again) / len(over) and 0 < len(again) < len(over)
    for way in {said["ways"] for said in sold}:
        for currency in {said["currency"] for said in sold if said["ways"] == way}:
            these = [said for said in sold if (said["ways"], said["currency"]) == (way, currency)]
            label, total = f"{ways(way)}, {currency}", sum(said["amount"] for said in these) / 1000
            people = {said["customer"] for said in these}
            assert one(sheet, "alike", label).value == len(people)
            assert one(sheet, "revenue", label).value == total
            assert one(sheet, "per_customer", label).value == pytest.approx(total / len(people))
            assert one(sheet, "per_order", label).value == pytest.approx(total / len(these))
    fetched = [said for said in sold if said["collected"] is not None]
    assert one(sheet, "collected").rows == len(fetched) > 0
    middle = median(said["collected"] for said in fetched)
    assert one(sheet, "collected").value == pytest.approx(middle, rel=0.1)
    _talks_as_counted_plainly(plain, placed, sheet, ask, today)


def _talks_as_counted_plainly(plain, placed, sheet, ask, today):
    """Talks with nothing under way, and whether they bought soon; the same of 13 weeks earlier."""
    begins, ends = (each - timedelta(days=30) for each in (ask.begins, today))
    talks = bought = known = bought_earlier = 0
    for talk in Episode.objects.filter(is_inbound=True, began_at__gte=begins, began_at__lt=ends):
        customer = talk.conversation.customer_id
        theirs = sorted((placed[pk], pk) for pk, said in plain.items() if said["customer"] == customer)
        good = [(at, pk) for at, pk in theirs if plain[pk]["counted"]]
        if talk.outcome == "spam" or any(at <= talk.began_at < _arrived(pk) for at, pk in good):
            continue
        talks += 1
        bought += any(talk.began_at < at <= talk.began_at + 30 * DAY for at, _pk in good)
        earlier = talk.began_at - timedelta(weeks=13)
        if Identity.objects.filter(customer=customer, first_seen_at__lte=earlier).exists():
            known += 1
            bought_earlier += any(earlier < at <= earlier + 30 * DAY for at, _pk in good)
    whole = [cell for _title, label, cell in cells(sheet) if label == "All channels"]
    shares = {cell.figure.key: cell for cell in whole}
    assert (shares["advice"].value, shares["in30"].value) == (talks, bought / talks) and talks > 5
    assert shares["earlier30"].rows == known and shares["earlier30"].value == bought_earlier / known


def _arrived(pk):
    order = Order.objects.get(pk=pk)
    steps = Event.objects.filter(name__in=["Order Delivered", "Order Collected"])
    step = steps.filter(external_id__startswith=f"order:1:{order.external_id}:").order_by("occurred_at").first()
    return min(step.occurred_at if step else order.placed_at + 30 * DAY, order.placed_at + 30 * DAY)


def _attribution_as_counted_plainly(plain, ask):
    sheet = attribution_report.sheet(ask)
    placed = dict(Order.objects.values_list("pk", "placed_at"))
    here = [said for pk, said in plain.items() if said["resolved"] and ask.begins <= placed[pk] < ask.ends]
    assert one(sheet, "resolved").value == len(here)
    assert one(sheet, "untouched").value == pytest.approx(len([s for s in here if not s["touches"]]) / len(here))
    nets = {cell.currency: cell.value for _t, _l, cell in cells(sheet) if cell.figure.key == "net"}
    for currency, net in nets.items():
        these = [said for said in here if said["currency"] == currency]
        assert net == sum(said["net"] for said in these) / 1000
        summed = sum(said["net"] for said in these if said["touches"]) / 1000
        for model in MODELS:
            assert _last(sheet, f"{model}_worth", currency).value == pytest.approx(summed)
    spring = [s for s in here if any(touch[4] == "spring" for touch in s["touches"])]
    assert one(sheet, "touched", "news / email / spring").value == len(spring) > 0
    for place, model in enumerate(MODELS):
        credit = sum(touch[5 + place] for s in here for touch in s["touches"] if touch[4] == "spring")
        assert one(sheet, model, "news / email / spring").value == pytest.approx(credit / 1e6, abs=1e-4)
        assert one(sheet, model, "All touched sales").value == len([s for s in here if s["touches"]])


def _last(sheet, figure, currency):
    return [c for _t, label, c in cells(sheet) if c.figure.key == figure and c.currency == currency and
            label == "All touched sales"][-1]  # fmt: skip


def test_two_segments_stand_beside_each_other_with_rows_behind_them(world, root):
    agrees()
    gold = Segment.objects.create(name="Gold", conditions={})
    rest = Segment.objects.create(name="Rest", conditions={})
    for number, person in enumerate(world.people):
        Membership.objects.create(segment=gold if number % 2 else rest, customer=person.customer)
    ask = asked(root, segment=str(gold.pk), against=str(rest.pk))
    table = customers_report.sheet(ask).parts[-1]
    assert {row.label.partition(",")[0] for row in table.rows} == {"Gold", "Rest"}
    for row in table.rows:
        for cell in row.cells:
            count = customers_report.behind(ask, dict(parse_qsl(cell.drill))).rows.count()
            if cell.figure.unit == Unit.COUNT:
                assert count == cell.value
            elif cell.figure.unit == Unit.SHARE and cell.rows:
                assert count == pytest.approx(cell.value * cell.rows)
    whole = customers_report.sheet(asked(root))
    assert sum(row.cells[0].value for row in table.rows) == one(whole, "sold").value


def test_without_campaigns_attribution_says_how_to_send_them(world, root):
    Visit.objects.update(context={})
    agrees()
    [words] = attribution_report.sheet(asked(root)).parts
    assert isinstance(words, Words) and "utm_source" in " ".join(map(str, words.lines))


def test_only_who_sees_purchases_and_browsing_sees_them_in_reports(db):
    sam = agent("Sam", Role.SUPERVISOR)
    keys = {report.key for report in reports_for(sam)}
    assert {"customers", "attribution"} <= keys
    sam.may = lambda permission: permission not in ("browsing.see",)
    assert {"customers"} == {report.key for report in reports_for(sam)} & {"customers", "attribution"}
    sam.may = lambda permission: permission not in ("purchases.see",)
    assert not {report.key for report in reports_for(sam)} & {"customers", "attribution"}


def test_tallies_of_sales_and_touches_are_those_of_python_loops(world, root):
    """Live, and added up."""
    plain, ask = agrees(), asked(root, days=45)
    placed = dict(Order.objects.values_list("pk", "placed_at"))
    facts = [
        (SALES, [fact_of(placed[pk], Sale.objects.get(order=pk), said) for pk, said in plain.items()]),
        (TOUCHES, [touch_of(row) for row in SaleTouch.objects.all()]),
    ]
    for stream, every in facts:
        here = [fact for fact in every if ask.begins <= fact.at < ask.ends]
        assert here
        _same(stream, here, ask)
        triggers.install([stream])
        marked = rolling.begin_anew(stream, marks.zone_now())
        rolling.advance(stream, rolling.watch(marked, timezone.now() + rolling.MARGIN))
        assert Tally.objects.filter(stream=stream.name).exists()
        _same(stream, here, ask)


def _same(stream, facts, ask):
    for cut in ("", *stream.cuts):
        found = read(stream, ask, cut=cut, by=["value"])
        sums = {}
        for fact in facts:
            numbers = sums.setdefault((fact.cuts.get(cut, ""),), dict.fromkeys(stream.numbers, 0))
            for name, value in fact.numbers.items():
                numbers[name] += value
        assert {key: dict(numbers.by_name) for key, numbers in found.items()} == sums
    for number in stream.spreads:
        took = [fact.spreads[number] for fact in facts if fact.spreads[number] is not None]
        assert spread(stream, number, ask)[()].count == len(took)


def touch_of(row):
    numbers = {name: 1 if name == "touches" else int(getattr(row, _of(name))) for name in TOUCHES.numbers}
    what = "|".join((row.kind, row.source, row.medium, row.campaign, row.currency))
    return Fact(row.placed_at, 0, "", numbers, {"what": what})


def _of(name):
    return "is_once" if name == "sales" else name


def fact_of(at, sale, said):
    """What cannot be told from the plain count alone (whether it is fetched, its topic) is taken from the row."""
    counted, resolved, currency = said["counted"], said["resolved"], said["currency"]
    refunded = min(int(sale.order.refunded * 1000), said["amount"])
    is_sent = counted and not sale.order.is_collected and said["place"] != "shop"
    numbers = {
        "sales": counted, "amount": counted * said["amount"], "refunded": counted * refunded,
        "again": counted and said["next"] is not None and said["next"] - at <= 90 * DAY,
        "firsts": counted and not said["before"], "back": counted and said["returned_to"] != "",
        "by_post": counted and said["returned_to"] in ("post", "both"),
        "in_shop": counted and said["returned_to"] in ("shop", "both"), "returned": counted * said["returned"],
        "asked_before": counted and said["asked"] != "", "orders": 1, "talked": said["problem"] != "",
        "fetched": counted and sale.order.is_collected, "sent": is_sent, "late": counted and said["late"],
        "resolved": resolved, "net": said["net"], "touched": bool(said["touches"]),
        "touched_net": said["net"] if said["touches"] else 0,
    }  # fmt: skip
    cuts = {
        "currency": currency, "ways": f"{said['ways']}|{currency}", "place": f"{said['place']}|{currency}",
        "tier": f"{sale.tier}|{currency}", "asked": f"{said['asked']}|{currency}",
        "problem": f"{said['problem']}|{said['problem_medium']}", "topic": f"{said['problem']}|",
    }  # fmt: skip
    following = int((said["next"] - at).total_seconds()) if counted and said["next"] else None
    spreads = {"ready": said["ready"], "collected": said["collected"], "next": following}
    return Fact(at, 0, "", {name: int(value) for name, value in numbers.items()}, cuts, spreads)
