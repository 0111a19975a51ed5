"""On a phone everything of the inbox is in reach: the other views, Assign, Snooze."""

import pytest
from allauth.usersessions.models import UserSession
from playwright.sync_api import expect

from conversations.inbound.receive import receive
from conversations.models import Conversation
from tests.browser.conftest import becomes
from tests.browser.test_writing_screens import assert_accessible
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "bypass_csp": True}


@pytest.fixture
def conversation(live_desk, mail):
    return live_desk.do(receive, from_ann(mail, "Where is my parcel?", subject="Parcel")).conversation


def test_the_title_of_the_list_opens_the_other_views(page_of, conversation, ada):
    page = page_of(ada, "/inbox/mine/", **PHONE)
    page.get_by_role("heading", name="Mine").click()
    views = page.get_by_role("navigation", name="Views")
    expect(views.get_by_role("link", name="Unassigned")).to_be_visible()
    assert_accessible(page)
    views.get_by_role("link", name="Unassigned").click()
    expect(page.get_by_role("heading", name="Unassigned")).to_be_visible()
    expect(page.get_by_role("link", name="Ann Bell")).to_be_visible()


def test_assign_and_snooze_are_in_more(page_of, live_desk, conversation, ada):
    def now():
        return Conversation.objects.get(pk=conversation.pk)

    page = page_of(ada, f"/conversations/{conversation.pk}/", **PHONE)
    page.wait_for_selector("#reply.editor")
    more = page.locator('summary[title="More"]')
    more.click()
    page.locator('[data-opens="a"]').click()
    page.locator("#conversation-actions").get_by_label("Assign to").select_option(label="Ada Okafor")
    assert_accessible(page)
    page.locator("#menu-assign").get_by_role("button", name="Assign", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Assigned to Ada Okafor")
    becomes(page, lambda: live_desk.do(now).assignee_id, ada.pk)
    more.click()
    page.locator('[data-opens="s"]').click()
    page.locator('button[name="until"]:visible').first.click()
    expect(page.locator(".toast", has_text="Assigned")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Snoozed until")
    becomes(page, lambda: live_desk.do(now).status, "snoozed")


def test_nothing_is_wider_than_the_phone(page_of, live_desk, ada):
    live_desk.do(lambda: type(ada).objects.filter(pk=ada.pk).update(role="admin"))
    page = page_of(ada, "/me/", **PHONE, is_mobile=True)
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    here = {"ip": "127.0.0.1", "session_key": key, "user_agent": f"Mozilla/5.0 ({'X11; ' * 20})"}
    live_desk.do(lambda: UserSession.objects.update_or_create(user=ada, session_key=key, defaults=here))
    for address in ("settings/privacy/", "settings/agents/", "segments/", "accounts/sessions/"):
        page.goto(f"{live_desk.url}/{address}")
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, address
    page.goto(f"{live_desk.url}/settings/privacy/")
    title, tabs = page.locator(".head h1").bounding_box(), page.locator(".head .segmented").bounding_box()
    assert title["y"] + title["height"] <= tabs["y"]  # the one does not lie over the other
    labels = [label.bounding_box() for label in page.locator(".rail .places li span").all()]
    assert all(one["x"] + one["width"] <= next_["x"] for one, next_ in zip(labels, labels[1:], strict=False))


def test_without_scripts_every_menu_leads_to_a_page_of_its_own(page_of, live_desk, conversation, ada):
    def now():
        return Conversation.objects.get(pk=conversation.pk)

    page = page_of(ada, "/inbox/mine/", **PHONE, java_script_enabled=False)
    page.locator(".views-menu summary").click()
    page.get_by_role("navigation", name="Views").get_by_role("link").click()
    page.get_by_role("link", name="Unassigned").click()
    page.get_by_role("link", name="Ann Bell").click()
    page.locator('summary[title="More"]').click()
    page.locator("#menu-more").get_by_role("link", name="More").click()
    page.get_by_role("link", name="Assign", exact=True).click()
    page.get_by_label("Assign to").select_option(label="Ada Okafor")
    page.get_by_role("button", name="Assign", exact=True).click()
    becomes(page, lambda: live_desk.do(now).assignee_id, ada.pk)
    page.goto(f"{live_desk.url}/conversations/{conversation.pk}/menus/more/")
    page.get_by_role("link", name="Snooze", exact=True).click()
    page.locator('button[name="until"]').first.click()
    becomes(page, lambda: live_desk.do(now).status, "snoozed")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(width, theme, page_of, live_desk, conversation, ada):
    live_desk.do(lambda: type(ada).objects.filter(pk=ada.pk).update(theme=theme))
    page = page_of(ada, "/inbox/all/", viewport={"width": width, "height": 844})
    for path in ("/inbox/all/", f"/conversations/{conversation.pk}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
