"""Without a connection what is sent stays on this computer, and goes out exactly once when there is one again."""

import uuid

import pytest
from playwright.sync_api import expect

from conversations.models import Message
from conversations.outbound.compose import reply
from tests.browser.conftest import becomes
from tests.browser.test_composer import conversation, page, sent  # noqa: F401  fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "Torggata will swap it on the spot."
HELD = "#timeline > [data-held]"


def write(page, words=WORDS):  # noqa: F811
    page.locator("#reply").click()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")


def test_a_reply_written_offline_is_kept_and_sent_exactly_once(page, live_desk):  # noqa: F811
    page.context.set_offline(True)
    write(page)
    held = page.locator(HELD)
    expect(held).to_contain_text("Not sent yet, kept on this computer")
    expect(held).to_contain_text(WORDS)
    expect(held).to_have_attribute("data-state", "queued")
    expect(page.locator("#reply")).to_have_text("")
    write(page, "And bring the tags.")
    expect(held).to_have_count(2)
    assert live_desk.do(sent) == []
    page.context.set_offline(False)
    expect(held).to_have_count(0)
    expect(page.locator("#timeline > [id^=message-]", has_text=WORDS)).to_have_count(1)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.reload()
    expect(page.locator("#timeline > [id^=message-]", has_text=WORDS)).to_have_count(1)
    becomes(page, lambda: [message.text for message in live_desk.do(sent)], [WORDS, "And bring the tags."])


def test_an_answer_that_was_lost_on_the_way_back_makes_no_second_message(page, live_desk):  # noqa: F811
    def arrive_but_lose_the_answer(route):
        route.fetch()
        route.abort("connectionreset")

    page.route("**/replies/", arrive_but_lose_the_answer, times=1)
    write(page)
    expect(page.locator("#timeline > [id^=message-]", has_text=WORDS)).to_have_count(1)
    expect(page.locator(HELD)).to_have_count(0)
    assert [message.text for message in live_desk.do(sent)] == [WORDS]


def test_a_note_written_offline_survives_closing_the_page(page, live_desk):  # noqa: F811
    page.route("**/notes/", lambda route: route.abort("internetdisconnected"))
    page.locator("#scroller").focus()
    page.keyboard.press("n")
    page.keyboard.type("Ask the shop.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(HELD)).to_contain_text("Ask the shop.")
    page.goto("/inbox/all/")
    page.unroute("**/notes/")
    page.goto("/me/")
    page.go_back()
    page.goto("/inbox/all/")
    kept = "localStorage.getItem(`held-${document.body.dataset.agent}`)"
    becomes(page, lambda: page.evaluate(kept), "[]")
    notes = Message.objects.filter(kind="note")
    becomes(page, lambda: live_desk.do(lambda: [note.text for note in notes.all()]), ["Ask the shop."])


def test_what_the_desk_refuses_comes_back_into_the_composer(page, live_desk, conversation, grace, mail):  # noqa: F811
    page.context.set_offline(True)
    write(page)
    expect(page.locator(HELD)).to_have_count(1)

    def grace_answers():
        to = conversation.messages.get().identity
        more = {"channel": mail, "identity": to, "client_id": uuid.uuid4()}
        reply(conversation, html="<p>It is there.</p>", by=grace, **more)

    live_desk.do(grace_answers)
    page.context.set_offline(False)
    expect(page.locator("#composer")).to_contain_text("has just replied")
    expect(page.locator("#reply")).to_have_text(WORDS)
    expect(page.locator(HELD)).to_have_count(0)
    assert [message.text for message in live_desk.do(sent)] == ["It is there."]
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator("#timeline > [id^=message-]", has_text=WORDS)).to_have_count(1)
