"""Help in a real browser: taken and refused by one key, words in another language, in both themes and on a phone."""

import os
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.actions.states import resolve
from conversations.helping import nearest, remembering
from conversations.inbound.receive import receive
from conversations.models import CannedReply, Conversation, Hint
from conversations.outbound.compose import reply
from integrations.models import Connector
from integrations.simulators.translators import LibreTranslateServer
from tests.browser.conftest import becomes, still
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO = "Hei! Har dere fått inn Kestrel i large?"
TOVE = "Har dere Kestrel jakke i large inne nå?"


def answered(message, agent, text):
    words = {"html": f"<p>{text}</p>", "by": agent, "channel": message.channel, "identity": message.identity}
    reply(message.conversation, **words, client_id=uuid.uuid4())


def past(mail, grace, server):
    nearest.look_again()
    tove = receive(from_ann(mail, TOVE, address="tove@home.example", subject="Kestrel i large"))
    answered(tove, grace, "Ja, vi har fått inn Kestrel i large igjen. Vi kan holde av en jakke til deg.")
    resolve(tove.conversation, by=grace)
    CannedReply.objects.create(name="Back in stock", text="Hei {customer}! Vi har fått inn Kestrel i large igjen.")
    remembering.remember_all()
    Connector.objects.create(name="Words", adapter="libretranslate", settings={"api_url": server.url})
    ann = receive(from_ann(mail, NO, subject="Kestrel")).conversation
    for number in range(4):
        answered(ann.messages.first(), grace, f"Vi spør lageret, {number}.")
        receive(from_ann(mail, f"Fint. Min ordre er HF-4821{number}, og jeg venter på svar nå."))
    Conversation.objects.filter(pk=ann.pk).update(language="no", mood=-0.6)
    return ann


@pytest.fixture
def asked(live_desk, mail, grace):
    with LibreTranslateServer() as server:
        yield live_desk.do(past, mail, grace, server)


def verdicts():
    return sorted(Hint.objects.exclude(verdict="").values_list("kind", "verdict"))


def test_by_keys_alone_it_is_refused_taken_and_translated(page_of, live_desk, ada, asked):
    page = page_of(ada, f"/conversations/{asked.pk}/")
    page.wait_for_selector("#reply.editor")
    first = page.locator(".suggestion").first
    expect(first).to_contain_text("Back in stock")
    expect(page.locator(".alike")).to_contain_text("Kestrel i large")
    expect(page.locator(".panel")).to_contain_text("Very unhappy")
    page.keyboard.press("q")
    expect(first).to_contain_text("as Grace answered")
    page.keyboard.press("y")
    expect(page.locator("#reply")).to_contain_text("Vi kan holde av en jakke")
    expect(page.locator(".suggestion")).to_have_count(0)
    page.locator("#reply").blur()
    page.keyboard.press("l")
    words = page.locator(".translation")
    expect(words.first).to_contain_text("Hi! Have you got the Kestrel in large?")
    expect(words.first).to_contain_text("Translated by Words")
    becomes(page, lambda: live_desk.do(verdicts), [("answer", "taken"), ("canned", "refused"), ("translated", "taken")])
    page.locator("#reply").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("It comes on Friday.")
    page.locator("[data-translate-draft]").click()
    expect(first).to_contain_text("Den kommer på fredag.")
    page.locator("#reply").click()
    page.keyboard.press("Alt+y")
    expect(page.locator("#reply")).to_have_text("Den kommer på fredag.")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
def test_axe_finds_nothing_on_it_and_nothing_sticks_out(page_of, ada, asked, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(ada, f"/conversations/{asked.pk}/", bypass_csp=True, **options)  # axe writes styles of its own
    expect(page.locator(".suggestion").first).to_contain_text("Back in stock")
    page.locator(".translate-thread button").click()
    expect(page.locator(".translation").first).to_contain_text("Translated by Words")
    still(page)
    shots(page, f"{scheme}-{width}")
    found = [(each["id"], each["nodes"][0]["html"][:200]) for each in Axe().run(page).response["violations"]]
    assert found == [] and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width == 390:
        page.locator("[data-panel-toggle]").first.click()
    expect(page.locator(".alike")).to_be_visible()
    page.locator(".alike").scroll_into_view_if_needed()
    still(page)
    shots(page, f"{scheme}-{width}-panel")
    found = [(each["id"], each["nodes"][0]["html"][:200]) for each in Axe().run(page).response["violations"]]
    assert found == []


def shots(page, name):
    if where := os.environ.get("SHOTS"):
        page.screenshot(path=f"{where}/helping-{name}.png")
