"""The writing side's screens pass axe in both themes, and bulk actions and the keys do their work."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.inbound.receive import receive
from conversations.models import CannedReply, Conversation, SavedView
from tests.browser.conftest import becomes
from tests.browser.test_composer import conversation, page  # noqa: F401  fixtures
from tests.browser.test_inbox import three  # noqa: F401  fixture
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def assert_accessible(page):  # noqa: F811
    found = Axe().run(page).response["violations"]
    assert not found, [(rule["id"], [node["target"] for node in rule["nodes"]][:4]) for rule in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_screen_passes_axe(theme, page_of, ada, conversation, live_desk, returns):  # noqa: F811
    def prepare():
        type(ada).objects.filter(pk=ada.pk).update(theme=theme)
        CannedReply.objects.create(name="Late", text="Dear {customer}", team=returns)
        SavedView.objects.create(name="Gold", owner=ada, query="status=open", is_shared=True)

    live_desk.do(prepare)
    page = page_of(ada, reduced_motion="reduce", bypass_csp=True)  # noqa: F811
    for address in ("/search/?q=parcel", "/canned/", "/views/"):
        page.goto(address)
        assert_accessible(page)
    page.goto(f"/conversations/{conversation.pk}/")
    page.wait_for_selector("#reply.editor")
    assert_accessible(page)
    page.locator("#reply").press_sequentially("#")
    expect(page.locator(".suggestions [role=option]")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    for summary in page.locator("main.thread details.menu > summary:visible").all():
        summary.press("Enter")
        expect(page.locator("details.menu[open] .menu-sheet :is(select, input, button):visible").first).to_be_visible()
        assert_accessible(page)
        page.keyboard.press("Escape")
    page.locator("details.section > summary").last.click()
    expect(page.locator("#split-form")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    assert_accessible(page)


def test_shift_a_takes_it_and_e_solves_it_and_z_opens_it_again(page, live_desk, conversation, ada):  # noqa: F811
    def now():
        return Conversation.objects.get(pk=conversation.pk)

    page.keyboard.press("Shift+A")
    expect(page.locator(".toast")).to_contain_text("Assigned to Ada Okafor")
    becomes(page, lambda: live_desk.do(now).assignee_id, ada.pk)
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("Ann Bell is solved.")
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Resolve E")).to_be_visible()
    becomes(page, lambda: live_desk.do(now).status, "open")


THE_MOMENT_IT_IS_DRAWN = """new MutationObserver((_, me) => {
  if (!document.querySelector(".toast")) return;
  me.disconnect();
  document.querySelector('[data-key="e"]').click();
}).observe(document.querySelector("#toasts"), { childList: true, subtree: true })"""


def test_what_an_answer_draws_hears_a_key_in_the_same_moment(page):  # noqa: F811
    page.evaluate("window.stayed = true")
    page.evaluate(THE_MOMENT_IT_IS_DRAWN)
    page.keyboard.press("Shift+A")
    expect(page.locator(".toast")).to_contain_text("Ann Bell is solved.")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert page.evaluate("window.stayed")  # it was no plain form yet


def test_undo_leads_back_from_the_next_customer(page_of, live_desk, ada, three):  # noqa: F811
    ann, ben = three[0].conversation_id, three[1].conversation_id
    page = page_of(ada, f"/conversations/{ann}/")  # noqa: F811
    page.keyboard.press("e")
    page.locator("#thread-title", has_text="Ben Ash").wait_for()
    page.keyboard.press("z")
    page.wait_for_url(f"**/conversations/{ann}/")
    expect(page.locator("#thread-title")).to_contain_text("Ann Bell")
    expect(page.locator("#conversation-actions")).to_have_attribute("data-conversation", str(ann))
    states = lambda: [Conversation.objects.get(pk=pk).status for pk in (ann, ben)]  # noqa: E731
    becomes(page, lambda: live_desk.do(states), ["open", "open"])


def test_words_taken_back_stand_where_they_were_meant_for(page_of, live_desk, ada, three):  # noqa: F811
    ann = three[0].conversation_id
    page = page_of(ada, f"/conversations/{ann}/")  # noqa: F811
    page.locator("#reply").fill("For Ann alone")
    page.locator("#reply").press("Control+Shift+Enter")
    page.locator("#thread-title", has_text="Ben Ash").wait_for()
    expect(page.locator("#reply")).to_have_text("")
    page.locator("#scroller").focus()
    page.keyboard.press("z")
    page.wait_for_url(f"**/conversations/{ann}/")
    expect(page.locator("#thread-title")).to_contain_text("Ann Bell")
    expect(page.locator("#reply")).to_have_text("For Ann alone")


def test_t_leads_to_the_tag_field_and_enter_hangs_it_on(page, live_desk, conversation):  # noqa: F811
    page.keyboard.press("t")
    page.keyboard.type("vip")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-panel .tag")).to_contain_text("vip")
    becomes(page, lambda: live_desk.do(lambda: [tag.name for tag in conversation.tags.all()]), ["vip"])


def test_a_and_s_open_their_menus_with_the_focus_in_them(page):  # noqa: F811
    page.keyboard.press("a")
    expect(page.locator("#assign-to")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator('summary[data-key="a"]')).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("#menu-snooze button").first).to_be_focused()


def test_chosen_rows_are_solved_together(page_of, ada, mail, live_desk):  # noqa: F811
    for number in range(3):
        live_desk.do(receive, from_ann(mail, "Hello", address=f"p{number}@home.example"))
    page = page_of(ada)  # noqa: F811
    page.goto("/inbox/all/")
    boxes = page.locator('input[form="bulk"]')
    expect(boxes).to_have_count(3)
    for index in range(2):
        boxes.nth(index).check(force=True)
    page.locator("#bulk").get_by_role("button", name="Resolve").click()
    expect(page.locator(".toast")).to_contain_text("2 conversations changed.")
    becomes(page, lambda: live_desk.do(Conversation.objects.filter(status="resolved").count), 2)
