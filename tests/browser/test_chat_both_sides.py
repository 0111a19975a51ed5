"""Two browsers, one conversation: the visitor in the shop, the agent at the desk, neither of them reloading."""

import pytest

from conversations.live import presence
from conversations.models import Conversation
from tests.browser.conftest import eventually
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_chat_from_the_first_word_to_seen(live_desk, shop, ada, open_page):
    visitor, agent = open_page(), open_page(viewport={"width": 1440, "height": 900})
    visitor.goto(live_desk.url + "/demo-shop/")
    visitor.get_by_role("button", name="Open chat").click()
    box = visitor.get_by_role("textbox", name="Message")
    box.fill("Is the large back?")
    box.press("Enter")
    visitor.get_by_text("Sent", exact=True).wait_for()
    conversation = live_desk.do(lambda: Conversation.objects.get().pk)
    sign_in(agent, live_desk)
    agent.goto(f"{live_desk.url}/conversations/{conversation}/")
    agent.locator("[role=log]").get_by_text("Is the large back?").wait_for()
    visitor.get_by_text("Seen", exact=True).wait_for()
    eventually(agent, lambda: live_desk.do(presence.in_conversations, [conversation]))
    box.press_sequentially("And in moss?")
    agent.locator("#typing").wait_for(state="visible")
    box.press("Enter")
    agent.locator("[role=log]").get_by_text("And in moss?").wait_for()
    agent.locator("#reply").click()
    agent.keyboard.type("On Tuesday.")
    visitor.locator(".dots").wait_for()


def sign_in(page, live_desk):
    page.goto(live_desk.url + "/accounts/login/")
    page.locator("input[name=login]").fill("ada@desk.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
