"""An agent refunds an order in a real Chromium: asked twice, by one key once, and the page shows how it stands then."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from customers.models import Order
from deskapp.models import User
from tests.browser.conftest import becomes
from tests.journeys.test_order_actions import order as placed
from tests.journeys.test_order_actions import shop

__all__ = ["placed", "shop"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_desk, placed, page_of, ada):
    return page_of(ada, f"/orders/{placed.pk}/")


def test_a_refund_is_asked_twice_and_the_page_follows(page, shop, live_desk):
    page.get_by_role("link", name="Refund", exact=True).click()
    page.fill("#id_amount", "40")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("£40.00 of order HF-1 goes back to the buyer").wait_for()
    assert not shop.asked
    violations = Axe().run(page, options={"preload": False}).response["violations"]
    assert not violations, violations
    page.get_by_role("button", name="Refund £40.00").click()
    page.get_by_text("Refund: £40.00 of HF-1. Done.").wait_for()
    page.locator("#order-goods", has_text="Refunded").wait_for()
    assert len(shop.asked) == 1
    becomes(page, lambda: live_desk.do(lambda: Order.objects.get().refunded), 40)


def test_a_refusal_names_the_limit_and_keeps_what_was_typed(page, shop, live_desk, ada):
    live_desk.do(lambda: User.objects.filter(pk=ada.pk).update(refund_limit=20))
    page.get_by_role("link", name="Refund", exact=True).click()
    page.fill("#id_amount", "40")
    page.fill("#id_reason", "seam")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("up to £20.00").first.wait_for()
    assert (page.input_value("#id_amount"), page.input_value("#id_reason")) == ("40", "seam")
    assert not shop.asked
