"""The bots' room in a browser: a talk with a bot by keyboard alone, and an article shown while it is written."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.bots import teaching
from conversations.models import Article, ArticleText, Bot, Topic, TopicExample
from tests.browser.conftest import becomes, still
from tests.browser.test_every_screen import WIDEST
from tests.conversations.bots.test_intents import examples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fern(live_desk):
    made = {name: Topic.objects.create(name=name) for name in ("parcel", "refund", "size")}
    TopicExample.objects.bulk_create(TopicExample(topic=made[label], text=text) for text, label in examples())
    teaching.teach()
    return Bot.objects.create(name="Fern", unsure_below=0.2)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_by_keyboard_one_talks_with_a_bot_and_writes_an_article(page_of, live_desk, sam, fern, width, scheme):
    text = live_desk.do(
        ArticleText.objects.create, article=Article.objects.create(name="Back"), language="en", title="Back", body="x"
    )
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "bypass_csp": True}
    page = page_of(sam, f"/settings/bots/{fern.pk}/", **options)
    page.get_by_label("What would a customer write?").focus()
    page.keyboard.type("I want to talk to a person")
    page.keyboard.press("Enter")
    expect(page.locator("#tried")).to_contain_text("asked for a person")
    expect(page.get_by_role("button", name="Begin again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#tried .transcript")).to_have_count(0)
    still(page)
    assert not Axe().run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.evaluate(WIDEST)
    page.goto(f"{live_desk.url}/settings/articles/{text.article_id}/")
    page.get_by_label("Text, in Markdown").fill("You have **30** days.")
    expect(page.locator("#article-preview strong")).to_have_text("30")
    still(page)
    assert not Axe().run(page).response["violations"]
    page.get_by_label("Title").press("Enter")
    becomes(page, lambda: live_desk.do(lambda: ArticleText.objects.get().body), "You have **30** days.")
