"""The browser tracker on the demo shop's pages: silent until its visitor agrees, and then exact."""

import gzip
import json
import re

import pytest
from playwright.sync_api import expect

from conversations.live import on_site
from customers.models import Cart, Consent, Event, Identity, Visit
from integrations.adapters.trackers.about import new_key
from integrations.models import Connector, RawEvent
from integrations.tasks import process_batch
from tests.browser.conftest import becomes, eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOCKS = "/demo-shop/products/otter-socks/"
LIMIT = 5_000  # bytes, gzipped
GPC = "Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })"
DNT = "Object.defineProperty(navigator, 'doNotTrack', { get: () => '1' })"


@pytest.fixture
def tracker(transactional_db):
    connector = Connector.objects.create(name="Pages", adapter="segment", settings={"origins": [], "trusted": False})
    connector.secrets = {"write_key": new_key(connector)}
    connector.save()
    return connector


@pytest.fixture
def visit(live_desk, tracker, open_page):
    """Opens the shop, with a list of what its page told the desk."""

    def go(path=SOCKS, script="", choose="", **options):
        page = open_page(**options)
        page.told = []
        page.on("request", lambda request: page.told.append(request.url) if _is_ours(request.url) else None)
        if script:
            page.context.add_init_script(script)
        page.goto(live_desk.url + path)
        if choose:
            page.get_by_role("button", name=choose).click()
        return page

    return go


def _is_ours(url):
    return "/v1/" in url or "/tracker/here" in url


def until(page, live_desk, what):
    """What the desk knows, once it knows it: batches are processed as they come."""
    return eventually(page, lambda: live_desk.do(_processed, what))


def until_it_is(page, live_desk, what, wanted):
    becomes(page, lambda: live_desk.do(_processed, what), wanted)


def _processed(what):
    for pk in RawEvent.objects.filter(state="kept").order_by("pk").values_list("pk", flat=True):
        process_batch(pk)
    return what()


def names():
    return sorted(Event.objects.values_list("name", flat=True))


def reported(page):
    return [url for url in page.told if "/v1/" in url]


