"""How an answer goes, in a browser and by keyboard: which message it answers, who can read it, what may still go."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from conversations.envelopes import MessageChange
from conversations.inbound.changes import change
from conversations.inbound.receive import receive
from conversations.models import Channel, Delivery, Medium, Message, MessageTemplate, Reaction
from customers.identify import Handle
from customers.models import Identity
from tests.browser.conftest import becomes, is_live, still
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VALUES = {"mastodon": "ann@social.example", "whatsapp": "+447700900123", "telegram": "23"}


@pytest.fixture
def said(live_desk, returns):
    """Ann says something by a medium."""

    def say(medium, text, name, *, hours=1.0, **fields):
        def stored():
            channel, _new = Channel.objects.get_or_create(
                name=str(medium.label), medium=medium, address=f"us-{medium}", team=returns
            )
            handle = Handle(medium.value, VALUES[medium], "Ann Bell")
            at = timezone.now() - timedelta(hours=hours)
            return receive(from_ann(channel, text, handles=(handle,), external_id=name, at=at, **fields))

        return live_desk.do(stored)

    return say


@pytest.fixture
def opened(page_of, ada):
    def open_(message, **options):
        page = page_of(ada, f"/conversations/{message.conversation_id}/", **options)
        page.wait_for_selector("#reply.editor", state="attached")
        is_live(page)
        return page

    return open_


def ours():
    return Message.objects.filter(kind="outbound").select_related("answers").first()


def test_one_message_is_answered_by_keyboard(live_desk, said, opened):
    first = said(Medium.TELEGRAM, "Do you have it in blue?", "1", hours=2)
    said(Medium.TELEGRAM, "And in red?", "2")
    page = opened(first)
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+R")
    expect(page.locator("[data-answering]")).to_contain_text("Do you have it in blue?")
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.type("In blue, yes.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Sending to Ann Bell")
    assert live_desk.do(ours).answers == first
    expect(page.locator("[data-answering]")).to_be_hidden()
    page.locator(".quoted").click()
    expect(page.locator(f"#message-{first.pk}")).to_be_focused()


def test_a_public_answer_looks_like_one_and_says_so(live_desk, said, opened):
    post = said(Medium.MASTODON, "@shop My parcel never came!", "1", is_public=True)
    page = opened(post)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Post publicly")).to_be_hidden()
    page.keyboard.press("r")
    page.keyboard.type("We are sorry. We write to you.")
    page.get_by_role("radio", name="Answer in private").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # which is not the button that says so
    expect(page.get_by_text("Everybody can read this.")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    expect(page.locator("[data-count]")).to_contain_text("of 500")
    page.locator("#reply").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline .badge", has_text="Public")).to_have_count(2)
    assert live_desk.do(ours).is_public
    expect(page.get_by_role("button", name="Post publicly")).to_be_hidden()


def test_another_way_begins_in_private(live_desk, said, opened):
    post = said(Medium.MASTODON, "@shop My parcel never came!", "1", is_public=True)
    blue = said(Medium.TELEGRAM, "Do you have it in blue?", "2", hours=2)
    live_desk.do(Identity.objects.filter(pk=blue.identity_id).update, customer=post.identity.customer)
    page = opened(post)
    page.get_by_text("Answer in public").click()
    expect(page.get_by_role("button", name="Post publicly")).to_be_visible()
    page.locator("#reply").focus()
    page.keyboard.press("Alt+2")
    expect(page.get_by_role("radio", name="Telegram")).to_be_checked()
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("radio", name="Mastodon")).to_be_checked()
    expect(page.get_by_role("button", name="Post publicly")).to_be_hidden()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_a_closed_window_offers_a_template_with_its_words_as_they_will_be(live_desk, said, opened):
    message = said(Medium.WHATSAPP, "Where is it?", "1", hours=30)
    live_desk.do(
        MessageTemplate.objects.create,
        channel=message.channel, name="order_update", language="en_GB", body="Hello {{1}}, {{2}} is on its way.",
    )  # fmt: skip
    page = opened(message)
    expect(page.locator("#reply")).to_be_hidden()
    page.get_by_label("Template", exact=True).select_option(label="order_update · en_GB")
    page.get_by_label("Value 1").fill("Ann")
    page.get_by_label("Value 2").fill("order 1001")
    page.get_by_label("Value 2").press("Enter")
    expect(page.locator("[data-preview]")).to_have_text("Hello Ann, order 1001 is on its way.")
    page.get_by_label("Value 2").press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Hello Ann, order 1001 is on its way.")
    assert live_desk.do(ours).details["template"]["values"] == ["Ann", "order 1001"]


def test_what_they_do_to_a_message_is_seen_at_once(live_desk, said, opened):
    message = said(Medium.TELEGRAM, "I want my mony back", "1")
    page = opened(message)
    bubble = page.locator(f"#message-{message.pk}")

    def done(kind, **fields):
        handles = (Handle("telegram", "23", "Ann Bell"),)
        live_desk.do(change, MessageChange(message.channel_id, "1", kind, timezone.now(), handles=handles, **fields))

    done("edited", text="I want my money back")
    expect(bubble.locator(".words").first).to_have_text("I want my money back")
    bubble.get_by_text("Edited").click()
    expect(bubble.locator(".edits")).to_contain_text("mony")
    done("reacted", emoji="🔥")
    expect(bubble.locator(".reactions")).to_contain_text("🔥")
    done("taken_back")
    expect(bubble).to_contain_text("Deleted by the customer at")
    expect(bubble.locator(".words").first).to_have_text("I want my money back")


def test_an_emoji_is_put_on_by_keyboard(live_desk, said, opened):
    message = said(Medium.TELEGRAM, "It came!", "1")
    page = opened(message)
    page.keyboard.press("Shift+J")
    page.keyboard.press("+")
    page.get_by_role("button", name="🎉").press("Enter")
    expect(page.locator(f"#message-{message.pk} .reactions")).to_contain_text("🎉")
    becomes(page, lambda: live_desk.do(message.reactions.count), 1)
    assert not live_desk.do(Delivery.objects.exists)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_public_talk_or_a_closed_window(live_desk, said, opened, ada, scheme):
    first = said(Medium.TELEGRAM, "Blue?", "1", hours=3)
    place = said(Medium.TELEGRAM, "I am here", "2", hours=2, answers="1", details={"place": [59.91, 10.75]})
    post = said(Medium.MASTODON, "@shop never again", "3", is_public=True)
    closed = said(Medium.WHATSAPP, "Hello?", "4", hours=30)

    def more():
        told = {"channel": closed.channel, "name": "order_update", "language": "en_GB", "body": "Hello {{1}}."}
        MessageTemplate.objects.create(**told)
        Reaction.objects.create(message=first, emoji="👍", by=ada, state="failed", error="Not here.")
        Reaction.objects.create(message=place, emoji="🙏", by=ada, state="sent")
        Message.objects.filter(pk=place.pk).update(taken_back_at=timezone.now())

    live_desk.do(more)
    found = {}
    for message in (place, post, closed):
        page = opened(message, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
        if message == post:
            page.get_by_text("Answer in public").click()
        still(page)
        found[message.text] = [
            (each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]
        ]
    assert not any(found.values()), found
