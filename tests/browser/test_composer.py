"""The composer in a real browser: type, paste a picture, send by keys, and take it back."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from conversations.envelopes import DeliveryReport
from conversations.inbound.receive import receive
from conversations.models import Attachment, CannedReply, Delivery, Draft, Message
from conversations.outbound.compose import reply
from conversations.outbound.outbox import settle
from tests.browser.conftest import becomes, eventually
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([selector, name]) => {
  const base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: "image/png" }));
  const field = document.querySelector(selector);
  field.focus();
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def conversation(live_desk, mail):
    return live_desk.do(receive, from_ann(mail, "Where is my parcel?", subject="Parcel")).conversation


@pytest.fixture
def page(page_of, ada, conversation):
    page = page_of(ada, f"/conversations/{conversation.pk}/")
    page.wait_for_selector("#reply.editor")
    return page


def sent():
    return list(Message.objects.filter(kind="outbound").order_by("pk"))


def test_words_sent_by_ctrl_enter_and_taken_back_by_z(page, live_desk):
    page.keyboard.press("r")
    page.keyboard.type("It comes ")
    page.keyboard.press("Control+b")
    page.keyboard.type("today")
    page.keyboard.press("Control+b")
    page.keyboard.type(".")
    page.keyboard.press("Control+Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Sending to Ann Bell")
    (message,) = live_desk.do(sent)
    assert message.text == "It comes today." and "<b>today</b>" in message.html
    expect(page.locator("#timeline")).to_contain_text("It comes today.")
    expect(page.locator("#reply")).to_have_text("")
    page.locator("#scroller").focus()
    page.keyboard.press("z")
    expect(page.locator("#reply")).to_have_text("It comes today.")
    expect(page.locator("#reply b")).to_have_text("today")
    expect(toast).to_have_text("Taken back. Your words are in the composer.")
    becomes(page, lambda: live_desk.do(lambda: Delivery.objects.get().status), "cancelled")


def test_send_and_resolve_by_keys(page, live_desk, conversation):
    page.locator("#reply").fill("Done.")
    page.locator("#reply").press("Control+Shift+Enter")
    expect(page.locator(".toast")).to_contain_text("Sending to Ann Bell")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    becomes(page, lambda: live_desk.do(lambda: type(conversation).objects.get().status), "resolved")


def test_a_pasted_picture_stands_in_the_words_and_goes_along(page, live_desk):
    page.locator("#reply").press_sequentially("Look: ")
    page.evaluate(PASTE, ["#reply", "jacket.png"])
    expect(page.locator("#reply img")).to_have_attribute("alt", "jacket.png")
    page.locator("#reply").press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Sending")
    (message,) = live_desk.do(sent)
    picture = live_desk.do(Attachment.objects.get)
    assert picture.message_id == message.pk and picture.is_inline and f"cid:{picture.content_id}" in message.html


def test_a_file_becomes_a_chip_and_can_be_taken_off(page, live_desk):
    plan = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"hi"}
    page.locator("#reply-form [data-upload]").set_input_files(plan)
    expect(page.locator("#reply-form .file")).to_contain_text("plan.txt")
    page.get_by_role("button", name="Take plan.txt off").click()
    expect(page.locator("#reply-form .file")).to_have_count(0)
    becomes(page, lambda: live_desk.do(Attachment.objects.count), 0)  # the chip goes before its file is gone


def test_a_draft_saves_itself_and_is_there_after_a_reload(page, live_desk):
    page.locator("#reply").press_sequentially("Half a thou")
    expect(page.locator("#reply-form [data-draft-state]")).to_contain_text("Draft saved")
    assert live_desk.do(lambda: Draft.objects.get().mode) == "reply"
    page.reload()
    expect(page.locator("#reply")).to_have_text("Half a thou")


def test_a_note_goes_to_its_own_address_and_calls_a_colleague(page, live_desk, grace):
    page.keyboard.press("n")
    page.keyboard.type("Ask @gra")
    expect(page.locator(".suggestions [role=option]")).to_contain_text("Grace Lind")
    page.keyboard.press("Enter")
    page.keyboard.type("please")
    expect(page.locator("#note")).to_have_text("Ask @Grace Lind please")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Grace called")
    assert live_desk.do(sent) == []
    note = live_desk.do(lambda: Message.objects.get(kind="note"))
    assert live_desk.do(lambda: note.mentions.get().agent_id) == grace.pk


def test_a_canned_reply_comes_by_its_sign_and_is_filled_in(page, live_desk):
    live_desk.do(CannedReply.objects.create, name="Late parcel", text="Dear {customer},\n\nit is late.")
    page.locator("#reply").press_sequentially("#late")
    expect(page.locator(".suggestions [role=option]")).to_contain_text("Late parcel")
    page.keyboard.press("Enter")
    expect(page.locator("#reply")).to_contain_text("Dear Ann,")
    expect(page.locator("#reply")).not_to_contain_text("#late")


def test_a_list_begins_with_a_dash(page, live_desk):
    page.locator("#reply").press_sequentially("- one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    expect(page.locator("#reply li")).to_have_count(2)


def test_the_palette_does_what_its_options_say(page, live_desk, conversation):
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Resolve")
    page.keyboard.type("assign to me")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Assign to me")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Assigned to Ada Okafor")


def test_a_colleagues_answer_stands_before_mine_until_i_say_so(page, live_desk, conversation, grace, mail):
    page.locator("#reply").press_sequentially("Mine")

    def answer():
        identity = conversation.customer.identities.get()
        reply(conversation, html="<p>Theirs</p>", by=grace, channel=mail, identity=identity, client_id=uuid4())

    live_desk.do(answer)
    page.locator("#reply").press("Control+Shift+Enter")
    expect(page.locator(".meanwhile")).to_contain_text("Grace Lind has just replied")
    expect(page.locator(".meanwhile")).to_contain_text("Theirs")
    expect(page.locator("#reply")).to_have_text("Mine")
    assert len(live_desk.do(sent)) == 1
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".toast")).to_contain_text("Sending to Ann Bell")
    becomes(page, lambda: [message.text for message in live_desk.do(sent)], ["Theirs", "Mine"])
    becomes(page, lambda: live_desk.do(lambda: type(conversation).objects.get().status), "resolved")


def test_discarding_mine_empties_the_field(page, live_desk, conversation, grace, mail):
    page.locator("#reply").press_sequentially("Mine")

    def answer():
        identity = conversation.customer.identities.get()
        reply(conversation, html="<p>Theirs</p>", by=grace, channel=mail, identity=identity, client_id=uuid4())

    live_desk.do(answer)
    page.locator("#reply").press("Control+Enter")
    page.get_by_role("button", name="Discard mine").click()
    expect(page.locator(".meanwhile")).to_have_count(0)
    expect(page.locator("#reply")).to_have_text("")
    eventually(page, lambda: len(live_desk.do(sent)) == 1 and not live_desk.do(Draft.objects.exists))


def test_without_scripts_a_reply_is_a_plain_form(page_of, ada, conversation, live_desk):
    page = page_of(ada, f"/conversations/{conversation.pk}/", java_script_enabled=False)
    page.locator("textarea#reply").fill("Plain words")
    page.get_by_role("button", name="Send", exact=True).click()
    becomes(page, lambda: [message.text for message in live_desk.do(sent)], ["Plain words"])


def test_words_typed_right_after_r_lose_no_letter(page):
    page.keyboard.press("Escape")
    page.keyboard.type("rtoday it comes")
    expect(page.locator("#reply")).to_have_text("today it comes")


def test_not_spam_takes_the_warning_away(page_of, live_desk, ada, conversation):
    live_desk.do(lambda: type(conversation).objects.filter(pk=conversation.pk).update(is_spam=True))
    page = page_of(ada, f"/conversations/{conversation.pk}/")
    page.wait_for_selector("#reply.editor")
    page.locator(".thread > .banner").get_by_role("button", name="Not spam").click()
    expect(page.locator(".toast")).to_have_text("Not spam.")
    expect(page.locator(".thread > .banner")).to_have_count(0)
    becomes(page, lambda: live_desk.do(lambda: type(conversation).objects.get().is_spam), False)


def test_try_again_answers_though_its_message_is_drawn_anew_meanwhile(page_of, live_desk, ada, mail, conversation):
    def fail():
        heard = conversation.messages.get()
        said = reply(conversation, html="<p>Yes.</p>", by=ada, channel=mail, identity=heard.identity, client_id=uuid4())
        settle(said.delivery, DeliveryReport(Delivery.Status.FAILED, error="Their mailbox is full.", is_permanent=True))

    live_desk.do(fail)
    page = page_of(ada, f"/conversations/{conversation.pk}/")
    page.wait_for_selector("#reply.editor")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".toast")).to_have_text("Trying again…")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    becomes(page, lambda: live_desk.do(lambda: Delivery.objects.get().status), "queued")
