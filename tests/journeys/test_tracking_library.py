"""The public client library, unchanged, against a desk that really listens: what it sends is there, once."""

import socket
import threading
import time

import pytest
import uvicorn
from django.db import connections
from segment.analytics import Client

from customers.models import Customer, Event, Identity, Trait
from integrations.adapters.trackers.about import new_key
from integrations.models import Connector, RawEvent
from integrations.tasks import sweep_raw_events

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = "9d1f4f5e-64a3-4a35-9c5f-5e0a7a2f7c11"


class Stumbling:
    """The desk behind a proxy that is out of order for the first requests, or that loses the answer to them."""

    def __init__(self, app):
        self.app, self.answers, self.asked = app, [], 0

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        self.asked += 1
        fault = self.answers.pop(0) if self.answers else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        if fault == "lost":
            await self.app(scope, receive, _nothing)
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _nothing(event):
    return None


@pytest.fixture(scope="module")
def listening():
    from deskapp.asgi import application

    app = Stumbling(application)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    app.port = listener.getsockname()[1]
    yield app
    server.should_exit = server.force_exit = True
    thread.join(60)


@pytest.fixture
def desk(listening, transactional_db):
    listening.answers, listening.asked = [], 0
    yield listening
    connections.close_all()


@pytest.fixture
def connector(transactional_db):
    connector = Connector.objects.create(
        name="Shop", adapter="segment", settings={"trusted": True, "consent": "assumed"}
    )
    connector.secrets = {"write_key": new_key(connector)}
    connector.save()
    return connector


@pytest.fixture
def library(desk, connector):
    made, failed = [], []

    def make(**options):
        client = Client(
            connector.secrets["write_key"],
            host=f"http://127.0.0.1:{desk.port}",
            on_error=lambda error, items: failed.append(error),
            **options,
        )
        client.failed = failed
        made.append(client)
        return client

    yield make
    for client in made:
        client.shutdown()


def test_every_call_of_the_library_comes_in(library):
    client = library()
    client.page(anonymous_id=BROWSER, name="Home", properties={"url": "https://shop.example/"})
    client.track("7", "Product Viewed", {"product_id": "1", "name": "Fell jacket"})
    client.screen("7", name="Start")
    client.identify("7", {"name": "Ann Bell", "email": "ann@home.example"})
    client.group("7", "acme", {"name": "Acme"})
    client.alias(BROWSER, "7")
    client.flush()
    sweep_raw_events()
    assert not client.failed
    assert not RawEvent.objects.exclude(state="done").exists()
    customer = Customer.objects.living().get()
    assert customer.name == "Ann Bell"
    assert {identity.kind for identity in customer.identities.all()} == {"shop", "visitor"}
    names = set(Event.objects.filter(identity__customer=customer).values_list("name", flat=True))
    assert names == {"Page Viewed", "Product Viewed", "Screen Viewed", "Profile Changed"}
    assert Trait.objects.get(name="group").value["name"] == "Acme"


@pytest.mark.parametrize("gzip", [False, True])
def test_a_thousand_events_in_batches_are_all_there(library, desk, gzip):
    client = library(gzip=gzip, upload_size=100)
    for number in range(1000):
        client.track(f"user-{number % 50}", "Coupon Applied", {"coupon": str(number)})
    client.flush()
    sweep_raw_events()
    assert not client.failed
    assert Event.objects.count() == 1000 and Identity.objects.count() == 50
    assert RawEvent.objects.count() == desk.asked < 40


def test_a_desk_that_is_out_of_order_for_a_moment_loses_nothing(library, desk):
    desk.answers = ["down", "down"]
    client = library()
    client.track("7", "Coupon Applied")
    client.flush()
    sweep_raw_events()
    assert not client.failed and desk.asked == 3
    assert Event.objects.count() == 1


def test_an_answer_that_was_lost_doubles_nothing(library, desk):
    desk.answers = ["lost", "lost"]
    client = library()
    client.track("7", "Coupon Applied")
    client.flush()
    sweep_raw_events()
    assert desk.asked == 3
    assert Event.objects.count() == 1


def test_a_wrong_key_is_told_at_once_and_not_tried_again(desk, transactional_db):
    failed = []
    client = Client("wrong", host=f"http://127.0.0.1:{desk.port}", on_error=lambda error, items: failed.append(error))
    client.track("7", "Coupon Applied")
    client.flush()
    client.shutdown()
    assert desk.asked == 1
    assert "unauthorized" in str(failed[0]) and not RawEvent.objects.exists()


def test_ten_megabytes_are_refused_before_they_are_read(desk):
    head = b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", desk.port), timeout=60) as line:
        line.sendall(head + b'{"batch": [')
        answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_without_a_length_ends_where_it_grows_too_long(desk):
    head = b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", desk.port), timeout=60) as line:
        line.sendall(head)
        sent = 0
        try:
            for _ in range(160):
                line.sendall(chunk)
                sent += 1
        except OSError:
            pass  # the desk hung up
    assert sent < 160
    assert not RawEvent.objects.exists()
