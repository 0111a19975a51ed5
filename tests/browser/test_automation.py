"""Automation in a browser: a rule made by the keyboard alone, what is asked before solving, and nothing for axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations import dry_runs, rule_engine, rules
from conversations.inbound.receive import receive
from conversations.models import Conversation, Message, RequiredField, Rule, Webhook
from tests.browser.conftest import eventually, is_live, still
from tests.conftest import from_ann

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press_until(page, wanted, *, key="Tab", most=80):
    """Goes on by the keyboard until `wanted` has the focus."""
    for _press in range(most):
        page.keyboard.press(key)
        if wanted.evaluate("(each) => each === document.activeElement"):
            return
    pytest.fail("The keyboard does not get there.")


@pytest.fixture
def conversation(live_desk, mail):
    return live_desk.do(receive, from_ann(mail, "My zip is broken", subject="Zip")).conversation


@pytest.fixture
def outcome(live_desk, returns):
    options = {"kind": "choice", "options": ["Refunded", "Replaced"], "team": returns}
    return live_desk.do(RequiredField.objects.create, name="Outcome", **options)


def is_solved(conversation):
    return Conversation.objects.get(pk=conversation.pk).status == "resolved"


def test_a_rule_is_made_by_the_keyboard_alone(page_of, live_desk, sam):
    page = page_of(sam, "/settings/automation/")
    press_until(page, page.get_by_role("link", name="New rule"))
    page.keyboard.press("Enter")
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_visible()
    press_until(page, name)
    page.keyboard.type("Refunds")
    event = page.get_by_label("What happens")
    press_until(page, event)
    page.keyboard.type("The customer has waited")
    span = page.get_by_label("How long")
    expect(span).to_be_visible()
    press_until(page, span)
    page.keyboard.type("2")
    press_until(page, page.get_by_role("button", name="Add an action"))
    page.keyboard.press("Enter")
    does = page.locator("#do-0-do")
    expect(does).to_be_focused()
    page.keyboard.type("Set the priority")
    which = page.locator("select#do-0-value")
    expect(which).to_be_visible()
    press_until(page, which)
    page.keyboard.type("High")
    press_until(page, page.get_by_role("button", name="Save").last)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Try it on the past")).to_be_visible()
    rule = live_desk.do(Rule.objects.get)
    assert (rule.event, rule.after_minutes, rule.actions) == ("waiting", 120, [{"do": "priority", "value": "2"}])


def test_a_rule_moves_in_the_list_and_the_keyboard_stays_with_it(page_of, live_desk, sam):
    for place, name in enumerate(("One", "Two", "Three")):
        live_desk.do(Rule.objects.create, name=name, event="arrived", place=place, actions=[])
    page = page_of(sam, "/settings/automation/")
    down = page.get_by_role("button", name="One: later")
    press_until(page, down)
    page.keyboard.press("Enter")
    page.wait_for_url("**moved=**")
    expect(page.get_by_role("button", name="One: later")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("ol > li b").last).to_have_text("One")


def test_the_key_for_solving_asks_first(page_of, conversation, outcome, ada):
    page = page_of(ada, f"/conversations/{conversation.pk}/", bypass_csp=True)  # axe writes styles of its own
    is_live(page)
    page.keyboard.press("e")
    asked = page.get_by_label("Outcome")
    expect(asked).to_be_focused()
    still(page)
    assert Axe().run(page).response["violations"] == []
    page.keyboard.type("Replaced")
    press_until(page, page.locator("#conversation-actions").get_by_role("button", name="Resolve").last)
    page.keyboard.press("Enter")
    eventually(page, lambda: is_solved(conversation))


def test_sending_and_solving_asks_beside_the_words(page_of, conversation, outcome, ada):
    page = page_of(ada, f"/conversations/{conversation.pk}/")
    is_live(page)
    page.keyboard.press("r")
    page.keyboard.type("The new one is on its way.")
    page.keyboard.press("Control+Shift+Enter")
    asked = page.locator("#composer").get_by_label("Outcome")
    expect(asked).to_be_visible()
    expect(page.locator("#composer")).to_contain_text("The new one is on its way.")
    assert not Message.objects.filter(kind="outbound").exists()
    asked.select_option("Replaced")
    page.locator("#composer").get_by_role("button", name="and resolve").click()
    eventually(page, lambda: is_solved(conversation))
    assert Message.objects.filter(kind="outbound").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_where_there_is_something_to_see(page_of, live_desk, conversation, mail, sam, width, scheme):
    paths = live_desk.do(_something, mail, sam)
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(sam, "/me/", bypass_csp=True, **options)
    found = {}
    for path in paths:
        page.goto(live_desk.url + path)
        still(page)
        violations = [(each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            violations.append("wider than the window")
        if violations:
            found[path] = violations
    assert not found


def _something(mail, sam):
    """One rule that acted, could not and did not hold, with a dry run and a webhook."""
    hook = Webhook.objects.create(name="Stock", url="https://stock.example/")
    hold = {"match": "all", "rules": [{"field": "words", "is": "has", "value": ["zip"]}]}
    made = {"event": "arrived", "is_active": True}
    actions = [{"do": "tag", "value": "zip"}, {"do": "webhook", "value": str(hook.pk)}, {"do": "note", "value": "Look"}]
    rule = Rule.objects.create(name="Zips", conditions=hold, actions=actions, **made)
    Rule.objects.create(name="Broken", actions=[{"do": "macro", "value": "9"}], **made)
    rules.forget()
    for text in ("zip", "button"):
        said = receive(from_ann(mail, text, address=f"{text}@home.example"))
        rule_engine.run(said.conversation_id)
    hook.calls.update(state="failed", tries=3, answer=500, error="500 Out of order")
    tried = dry_runs.run(dry_runs.start(rule, days=7, by=sam).pk)
    RequiredField.objects.create(name="Outcome", kind="choice", options=["One", "Two"])
    here = "/settings/automation/"
    numbered = [f"{rule.pk}/", f"webhooks/{hook.pk}/", f"dry-runs/{tried.pk}/", "fields/1/"]
    numbered[-1] = f"fields/{RequiredField.objects.get().pk}/"
    return [here + path for path in ("", "log/?outcome=all", "fields/", "webhooks/", *numbered)]
