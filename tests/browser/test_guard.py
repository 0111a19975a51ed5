"""The already-answered guard in a real browser: the quiet line comes while one types, by keys alone, on any screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.inbound.receive import receive
from conversations.models import RepeatedQuestion
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKS = "Could you tell me your order number?"


@pytest.fixture
def message(live_desk, mail):
    return live_desk.do(receive, from_ann(mail, "My order HF-48213 is late, and size M is too small.", subject="Late"))


@pytest.fixture
def page(page_of, ada, message):
    page = page_of(ada, f"/conversations/{message.conversation_id}/")
    page.wait_for_selector("#reply.editor")
    return page


def counted():
    return list(RepeatedQuestion.objects.values_list("slot", "was_dismissed"))


def test_the_answer_is_shown_with_its_message_and_inserted_by_a_key(page, live_desk, message):
    page.keyboard.press("r")
    page.keyboard.type(ASKS)
    told = page.locator("#reply-form .told li")
    expect(told).to_contain_text("HF-48213")
    told.get_by_role("link").click()
    expect(page.locator(f"#message-{message.pk}")).to_be_focused()
    page.locator("#reply").focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Alt+i")
    expect(page.locator("#reply")).to_have_text(re.compile("HF-48213"))
    page.keyboard.press("Control+a")
    page.keyboard.type("Is HF-48213 your order number?")
    expect(told).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Sending")
    assert live_desk.do(counted) == []


def test_a_line_that_was_dismissed_stays_away_and_the_question_is_counted(page, live_desk):
    page.keyboard.press("r")
    page.keyboard.type(ASKS)
    told = page.locator("#reply-form .told li")
    expect(told).to_have_count(1)
    page.keyboard.press("Alt+x")
    expect(told).to_have_count(0)
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.type(" And which size do you need?")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("M")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Sending")
    assert sorted(live_desk.do(counted)) == [("order", True), ("size", False)]


def test_notes_are_for_us_alone_and_say_nothing(page):
    page.keyboard.press("n")
    page.keyboard.type(ASKS)
    expect(page.locator("#note")).to_have_text(ASKS)
    expect(page.locator(".told li")).to_have_count(0)
    assert page.locator("#note-form [data-guard-lines]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_the_lines_and_nothing_sticks_out(page_of, ada, message, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(ada, f"/conversations/{message.conversation_id}/", bypass_csp=True, **options)  # axe writes styles
    page.locator("#reply.editor").click()
    page.keyboard.type(f"{ASKS} And which size do you need? What is your e-mail address?")
    expect(page.locator("#reply-form .told li")).to_have_count(3)
    found = Axe().run(page, "#composer")
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box, composer = page.locator(".told").bounding_box(), page.locator("#composer").bounding_box()
    assert box["x"] >= composer["x"] and box["x"] + box["width"] <= composer["x"] + composer["width"]
