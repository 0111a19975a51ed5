"""Webhooks that are forged, replayed, too large or garbage: refused, not kept, and counted, at every adapter's door."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as desk
from django.db import connection
from django.test import Client
from django.utils import crypto
from redis import Redis

from conversations.models import Channel, Medium
from deskapp.door import Door
from integrations.adapters import ADAPTERS, adapter_named, base, signed
from integrations.inbound import refused
from integrations.models import Connector, RawEvent

ADDRESS = "the-last-word-of-the-address"
SECRETS = (
    "signing_secret", "app_secret", "secret_token", "auth_token", "channel_secret", "client_secret", "webhook_user",
    "webhook_password", "callback_password", "authorization", "webhook_authorization", "signing_key",
)  # fmt: skip
HEARING = sorted(name for name in ADAPTERS if hasattr(adapter_named(name), "hear"))
SIGNED = [name for name in HEARING if name not in ("esp", "sms", "bandwidth", "sipgate", "freeswitch", "asterisk")]


@pytest.fixture(autouse=True)
def nothing_counted():
    Redis.from_url(desk.REDIS_URL).delete(refused._name())


def connected(adapter, **settings):
    channel = Channel.objects.create(name=adapter, medium=Medium.API, address=f"us by {adapter}")
    connector = Connector(name=adapter, adapter=adapter, channel=channel, settings={"esp": "postmark", **settings})
    connector.secrets = {"webhook_secret": ADDRESS, **dict.fromkeys(SECRETS, "a-secret-of-the-test")}
    connector.save()
    return connector


def post(connector_id, body=b"{}", address=ADDRESS, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"/hooks/{connector_id}/{address}/"
    return Client().post(url, data=body, content_type="application/json", headers=named).status_code


def is_refused(status, reason):
    assert 400 <= status < 500 and not RawEvent.objects.exists()
    assert refused.counted() == {**dict.fromkeys(refused.REASONS, 0), reason: 1}


@pytest.mark.django_db
@pytest.mark.parametrize("adapter", SIGNED)
@pytest.mark.parametrize("body", [b"{no json", b'{"entry": []}', b"\xff\xfe\x00"], ids=["garbage", "forged", "bytes"])
def test_what_is_not_signed_is_refused_and_counted(adapter, body):
    status = post(connected(adapter).pk, body)
    assert 400 <= status < 500 and not RawEvent.objects.exists()
    assert sum(refused.counted().values()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("adapter", [name for name in HEARING if name not in ("whatsapp", "messenger", "instagram")])
def test_a_guessed_address_is_refused_and_counted(adapter):
    status = post(connected(adapter).pk, address="guessed")
    assert 400 <= status < 500 and not RawEvent.objects.exists()
    assert sum(refused.counted().values()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("adapter", ["api", "calls", "orders"])
def test_what_was_overheard_yesterday_is_refused_and_counted(adapter):
    headers = signed.signed("a-secret-of-the-test", b"{}", at=time.time() - 86_400)
    is_refused(post(connected(adapter).pk, b"{}", **headers), "old")


@pytest.mark.django_db
def test_who_is_not_there_costs_what_a_wrong_word_costs(monkeypatch):
    """The same steps, so that neither the answer nor its time tells which connectors there are."""
    there, compared = connected("telegram"), []
    monkeypatch.setattr(
        base, "constant_time_compare", lambda *two: compared.append(two) or crypto.constant_time_compare(*two)
    )
    post(there.pk, address="guessed")  # so that this process knows it
    asked = {}
    for name, number in (("there", there.pk), ("nowhere", there.pk + 10_000)):
        compared.clear()
        queries = []

        def count(execute, *given, queries=queries):
            queries.append(given[0])
            return execute(*given)

        with connection.execute_wrapper(count):
            status = post(number, address="guessed")
        asked[name] = (status, len(queries), len(compared))
    assert asked["there"] == asked["nowhere"] == (400, 1, 1)


@pytest.mark.django_db
def test_a_change_of_the_connector_counts_at_once():
    connector = connected("calls")
    headers = signed.signed("a-secret-of-the-test", b"{}")
    assert post(connector.pk, **headers) == 200
    connector.secrets = {**connector.secrets, "signing_secret": "another"}
    connector.save()
    assert post(connector.pk, **headers) == 400
    Connector.objects.update(is_active=False)
    assert post(connector.pk, **signed.signed("another", b"{}")) == 400


def knock(connector_id, parts, **headers):
    """The status that comes back over ASGI, and how many parts of the body were read."""
    waiting, sent = list(parts), []

    async def receive():
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(event):
        sent.append(event)

    async def pages(scope, receive, send):
        raise AssertionError("a webhook went on to the pages")

    named = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    named.append((b"content-type", b"application/json"))
    path = f"/hooks/{connector_id}/{ADDRESS}/"
    scope = {"type": "http", "method": "POST", "path": path, "headers": named, "query_string": b""}
    door = Door(pages)
    with ThreadPoolExecutor(1) as door.threads:
        asyncio.run(door(scope, receive, send))
        door.threads.submit(lambda: connection.close()).result()  # that thread's own
    return sent[0]["status"], len(parts) - len(waiting)


@pytest.mark.django_db(transaction=True)
def test_what_says_that_it_is_too_large_is_not_read():
    assert knock(connected("telegram").pk, [b" " * 1000], Content_Length="2000001") == (413, 0)
    is_refused(413, "too_large")


@pytest.mark.django_db(transaction=True)
def test_what_does_not_say_how_large_it_is_is_read_no_further_than_its_provider_sends():
    status, read = knock(connected("telegram").pk, [b" " * 500_000] * 20)
    assert status == 413 and read == 5
    is_refused(413, "too_large")


@pytest.mark.django_db(transaction=True)
def test_what_is_genuine_is_kept_by_the_way_that_webhooks_have():
    body = b'{"items": []}'
    assert knock(connected("calls").pk, [body[:4], body[4:]], **signed.signed("a-secret-of-the-test", body)) == (200, 2)
    assert bytes(RawEvent.objects.get().body) == body


@pytest.mark.django_db
def test_the_figures_tell_what_was_refused(client):
    post(connected("api").pk, address="guessed")
    said = client.get("/metrics").content.decode()
    assert 'throughline_webhooks_refused_total{reason="address"} 1.0' in said
