"""The editor of routing rules in a browser: by keyboard alone, dragged, without JavaScript, and nothing for axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.models import RoutingPolicy, Skill, Topic
from conversations.routing import drafting
from conversations.routing.facts import Outcome, Overflow, Policy, Rule
from customers.models import Segment
from tests.browser.conftest import becomes, still

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(live_desk, sam, ada, linus, returns, billing):
    Topic.objects.create(name="Refund")
    Segment.objects.create(name="Gold", conditions={})
    Skill.objects.create(name="Knots")
    tags = {"match": "any", "rules": [{"field": "tag", "is": "is", "value": ["vip"]}, {"field": "new", "is": "yes"}]}
    rules = (
        Rule("first", "First", tags, Outcome(team=returns.pk, overflow=(Overflow(5, billing.pk),))),
        Rule("second", "Second", {}, Outcome(team=billing.pk)),
        Rule("third", "Third", {"rules": [{"match": "all", **tags}]}, Outcome(team=404)),
    )
    return live_desk.do(drafting.draft, Policy(rules=rules), by=sam, name="Knots first")


def names(draft):
    return [rule.name for rule in drafting.policy_of(RoutingPolicy.objects.get(pk=draft.pk)).rules]


def press_until(page, wanted, *, key="Tab", most=60):
    """Goes on by the keyboard until `wanted` has the focus."""
    for _press in range(most):
        page.keyboard.press(key)
        if wanted.evaluate("(each) => each === document.activeElement"):
            return
    pytest.fail("The keyboard does not get there.")


def test_a_rule_is_made_by_the_keyboard_alone(page_of, live_desk, sam, draft, billing):
    page = page_of(sam, f"/routing/rules/{draft.pk}/")
    press_until(page, page.get_by_role("link", name="Add a rule"))
    page.keyboard.press("Enter")
    name = page.get_by_label("Name of the rule")
    expect(name).to_be_visible()
    press_until(page, name)
    page.keyboard.type("Gold refunds")
    press_until(page, page.get_by_role("button", name="Add a condition", exact=True))
    page.keyboard.press("Enter")
    asked = page.locator("#when-0-ask")
    expect(asked).to_be_focused()
    page.keyboard.press("Tab")
    press_until(page, page.get_by_role("checkbox", name="Refund"))
    page.keyboard.press("Space")
    expect(page.get_by_text("Holds: topic is Refund.")).to_be_visible()
    press_until(page, page.get_by_role("button", name="Add a group", exact=True))
    page.keyboard.press("Enter")
    inner = page.locator('[id="when-1.0-ask"]')
    expect(inner).to_be_focused()
    page.keyboard.type("Segment has one")
    expect(page.get_by_role("checkbox", name="Gold")).to_be_visible()
    expect(inner).to_be_focused()
    press_until(page, page.get_by_role("checkbox", name="Gold"))
    page.keyboard.press("Space")
    expect(page.get_by_text("Holds: topic is Refund and (segment is Gold).")).to_be_visible()
    press_until(page, page.get_by_label("Team", exact=True))
    page.keyboard.type("Billing")
    press_until(page, page.get_by_role("button", name="Save", exact=True).last)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Gold refunds").first).to_be_visible()
    made = live_desk.do(lambda: drafting.policy_of(RoutingPolicy.objects.get(pk=draft.pk))).rules[-1]
    assert (made.name, made.outcome.team) == ("Gold refunds", billing.pk)
    assert made.conditions["rules"][1]["rules"][0]["field"] == "segment"


def test_rules_are_moved_by_keys_and_by_dragging(page_of, live_desk, sam, draft):
    page = page_of(sam, f"/routing/rules/{draft.pk}/")
    page.get_by_role("button", name="Move up: Third").focus()
    page.keyboard.press("Enter")
    becomes(page, lambda: live_desk.do(names, draft), ["First", "Third", "Second"])
    expect(page.get_by_role("button", name="Move up: Third")).to_be_focused()
    expect(page.get_by_text("Now in place 2 of 3.")).to_be_attached()
    link = page.locator("#rule-first-name")
    link.focus()
    page.keyboard.press("Alt+ArrowDown")
    becomes(page, lambda: live_desk.do(names, draft), ["Third", "First", "Second"])
    expect(link).to_be_focused()
    page.locator("#rule-second").drag_to(page.locator("#rule-third"))
    becomes(page, lambda: live_desk.do(names, draft), ["Second", "Third", "First"])


def test_a_long_list_stays_where_it_is_when_a_rule_is_moved(page_of, live_desk, sam, draft):
    many = tuple(Rule(f"r{place}", f"Rule {place}") for place in range(40))
    live_desk.do(drafting.change, draft.pk, lambda policy: Policy(rules=many), by=sam)
    page = page_of(sam, f"/routing/rules/{draft.pk}/")
    page.locator("#up-r35").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Now in place 35 of 40.")).to_be_attached()
    expect(page.locator("#up-r35")).to_be_in_viewport()


def test_without_javascript_conditions_are_built_by_the_server(page_of, live_desk, sam, draft):
    page = page_of(sam, f"/routing/rules/{draft.pk}/rule/", java_script_enabled=False)
    page.get_by_label("Name of the rule").fill("Late mail")
    page.get_by_role("button", name="Add a condition", exact=True).click()
    page.locator("#when-0-ask").select_option("medium.is")
    page.get_by_role("button", name="Show what it is compared with").click()
    page.get_by_role("checkbox", name="Email").check()
    page.get_by_label("Team", exact=True).select_option("Returns")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("link", name="Late mail").first).to_be_visible()
    page.get_by_role("button", name="Move up: Late mail").click()
    expect(page.locator("#rules > li").nth(2)).to_contain_text("Late mail")
    made = live_desk.do(lambda: drafting.policy_of(RoutingPolicy.objects.get(pk=draft.pk))).rules[2]
    assert made.conditions == {"match": "all", "rules": [{"field": "medium", "is": "is", "value": ["email"]}]}


def test_wrong_rules_say_why_they_cannot_be_published_and_right_ones_are(page_of, live_desk, sam, draft, returns):
    page = page_of(sam, f"/routing/rules/{draft.pk}/")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    expect(page.get_by_text("A team that it goes to is no longer there.").first).to_be_visible()
    page.get_by_role("link", name="Third").first.click()
    page.get_by_label("Team", exact=True).select_option("Returns")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("It is never reached: everything goes to “First” before it.").first).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Holds now").first).to_be_visible()
    assert live_desk.do(drafting.published) == draft


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_the_editor(page_of, live_desk, sam, draft, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(sam, f"/routing/rules/{draft.pk}/", bypass_csp=True, **options)
    for path in ("", "rule/", "rule/third/", "settings/", "../import/"):
        page.goto(f"{live_desk.url}/routing/rules/{draft.pk}/{path}")
        still(page)
        found = [(each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]]
        assert not found
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
