"""Routing as agents see it: work comes to them, and they take, give back and pass on by the keyboard."""

import pytest
from playwright.sync_api import expect

from conversations.models import AgentState, Conversation
from conversations.routing.drain import drain
from conversations.routing.facts import Outcome
from tests.browser.conftest import eventually, is_live
from tests.browser.test_inbox import writes
from tests.conversations.routing.desk import in_force, is_there

pytestmark = pytest.mark.django_db(transaction=True)


def assignee(live_desk):
    return live_desk.do(lambda: Conversation.objects.get().assignee)


def test_what_arrives_stands_in_the_list_of_whom_routing_chose(live_desk, page_of, ada, mail):
    live_desk.do(in_force)
    page = page_of(ada, "/inbox/mine/")
    is_live(page)
    eventually(page, lambda: live_desk.do(lambda: AgentState.objects.filter(agent=ada, state="online").exists()))
    live_desk.do(writes, mail, "Dora Fox", "Is anybody there?")
    live_desk.do(drain, room=False)
    page.locator(".waiting .who", has_text="Dora Fox").wait_for()


def test_the_next_is_taken_given_back_and_passed_on_by_key(live_desk, page_of, ada, grace, mail):
    live_desk.do(in_force, Outcome(assigns=False))
    live_desk.do(writes, mail, "Dora Fox", "Is anybody there?")
    live_desk.do(drain, room=False)
    live_desk.do(is_there, ada)
    page = page_of(ada, "/inbox/mine/")
    is_live(page)
    page.keyboard.press("w")
    page.locator(".thread").get_by_text("Is anybody there?").first.wait_for()
    eventually(page, lambda: assignee(live_desk) == ada)
    page.keyboard.press("d")
    page.locator("#decline-reason").select_option("busy")
    page.locator("#menu-decline").get_by_role("button", name="Give back").click()
    eventually(page, lambda: assignee(live_desk) is None)
    page.locator("summary[data-key=f]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.locator("#pass-to").select_option(label="Grace Lind")
    page.locator("#pass-note").fill("She knows them")
    page.locator("#menu-pass").get_by_role("button", name="Pass on").click()
    eventually(page, lambda: assignee(live_desk) == grace)


def test_who_goes_away_says_why_and_another_tab_knows(live_desk, page_of, ada, mail):
    page = page_of(ada, "/inbox/mine/")
    other = page.context.new_page()
    other.goto(page.url)
    for each in (page, other):
        is_live(each)
    expect(page.locator("select[name=reason]")).to_be_hidden()
    page.locator("[data-presence-form] input[value=away]").check(force=True)
    page.locator("select[name=reason]").select_option("lunch")
    there = {"state": "away", "reason": "lunch"}
    eventually(page, lambda: live_desk.do(lambda: AgentState.objects.filter(agent=ada, until=None, **there).exists()))
    expect(other.locator("[data-presence-form] input[value=away]")).to_be_checked()
    expect(other.locator("select[name=reason]")).to_have_value("lunch")
