"""The tracking API: what public client libraries send comes in once; what is bad in it is set aside, call by call."""

import base64
import gzip
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Cart, Claim, Consent, Customer, Event, Identity, Trait, Visit, WishItem
from integrations.adapters.trackers.about import new_key
from integrations.inbound.process import replay
from integrations.models import Connector, RawEvent
from integrations.tasks import process_batch, sweep_raw_events

pytestmark = pytest.mark.django_db

SHOP = "https://shop.example"
BROWSER = "0b7f3c52-1b5e-4c4c-9a52-6f0d3a1d7c10"


def tracker(**settings):
    connector = Connector.objects.create(name="Shop", adapter="segment", settings=settings)
    connector.secrets = {"write_key": new_key(connector)}
    connector.save()
    return connector


@pytest.fixture
def server(db):
    """The key on the shop's own servers."""
    return tracker(trusted=True, consent="assumed")


@pytest.fixture
def browser(db):
    """The key in the shop's pages."""
    return tracker(origins=[SHOP], consent="assumed")


def basic(connector):
    return "Basic " + base64.b64encode(f"{connector.secrets['write_key']}:".encode()).decode()


def post(connector, body, kind="batch", **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(
        f"/v1/{kind}",
        body,
        content_type="application/json",
        headers={"Authorization": basic(connector), **headers},
    )


def process_all():
    """As the worker does."""
    for raw_id in RawEvent.objects.filter(state="kept").values_list("pk", flat=True):
        process_batch(raw_id)


def take(connector, *calls, kind="batch", **fields):
    """The answer to a batch, after its processing."""
    answer = post(connector, {"batch": list(calls), **fields}, kind)
    process_all()
    return answer.json()


def call(event="Coupon Applied", **fields):
    return {"type": "track", "event": event, "userId": "7", "messageId": f"m-{call.number()}", **fields}


call.number = iter(range(10**9)).__next__


def asides():
    return list(RawEvent.objects.filter(state="aside").order_by("pk").values_list("error", flat=True))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("track", {"event": "Product Viewed", "properties": {"product_id": "1", "name": "Fell jacket"}}),
        ("page", {"name": "Home", "properties": {"url": "https://shop.example/"}}),
        ("screen", {"name": "Start"}),
        ("t", {"event": "Product Viewed"}),
        ("p", {"name": "Home"}),
    ],
)
def test_each_call_is_an_event(server, kind, body):
    assert post(server, {"userId": "7", "messageId": "m1", **body}, kind).json() == {"success": True}
    process_all()
    event = Event.objects.get()
    assert event.external_id == "m1" and event.source == server.pk
    assert event.name == {"page": "Page Viewed", "p": "Page Viewed", "screen": "Screen Viewed"}.get(
        kind, "Product Viewed"
    )
    assert (event.identity.kind, event.identity.value) == ("shop", "7")
    assert event.visit.pages == (0 if event.name == "Product Viewed" else 1)


@pytest.mark.parametrize("kind", ["identify", "i"])
def test_identify_brings_traits(server, kind):
    body = {
        "userId": "7",
        "anonymousId": BROWSER,
        "traits": {"name": "Ann Bell", "email": "Ann@home.example", "plan": 2},
    }
    post(server, body, kind)
    process_all()
    customer = Customer.objects.get()
    assert customer.name == "Ann Bell"
    assert {identity.kind for identity in customer.identities.all()} == {"shop", "visitor"}
    assert Claim.objects.get().value == "ann@home.example"  # the shop has not said that it had it confirmed
    assert dict(Trait.objects.values_list("name", "value"))["plan"] == 2
    assert Event.objects.get().name == "Profile Changed"


def test_addresses_that_the_shop_has_had_confirmed_are_identities():
    connector = tracker(trusted=True, consent="assumed", verifies=["email"])
    take(connector, {"type": "identify", "userId": "7", "traits": {"email": "ann@home.example"}})
    assert set(Identity.objects.values_list("kind", flat=True)) == {"shop", "email"}


def test_what_a_browser_says_of_its_user_is_a_claim(browser):
    said = {"type": "identify", "userId": "7", "anonymousId": BROWSER, "traits": {"email": "boss@shop.example"}}
    take(browser, said)
    assert [(each.kind, each.value) for each in Identity.objects.all()] == [("visitor", BROWSER)]
    assert {claim.kind for claim in Claim.objects.all()} == {"shop", "email"}


