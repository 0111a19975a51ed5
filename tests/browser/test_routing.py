"""Routing as a supervisor reviews it, in a browser: live, by keyboard alone, on a phone, and nothing for axe."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from conversations.models import Conversation, Replay, ReplayChunk, RoutingDecision
from conversations.routing import drafting, drain
from conversations.routing.facts import Outcome, Rule
from conversations.routing.waiting import enqueue
from conversations.tasks import replay_chunk
from customers.models import Customer
from tests.browser.conftest import is_live, still
from tests.browser.test_every_screen import WIDEST
from tests.conversations.routing.desk import in_force, is_there

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rules(live_desk, ada, grace, sam, returns, billing):
    """Ada and Grace of Returns are there; a draft gives to Billing what is about money."""
    is_there(ada, grace)
    about = {"match": "all", "rules": [{"field": "words", "is": "has", "value": ["money"]}]}
    rule = Rule("money", "About money", about, Outcome(team=returns.pk))
    holds = in_force(Outcome(team=billing.pk), rules=(rule,))
    other = drafting.policy_of(in_force(Outcome(team=billing.pk), number=2, state="retired"))
    live_desk.do(drafting.draft, other, by=sam, name="Without money", based_on=holds)
    return holds


def wrote(name):
    customer = Customer.objects.create(name=name)
    now = timezone.now()
    row = Conversation.objects.create(customer=customer, subject="money", media=["email"], waiting_since=now)
    enqueue(row, "arrived")
    drain.drain(room=False)
    return row


def test_decisions_come_in_live_and_stay_where_one_points(page_of, live_desk, sam, rules):
    live_desk.do(wrote, "Ann")
    page = page_of(sam, "/routing/")
    rows = page.locator("#decisions > li")
    expect(rows).to_have_count(1)
    is_live(page)
    live_desk.do(wrote, "Bob")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Bob")
    rows.first.hover()
    live_desk.do(wrote, "Cleo")
    news = page.get_by_role("button", name="1 new decision")
    expect(news).to_be_visible()
    expect(rows.first).to_contain_text("Bob")
    news.click()
    expect(rows.first).to_contain_text("Cleo")
    expect(page.locator("#decision-counts")).to_contain_text("3 decisions today")


def test_by_keyboard_alone_one_is_opened_read_and_moved_with_a_reason(page_of, live_desk, sam, rules):
    live_desk.do(wrote, "Ann")
    live_desk.do(wrote, "Bob")
    page = page_of(sam, "/me/")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.locator("#decision-title")).to_contain_text("“About money” belongs to Returns")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#decisions [aria-current]")).to_contain_text("Ann")
    expect(page.locator("#decision")).to_be_focused()
    expect(page.locator("#decision dl")).to_contain_text("Ann")
    expect(page.get_by_text("Decided again from what was kept: the same")).to_be_visible()
    page.locator("#over-to").focus()
    page.keyboard.type("Billing")
    page.locator("#over-because").focus()
    page.keyboard.type("Wrong team")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # in the words of one's own
    expect(page.locator("#decision .callout")).to_contain_text("moved it")
    expect(page.locator("#decisions")).to_contain_text("Changed by")
    made = RoutingDecision.objects.get(changed_at__isnull=False)
    assert (made.conversation.customer.name, made.changed_reason) == ("Ann", "Wrong team")


def test_what_if_shows_how_far_it_is_and_what_it_comes_to(page_of, live_desk, sam, rules, monkeypatch):
    made = live_desk.do(wrote, "Ann")
    yesterday = timezone.now() - timedelta(days=1)
    RoutingDecision.objects.filter(conversation=made).update(created_at=yesterday)
    monkeypatch.setattr("conversations.routing.replay.ask", lambda chunks: None)  # the test is the worker
    page = page_of(sam, "/routing/")
    page.get_by_label("Try these rules").select_option(label="Without money (Draft, No. 3)")
    page.get_by_role("button", name="Replay").click()
    expect(page.locator("progress")).to_be_visible()
    is_live(page)
    live_desk.do(replay_chunk, ReplayChunk.objects.get().pk)
    expect(page.locator("#replay .callout")).to_contain_text("1 of 1 conversation")
    expect(page.locator("#replay-changes")).to_contain_text("Ann")
    expect(page.get_by_role("heading", name="What the draft changes")).to_be_visible()
    expect(page.get_by_role("button", name="Discard draft")).to_be_visible()
    assert Replay.objects.get().state == "done"


def test_why_folds_out_in_the_thread(page_of, live_desk, ada, rules):
    row = live_desk.do(wrote, "Ann")
    page = page_of(ada, f"/conversations/{row.pk}/")
    page.get_by_text("Why?").first.click()
    expect(page.locator(".why-in-full .verdict")).to_contain_text("“About money” belongs to Returns")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_axe_finds_nothing_and_nothing_sticks_out(page_of, live_desk, sam, rules, width, scheme):
    first = live_desk.do(wrote, "Ann").decisions.get()
    live_desk.do(wrote, "Bob")
    RoutingDecision.objects.filter(pk=first.pk).update(
        changed_at=timezone.now(), changed_by=sam, changed_reason="Wrong team", is_unsure=True, is_fallback=True
    )
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(sam, "/routing/", bypass_csp=True, **options)
    found = {}
    for where in ("/routing/", f"/routing/decisions/{first.pk}/"):
        page.goto(live_desk.url + where)
        still(page)
        for details in page.locator("details.reasons").all():
            details.evaluate("(each) => (each.open = true)")
        violations = [(each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            violations.append(("wider than the window", page.evaluate(WIDEST)))
        if violations:
            found[where] = violations
    assert not found


def test_on_a_phone_one_sheet_at_a_time(page_of, live_desk, sam, rules):
    live_desk.do(wrote, "Ann")
    page = page_of(sam, "/routing/", viewport={"width": 390, "height": 844})
    expect(page.locator("#decision")).to_be_hidden()
    page.locator("#decisions .who").first.click()
    expect(page.locator("#decision-title")).to_be_visible()
    expect(page.locator("#decisions")).to_be_hidden()
    page.get_by_role("link", name="All decisions").click()
    expect(page.locator("#decisions")).to_be_visible()


def test_without_javascript_it_is_read_and_moved(page_of, live_desk, sam, rules):
    live_desk.do(wrote, "Ann")
    page = page_of(sam, "/routing/", java_script_enabled=False)
    page.locator("#decisions .who").first.click()
    page.get_by_label("To", exact=True).select_option(label="Billing")
    page.get_by_label("Because", exact=True).select_option(label="Wrong team")
    page.get_by_role("button", name="Move").click()
    expect(page.locator("#decision .callout")).to_contain_text("moved it")
