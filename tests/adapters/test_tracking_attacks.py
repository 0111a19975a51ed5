"""What an outsider with the public key of a shop's pages may throw at the tracking API: never a fault of ours."""

import gzip
import json
import time
import uuid

import jwt
import pytest
from django.utils import timezone

from customers.identify import Handle, identify
from customers.models import Customer, Event, Identity, Order
from integrations.adapters.media.chat import limits
from integrations.adapters.media.chat.sessions import vouched_for
from integrations.models import RawEvent
from tests.journeys.test_tracking import BROWSER, SHOP, post, process_all, take, tracker

pytestmark = pytest.mark.django_db
REFUSED = {"consent": {"categoryPreferences": {"analytics": False}}}


@pytest.fixture(autouse=True)
def nothing_counted_yet(settings):
    settings.REDIS_PREFIX = f"test-{uuid.uuid4()}"


@pytest.fixture
def pages(db):
    """As connect_tracker makes it for a shop's pages."""
    return tracker(origins=[SHOP], consent="required")


@pytest.fixture
def assumed(db):
    return tracker(origins=[SHOP], consent="assumed")


def viewed(**more):
    return {"type": "page", "anonymousId": BROWSER, **more}


def deep(levels):
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    "call",
    [
        viewed(context="text"),
        viewed(context=[1]),
        viewed(anonymousId="a\x00b", context=REFUSED),
        viewed(anonymousId="a\ud800b", context=REFUSED),
        viewed(timestamp="9999-12-31T23:59:59Z", sentAt="0001-01-01T00:00:00Z"),
        viewed(timestamp="0001-01-01T00:00:00Z", sentAt="9999-12-31T23:59:59Z"),
        viewed(type=[]),
        viewed(type={}),
    ],
)
@pytest.mark.parametrize("connector", ["pages", "assumed"])
def test_no_call_makes_the_door_stumble(request, connector, call):
    good = {"type": "identify", "userId": "7", "traits": {"plan": "pro"}}
    answer = post(request.getfixturevalue(connector), json.dumps({"batch": [call, good]}).encode())
    assert answer.status_code == 200
    process_all()
    assert not RawEvent.objects.filter(state="kept").exists()
    assert Identity.objects.filter(value="unverified:7").exists()  # the rest went in


@pytest.mark.parametrize("connector", ["pages", "assumed"])
def test_no_depth_makes_the_door_stumble(request, connector):
    connector = request.getfixturevalue(connector)
    for levels in range(300, 1000, 23):
        call = '{"type": "track", "event": "x", "anonymousId": "a", "properties": {"a": %s, "b": "%s"}}'
        body = '{"batch": [%s]}' % (call % (deep(levels), "\\u0000"))
        assert post(connector, body.encode()).status_code in (200, 400)
    process_all()
    assert not Event.objects.exists()


@pytest.mark.parametrize("key", ['"\\ud800"', '"tl1_\\udfff"', '"\xff"'])
def test_a_key_that_is_half_a_character_is_a_wrong_key(client, pages, key):
    body = f'{{"batch": [], "writeKey": {key}}}'.encode("latin-1")
    assert client.post("/v1/batch", body, content_type="text/plain").status_code == 401
    body = f'{{"key": {key}, "visitor": "{BROWSER}", "page": {{}}}}'.encode("latin-1")
    assert client.post("/tracker/here", body, content_type="text/plain").status_code == 403


def test_what_a_batch_has_in_common_is_not_kept_a_thousand_times_over(assumed):
    """Half a megabyte, packed to next to nothing, would be a gigabyte of rows."""
    calls = [viewed(messageId=f"m{number}") for number in range(100)]
    large = {"campaign": {"name": "x" * 200_000}}
    body = gzip.compress(json.dumps({"batch": calls, "context": large}).encode())
    assert post(assumed, body, **{"Content-Encoding": "gzip"}).status_code == 400
    some = {"campaign": {f"name{n}": "x" * 900 for n in range(20)}, "page": {"title": "y" * 9000, "url": ["z"]}}
    assert take(assumed, *calls, context=some) == {"success": True}
    kept = Event.objects.first().context
    assert len(json.dumps(kept)) < 5000
    assert kept["page"]["title"].startswith("yyy") and "url" not in kept["page"]


