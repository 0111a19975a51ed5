"""The inbox as an agent meets it: a real Chromium, live messages, the keyboard alone, and axe in both themes."""

import asyncio
import threading
import uuid
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from conversations.actions.assigning import assign
from conversations.actions.states import resolve
from conversations.envelopes import DeliveryReport, Segment
from conversations.inbound.receive import receive
from conversations.live.consumers import AgentConsumer
from conversations.models import Conversation, Delivery
from conversations.outbound.compose import note, reply
from conversations.outbound.outbox import settle
from customers.identify import Handle
from tests.browser.conftest import becomes, frames, is_live
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def writes(channel, name, text, *, minutes=0, to=None, **fields):
    at = timezone.now() - timedelta(minutes=minutes)
    handle = Handle("email", f"{name.split()[0].lower()}@home.example", name)
    message = receive(from_ann(channel, text, handles=(handle,), at=at, **fields))
    if to:
        Conversation.objects.filter(pk=message.conversation_id).update(assignee=to)
    return message


@pytest.fixture
def three(live_desk, ada, mail, chat):
    """Who waits for Ada: Ann longest, then Ben, then Cleo."""

    def make():
        people = [("Ann Bell", 30), ("Ben Ash", 20), ("Cleo Day", 10)]
        return [writes(mail, name, f"{name} asks", minutes=minutes, to=ada) for name, minutes in people]

    return live_desk.do(make)


def row(page, name):
    return page.locator(".waiting .who", has_text=name)


def test_a_message_arrives_in_list_and_thread_without_reload(live_desk, page_of, ada, mail, three):
    page = page_of(ada, f"/conversations/{three[0].conversation_id}/")
    page.evaluate("window.stayed = true")
    is_live(page)
    live_desk.do(writes, mail, "Ann Bell", "One more thing, please")
    page.locator("#timeline").get_by_text("One more thing, please").wait_for()
    expect(page.locator(f"#row-{three[0].conversation_id} .snippet").first).to_have_text("One more thing, please")
    live_desk.do(writes, mail, "Ben Ash", "Ben again")
    page.locator(f"#row-{three[1].conversation_id}[data-unread]").get_by_text("Ben again").wait_for()
    expect(page.locator(".waiting .who")).to_have_text(["Ann Bell", "Ben Ash", "Cleo Day"])
    assert page.evaluate("window.stayed")
    expect(page.locator(f"#message-{three[0].pk}")).to_have_count(1)


def test_a_new_customer_appears_in_the_right_place_and_the_counts_follow(live_desk, page_of, ada, mail, three):
    page = page_of(ada, "/inbox/unassigned/")
    is_live(page)
    live_desk.do(writes, mail, "Dora Fox", "Is anybody there?")
    page.locator(".waiting .who", has_text="Dora Fox").wait_for()
    expect(page.locator(".none")).to_be_hidden()
    page.locator(".rail [data-view=unassigned] .count", has_text="1").first.wait_for()
    page.locator("#list-title .count", has_text="1").wait_for()


@pytest.mark.parametrize("beside", [False, True], ids=["list", "list beside a thread"])
def test_rows_that_changed_before_the_socket_listened_come(live_desk, page_of, ada, mail, three, monkeypatch, beside):
    listens, connect = threading.Event(), AgentConsumer.connect

    async def late(consumer):
        await asyncio.to_thread(listens.wait, 120)
        await connect(consumer)

    monkeypatch.setattr(AgentConsumer, "connect", late)
    page = page_of(ada, f"/conversations/{three[1].conversation_id}/" if beside else "/inbox/mine/")
    expect(page.locator(".waiting .who")).to_have_text(["Ann Bell", "Ben Ash", "Cleo Day"])
    page.evaluate("window.stayed = true")
    new = live_desk.do(writes, mail, "Dora Fox", "Is anybody there?")
    live_desk.do(lambda: assign(new.conversation, to=ada, by=ada))
    live_desk.do(lambda: resolve(three[0].conversation, by=ada))
    live_desk.do(writes, mail, "Cleo Day", "One more thing")
    listens.set()
    expect(page.locator(".waiting .who")).to_have_text(["Ben Ash", "Cleo Day", "Dora Fox"])
    expect(page.locator(f"#row-{three[2].conversation_id} .snippet").first).to_have_text("One more thing")
    assert page.evaluate("window.stayed")


def test_who_reads_further_up_is_not_moved_but_told(live_desk, page_of, ada, mail):
    def long():
        return [
            writes(mail, "Ann Bell", f"Line {number} " + "word " * 60, minutes=40 - number, to=ada)
            for number in range(30)
        ]

    made = live_desk.do(long)
    page = page_of(ada, f"/conversations/{made[0].conversation_id}/")
    is_live(page)
    page.evaluate("document.querySelector('#scroller').scrollTop = 100")
    frames(page)
    before = page.evaluate("document.querySelector('#scroller').scrollTop")
    live_desk.do(writes, mail, "Ann Bell", "The newest")
    page.get_by_role("button", name="1 new message").wait_for()
    assert page.evaluate("document.querySelector('#scroller').scrollTop") == before
    page.get_by_role("button", name="1 new message").click()
    expect(page.get_by_role("button", name="new message")).to_have_count(0)
    expect(page.get_by_text("The newest").last).to_be_visible()


