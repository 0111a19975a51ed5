"""A shop's past: page by page within its limits, through outages and kills, each thing once."""

import io
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from customers.models import Event, Order, Product, Stock
from integrations.adapters.shops.shopify import past as shopify_past
from integrations.adapters.shops.woocommerce import past as woo_past
from integrations.inbound import backfill, rereading
from integrations.models import Backfill, RawEvent
from integrations.simulators.server import Reply
from integrations.simulators.shops import shopify, woocommerce
from integrations.simulators.shops.shopify import ShopifyShop
from integrations.simulators.shops.woocommerce import WooShop
from tests.adapters.shops.shopping import hear, shopify_connector, woo_connector, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

ORDERS = 1000


def through(started, *, most=200):
    """Runs it as the workers would, with the waits cut short; gives the row and every percentage on the way."""
    seen = []
    for _turn in range(most):
        Backfill.objects.filter(pk=started.pk).update(due_at=timezone.now())
        found = backfill.run(started.pk, watch=lambda row: seen.append(row.percent))
        if found.state in ("done", "stopped"):
            return found, seen
    raise AssertionError(found.error)


def test_a_thousand_orders_with_limits_and_an_outage_in_the_middle_come_once(db, monkeypatch):
    """The bucket is as deep as Shopify's, and leaks faster so that the test does not last for minutes."""
    monkeypatch.setitem(shopify_past.PAGE, "orders", 50)
    monkeypatch.setattr(backfill.time, "sleep", lambda seconds: None)
    with ShopifyShop(bucket=12, leak=20, at=datetime.now(UTC) - timedelta(days=30)) as shop:
        shop.retry_after = "0.1"
        for _ in range(ORDERS):
            shop.place(owe=False)
        connector = shopify_connector(shop)
        pages, outages = shop.answer, []

        def answer(call):
            reply = pages(call)
            if len(shop.calls) == 15 and not outages:
                outages.append(True)
                shop.breaks = 1  # the page is read, and its answer never arrives
            return reply

        shop.answer = answer
        found, seen = through(backfill.start(connector))
        busy = sum(1 for call in shop.calls if call.path.endswith("orders.json"))
    assert outages
    assert (found.state, found.done, found.total, found.percent, found.error) == (
        "done", ORDERS + 3 + 3, ORDERS + 3 + 3, 100, "",
    )  # fmt: skip
    assert seen == sorted(seen)
    assert max(seen[:-1]) <= 99
    assert busy >= ORDERS / 50
    read = RawEvent.objects.filter(kind="orders/read")
    assert {raw.external_id.split(":")[1] for raw in read} == {str(number) for number in shop.orders}
    assert read.count() == ORDERS
    read.filter(pk__gt=read.order_by("pk")[100].pk).delete()  # the rest is understood in the same way, at some length
    work_off()
    assert Order.objects.count() == Event.objects.filter(name="Order Placed").count() == 101
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"done"}


def test_killed_after_any_page_it_goes_on_where_it_was(db, monkeypatch):
    monkeypatch.setitem(shopify_past.PAGE, "orders", 10)
    with ShopifyShop(bucket=4000) as shop:
        for _ in range(35):
            shop.place(owe=False)
        started = backfill.start(shopify_connector(shop))

        class Killed(BaseException):
            pass

        def kill(row):
            raise Killed

        for _page in range(4):
            with pytest.raises(Killed):
                backfill.run(started.pk, watch=kill)
        row = Backfill.objects.get()
        assert (row.state, row.cursor["kind"]) == ("running", "orders")
        Backfill.objects.update(due_at=timezone.now())
        assert backfill.due() == [started.pk]  # its worker is taken for dead
        before = len(shop.calls)
        found, _seen = through(started)
        read = [call.query for call in list(shop.calls)[before:] if call.path.endswith("/orders.json")]
    assert (found.state, found.done) == ("done", 41)
    assert [query.get("page_info") for query in read] == ["20|", "30|"]
    assert RawEvent.objects.filter(kind="orders/read").count() == 35


def test_what_a_webhook_told_already_is_no_harm_and_neither_is_a_second_backfill(connector, shop):
    number = shop.place()
    shop.pay(number)
    shop.ship(number)
    hear(connector, shop)
    steps = Event.objects.filter(name__startswith="Order")
    before = (Order.objects.get().changed_at, steps.count())
    for _ in range(2):
        found, _seen = through(backfill.start(connector))
        assert found.state == "done"
        work_off()
    assert (Order.objects.get().changed_at, steps.count()) == before
    assert RawEvent.objects.filter(kind="orders/read", state="done").count() >= 1
    kept = RawEvent.objects.count()
    through(backfill.start(connector))
    assert RawEvent.objects.count() == kept


def test_the_past_does_not_overwrite_what_a_webhook_says_meanwhile(connector, shop):
    number = shop.place(owe=False)
    through(backfill.start(connector))
    shop.cancel(number)
    hear(connector, shop)
    work_off()
    assert Order.objects.get().status == "cancelled"


def test_what_is_on_hold_in_the_past_is_so_here(connector, shop):
    number = shop.place(owe=False)
    shop.pay(number)
    shop.hold(number)
    through(backfill.start(connector))
    work_off()
    assert Order.objects.get().status == "held"


def test_products_come_with_what_lies_where(connector, shop):
    through(backfill.start(connector))
    work_off()
    assert set(Product.objects.values_list("sku", flat=True)) == {"HF-KTJ-M", "HF-FRC", "HF-T28-S"}
    assert Stock.objects.filter(place="Kendal").count() == 3


