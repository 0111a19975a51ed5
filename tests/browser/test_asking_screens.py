"""Segments, who is on the site, keeping and forgetting, in a real browser: by keyboard, in both themes, on a phone."""

import re
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe

from conversations.live import on_site
from customers import profile
from customers.models import Customer, Identity, Segment
from tests.browser.conftest import still

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visitor(live_desk):
    def make():
        customer = Customer.objects.create(name="Wim on the site")
        profile.compute([customer.pk])
        Segment.objects.create(name="Everybody", conditions={"rules": [_rule("orders", "under", 1)]})
        return Identity.objects.create(customer=customer, kind="visitor", value=str(uuid.uuid4()))

    identity = live_desk.do(make)
    on_site.arrive(identity.value, url="https://shop.example/socks/", title="Otter Hiking Socks")
    yield identity
    on_site.leave(identity.value)


def _rule(field, is_, value):
    return {"field": field, "is": is_, "value": value}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(page_of, live_desk, root, visitor, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(root, "/segments/", bypass_csp=True, **options)  # axe writes styles of its own
    segment = live_desk.do(Segment.objects.get)
    erase = f"/customers/{visitor.customer_id}/erase/"
    for path in ("/segments/", f"/segments/{segment.pk}/", "/visitors/", "/settings/privacy/?try", erase):
        assert page.goto(live_desk.url + path).status == 200
        still(page)
        violations = Axe().run(page).response["violations"]
        assert not violations, (path, [(each["id"], each["nodes"][0]["html"]) for each in violations])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_segment_is_made_by_keyboard_and_counts_as_one_types(page_of, live_desk, sam, visitor):
    page = page_of(sam, "/segments/new/")
    page.get_by_label("Name").fill("No orders yet")
    page.get_by_label("What").select_option("orders.under")
    page.get_by_label("Value").wait_for()
    page.get_by_label("Value").press_sequentially("1", delay=30)
    page.get_by_text("1 customer now").wait_for()
    page.get_by_role("button", name="Add a condition").focus()
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Condition 2").get_by_label("What").select_option("order.has")
    page.get_by_role("group", name="Condition 2").locator("select[name=value]").select_option("paid")
    page.get_by_text("0 customers now").wait_for()
    page.get_by_role("button", name="Remove condition 2").click()
    page.get_by_text("1 customer now").wait_for()
    page.get_by_label("Name").press("Enter")
    page.get_by_text("Saved: 1 customer is in it.").wait_for()
    page.get_by_role("link", name="No orders yet", exact=True).click()
    page.get_by_text("Wim on the site").first.wait_for()


def test_the_list_of_visitors_follows_without_a_reload(page_of, ada, visitor):
    page = page_of(ada, "/visitors/")
    page.get_by_text("Otter Hiking Socks").wait_for()
    on_site.arrive(visitor.value, url="https://shop.example/basket/", title="Basket")
    page.get_by_role("link", name=re.compile("^Basket")).wait_for()
    on_site.leave(visitor.value)
    page.get_by_text("Nobody who agreed to be seen is on the site.").wait_for()