def test_group_is_kept_as_a_trait(server):
    take(server, {"type": "group", "userId": "7", "groupId": "acme", "traits": {"name": "Acme"}})
    assert Trait.objects.get(name="group").value == {"id": "acme", "name": "Acme"}


def test_the_past_of_a_browser_belongs_to_the_customer_from_the_alias_on_and_goes_back_on_unmerge(server):
    from customers.merging import unmerge
    from customers.models import MergeEntry

    take(server, {"type": "page", "anonymousId": BROWSER, "messageId": "p1"}, call())
    ann = Identity.objects.get(kind="shop").customer
    stranger = Identity.objects.get(kind="visitor").customer
    assert ann != stranger
    take(server, {"type": "alias", "previousId": BROWSER, "userId": "7"})
    assert Event.objects.filter(identity__customer=ann).count() == 2
    entry = MergeEntry.objects.get()
    take(server, {"type": "page", "anonymousId": BROWSER, "messageId": "p2"})
    unmerge(entry)
    assert set(Event.objects.filter(identity__customer=stranger).values_list("external_id", flat=True)) == {"p1", "p2"}


def test_a_verified_identify_brings_the_past_of_its_browser(server):
    take(server, {"type": "page", "anonymousId": BROWSER, "messageId": "p1"})
    take(server, {"type": "identify", "userId": "7", "anonymousId": BROWSER})
    owner = Identity.objects.get(kind="shop").customer
    assert Event.objects.get(external_id="p1").identity.customer == owner


def test_an_untrusted_alias_moves_nothing(browser):
    take(browser, {"type": "page", "anonymousId": BROWSER, "messageId": "p1"})
    take(browser, {"type": "alias", "previousId": BROWSER, "userId": "7"})
    assert Identity.objects.count() == 1 and Claim.objects.get().kind == "shop"


# exactly once


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_five_times_in_parallel_is_there_once():
    connector = tracker(trusted=True, consent="assumed")
    body = {"batch": [call(event="Product Viewed", messageId=f"b{number}") for number in range(50)]}
    answers = []

    def send(number):
        try:
            answers.append(post(connector, {**body, "sentAt": f"2026-11-22T07:00:0{number}Z"}).status_code)
            for raw_id in RawEvent.objects.order_by("pk").values_list("pk", flat=True):
                process_batch(raw_id)
            sweep_raw_events()
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    process_all()
    assert answers == [200] * 5
    assert Event.objects.count() == 50 and Customer.objects.count() == 1
    assert not RawEvent.objects.exclude(state="done").exclude(state="ignored").exists()


def test_the_very_same_request_is_kept_once(server):
    body = {"batch": [call()]}
    post(server, body)
    post(server, body)
    assert RawEvent.objects.count() == 1


def test_requests_that_name_neither_call_nor_time_are_each_meant(server):
    body = {"userId": "7", "event": "Coupon Applied"}
    post(server, body, "track")
    post(server, body, "track")
    process_all()
    assert Event.objects.count() == 2


def test_what_was_kept_is_byte_for_byte_what_came(server):
    body = b'{"batch": [ {"type":"track", "event":"Coupon Applied", "userId":7, "messageId":"x"} ]}'
    assert post(server, gzip.compress(body), **{"Content-Encoding": "gzip"}).status_code == 200
    assert bytes(RawEvent.objects.get().body) == body
    process_all()
    assert Event.objects.get().identity.value == "7"


def test_many_small_requests_are_processed_together_and_the_bad_ones_apart(server):
    bodies = [{"batch": [call(messageId=f"s{number}")]} for number in range(20)]
    bodies[7]["batch"][0]["userId"] = None
    for body in bodies:
        post(server, body)
    first, *rest = RawEvent.objects.order_by("pk").values_list("pk", flat=True)
    with CaptureQueriesContext(connection) as statements:
        process_batch(first)
    assert len(statements) < 60
    assert Event.objects.count() == 19 and len(asides()) == 1
    assert set(RawEvent.objects.filter(pk__in=[first, *rest]).values_list("state", flat=True)) == {"done"}
    with CaptureQueriesContext(connection) as statements:
        process_batch(rest[0])
    assert len(statements) == 1


