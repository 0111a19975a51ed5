"""A customer's page and panel in a real Chromium: live, by the keyboard alone, without scripts, axe in both themes."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from conversations.inbound.receive import receive
from conversations.live.customers import push_customer
from customers.models import Order
from tests.browser.conftest import eventually, frames, is_live, still
from tests.conftest import from_ann
from tests.stories import happened, number_of, with_a_past

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def message(live_desk, mail, ada):
    def make():
        said = receive(from_ann(mail, "The medium is tight", subject="Size"))
        with_a_past(said.conversation.customer)
        return said

    return live_desk.do(make)


def buys(customer, number):
    shop = customer.identities.filter(kind="shop").get()
    now = timezone.now()
    Order.objects.create(identity=shop, source=1, external_id=number, number=number, currency="GBP", total=74,
                         placed_at=now, changed_at=now)  # fmt: skip
    happened(shop, "Order Placed", now, number=number, total="74.00", currency="GBP")
    push_customer([customer.pk])


def test_what_happens_appears_on_the_open_page(live_desk, page_of, ada, mail, message):
    customer = message.conversation.customer
    page = page_of(ada, f"/customers/{customer.pk}/")
    page.evaluate("window.stayed = true")
    is_live(page)
    live_desk.do(buys, customer, "HF-NEW")
    page.locator("#signals .arrived", has_text="Placed order HF-NEW").wait_for()
    page.locator("#orders", has_text="HF-NEW").wait_for()
    live_desk.do(receive, from_ann(mail, "One more thing"))
    page.locator("#signals .arrived", has_text="One more thing").wait_for()
    lines = page.locator("#signals .event.fact")
    expect(lines.nth(0)).to_contain_text("One more thing")
    expect(lines.nth(1)).to_contain_text("HF-NEW")
    expect(page.locator("#signals .day", has_text="Today")).to_have_count(1)
    assert page.evaluate("window.stayed")


def test_what_somebody_writes_meanwhile_is_not_lost(live_desk, page_of, ada, message):
    customer = message.conversation.customer
    page = page_of(ada, f"/customers/{customer.pk}/")
    is_live(page)
    page.fill("#about-text", "Prefers pickup")
    page.locator("#about button").focus()
    live_desk.do(buys, customer, "HF-NEW")
    page.locator("#signals .arrived", has_text="HF-NEW").wait_for()
    page.wait_for_timeout(300)
    assert page.input_value("#about-text") == "Prefers pickup"
    page.keyboard.press("Enter")
    page.locator("#about", has_text="Saved").wait_for()


def test_panel_and_thread_follow_what_the_customer_buys(live_desk, page_of, ada, message):
    page = page_of(ada, f"/conversations/{message.conversation_id}/")
    page.locator("#panel-facts", has_text="£2,340").wait_for()
    is_live(page)
    live_desk.do(buys, message.conversation.customer, "HF-NEW")
    page.locator("#panel-facts", has_text="HF-NEW").wait_for()
    page.locator("#timeline .arrived", has_text="Placed order HF-NEW").wait_for()
    expect(page.locator("#timeline > .event").last).to_contain_text("Placed order HF-NEW")


def test_the_keyboard_leads_to_the_customer_and_through_the_story(page_of, ada, message):
    page = page_of(ada, f"/conversations/{message.conversation_id}/")
    page.locator("#panel-facts").wait_for()
    page.keyboard.type("gc")  # within a second: one call is quicker than two
    page.wait_for_url("**/customers/*/")
    page.locator(".visit summary").focus()
    page.keyboard.press("Enter")
    page.locator(".visit .steps-inside").wait_for()
    page.locator('input[name=show][value="talk"]').focus()
    page.keyboard.press("Space")
    page.wait_for_url("**show=*")
    expect(page.locator("#signals")).not_to_contain_text("The medium is tight")
    expect(page.locator("#signals")).to_contain_text("Placed order")
    page.keyboard.press("o")
    page.wait_for_url(f"**/conversations/{message.conversation_id}/")


def test_the_story_goes_on_while_one_scrolls(live_desk, page_of, ada, message):
    shop = message.conversation.customer.identities.filter(kind="shop").get()

    def long():
        for number in range(120):
            happened(shop, "Order Updated", timezone.now() - timedelta(days=60, hours=number), number=f"X{number}")

    live_desk.do(long)
    page = page_of(ada, f"/customers/{message.conversation.customer_id}/")

    def is_all_there():
        page.evaluate("document.querySelector('#page-scroll').scrollTop = 1e6")
        return not page.locator("#story-older").count()

    eventually(page, is_all_there)
    ids = page.eval_on_selector_all("#signals > [id]", "all => all.map(each => each.id)")
    assert len(ids) == len(set(ids)) and sum(each.startswith("event-") for each in ids) == 125
    day = (timezone.localdate() - timedelta(days=62)).isoformat()
    page.goto(page.url.split("?")[0] + f"?at={day}")
    page.locator("#story-newer").wait_for()

    def is_back():
        for top in (400, 0):
            page.evaluate(f"document.querySelector('#page-scroll').scrollTop = {top}")
            frames(page)
        return page.locator("#signals", has_text="The medium is tight").count()

    eventually(page, is_back)


def test_everything_works_without_scripts(page_of, ada, message):
    page = page_of(ada, f"/customers/{message.conversation.customer_id}/", java_script_enabled=False)
    page.fill("#story-q", "parcel was")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?.*q=parcel"))
    expect(page.locator("#signals")).to_contain_text("The parcel was late")
    plain = page.url.split("?")[0]
    page.goto(plain)
    page.locator(".visit summary").click()
    page.locator(".visit a").click()
    page.locator("h1", has_text="A visit").wait_for()
    page.goto(plain)
    page.locator("#orders a", has_text=number_of(message.conversation.customer)).first.click()
    page.wait_for_url("**/orders/*/")
    expect(page.locator("main")).to_contain_text("Kestrel Trail Jacket")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(page_of, ada, message, scheme, width):
    customer, order = message.conversation.customer_id, message.conversation.customer
    order = Order.objects.filter(identity__customer=customer).values_list("pk", flat=True)[0]
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(ada, "/customers/", bypass_csp=True, **options)  # axe writes styles of its own
    conversation = f"/conversations/{message.conversation_id}/"
    for path in (f"/customers/{customer}/", f"/customers/{customer}/orders/", f"/orders/{order}/", conversation):
        violations = Axe().run(page).response["violations"]
        assert not violations, (page.url, [(each["id"], each["nodes"][0]["html"]) for each in violations])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        page.goto(path)
        still(page)
    violations = Axe().run(page).response["violations"]
    assert not violations, [(each["id"], each["nodes"][0]["html"]) for each in violations]