def test_only_what_is_asked_for_since(connector, shop):
    shop.place(owe=False)
    shop.clock = datetime.now(UTC)
    shop.place(owe=False)
    found, _seen = through(backfill.start(connector, since=datetime.now(UTC) - timedelta(hours=1)))
    assert RawEvent.objects.filter(kind="orders/read").count() == 1


def test_a_pages_name_that_ran_out_begins_its_kind_anew(db, monkeypatch):
    monkeypatch.setitem(shopify_past.PAGE, "orders", 10)
    with ShopifyShop(bucket=4000) as shop:
        for _ in range(25):
            shop.place(owe=False)
        started = backfill.start(shopify_connector(shop))
        whole, pages = shop._pages, []

        def answer(call, found):
            if call.query.get("page_info") and not pages:
                pages.append(call)
                return Reply({"errors": {"page_info": "Invalid value."}}, 400)
            return whole(call, found)

        monkeypatch.setitem(shopify._ROUTES, "(orders|customers)", lambda shop, call, found: answer(call, found))
        found, _seen = through(started)
    assert found.state == "done"
    assert RawEvent.objects.filter(kind="orders/read").count() == 25


def test_a_key_that_is_wrong_stops_it_and_it_goes_on_when_it_is_mended(connector, shop):
    shop.place(owe=False)
    good = connector.secrets
    connector.secrets = {**good, "client_secret": "wrong"}
    connector.save()
    found, _seen = through(backfill.start(connector))
    assert (found.state, found.finished_at) == ("stopped", None)
    assert "copy both again" in found.error
    connector.secrets = good
    connector.save()
    found, _seen = through(backfill.start(connector))
    assert found.state == "done"
    assert Backfill.objects.count() == 1


def test_only_one_at_a_time(connector, shop):
    first = backfill.start(connector)
    assert backfill.start(connector).pk == first.pk
    known = connection.get_connection_params()
    wanted = {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
    with psycopg.connect(**wanted) as other:  # the lock of another worker is of another session
        other.execute("select pg_advisory_lock(%s, %s)", [backfill._LOCK, first.pk])
        assert backfill.run(first.pk).state == "waiting"
        other.execute("select pg_advisory_unlock_all()")
    assert backfill.run(first.pk).state == "done"


def test_a_stretch_ends_in_time_and_leaves_the_rest_to_the_next(connector, shop):
    started = backfill.start(connector)
    found = backfill.run(started.pk, seconds=0)
    assert (found.state, found.cursor["kind"]) == ("waiting", "products")
    assert backfill.due() == [started.pk]


def test_woocommerce_by_date_though_orders_are_deleted_meanwhile(db, monkeypatch):
    """By the number of the page alone, one would be skipped for each."""
    monkeypatch.setattr(woo_past, "PER_PAGE", 10)
    with WooShop() as woo:
        for index in range(45):
            woo.tick = timedelta(seconds=index % 3 == 0)  # three in a second
            woo.place(owe=False)
        connector, listed = woo_connector(woo), WooShop._list

        def forgetful(shop, call, found):
            reply = listed(shop, call, found)
            if found.group(1) == "orders" and call.query["per_page"] != "1":
                del shop.orders[min(shop.orders)]
            return reply

        monkeypatch.setitem(woocommerce._ROUTES, ("GET", "(orders|products|customers)"), forgetful)
        found, _seen = through(backfill.start(connector))
        assert found.state == "done"
        read = {raw.external_id.split(":")[1] for raw in RawEvent.objects.filter(kind="order.read")}
        assert read >= {str(number) for number in woo.orders}
    assert RawEvent.objects.filter(kind="order.read").count() == len(read)
    work_off()
    assert Order.objects.count() == len(read) == 45
    assert Product.objects.count() == 3


def test_woocommerce_with_more_of_one_second_than_a_page_holds(db, monkeypatch):
    monkeypatch.setattr(woo_past, "PER_PAGE", 10)
    with WooShop(tick=0) as woo:
        for _ in range(25):
            woo.place(owe=False)
        found, _seen = through(backfill.start(woo_connector(woo)))
    assert found.state == "done"
    assert RawEvent.objects.filter(kind="order.read").count() == 25


def test_the_workers_read_what_is_due(connector, shop):
    from integrations import tasks
    from integrations.models import Reread

    number = shop.place(owe=False)
    started = backfill.start(connector)
    tasks.backfill_on(started.pk)
    assert Backfill.objects.get().state == "done"
    waiting = Reread.objects.create(
        connector=connector, kind="orders", external_id=str(number), asked_at=timezone.now(), due_at=timezone.now()
    )
    assert rereading.due() == [waiting.pk]
    tasks.reread_one(waiting.pk)
    assert not Reread.objects.exists()


def test_the_command_shows_how_far_it_is(db):
    with ShopifyShop(bucket=4000) as shop:
        for _ in range(5):
            shop.place(owe=False)
        connector = shopify_connector(shop)
        shown, said = io.StringIO(), io.StringIO()
        call_command("backfill", str(connector.pk), stdout=said, stderr=shown)
    assert "100 %" in shown.getvalue()
    assert "11 things" in said.getvalue()
    assert Backfill.objects.get().state == "done"


def test_the_command_says_what_is_wrong(db, shop, connector):
    with pytest.raises(CommandError, match="no connector"):
        call_command("backfill", "4711")
    with pytest.raises(CommandError, match="no date"):
        call_command("backfill", connector.name, "--since", "long ago")
    connector.secrets = {**connector.secrets, "client_secret": "wrong"}
    connector.save()
    with pytest.raises(CommandError, match="copy both again"):
        call_command("backfill", connector.name, stderr=io.StringIO())