def test_a_large_request_is_processed_and_takes_small_ones_along(server):
    post(server, {"batch": [call(properties={"words": "x" * 3000}) for _ in range(20)]})
    post(server, {"batch": [call()]})
    post(server, {"batch": [call(properties={"words": "x" * 3000}) for _ in range(20)]})
    first, _second, third = RawEvent.objects.order_by("pk").values_list("pk", flat=True)
    process_batch(first)
    assert Event.objects.count() == 21
    process_batch(third)
    assert Event.objects.count() == 41


def test_a_request_that_spoils_the_others_is_processed_alone(server, monkeypatch):
    from customers import gather

    keep = gather.KEEPERS[gather.EventFact]

    def refuses(facts):
        if any(fact.name == "Impossible" for fact in facts):
            raise RuntimeError("something of ours is broken")
        return keep(facts)

    monkeypatch.setitem(gather.KEEPERS, gather.EventFact, refuses)
    for event in ("Coupon Applied", "Impossible", "Coupon Applied"):
        post(server, {"batch": [call(event)]})
    process_batch(RawEvent.objects.order_by("pk").values_list("pk", flat=True)[0])
    assert Event.objects.count() == 2
    assert list(RawEvent.objects.order_by("pk").values_list("state", "tries")) == [
        ("done", 0),
        ("kept", 1),
        ("done", 0),
    ]


# the clock


def test_a_clock_that_is_three_hours_wrong_is_corrected(server):
    wrong = timezone.now() + timedelta(hours=3)
    take(server, call(timestamp=(wrong - timedelta(minutes=2)).isoformat()), sentAt=wrong.isoformat())
    assert abs(timezone.now() - timedelta(minutes=2) - Event.objects.get().occurred_at) < timedelta(seconds=20)


def test_a_device_that_was_never_set_is_corrected_as_well(server):
    take(server, call(timestamp="1970-01-01T00:00:10Z"), sentAt="1970-01-01T00:01:10Z")
    assert abs(timezone.now() - timedelta(minutes=1) - Event.objects.get().occurred_at) < timedelta(seconds=20)


def test_a_retry_by_another_clock_changes_nothing(server):
    take(server, call(messageId="one", timestamp="2026-11-20T10:00:00Z"))
    before = Event.objects.get().occurred_at
    take(server, call(messageId="one", timestamp="2026-11-20T10:30:00Z"), sentAt="2026-11-21T10:00:00Z")
    assert Event.objects.get().occurred_at == before


def test_imported_history_keeps_its_dates(server):
    take(server, call(timestamp="2015-02-02T00:30:08.276Z"), kind="import", sentAt="2026-11-22T00:00:00Z")
    assert Event.objects.get().occurred_at == datetime(2015, 2, 2, 0, 30, 8, 276000, tzinfo=UTC)


# bad input

BAD = {
    "1970": ({"timestamp": "1970-01-01T00:00:00Z"}, "1970"),
    "2099": ({"timestamp": "2099-01-01T00:00:00Z"}, "future"),
    "no date": ({"timestamp": "yesterday"}, "no date"),
    "a date that is a list": ({"timestamp": [1]}, "ISO 8601"),
    "a negative price": ({"event": "Product Added", "properties": {"price": -5}}, "not negative"),
    "a price that is a word": ({"event": "Product Added", "properties": {"price": "cheap"}}, "not a sum"),
    "a negative price within": ({"event": "Cart Updated", "properties": {"products": [{"price": -5}]}}, "not negative"),
    "a currency that is none": ({"properties": {"currency": "XXQ"}}, "not a currency"),
    "a currency that is a number": ({"properties": {"currency": 978}}, "three letters"),
    "no ids": ({"userId": None}, "userId or an anonymousId"),
    "an id that is an object": ({"userId": {"a": 1}}, "An id is text"),
    "an id that is true": ({"userId": True}, "An id is text"),
    "an endless id": ({"userId": "7" * 301}, "up to 300"),
    "no event": ({"event": None}, "name of its event"),
    "an event that is a number": ({"event": 7}, "name of its event"),
    "an endless event": ({"event": "x" * 121}, "up to 120"),
    "no type": ({"type": None}, "no type of call"),
    "another type": ({"type": "delete"}, "no type of call"),
    "properties that are a list": ({"properties": []}, "not an object")
    if False
    else ({"properties": [1]}, "not an object"),
    "a messageId that is a number": ({"messageId": 7}, "messageId is text"),
    "a NUL": ({"properties": {"a": "b\x00c"}}, "NUL"),
    "half a character": ({"properties": {"a": "\ud800"}}, "half a character"),
    "too many values": ({"properties": {str(number): 1 for number in range(1001)}}, "more than 1000 values"),
    "too deep": ({"properties": json.loads("[" * 20 + "]" * 20) and {"a": json.loads("[" * 20 + "]" * 20)}}, "nested"),
    "too large": ({"properties": {"a": "x" * 33_000}}, "up to 32 kB"),
}


