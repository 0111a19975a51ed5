"""A till's file of sales goes in once, but for what is wrong in it, and that is kept with its line and the reason."""

import io

import pytest
from django.core.management import CommandError, call_command

from customers.models import Event, Loyalty, Order, Return
from integrations.models import Connector, RawEvent

pytestmark = pytest.mark.django_db

HEAD = "number,placed_at,currency,email,account,line,quantity,price,place"
GOOD = """T-1,2026-10-22T18:40,GBP,,17,Jacket,1,129.00,Kendal
T-1,2026-10-22T18:40,GBP,,17,Socks,2,16.00,Kendal
T-2,2026-10-23T09:10,GBP,ann@home.example,,Flask,1,28.00,York
"""
BAD = """T-3,2026-10-23T09:10,XQX,,17,Flask,1,28.00,York
T-4,1970-01-01T00:00,GBP,,17,Flask,1,28.00,York
T-5,2099-01-01T00:00,GBP,,17,Flask,1,28.00,York
T-6,2026-10-23T09:10,GBP,,17,Flask,1,-28.00,York
T-7,2026-10-23T09:10,GBP,,,Flask,1,28.00,York
T-8,yesterday,GBP,,17,Flask,1,28.00,York
T-9,2026-10-23T09:10,GBP,,17,Flask,many,28.00,York
"""


@pytest.fixture
def till(db):
    return Connector.objects.create(name="Till", adapter="orders", settings={"shop": "hf"})


@pytest.fixture
def run(tmp_path, till):
    def run(text, **options):
        file = tmp_path / "sales.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        out, err = io.StringIO(), io.StringIO()
        call_command("import_orders", str(file), source="Till", stdout=out, stderr=err, **options)
        return out.getvalue() + err.getvalue()

    return run


def test_rows_of_one_order_are_its_lines_and_their_sum_its_total(run):
    said = run(f"{HEAD}\n{GOOD}")
    order = Order.objects.get(number="T-1")
    assert ([line["name"] for line in order.lines], str(order.total)) == (["Jacket", "Socks"], "161.000")
    assert (order.status, order.place, order.identity.value) == ("collected", "Kendal", "hf:17")
    assert Order.objects.get(number="T-2").identity.value == "unverified:ann@home.example"
    assert "2 orders are in, 0 were set aside" in said


def test_what_is_wrong_is_kept_with_its_line_and_the_rest_goes_in(run):
    said = run(f"{HEAD}\n{BAD}{GOOD}")
    assert Order.objects.count() == 2 and "2 orders are in, 7 were set aside" in said
    aside = list(RawEvent.objects.filter(state="aside").order_by("id").values_list("error", flat=True))
    reasons = ["not a currency", "before there were", "in the future", "price", "names nobody", "no date", "quantity"]
    for number, (error, reason) in enumerate(zip(sorted(aside), reasons, strict=True)):
        assert error.startswith(f"Line {number + 2}: ") and reason in error, error
        assert error in said


def test_a_second_import_changes_nothing(run):
    run(f"{HEAD}\n{BAD}{GOOD}")
    before = (Order.objects.count(), Event.objects.count(), RawEvent.objects.count())
    run(f"{HEAD}\n{BAD}{GOOD}")
    assert (Order.objects.count(), Event.objects.count(), RawEvent.objects.count()) == before


def test_a_dry_run_finds_what_is_wrong_and_keeps_nothing(run):
    said = run(f"{HEAD}\n{BAD}{GOOD}", dry_run=True)
    assert "2 orders would go in, 7 were set aside" in said
    assert not Order.objects.exists() and not RawEvent.objects.exists() and not Event.objects.exists()


def test_click_and_collect_counter_returns_and_loyalty_have_columns(run):
    head = "number;placed_at;currency;account;line;price;place;collected;ready_at;picked_up_at;returned_at;return_place"
    head += ";return_reason;loyalty_tier;loyalty_points"
    rows = [
        "C-1;2026-10-22T18:40;GBP;17;Jacket;129;Kendal;yes;;;;;;;",
        "C-2;2026-10-22T18:40;GBP;17;Jacket;129;Kendal;yes;2026-10-23T10:00;;;;;;",
        "C-3;2026-10-22T18:40;GBP;17;Jacket;129;Kendal;yes;2026-10-23T10:00;2026-10-24T10:00;2026-10-30T12:00;York;tight;Gold;1840",
    ]
    run("\ufeff" + "\r\n".join([head, *rows]))
    assert list(Order.objects.order_by("number").values_list("status", flat=True)) == ["placed", "ready", "collected"]
    assert Order.objects.filter(is_collected=True).count() == 3
    back = Return.objects.get()
    assert (back.order.number, back.place, back.reason, back.status) == ("C-3", "York", "tight", "received")
    assert (Loyalty.objects.get().tier, Loyalty.objects.get().points) == ("Gold", 1840)


def test_a_date_without_a_zone_is_of_the_till(run):
    run(f"{HEAD}\n{GOOD}", time_zone="Europe/Oslo")
    assert Order.objects.get(number="T-1").placed_at.isoformat() == "2026-10-22T16:40:00+00:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"number,placed_at,currency\n\xff\xfe,x,y\n", "not UTF-8"),
        ("placed_at,currency\n", "missing: number"),
        (f"{HEAD},colour\n", "mean nothing to the desk: colour"),
        ("", "missing"),
        (f"{HEAD}\n{'x' * 30_000}\n", "no CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_a_sentence(run, text, reason):
    with pytest.raises(CommandError, match=reason):
        run(text)


def test_an_unknown_till_is_named_with_what_to_do(till, tmp_path):
    with pytest.raises(CommandError, match="connect_shop"):
        call_command("import_orders", str(tmp_path / "x.csv"), source="Nobody")
