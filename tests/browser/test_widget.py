"""The chat widget as a visitor meets it: a real Chromium on the demo shop's pages, against a desk that listens."""

import gzip
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from conversations.actions.states import resolve
from conversations.models import Closure, Conversation, Delivery, Hours, Message, SurveyResponse
from conversations.routing.hours import DAYS
from conversations.surveys.asking import ask_due
from integrations.adapters.media.chat.bundle import SOURCES
from integrations.outbound.deliver import deliver
from tests.browser.conftest import becomes, eventually, still
from tests.conversations.surveys.asked import survey
from tests.journeys.test_chat_door import answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

JACKET = "/demo-shop/products/kestrel-trail-jacket/"
LIMIT = 15_000  # bytes, gzipped
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="  # a PNG


@pytest.fixture
def visit(live_desk, shop, open_page):
    """Opens a page of the shop in a browser of its own."""

    def go(path=JACKET, **options):
        page = open_page(**options)
        page.goto(live_desk.url + path)
        page.get_by_role("button", name="Open chat").wait_for()
        return page

    return go


def open_chat(page):
    page.get_by_role("button", name="Open chat").click()
    return page.get_by_role("textbox", name="Message")


def say(page, text):
    box = page.get_by_role("textbox", name="Message")
    box.fill(text)
    box.press("Enter")


def wait_for_state(page, word):
    page.get_by_text(word, exact=True).wait_for()


def said(page):
    """What stands in the bubbles, without the words for screen readers."""
    return page.locator(".say > p").all_inner_texts()


