"""Topics in a browser: said by key in the thread, a text tried while it is typed, examples taken and refused by key."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.actions.topics import set_topic
from conversations.bots import learning, teaching
from conversations.inbound.receive import receive
from conversations.models import Topic, TopicExample, TopicVerdict
from tests.browser.conftest import becomes, still
from tests.browser.test_every_screen import WIDEST
from tests.conftest import from_ann
from tests.conversations.bots.test_intents import examples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def topics(live_desk):
    made = {name: Topic.objects.create(name=name) for name in ("parcel", "refund", "size")}
    TopicExample.objects.bulk_create(TopicExample(topic=made[label], text=text) for text, label in examples())
    teaching.teach()
    return made


def test_by_key_an_agent_says_what_it_is_about_and_takes_it_back(page_of, live_desk, ada, mail, topics):
    talk = live_desk.do(receive, from_ann(mail, "where is my parcel, it has not arrived")).conversation
    page = page_of(ada, f"/conversations/{talk.pk}/")
    about = page.locator("#conversation-panel section").first
    expect(about).to_contain_text("Not known")
    page.keyboard.press("b")
    expect(page.locator("#menu-topic button").first).to_have_text("parcel")
    page.get_by_role("button", name="refund").click()
    expect(about).to_contain_text("Said by a person")
    expect(page.locator("#toasts")).to_contain_text("About: refund.")
    page.keyboard.press("z")
    expect(about).to_contain_text("parcel, ")
    page.get_by_role("button", name="Yes, it is about parcel").click()
    expect(about).to_contain_text("Said by a person")


def test_a_text_is_tried_while_it_is_typed_and_learning_says_when_it_is_done(page_of, live_desk, sam, topics):
    page = page_of(sam, "/settings/topics/")
    page.get_by_label("What would this be about?").press_sequentially("I want my money back")
    expect(page.locator("#guess")).to_contain_text("About: refund")
    page.locator("h1").click()
    page.keyboard.press("l")
    expect(page.locator("#learning")).to_contain_text("It begins in a moment.")
    live_desk.do(learning.run)
    expect(page.locator("#learning")).to_contain_text("from 72 examples")


@pytest.mark.parametrize("width", [1440, 390])
def test_examples_are_taken_and_refused_by_one_key(page_of, live_desk, sam, mail, topics, width):
    for n, words in enumerate(["it pinches", "too wide for me", "the third"]):
        talk = live_desk.do(receive, from_ann(mail, words, address=f"ann{n}@home.example")).conversation
        live_desk.do(set_topic, talk, topic=topics["size"], by=sam)
    page = page_of(sam, "/settings/topics/offers/", bypass_csp=True, viewport={"width": width, "height": 900})
    still(page)
    assert not Axe().run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.evaluate(WIDEST)
    rows = page.locator("#offered li")
    expect(rows).to_have_count(3)
    page.keyboard.press("y")
    expect(rows).to_have_count(2)
    page.keyboard.press("n")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("it pinches")
    becomes(page, lambda: live_desk.do(TopicExample.objects.filter(text="the third").count), 1)
    assert sorted(live_desk.do(lambda: list(TopicVerdict.objects.values_list("is_taken", flat=True)))) == [False, True]
