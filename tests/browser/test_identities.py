"""The card of one person's ways in a real Chromium: merge and take back where it is shown, axe in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.actions.people import merge_customers
from conversations.inbound.receive import receive
from customers.identify import Handle
from customers.models import Customer
from customers.suggestions import sweep
from tests.browser.conftest import becomes, eventually, is_live
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ann(live_desk, mail, chat, ada):
    """Known by two addresses, and perhaps somebody in the chat."""

    def make():
        customer = receive(from_ann(mail, "Hello")).conversation.customer
        other = receive(from_ann(mail, "From work", address="ann@work.example")).conversation.customer
        merge_customers(other, into=customer, by=ada, because="she told me on the phone")
        typed = Handle("email", "ann@home.example", is_verified=False)
        receive(from_ann(chat, "Hi", handles=(Handle("visitor", "v1", "A. Bell"), typed)))
        sweep()
        return customer

    return live_desk.do(make)


def living():
    return Customer.objects.living().count()


def test_a_double_is_merged_and_taken_apart_again_without_leaving_the_page(live_desk, page_of, ada, ann):
    page = page_of(ada, f"/customers/{ann.pk}/")
    page.evaluate("window.stayed = true")
    page.locator("#identities .callout button", has_text="Merge").click()
    page.locator("#identities h2", has_text="Same person, 3 ways").wait_for()
    becomes(page, lambda: live_desk.do(living), 1)
    page.locator("#toasts button", has_text="Undo").click()
    page.locator("#identities h2", has_text="Same person, 2 ways").wait_for()
    becomes(page, lambda: live_desk.do(living), 2)
    page.locator("#identities .callout button", has_text="Not the same").click()
    page.locator("#toasts .toast", has_text="We will not ask again").wait_for()
    expect(page.locator("#identities .callout")).to_have_count(0)
    page.get_by_label("Unmerge ann@work.example").click()
    page.locator("#identities h2", has_text="Known in one way").wait_for()
    becomes(page, lambda: live_desk.do(living), 3)
    assert page.evaluate("window.stayed")


def test_an_answer_that_comes_after_the_news_of_it_still_offers_undo(live_desk, page_of, ada, ann):
    page = page_of(ada, f"/customers/{ann.pk}/")
    is_live(page)
    refreshed = []
    page.on("request", lambda request: refreshed.append(request.url) if "facts=1" in request.url else None)

    def answer_late(route):
        """The desk has merged, and told so, a while before the button hears of it."""
        answer = route.fetch()
        page.wait_for_timeout(1500)
        route.fulfill(response=answer)

    page.route("**/doubles/*/", answer_late)
    page.locator("#identities .callout button", has_text="Merge").click()
    expect(page.locator("#toasts button", has_text="Undo")).to_be_visible()
    expect(page.locator("#identities h2")).to_have_text("Same person, 3 ways")
    eventually(page, lambda: refreshed)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_card(page_of, ada, ann, scheme):
    options = {"color_scheme": scheme, "reduced_motion": "reduce"}
    page = page_of(ada, f"/customers/{ann.pk}/", bypass_csp=True, **options)  # axe writes styles of its own
    for summary in page.locator("#identities summary").all():
        summary.click()
    violations = Axe().run(page).response["violations"]
    assert not violations, [(each["id"], each["nodes"][0]["html"]) for each in violations]
