"""What other agents' screens do by themselves: a merged row goes, a notification shows, a sound plays."""

import re

import pytest
from playwright.sync_api import expect

from conversations.actions.merging import merge
from conversations.actions.states import resolve
from conversations.inbound.receive import receive
from conversations.models import Conversation
from tests.browser.conftest import becomes, eventually, is_live
from tests.browser.test_inbox import three, writes  # noqa: F401  fixtures
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Stands in for the browser's own: records what is shown, and says the page is not looked at.
RECORD = """
window.shown = []; window.tones = 0;
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, options) { window.shown.push([title, options.body, options.tag]); }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function () { window.tones += 1; return start.call(this); };
document.hasFocus = () => Boolean(window.looked);
"""


@pytest.fixture
def two(live_desk, mail, ada):
    """Two open conversations of Ann."""

    def make():
        older = receive(from_ann(mail, "Where is my parcel?", subject="Parcel")).conversation
        resolve(older, by=ada)
        Conversation.objects.filter(pk=older.pk).update(resolved_at="2020-01-01T00:00:00Z")
        newer = receive(from_ann(mail, "And my invoice?", subject="Invoice")).conversation
        Conversation.objects.filter(pk=older.pk).update(status="open", resolved_at=None)
        return older, newer

    older, newer = live_desk.do(make)
    assert older.pk != newer.pk
    return older, newer


def test_a_merged_row_leaves_the_lists_of_others_at_once(page_of, live_desk, two, grace, ada):
    older, newer = two
    page = page_of(grace, "/inbox/all/")
    expect(page.locator(".waiting > li")).to_have_count(2)
    page.evaluate("window.stayed = true")
    is_live(page)
    live_desk.do(merge, newer, into=older, by=ada)
    expect(page.locator(f"#row-{newer.pk}")).to_have_count(0)
    expect(page.locator(f"#row-{older.pk}")).to_have_count(1)
    assert page.evaluate("window.stayed")


def test_who_reads_what_is_merged_is_led_to_what_stays(page_of, live_desk, two, grace, ada):
    older, newer = two
    page = page_of(grace, f"/conversations/{newer.pk}/")
    is_live(page)
    live_desk.do(merge, newer, into=older, by=ada)
    page.wait_for_url(f"**/conversations/{older.pk}/")


@pytest.fixture
def told_page(page_of, live_desk, ada, three):  # noqa: F811
    live_desk.do(lambda: type(ada).objects.filter(pk=ada.pk).update(notify_desktop=True, notify_sound=True))
    page = page_of(ada, permissions=["notifications"], bypass_csp=True)
    page.add_init_script(RECORD)
    page.reload()
    is_live(page)
    return page


def test_a_message_notifies_sounds_and_counts_in_the_title(told_page, live_desk, mail, three):  # noqa: F811
    live_desk.do(writes, mail, "Ben Ash", "Ben again")
    number = three[1].conversation_id
    becomes(told_page, lambda: told_page.evaluate("shown"), [["Ben Ash wrote", "Ben again", f"c-{number}"]])
    becomes(told_page, lambda: told_page.evaluate("tones"), 1)
    expect(told_page).to_have_title(re.compile(r"^\(1\) "))
    told_page.evaluate("window.looked = true; dispatchEvent(new Event('focus'))")
    expect(told_page).not_to_have_title(re.compile(r"^\("))


def test_who_looks_at_the_page_hears_it_and_needs_no_notification(told_page, live_desk, mail, three):  # noqa: F811
    told_page.evaluate("window.looked = true")
    live_desk.do(writes, mail, "Ben Ash", "Ben again")
    eventually(told_page, lambda: told_page.evaluate("tones"))
    assert told_page.evaluate("shown") == []


def test_what_a_colleague_has_tells_nobody_else(told_page, live_desk, mail, three, grace):  # noqa: F811
    to_grace = three[2].conversation_id
    live_desk.do(lambda: Conversation.objects.filter(pk=to_grace).update(assignee=grace))
    live_desk.do(writes, mail, "Cleo Day", "Cleo again")
    live_desk.do(writes, mail, "Ben Ash", "Ben again")
    becomes(told_page, lambda: [title for title, _, _ in told_page.evaluate("shown")], ["Ben Ash wrote"])
    becomes(told_page, lambda: told_page.evaluate("tones"), 1)
