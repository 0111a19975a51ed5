"""The live board in a browser: it moves without reloading, keeps the focus, is walked by keyboard, hangs on a wall."""

import itertools
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from conversations.inbound.receive import receive
from conversations.models import Conversation
from conversations.routing import availability
from tests.browser.conftest import is_live, still
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def comes(mail, number=0, **fields):
    conversation = receive(from_ann(mail, "Hello", address=f"ann{number}@home.example")).conversation
    Conversation.objects.filter(pk=conversation.pk).update(**fields)
    return conversation


@pytest.fixture
def busy(live_desk, mail, ada, linus, billing):
    live_desk.do(comes, mail, due_at=timezone.now() - timedelta(minutes=4), is_late=True)
    live_desk.do(comes, mail, 1)
    live_desk.do(availability.choose, ada, "online")
    live_desk.do(availability.choose, linus, "away", reason="lunch")


ASKED = """performance.getEntriesByType("resource").filter((each) => each.name.includes("/live/"))
  .map((each) => each.startTime)"""


def waiting(page):
    return page.locator("#figure-waiting a")


def test_a_burst_is_drawn_at_most_once_a_second_and_the_focus_stays(page_of, live_desk, sam, mail, busy):
    page = page_of(sam, "/live/")
    is_live(page)
    expect(waiting(page)).to_have_text("2")
    link = page.locator("#live-queues tbody th a").first
    link.focus()
    for number in range(10, 22):
        live_desk.do(comes, mail, number)
    expect(waiting(page)).to_have_text("14")
    expect(link).to_be_focused()
    expect(page.locator(f"#queue-{mail.team_id} td a").first).to_have_text("14")
    asked = page.evaluate(ASKED)
    assert asked and all(after - before > 900 for before, after in itertools.pairwise(asked)), asked


def test_somebodys_state_is_shown_as_it_changes(page_of, live_desk, sam, ada, busy):
    page = page_of(sam, "/live/")
    is_live(page)
    expect(page.locator(f"#agent-{ada.pk}")).to_contain_text("Online")
    live_desk.do(availability.choose, ada, "away", reason="training")
    expect(page.locator(f"#agent-{ada.pk}")).to_contain_text("Away: Training")


def test_the_keyboard_goes_there_and_to_the_rows_of_a_number(page_of, sam, busy):
    page = page_of(sam, "/inbox/mine/")
    is_live(page)
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/live/")
    number = waiting(page)
    for _press in range(60):
        page.keyboard.press("Tab")
        if number.evaluate("(each) => each === document.activeElement"):
            break
    expect(number).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rows-total")).to_have_text("2")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_the_wall_shows_no_more_than_the_board(page_of, sam, busy, live_desk, mail):
    page = page_of(sam, "/live/?wall")
    is_live(page)
    expect(page.locator(".rail")).to_have_count(0)
    size = page.locator("#figure-waiting dd").first.evaluate("(each) => parseFloat(getComputedStyle(each).fontSize)")
    assert size >= 36
    live_desk.do(comes, mail, 5)
    expect(waiting(page)).to_have_text("3")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_a_busy_board(page_of, live_desk, root, ada, busy, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(root, "/live/", bypass_csp=True, **options)  # axe writes styles of its own
    for path in ("/live/", "/live/?wall", "/live/limits/", "/live/rows/waiting/", f"/live/agents/{ada.pk}/"):
        page.goto(live_desk.url + path)
        still(page)
        found = [(each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]]
        assert not found, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
