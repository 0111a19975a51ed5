"""A worker is killed while it reads a shop's past, and Redis emptied: everything is there, once."""

import time

import pytest
from django.utils import timezone
from kombu import Connection
from redis import Redis

from customers.models import Event, Order
from integrations.inbound import backfill
from integrations.models import Backfill, RawEvent
from integrations.simulators.shops.shopify import ShopifyShop
from integrations.tasks import backfill_on, sweep_fetches, sweep_raw_events
from tests.adapters.shops.shopping import shopify_connector
from tests.faults.servers import kill, until

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = 250


def test_worker_killed_while_it_reads_a_shop_and_redis_emptied(redis, workers):
    with ShopifyShop(bucket=4000, leak=4000) as shop, Connection(f"redis+socket://{redis}") as broker:
        for _ in range(ORDERS):
            shop.place(owe=False)
        answer = shop.answer

        def slowly(call):
            time.sleep(0.5 if call.path.endswith("/orders.json") else 0)
            return answer(call)

        shop.answer = slowly
        started = backfill.start(shopify_connector(shop))
        first = workers()
        backfill_on.apply_async((started.pk,), connection=broker)
        until(lambda: RawEvent.objects.filter(kind="orders/read").count() >= 100)
        kill(first)
        there = RawEvent.objects.filter(kind="orders/read").count()
        assert 100 <= there < ORDERS
        assert Backfill.objects.get().state == "running"
        Redis(unix_socket_path=str(redis)).flushall()
        Backfill.objects.update(due_at=timezone.now())  # as two minutes later, when it is taken for dead
        workers()
        sweep_fetches.apply_async(connection=broker)
        until(lambda: Backfill.objects.get().state == "done")
        sweep_raw_events.apply_async(connection=broker)
        until(lambda: not RawEvent.objects.filter(state="kept").exists(), seconds=120)
        assert sum(call.path.endswith("/orders.json") for call in shop.calls) <= 4  # one page at most was read again
    assert RawEvent.objects.filter(kind="orders/read", state="done").count() == ORDERS
    assert Order.objects.count() == ORDERS
    assert Event.objects.filter(name="Order Placed").count() == ORDERS