def test_older_messages_come_while_one_scrolls_up(live_desk, page_of, ada, mail):
    def long():
        return [writes(mail, "Ann Bell", f"Line {number}.", minutes=200 - number, to=ada) for number in range(70)]

    made = live_desk.do(long)
    page = page_of(ada, f"/conversations/{made[0].conversation_id}/")
    expect(page.get_by_text("Line 69.", exact=True).last).to_be_visible()
    expect(page.get_by_text("Line 0.", exact=True)).to_have_count(0)
    page.evaluate("document.querySelector('#scroller').scrollTop = 0")
    page.get_by_text("Line 0.", exact=True).wait_for(state="attached")
    seen = page.locator("#timeline [id^=message-]")
    ids = "all => all.map((each) => Number(each.id.slice(8)))"
    becomes(page, lambda: seen.evaluate_all(ids), [each.pk for each in made])


def test_the_keyboard_alone_walks_opens_and_writes(page_of, ada, three):
    page = page_of(ada, "/inbox/mine/")
    page.keyboard.press("j")
    expect(row(page, "Ann Bell")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(row(page, "Ben Ash")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#thread-title", has_text="Ben Ash").wait_for()
    page.wait_for_url(f"**/conversations/{three[1].conversation_id}/")
    expect(page.locator(".waiting [aria-current]")).to_have_text("Ben Ash")
    page.keyboard.press("Shift+J")
    expect(page.locator(f"#message-{three[1].pk}")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("jjk")  # letters are letters while one writes
    expect(page.locator("#note")).to_have_text("jjk")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator("#keys[open]")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()
    page.keyboard.type("gu")  # within a second: one call is quicker than two
    page.wait_for_url("**/inbox/unassigned/")


def test_single_letters_can_be_turned_off(live_desk, page_of, ada, three):
    ada.single_keys = False
    live_desk.do(ada.save)
    page = page_of(ada, "/inbox/mine/")
    page.keyboard.press("j")
    expect(page.locator("body")).to_be_focused()


def test_a_lost_connection_says_so_and_what_was_missed_is_there_afterwards(live_desk, page_of, ada, mail, three):
    page = page_of(ada, f"/conversations/{three[0].conversation_id}/")
    is_live(page)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.get_by_text("Connection lost.").wait_for()
    live_desk.do(writes, mail, "Ann Bell", "Said while you were away")
    page.context.set_offline(False)
    page.get_by_text("Connection lost.").wait_for(state="hidden")
    page.locator("#timeline").get_by_text("Said while you were away").wait_for()
    expect(page.locator("#timeline").get_by_text("Said while you were away")).to_have_count(1)


def test_another_agent_who_writes_is_seen(live_desk, page_of, ada, grace, mail, three):
    number = three[0].conversation_id
    page = page_of(ada, f"/conversations/{number}/")
    is_live(page)
    other = page_of(grace, f"/conversations/{number}/")
    page.locator("#viewers .avatar", has_text="GL").wait_for()
    other.keyboard.press("n")
    expect(other.locator("#note")).to_be_focused()
    other.keyboard.type("I have it")
    page.locator(f"#row-{number}").get_by_text("Grace is replying…").wait_for()


def test_a_mails_pictures_load_only_when_asked(live_desk, page_of, ada, mail):
    html = '<p>Look <img src="https://tracker.example/p.png"></p><script>parent.hacked = 1</script>'
    message = live_desk.do(writes, mail, "Ann Bell", "Look", to=ada, html=html)
    page = page_of(ada, f"/conversations/{message.conversation_id}/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("As it was sent").click()
    page.frame_locator(".original iframe").get_by_text("Look").wait_for()
    assert not [url for url in asked if "tracker" in url] and not page.evaluate("window.hacked")


def everything(ada, grace, mail, chat):
    parts = (Segment("said", "Yes."), Segment("quote", "> a large?"), Segment("signature", "Ann Bell"))
    ann = writes(mail, "Ann Bell", "Yes.", minutes=90, to=ada, segments=parts, html="<p>Yes.</p>", subject="A large")
    failed = reply(
        ann.conversation, html="<p>Hi</p>", by=ada, channel=mail, identity=ann.identity, client_id=uuid.uuid4()
    )
    settle(failed.delivery, DeliveryReport(Delivery.Status.FAILED, error="Their mailbox is full."))
    reply(ann.conversation, html="<p>Hi</p>", by=ada, channel=mail, identity=ann.identity, client_id=uuid.uuid4())
    note(ann.conversation, html="<p>Careful</p>", by=grace, client_id=uuid.uuid4())
    writes(mail, "Ann Bell", "I am away", is_automatic=True, is_unverified=True)
    writes(chat, "Ben Ash", "Hello?", minutes=400, to=ada)
    return ann.conversation_id


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(live_desk, page_of, ada, grace, mail, chat, scheme, width):
    number = live_desk.do(everything, ada, grace, mail, chat)
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(ada, "/inbox/mine/", bypass_csp=True, **options)  # axe writes styles of its own
    for path in ("/inbox/mine/", f"/conversations/{number}/", "/inbox/snoozed/"):
        page.goto(live_desk.url + path)
        result = Axe().run(page)
        assert result.violations_count == 0, f"{path}\n{result.generate_report()}"
