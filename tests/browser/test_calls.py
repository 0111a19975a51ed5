"""A call on the agent's screen: while it rings, in its thread, and owed; by the keyboard alone, with axe."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from conversations.envelopes import CallReport
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.live import ringing
from conversations.models import Attachment, Channel, Medium
from customers.identify import Handle
from customers.models import Claim
from tests.browser.conftest import is_live, still
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANN = "+4791234567"


@pytest.fixture
def phone(live_desk, returns, ada):
    def make():
        ringing._redis().delete(ringing._key())
        ada.extension = "41"
        ada.save()
        return Channel.objects.create(name="Returns line", medium=Medium.VOICE, address="+442079460000", team=returns)

    return live_desk.do(make)


@pytest.fixture
def ann(live_desk, mail, phone):
    handles = (Handle("email", "ann@home.example", "Ann Bell"), Handle("phone", ANN))
    return live_desk.do(receive, from_ann(mail, "My jacket is too small", handles=handles, subject="Jacket"))


def told(phone, state, *, call="c1", number=ANN, after=0, **about):
    at = timezone.now() + timedelta(seconds=after)
    handles = (Handle("phone", number),) if number else ()
    return CallReport(phone.pk, call, "in", state, at, handles, **about)


def test_a_call_that_rings_is_opened_by_a_key_and_its_card_goes_with_it(live_desk, page_of, ada, ann, phone):
    page = page_of(ada, "/customers/")
    is_live(page)
    live_desk.do(hear, told(phone, "ringing", agent="41"))
    card = page.locator(".pop")
    expect(card.get_by_role("heading")).to_contain_text("Ann Bell is calling")
    expect(card).to_contain_text("My jacket is too small")
    page.keyboard.press("c")
    page.wait_for_url(f"**/conversations/{ann.conversation_id}/#message-*")
    expect(page.locator("#timeline > .event").last.locator(".call b").first).to_have_text("Ann Bell is calling")
    is_live(page)
    live_desk.do(hear, told(phone, "answered", agent="41", after=2))
    expect(page.locator(".call b").first).to_have_text("On the phone with Ann Bell")
    summary = page.locator(".write-down summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Wants it by")
    live_desk.do(hear, told(phone, "ended", after=60, seconds=58))
    expect(page.locator(".call b").first).to_have_text("Ann Bell called")
    page.keyboard.type(" Friday")  # the card was drawn anew under the words
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".call .words").first).to_have_text("Wants it by Friday")
    expect(page.locator(".pop")).to_have_count(0)


def test_a_card_is_there_when_a_page_opens_while_it_rings_and_can_be_put_away(live_desk, page_of, ada, ann, phone):
    live_desk.do(hear, told(phone, "ringing", agent="41"))
    page = page_of(ada, "/me/")
    expect(page.locator(".pop")).to_contain_text("Ann Bell is calling")
    page.get_by_role("button", name="Put this card away").click()
    expect(page.locator(".pop")).to_have_count(0)
    page.reload()
    is_live(page)
    live_desk.do(hear, told(phone, "missed", after=20))
    live_desk.do(hear, told(phone, "ringing", call="c2", agent="41", after=30))
    expect(page.locator(".pop")).to_have_count(1)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_on_a_call_in_any_state(live_desk, page_of, ada, ann, phone, width, scheme):
    def make():
        call = hear(told(phone, "ended", seconds=60, transcript="Is there a shop that has one?", keys="2", agent="41"))
        file = Attachment(message=call, name="call.mp3", content_type="audio/mpeg", size=3)
        file.file.save("x", ContentFile(b"abc"))
        hear(told(phone, "missed", call="c2", after=300))
        other = receive(from_ann(call.conversation.messages.first().channel, "Hello", address="bob@home.example"))
        Claim.objects.create(customer=other.conversation.customer, kind="phone", value=ANN, source="order")
        asked = hear(told(phone, "missed", call="c3", after=400))
        hear(told(phone, "ringing", call="c4", number="+4798765432", agent="41", after=500))
        return call.conversation_id, asked.conversation_id

    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    found = {}
    for conversation in live_desk.do(make):
        page = page_of(ada, f"/conversations/{conversation}/", bypass_csp=True, **options)
        expect(page.locator(".pop")).to_have_count(1)
        if page.locator(".who-calls").count():
            expect(page.locator(".who-calls form")).to_have_count(3)
        still(page)
        violations = [(each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            violations.append(("wider than the window", width))
        if violations:
            found[conversation] = violations
        page.close()
    assert not found