@pytest.mark.parametrize(("fields", "reason"), BAD.values(), ids=BAD)
def test_a_bad_call_is_set_aside_with_its_reason_and_the_rest_goes_in(server, fields, reason):
    answer = take(server, call(), call(**fields), call())
    assert Event.objects.count() == 2
    assert [bad["index"] for bad in answer["rejected"]] == [1]
    assert reason in answer["rejected"][0]["reason"]
    assert len(asides()) == 1 and reason in asides()[0]


@pytest.mark.parametrize("bad", [None, 7, "track", [], True])
def test_a_call_that_is_no_object_is_set_aside(server, bad):
    take(server, call(), bad)
    assert Event.objects.count() == 1 and asides() == ["A call is a JSON object."]


def test_bytes_that_are_no_utf8_spoil_only_their_call(server):
    good, bad = json.dumps(call()).encode(), json.dumps(call(event="Caf?")).encode().replace(b"?", b"\xe9")
    assert post(server, b'{"batch": [%s, %s]}' % (bad, good)).status_code == 200
    process_all()
    assert Event.objects.count() == 1 and "half a character" in asides()[0]
    assert b"Caf\xe9" in bytes(RawEvent.objects.get(state="aside").body)


def test_what_was_set_aside_goes_in_once_it_is_mended(server):
    take(server, call(messageId="mended", properties={"currency": "XXQ"}))
    aside = RawEvent.objects.get(state="aside")
    RawEvent.objects.filter(pk=aside.pk).update(body=bytes(aside.body).replace(b"XXQ", b"EUR"))
    assert replay(aside).state == "done"
    assert Event.objects.get().external_id == "mended"


def test_a_hundred_thousand_different_traits_over_time_are_stopped(server):
    for some in range(3):
        take(server, {"type": "identify", "userId": "7", "traits": {f"t{some}-{n}": 1 for n in range(100)}})
    assert Trait.objects.count() == 200
    assert "different traits" in RawEvent.objects.get(state="aside").error


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"batch": 7}', 400),
        (b'{"batch": [{"a": NaN}]}', 400),
        (b"[" * 100_000, 400),
        (b'{"batch": [], "x": "%s"}' % (b"x" * 520_000), 413),
    ],
)
def test_what_is_no_request_is_refused_whole(server, body, status):
    answer = post(server, body)
    assert answer.status_code == status
    assert answer.json()["success"] is False and answer.json()["code"] and answer.json()["message"]
    assert not RawEvent.objects.exists()


def test_one_call_has_up_to_32_kilobytes(server):
    answer = post(server, {"userId": "7", "event": "x", "properties": {"a": "x" * 33_000}}, "track")
    assert (answer.status_code, answer.json()["code"]) == (400, "too_large")


def test_a_small_body_that_unpacks_to_much_is_refused(server):
    bomb = gzip.compress(b'{"batch": [' + b" " * 50_000_000 + b"]}")
    assert len(bomb) < 100_000
    assert post(server, bomb, **{"Content-Encoding": "gzip"}).status_code == 413


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b'{"batch": []}', mtime=0)[:-4]], ids=["none", "half"])
def test_gzip_that_is_broken_is_refused(server, body):
    assert post(server, body, **{"Content-Encoding": "gzip"}).json()["code"] == "invalid_gzip"


def test_a_batch_of_nothing_but_bad_calls_is_not_set_aside_in_thousands(server):
    answer = take(server, *([7] * 3000), call())
    assert len(answer["rejected"]) == 2501
    assert len(asides()) == 52 and not Event.objects.exists()
    assert "2450 more calls" in asides()[50] and "up to 2500 calls" in asides()[51]
    replay(RawEvent.objects.get(error__startswith="A batch has"))
    assert Event.objects.count() == 1  # what was too much of one batch is another


