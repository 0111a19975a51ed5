"""The handoff in two browsers: the card by keys alone, and what the widget shows of the bot and of who took over."""

import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import expect

from conversations.actions.change import locked
from conversations.bots.memory import Kept, Memory, Step
from conversations.handoff import lease
from conversations.handoff.handing import hand_over
from conversations.models import Bot, BotTalk, Conversation, Message
from conversations.outbound import speaking
from integrations.outbound.deliver import deliver
from tests.browser.conftest import is_live, still
from tests.conversations.bots.stage import writes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE = {"viewport": {"width": 1440, "height": 900}}


def fern_asks():
    """As the turn has it: the bot has the word, offers two answers, and that is delivered."""
    with transaction.atomic():
        said = _asked()
    deliver(said.delivery.pk)
    return said.conversation_id


def _asked():
    conversation, heard = locked(Conversation.objects.get()), Message.objects.get()
    talk = lease.give(conversation, Bot.objects.create(name="Fern"))
    memory = Memory().with_slot("size", Kept("L", heard.pk, shown="large"))
    memory = memory.with_step(Step("stock", "offered", heard.pk, "L is due on 2 December"))
    BotTalk.objects.filter(pk=talk.pk).update(state=memory.to_json())
    words = speaking.Words("Is it the Kestrel?", uuid.uuid4(), ("Yes, the size", "A person"))
    [said] = speaking.speak(conversation, [words], speaking.path_to(conversation, heard))
    return said


@transaction.atomic
def fern_hands_over():
    hand_over(locked(Conversation.objects.get()), "asked")


def test_from_the_bot_to_ada_and_back_on_both_sides(live_desk, shop, ada, open_page, page_of):
    visitor = open_page()
    visitor.goto(live_desk.url + "/demo-shop/")
    visitor.get_by_role("button", name="Open chat").click()
    box = visitor.get_by_role("textbox", name="Message")
    box.fill("Is the large back?")
    box.press("Enter")
    expect(visitor.get_by_text("Sent", exact=True)).to_be_visible()
    conversation = live_desk.do(fern_asks)
    expect(visitor.get_by_text("Fern is a bot. Ask for a person at any time.")).to_be_visible()
    visitor.get_by_role("button", name="A person").focus()
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".say.mine").last).to_contain_text("A person")
    expect(box).to_be_focused()

    page = page_of(ada, f"/conversations/{conversation}/", bypass_csp=True, reduced_motion="reduce", **WIDE)
    expect(page.locator("#bot-has")).to_contain_text("Fern is answering.")
    is_live(page)
    live_desk.do(fern_hands_over)
    card = page.locator("#handoff")
    expect(card).to_contain_text("Handed over by Fern")
    expect(card).to_contain_text("L is due on 2 December")
    expect(page.locator("#bot-has")).to_be_hidden()
    expect(visitor.get_by_text("has read your chat so far")).to_have_count(0)  # nobody has taken it
    page.keyboard.press("h")
    expect(page.locator(".toast")).to_contain_text("is yours")
    expect(card).to_contain_text("has read it since")
    expect(visitor.locator(".handover")).to_contain_text("Ada from Returns has read your chat so far.")
    expect(visitor.get_by_role("textbox", name="Message")).to_have_attribute("placeholder", "Write to Ada")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        still(page)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found] == []

    card.get_by_role("link", name="large", exact=True).click()
    expect(page.locator("#timeline > li[data-from=customer]").first).to_be_focused()
    page.keyboard.press("H")
    menu = card.locator("details.menu[open]")
    expect(menu.get_by_label("Let Fern ask for")).to_be_focused()
    page.keyboard.type("photos")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#bot-has")).to_contain_text("Fern is answering.")
    expect(visitor.locator(".handover")).to_have_count(0)
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("h")
    expect(card).to_contain_text("Ada took over from Fern")


@transaction.atomic
def ann_talks_with_fern(chat):
    """Four lines, and a handoff: the first of Ann's and the last."""
    first = writes(chat, "Is the large back?")
    lease.give(locked(first.conversation), Bot.objects.create(name="Fern"))
    for text in ("On Friday.", "In moss, too?"):
        heard = writes(chat, text)
        path = speaking.path_to(heard.conversation, heard)
        words = speaking.Words(f"About “{text}”: yes.", uuid.uuid4())
        [last] = speaking.speak(locked(heard.conversation), [words], path)
    hand_over(locked(first.conversation), "asked")
    return first, last


def test_a_link_to_a_line_opens_the_sheet_that_it_is_folded_in(live_desk, shop, chat, ada, page_of):
    first, last = live_desk.do(lambda: ann_talks_with_fern(chat))
    page = page_of(ada, **WIDE)
    page.goto(f"{live_desk.url}/conversations/{first.conversation_id}/")
    sheet = page.locator(".talk details")
    expect(sheet).to_contain_text("Talk with Fern")
    expect(page.locator(f"#message-{last.pk}")).to_be_hidden()
    page.goto(f"{live_desk.url}/inbox/all/")
    page.goto(f"{live_desk.url}/conversations/{first.conversation_id}/#message-{last.pk}")
    expect(page.locator(f"#message-{last.pk}")).to_be_focused()
    page.keyboard.press("Shift+K")
    expect(page.locator(".talk .event").nth(-2)).to_be_focused()
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.evaluate("document.getElementById('bot-has').remove()")
    with page.expect_response(lambda answer: answer.url.endswith("/handoff/")):
        page.evaluate("htmx.trigger(document.body, 'desk:handoff')")  # as a push of the desk's does
    expect(page.locator("#handoff")).to_contain_text("Handed over by Fern")
    assert errors == [], "a part for a place that this page does not have is left out"