def test_the_script_is_small_and_runs_nothing_foreign(client, db):
    answer = client.get("/tracker/throughline.js", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip" and len(answer.content) < LIMIT
    script = gzip.decompress(answer.content).decode()
    assert not re.search(r"\b(eval|innerHTML|document\.cookie|document\.write|new Function)\b", script)
    assert client.get("/tracker/throughline.js", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_nothing_is_stored_or_told_before_the_visitor_agrees(visit, live_desk):
    page = visit()
    page.get_by_role("button", name="Yes, remember").wait_for()
    page.get_by_role("radio", name="40–43").check(force=True)
    page.get_by_role("button", name="Add to basket").click()
    page.wait_for_url("**/basket/")
    assert page.told == [] and page.evaluate("localStorage.length") == 0
    assert not live_desk.do(RawEvent.objects.exists)


def test_who_says_no_is_left_alone_and_not_asked_again(visit, live_desk):
    page = visit(choose="No, thank you")
    page.goto(live_desk.url + "/demo-shop/")
    page.wait_for_timeout(2500)
    assert page.told == []
    expect(page.get_by_role("button", name="Yes, remember")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage)") == ["throughline.consent"]


@pytest.mark.parametrize("signal", [GPC, DNT], ids=["gpc", "dnt"])
def test_a_browser_that_asks_not_to_be_tracked_is_not_even_asked(visit, signal):
    page = visit(script=signal)
    expect(page.get_by_role("button", name="Yes, remember")).to_be_hidden()
    page.evaluate("throughlineTracker.consent({ analytics: true })")
    page.evaluate("throughlineTracker.track('Product Viewed', {})")
    page.wait_for_timeout(2500)
    assert page.told == []


def test_a_visit_from_the_first_page_to_the_basket(visit, live_desk):
    page = visit(choose="Yes, remember")
    page.get_by_role("radio", name="40–43").check(force=True)
    page.get_by_role("button", name="Add to basket").click()
    page.wait_for_url("**/basket/")
    # The first page goes with what happened on it, the basket a moment later by itself.
    told = {"Page Viewed", "Product Viewed", "Product Added", "Cart Updated"}
    until(page, live_desk, lambda: set(names()) >= told and names().count("Page Viewed") == 2)
    told, cart = live_desk.do(Visit.objects.get), live_desk.do(Cart.objects.get)
    assert told.seen[0]["name"] == "Otter Hiking Socks" and told.pages == 2
    assert (cart.total, cart.currency, cart.lines[0]["quantity"]) == (16, "GBP", 1)
    identity = live_desk.do(Identity.objects.get)
    assert identity.kind == "visitor" and identity.value == json.loads(
        page.evaluate("localStorage['throughline.visitor']")
    )
    assert live_desk.do(lambda: Consent.objects.filter(purpose="analytics", is_granted=True).exists())
    until_it_is(page, live_desk, lambda: [here.title for here in on_site.among([identity.value])], [page.title()])
    assert page.context.cookies() == [one for one in page.context.cookies() if one["name"] != "throughline"]


def test_time_on_a_page_is_told_when_it_is_left(visit, live_desk):
    page = visit(choose="Yes, remember")
    page.wait_for_timeout(1600)
    page.goto(live_desk.url + "/demo-shop/")
    until(page, live_desk, lambda: "Page Left" in names())
    left = live_desk.do(lambda: Event.objects.get(name="Page Left"))
    assert 1 <= left.properties["seconds"] <= 60 and left.properties["url"].endswith(SOCKS)
    until(page, live_desk, lambda: Visit.objects.get().seconds >= 1)


def test_a_shop_that_draws_its_pages_itself_counts_each(visit, live_desk):
    page = visit(choose="Yes, remember")
    page.evaluate("history.pushState({}, '', '/demo-shop/men/'); document.title = 'Men'")
    page.evaluate("history.replaceState({}, '', '/demo-shop/men/?size=L')")  # the same page
    page.evaluate("new Promise((done) => setTimeout(done, 50))")  # a page is counted a moment after its address changes
    page.evaluate("history.pushState({}, '', '/demo-shop/packs/?q=flask&token=secret'); document.title = 'Packs'")
    until(
        page,
        live_desk,
        lambda: Event.objects.filter(name="Page Viewed").count() == 3 and "Products Searched" in names(),
    )
    urls = live_desk.do(lambda: [e.properties["url"] for e in Event.objects.filter(name="Page Viewed")])
    assert not any("secret" in url for url in urls)
    until_it_is(page, live_desk, lambda: Visit.objects.get().searches, ["flask"])


def test_who_takes_it_back_is_forgotten_by_the_browser(visit, live_desk):
    page = visit(choose="Yes, remember")
    until(page, live_desk, lambda: "Product Viewed" in names())
    page.get_by_role("button", name="Change what we may remember").click()
    page.get_by_role("button", name="No, thank you").click()
    until(page, live_desk, lambda: Consent.objects.filter(purpose="analytics", is_granted=False).exists())
    assert page.evaluate("localStorage.getItem('throughline.visitor')") is None
    told = len(page.told)
    page.goto(live_desk.url + "/demo-shop/")
    page.wait_for_timeout(2500)
    assert len(page.told) == told


def test_what_the_desk_could_not_take_is_told_again_and_counted_once(visit, live_desk):
    page = visit("/demo-shop/")
    page.route("**/v1/batch", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Yes, remember").click()
    eventually(page, lambda: reported(page))
    assert not live_desk.do(RawEvent.objects.exists)
    page.unroute("**/v1/batch")
    until(page, live_desk, lambda: "Page Viewed" in names())
    assert live_desk.do(names).count("Page Viewed") == 1


def test_the_chat_and_the_tracker_know_one_visitor(visit, live_desk, shop):
    page = visit(choose="Yes, remember")
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("textbox", name="Message").fill("Do these shrink?")
    page.get_by_role("textbox", name="Message").press("Enter")
    page.get_by_text("Sent", exact=True).wait_for()
    until(page, live_desk, lambda: "Product Viewed" in names())
    until_it_is(page, live_desk, Identity.objects.count, 1)