def test_one_call_that_the_database_refuses_is_set_aside_alone(server, monkeypatch):
    """What no check foresaw: the batch is tried again call by call."""
    from customers import gather

    def refuses(facts):
        if any(fact.name == "Impossible" for fact in facts):
            with connection.cursor() as cursor:
                cursor.execute("select 'x'::int")
        return keep(facts)

    keep = gather.KEEPERS[gather.EventFact]
    monkeypatch.setitem(gather.KEEPERS, gather.EventFact, refuses)
    take(server, call(), call("Impossible", messageId="bad"), call())
    assert Event.objects.count() == 2
    aside = RawEvent.objects.get(state="aside")
    assert aside.error.startswith("DataError") and b"Impossible" in bytes(aside.body)
    monkeypatch.undo()
    assert replay(aside).state == "done"
    assert Event.objects.filter(external_id="bad").exists()


# keys and origins


@pytest.mark.parametrize(
    "key", ["", "x", "tl1_", "tl999999_x", "tl\u0661_x", "tl1_" + "x" * 5000, "tl" + "9" * 400 + "_x"]
)
def test_a_wrong_key_is_refused(server, key):
    header = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    answer = Client().post("/v1/track", b"{}", content_type="application/json", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    answer = Client().post("/v1/track", json.dumps({"writeKey": key}), content_type="application/json")
    assert answer.status_code == 401
    assert not RawEvent.objects.exists()


def test_a_key_of_a_tracker_that_was_switched_off_is_refused(server):
    Connector.objects.update(is_active=False)
    assert post(server, {"batch": [call()]}).status_code == 401


def test_browsers_send_the_key_in_the_body(browser):
    body = {"anonymousId": BROWSER, "event": "Coupon Applied", "writeKey": browser.secrets["write_key"]}
    answer = Client().post("/v1/t", json.dumps(body), content_type="text/plain", headers={"Origin": SHOP})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == SHOP
    process_all()
    assert Event.objects.get().identity.value == BROWSER


def test_another_page_may_not_use_the_key(browser, settings):
    settings.LOCAL = False
    answer = post(browser, {"batch": [call()]}, Origin="https://elsewhere.example")
    assert answer.status_code == 403 and "Access-Control-Allow-Origin" not in answer
    assert not RawEvent.objects.exists()


def test_a_preflight_is_answered_for_the_origins_of_trackers(browser, settings):
    settings.LOCAL = False
    answer = Client().options("/v1/batch", headers={"Origin": SHOP})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, SHOP)
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert Client().options("/v1/batch", headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_other_words_and_methods_are_none_of_the_api(server):
    assert post(server, {}, "delete").status_code == 404
    assert Client().get("/v1/track").status_code == 405


# consent


def consented(analytics):
    return {"consent": {"categoryPreferences": {"Analytics": analytics, "Advertising": False}}}


def test_behaviour_without_consent_leaves_no_trace_but_a_count():
    connector = tracker(origins=[SHOP])
    page = {"type": "page", "anonymousId": BROWSER, "messageId": "secret-page"}
    assert take(connector, page)["withheld"] == 1  # nothing said
    assert take(connector, page, context=consented(False))["withheld"] == 1
    assert not Identity.objects.exists() and not RawEvent.objects.exists()
    assert Connector.objects.get().cursor["withheld"] == 2
    order = {"type": "track", "event": "Order Completed", "userId": "7", "messageId": "order"}
    assert take(connector, {**page, "context": consented(False)}, order)["withheld"] == 1
    assert list(Event.objects.values_list("name", flat=True)) == ["Order Completed"]
    assert b"secret-page" not in bytes(RawEvent.objects.get().body)


def test_with_consent_it_is_kept_and_the_consent_once():
    connector = tracker(origins=[SHOP])
    for number in range(3):
        take(connector, {"type": "page", "anonymousId": BROWSER, "messageId": f"p{number}", "context": consented(True)})
    assert Event.objects.filter(name="Page Viewed").count() == 3
    consent = Consent.objects.get()
    assert (consent.purpose, consent.is_granted) == ("analytics", True)


def test_consent_that_is_taken_back_is_history_and_holds_from_then_on(browser):
    page = {"type": "page", "anonymousId": BROWSER}
    take(browser, {**page, "messageId": "1", "context": consented(True)})
    take(
        browser,
        {**page, "messageId": "2", "context": consented(False)},
        call(event="Order Completed", context=consented(False)),
    )
    assert Event.objects.filter(name="Page Viewed").count() == 1
    states = Consent.objects.filter(identity__value=BROWSER).order_by("said_at").values_list("is_granted", flat=True)
    assert list(states) == [True, False]
    told = {"type": "track", "event": "Segment Consent Preference Updated", "anonymousId": BROWSER, "messageId": "3"}
    take(browser, {**told, "context": consented(False)})
    assert list(states.all()) == [True, False]
    take(browser, {**page, "messageId": "4"})  # says nothing, and the word before it holds
    assert Event.objects.filter(name="Page Viewed").count() == 1


def test_a_place_is_kept_only_where_location_is_allowed(server):
    place = {"location": {"city": "Bergen"}, "ip": "192.0.2.1"}
    take(server, call(messageId="1", context=place))
    allowed = {**place, "consent": {"categoryPreferences": {"location": True}}}
    take(server, call(messageId="2", context=allowed))
    assert "place" not in Event.objects.get(external_id="1").context
    assert Event.objects.get(external_id="2").context["place"] == {"city": "Bergen"}
    assert "192.0.2.1" not in json.dumps(list(Event.objects.values_list("context", flat=True)))


def test_what_was_withheld_is_counted_for_whoever_watches(client):
    connector = tracker(origins=[SHOP])
    take(connector, {"type": "page", "anonymousId": BROWSER, "messageId": "1"})
    told = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert f'throughline_events_withheld{{connector="{connector.pk}"}} 1.0' in told


# what follows


def test_a_cart_is_kept_as_it_was_last_told(browser):
    goods = [{"product_id": "1", "name": "Fell jacket", "price": 149, "quantity": 2}]
    cart = {"cart_id": "c1", "currency": "EUR", "products": goods}
    take(
        browser,
        call("Cart Updated", userId=None, anonymousId=BROWSER, properties=cart, timestamp="2026-11-20T10:00:00Z"),
    )
    older = {**cart, "products": [], "value": 0}
    take(
        browser,
        call("Cart Updated", userId=None, anonymousId=BROWSER, properties=older, timestamp="2026-11-20T09:00:00Z"),
    )
    kept = Cart.objects.get()
    assert (kept.external_id, kept.total, kept.lines[0]["name"]) == ("c1", 298, "Fell jacket")


def test_the_wish_list_follows(browser):
    thing = {"product_id": "1", "name": "Fell jacket"}
    for event, when in (
        ("add_to_wishlist", "10:00"),
        ("Product Removed from Wishlist", "11:00"),
        ("add_to_wishlist", "10:30"),
    ):
        stamp = f"2026-11-20T{when}:00Z"
        take(browser, call(event, userId=None, anonymousId=BROWSER, properties=thing, timestamp=stamp))
    assert not WishItem.objects.exists()
    take(
        browser,
        call("add_to_wishlist", userId=None, anonymousId=BROWSER, properties=thing, timestamp="2026-11-20T12:00:00Z"),
    )
    assert WishItem.objects.get().name == "Fell jacket"


def test_page_views_fold_into_a_visit(browser):
    def view(number, minute, **fields):
        at = f"2026-11-20T10:{minute:02}:00Z"
        return {"type": "page", "anonymousId": BROWSER, "messageId": f"v{number}", "timestamp": at, **fields}

    take(browser, view(1, 0, properties={"url": "https://shop.example/a", "title": "A"}), view(2, 25))
    jacket = {"type": "track", "event": "view_item", "properties": {"item_id": "1", "item_name": "Fell jacket"}}
    take(browser, {**view(3, 26), **jacket}, {**view(4, 59), **jacket})
    first, second = Visit.objects.order_by("started_at")
    assert first.pages == 2 and first.seen == [{"id": "1", "name": "Fell jacket", "times": 1}]
    assert second.pages == 0
    take(browser, view(5, 40))  # closes the gap
    visit = Visit.objects.get()
    assert visit.pages == 3 and visit.seen[0]["times"] == 2
    assert Event.objects.filter(visit=visit).count() == 5