def test_one_address_may_report_only_so_much(assumed, monkeypatch):
    monkeypatch.setitem(limits.MOST, "track", (5, 3600))
    assert post(assumed, {"batch": [viewed(), viewed(), viewed()]}).status_code == 200
    assert post(assumed, {"batch": [viewed(), viewed(), viewed()]}).status_code == 429
    server = tracker(trusted=True, consent="assumed")
    assert post(server, {"batch": [viewed()] * 6}).status_code == 200  # the shop's own servers are no outsiders


def test_one_address_may_be_only_so_many_browsers(client, pages, monkeypatch):
    monkeypatch.setitem(limits.MOST, "here", (2, 3600))
    said = []
    for number in range(3):
        visitor = f"{number:08x}-0000-4000-8000-000000000000"
        told = {"key": pages.secrets["write_key"], "visitor": visitor, "page": {"url": SHOP}, "gone": True}
        said.append(client.post("/tracker/here", json.dumps(told), "text/plain", headers={"Origin": SHOP}).status_code)
    assert said == [204, 204, 429]


KEY = "x" * 40


def signed(key=KEY, algorithm="HS256", **claims):
    return jwt.encode({"sub": "17", "exp": int(time.time()) + 99, **claims}, key, algorithm=algorithm)


@pytest.mark.parametrize(
    "token",
    [
        signed(key="", algorithm="none"),
        signed(key="y" * 40),
        signed(key="x" * 64, algorithm="HS512"),
        signed(exp=int(time.time()) - 99),
        signed(exp=None),
        signed(exp="nan"),
        signed(exp=10**400),
        signed(sub=None),
        signed(sub=""),
        signed(sub=" \x00"),
        "a.b.c",
        "\ud800",
    ],
    ids=[
        "no algorithm", "another key", "another algorithm", "out of date", "no date", "no number", "no such date",
        "nobody", "nobody by name", "blank", "no token", "no text",
    ],
)  # fmt: skip
def test_a_token_that_proves_nothing_is_nobody(assumed, token):
    """Of shops that sign whoever is not signed in, too: all their guests would be one person."""
    assumed.settings["shop"] = "hf"
    assumed.secrets = {**assumed.secrets, "identity": KEY}
    assumed.save()
    assert vouched_for(assumed, token, at=timezone.now()) is None
    assert post(assumed, {"batch": [viewed(context={"identity": token})]}).status_code == 200


def test_nothing_that_a_page_says_makes_its_visitor_a_customer(assumed):
    other = "0b7f3c52-1b5e-4c4c-9a52-6f0d3a1d7c99"
    assumed.settings["shop"] = "hf"
    assumed.save()
    ann, _account = identify([Handle("shop", "hf:17"), Handle("visitor", BROWSER), Handle("email", "ann@home.example")])
    traits = {"email": "ann@home.example", "phone": "+441539555555"}
    bought = {"order_id": "HF-1", "total": 5, "currency": "GBP", "email": "ann@home.example"}
    take(
        assumed,
        {"type": "identify", "userId": "17", "anonymousId": other, "traits": traits},
        {"type": "identify", "userId": "hf:17", "anonymousId": other},
        {"type": "alias", "userId": "17", "previousId": other},
        {"type": "alias", "userId": other, "previousId": BROWSER},
        {"type": "track", "event": "Order Completed", "userId": "17", "anonymousId": other, "properties": bought},
    )
    assert Identity.objects.get(value=other).customer_id != ann.pk
    assert Customer.objects.living().count() == 2 and not Order.objects.exists()