def test_the_script_is_small_and_whole(live_desk, client):
    response = client.get("/widget/throughline.js", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip" and len(response.content) < LIMIT
    script = gzip.decompress(response.content).decode()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not re.search(r"\b(eval|innerHTML|insertAdjacentHTML|document\.write|new Function)\b", script)
    assert not re.search(r"^import ", script, re.MULTILINE)
    assert client.get("/widget/throughline.js", headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr", "it", "nl", "no", "pl"])
def test_every_language_says_everything(client, language):
    def keys(text):
        return dict(re.findall(r'^  (\w+): "(.*)",$', text, re.MULTILINE))

    english = keys((SOURCES / "strings.js").read_text())
    other = keys(client.get(f"/widget/strings/{language}.js").content.decode())
    assert set(other) == set(english)
    for key, text in other.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key


def test_nothing_is_asked_or_stored_before_the_chat_is_opened(visit, live_desk):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.evaluate("localStorage.length") == 0
    open_chat(page)
    page.get_by_role("heading", name="Where can we reach you?").wait_for()
    assert [url.rpartition("/")[2] for url in asked] == ["session"]
    assert "token" in page.evaluate("JSON.parse(Object.values(localStorage)[0])")


def test_what_is_written_is_acknowledged_and_survives_a_reload(visit, live_desk, ada):
    page = visit()
    open_chat(page)
    say(page, "Is the large back? https://shop.example/kestrel.")
    wait_for_state(page, "Sent")
    expect(page.get_by_role("link", name="https://shop.example/kestrel", exact=True)).to_be_visible()
    live_desk.do(answer, ada, "<p>On Tuesday.</p>")
    page.get_by_text("On Tuesday.").wait_for()
    expect(page.get_by_text("Ada from Returns has read your chat so far.")).to_be_visible()
    page.reload()
    page.get_by_text("On Tuesday.").wait_for()
    becomes(page, lambda: said(page), ["Is the large back? https://shop.example/kestrel.", "On Tuesday."])
    becomes(page, lambda: live_desk.do(Message.objects.count), 2)


def test_how_it_was_is_asked_on_a_scale_whose_ends_are_named(visit, live_desk, ada):
    live_desk.do(survey)
    page = visit()
    open_chat(page)
    say(page, "Is the large back?")
    wait_for_state(page, "Sent")
    live_desk.do(answer, ada, "<p>On Tuesday.</p>")
    page.get_by_text("On Tuesday.").wait_for()
    live_desk.do(asked_now, ada)
    scale = page.get_by_role("group", name="How was this conversation?")
    expect(scale.get_by_role("button")).to_have_count(5)
    expect(page.get_by_text("Very good", exact=True)).to_be_visible()
    scale.get_by_role("button", name="5, Very good").click()
    becomes(page, lambda: live_desk.do(given), [(5, "button")])


def asked_now(agent):
    """Solved, and the question is in the widget."""
    resolve(Conversation.objects.get(), by=agent)
    ask_due()
    message = Message.objects.latest("pk")
    deliver(message.delivery.pk)


def given():
    return list(SurveyResponse.objects.values_list("score", "way"))


def test_delivered_and_read_are_told_to_the_desk(visit, live_desk, ada):
    page = visit()
    open_chat(page)
    say(page, "Hello")
    wait_for_state(page, "Sent")
    page.keyboard.press("Escape")
    ours = live_desk.do(answer, ada, "<p>Good morning</p>")
    page.get_by_role("button", name="Open chat, New messages: 1").wait_for()
    status = lambda: live_desk.do(lambda: Delivery.objects.get(message=ours).status)  # noqa: E731
    eventually(page, lambda: status() == "delivered")
    open_chat(page)
    eventually(page, lambda: status() == "read")


def test_the_unread_badge_is_still_there_on_the_next_page(visit, live_desk, ada):
    page = visit()
    open_chat(page)
    say(page, "Hello")
    wait_for_state(page, "Sent")
    page.keyboard.press("Escape")
    live_desk.do(answer, ada, "<p>Good morning</p>")
    page.get_by_role("button", name="Open chat, New messages: 1").wait_for()
    page.goto(live_desk.url + "/demo-shop/repairs/")
    page.get_by_role("button", name="Open chat, New messages: 1").wait_for()


def test_what_is_written_offline_waits_and_goes_out_once(visit, live_desk):
    page = visit()
    open_chat(page)
    say(page, "First")
    wait_for_state(page, "Sent")
    page.context.set_offline(True)
    page.get_by_text("No connection.").wait_for()
    say(page, "From the tunnel")
    say(page, "Still in the tunnel")
    wait_for_state(page, "Waiting to be sent")
    expect(page.locator(".say.waiting")).to_have_count(2)
    page.context.set_offline(False)
    wait_for_state(page, "Sent")
    becomes(page, lambda: said(page), ["First", "From the tunnel", "Still in the tunnel"])
    stored = lambda: live_desk.do(lambda: list(Message.objects.order_by("pk").values_list("text", flat=True)))  # noqa: E731
    becomes(page, stored, ["First", "From the tunnel", "Still in the tunnel"])


def test_what_waits_survives_a_reload_and_the_desks_restart_loses_nothing(visit, live_desk, ada):
    page = visit()
    open_chat(page)
    say(page, "First")
    wait_for_state(page, "Sent")
    page.route("**/chat/**", lambda route: route.abort())
    page.context.set_offline(True)
    page.get_by_text("No connection.").wait_for()
    say(page, "Kept")
    wait_for_state(page, "Waiting to be sent")
    live_desk.do(answer, ada, "<p>While you were away</p>")
    page.context.set_offline(False)
    page.unroute("**/chat/**")
    page.reload()
    page.get_by_text("While you were away").wait_for()
    wait_for_state(page, "Sent")
    becomes(page, lambda: live_desk.do(lambda: Message.objects.filter(text="Kept").count()), 1)


def test_where_sockets_are_blocked_it_goes_over_http(visit, live_desk, ada):
    page = visit()
    page.route_web_socket("**/ws/chat/**", lambda socket: socket.close(code=1011))
    open_chat(page)
    say(page, "Behind a proxy")
    eventually(page, lambda: live_desk.do(Message.objects.count) == 1)
    live_desk.do(answer, ada, "<p>We hear you</p>")
    page.get_by_text("We hear you").wait_for()


def test_all_of_it_by_keyboard(visit, live_desk):
    page = visit()
    page.get_by_role("button", name="Open chat").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Message")
    box.wait_for()
    focused = "document.querySelector('throughline-widget').shadowRoot.activeElement.%s"
    becomes(page, lambda: page.evaluate(focused % "id"), "say")
    page.keyboard.type("With two")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("lines ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    wait_for_state(page, "Sent")
    assert live_desk.do(lambda: Message.objects.get().text) == "With two\nlines 😅"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Emoji").wait_for()
    page.keyboard.press("Escape")
    expect(box).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    becomes(page, lambda: page.evaluate(focused % "className"), "launcher")


def test_a_chosen_file_and_a_pasted_picture_travel_along(visit, live_desk):
    page = visit()
    box = open_chat(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    page.get_by_role("button", name="Remove receipt.pdf").wait_for()
    box.evaluate(
        """(box, dot) => {
          const pixel = Uint8Array.from(atob(dot), (c) => c.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([pixel], "tear.png", { type: "image/png" }));
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        DOT,
    )
    page.locator(".chosen li:not([aria-busy])").nth(1).wait_for()
    say(page, "The seam is torn")
    picture = page.get_by_role("img", name="tear.png")
    picture.wait_for()
    eventually(page, lambda: picture.evaluate("(image) => image.complete && image.naturalWidth") == 1)
    expect(page.get_by_role("link", name="receipt.pdf")).to_be_visible()
    names = lambda: live_desk.do(lambda: set(Message.objects.get().attachments.values_list("name", flat=True)))  # noqa: E731
    becomes(page, names, {"receipt.pdf", "tear.png"})


def test_what_is_asked_first_can_be_required(visit, live_desk, shop):
    shop.settings["fields"] = [{"name": "email", "required": True}]
    live_desk.do(shop.save)
    page = visit()
    box = open_chat(page)
    page.get_by_role("textbox", name="Email").wait_for()
    expect(box).to_be_disabled()
    page.get_by_role("textbox", name="Email").fill("ann@home.example")
    page.get_by_role("button", name="Save").click()
    expect(box).to_be_enabled()
    say(page, "Hello")
    wait_for_state(page, "Sent")
    expect(page.get_by_text("If you leave, we answer to ann@home.example.")).to_be_visible()
    claims = live_desk.do(lambda: [claim.value for claim in Message.objects.get().conversation.customer.claims.all()])
    assert claims == ["ann@home.example"]


def test_what_was_typed_in_and_not_saved_goes_along_with_the_first_word(visit, live_desk):
    page = visit()
    open_chat(page)
    page.get_by_role("textbox", name="Email").fill("ann@home.example")
    say(page, "Hello")
    wait_for_state(page, "Sent")
    becomes(page, lambda: said(page), ["Hello"])
    claims = live_desk.do(lambda: [claim.value for claim in Message.objects.get().conversation.customer.claims.all()])
    assert claims == ["ann@home.example"]


def closed_for_three_days(shop):
    """By entries of our own, of a desk that is open on every other day."""
    hours = Hours.objects.create(name="Office", zone="UTC", week={day: [["00:00", "24:00"]] for day in DAYS})
    for days in range(3):
        Closure.objects.create(hours=hours, day=timezone.now().date() + timedelta(days=days), reason="Moving")
    shop.channel.hours = hours
    shop.channel.save()


def test_closed_says_that_mail_answers(visit, live_desk, shop, ada):
    live_desk.do(closed_for_three_days, shop)
    page = visit()
    open_chat(page)
    page.locator(".head").get_by_text("Back ").wait_for()
    expect(page.get_by_text("We are closed right now.")).to_contain_text("Back ")


def sign_in_as_tom(page):
    """The page that comes is there: the one before has the same chat on it."""
    page.get_by_role("button", name="Tom Ashworth").click()
    page.get_by_role("button", name="Sign out").wait_for()
    page.wait_for_load_state()


def test_signed_in_at_the_shop_and_out_again(visit, live_desk):
    page = visit("/demo-shop/sign-in/")
    sign_in_as_tom(page)
    open_chat(page)
    say(page, "My soles are worn")
    wait_for_state(page, "Sent")
    owner = live_desk.do(lambda: str(Message.objects.get().conversation.customer))
    assert owner == "Tom Ashworth"
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").wait_for()
    page.get_by_role("heading", name="Where can we reach you?").wait_for()
    becomes(page, lambda: said(page), [])
    page.get_by_role("link", name="Sign in").click()
    sign_in_as_tom(page)
    page.get_by_text("My soles are worn").wait_for()


def test_what_waits_of_one_person_is_not_sent_by_the_next(visit, live_desk):
    blocked = False
    page = visit("/demo-shop/sign-in/")
    page.route_web_socket("**/ws/chat/**", lambda line: line.close() if blocked else line.connect_to_server())
    page.route("**/chat/chat-key/messages*", lambda route: route.abort() if blocked else route.continue_())
    sign_in_as_tom(page)
    open_chat(page)
    page.locator(".head").get_by_text("Hollin & Fell", exact=True).wait_for()
    blocked = True
    page.context.set_offline(True)
    eventually(page, lambda: not page.evaluate("navigator.onLine"))
    say(page, "My door code is 1234")
    wait_for_state(page, "Waiting to be sent")
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").wait_for()
    page.wait_for_load_state()
    blocked = False
    page.reload()
    page.get_by_role("heading", name="Where can we reach you?").wait_for()
    say(page, "I am the next")
    page.get_by_text("Sent", exact=True).wait_for()
    becomes(page, lambda: said(page), ["I am the next"])
    assert live_desk.do(lambda: [line.text for line in Message.objects.all()]) == ["I am the next"]
    page.get_by_role("link", name="Sign in").click()
    sign_in_as_tom(page)
    eventually(page, lambda: "My door code is 1234" in said(page) and page.locator(".waiting").count() == 0)
    code = live_desk.do(lambda: str(Message.objects.get(text="My door code is 1234").conversation.customer))
    assert code == "Tom Ashworth"


def test_what_one_person_wrote_before_the_desk_knew_them_is_not_sent_by_the_next(visit, live_desk):
    page = visit("/demo-shop/sign-in/")
    page.route("**/chat/chat-key/session", lambda route: route.abort())
    sign_in_as_tom(page)
    open_chat(page)
    say(page, "My door code is 1234")
    wait_for_state(page, "Waiting to be sent")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").wait_for()
    page.wait_for_load_state()
    page.unroute("**/chat/chat-key/session")
    page.reload()
    page.get_by_role("heading", name="Where can we reach you?").wait_for()
    say(page, "I am the next")
    wait_for_state(page, "Sent")
    assert said(page) == ["I am the next"]
    page.get_by_role("link", name="Sign in").click()
    sign_in_as_tom(page)
    eventually(page, lambda: "My door code is 1234" in said(page) and page.locator(".waiting").count() == 0)
    owner = live_desk.do(lambda: str(Message.objects.get(text="My door code is 1234").conversation.customer))
    assert owner == "Tom Ashworth"


def test_the_other_side_cannot_run_anything(visit, live_desk, ada):
    page = visit()
    open_chat(page)
    attack = '<img src=x onerror=alert(1)> javascript:alert(2) https://x.example/"onmouseover="alert(3)'
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    say(page, attack)
    wait_for_state(page, "Sent")
    live_desk.do(answer, ada, "<p>&lt;script&gt;alert(4)&lt;/script&gt;<img src=x onerror=alert(5)></p>")
    page.get_by_text("alert(4)").wait_for()
    page.reload()
    page.get_by_text("alert(4)").wait_for()
    assert said(page)[0] == attack
    expect(page.locator(".say img, .say script")).to_have_count(0)


def test_right_to_left_and_in_the_readers_language(visit, open_page, live_desk, shop):
    page = open_page(locale="ar")
    page.goto(live_desk.url + JACKET)
    page.get_by_role("button", name="فتح المحادثة").click()
    page.get_by_role("textbox", name="رسالة").wait_for()
    widget, launcher = page.locator(".widget").bounding_box(), page.locator(".launcher").bounding_box()
    assert widget["x"] < 100 and launcher["x"] < 100


def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus_inside(visit, live_desk):
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    open_chat(page)
    page.get_by_role("heading", name="Where can we reach you?").wait_for()
    whole = {"x": 0, "y": 0, "width": 390, "height": 844}
    becomes(page, lambda: page.locator(".widget").bounding_box(), whole)  # the panel has risen
    assert page.locator(".widget").get_attribute("aria-modal") == "true"
    for _ in range(14):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "throughline-widget"
    page.get_by_role("button", name="Close chat").click()
    page.get_by_role("button", name="Open chat").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_shop(visit, live_desk, theme):
    page = visit("/demo-shop/", color_scheme=theme)
    for path in ("", "sign-in/", "repairs/", "basket/", "products/scree-boot/"):
        page.goto(f"{live_desk.url}/demo-shop/{path}")
        assert violations(page) == [], path


def test_a_size_goes_into_the_basket_and_out_again(visit):
    page = visit()
    expect(page.get_by_role("radio", name=re.compile("^L ?, not in stock$"))).to_be_disabled()
    page.get_by_role("radio", name="M", exact=True).check()
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("heading", name="Basket").wait_for()
    expect(page.get_by_text("moss green · M · 1 piece")).to_be_visible()
    expect(page.get_by_role("link", name="Basket, 1")).to_be_visible()
    page.get_by_role("button", name="Remove Kestrel Trail Jacket").click()
    page.get_by_text("Nothing in it yet.").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_shop_and_the_open_widget(visit, live_desk, ada, theme):
    page = visit(color_scheme=theme)
    open_chat(page)
    say(page, "Hello")
    wait_for_state(page, "Sent")
    live_desk.do(answer, ada, "<p>Hi</p>")
    page.get_by_text("No need to repeat anything.").wait_for()
    still(page)
    assert violations(page) == []


def violations(page):
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
