"""A survey as its customer meets it, and satisfaction as a supervisor reads it, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.inbound.receive import receive
from conversations.models import SurveyResponse
from conversations.surveys import links
from tests.browser.conftest import still
from tests.conftest import from_ann
from tests.conversations.reports.test_satisfaction import answers
from tests.conversations.surveys.asked import asked, survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def clean(page):
    still(page)
    return [(each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]]


def test_a_number_tapped_in_a_mail_is_kept_once_somebody_is_there(open_page, live_desk, mail, ada):
    survey()
    ask = asked(mail, ada)
    page = open_page(color_scheme="dark", reduced_motion="reduce", bypass_csp=True)
    page.goto(f"{live_desk.url}/s/{links.token_of(ask)}/?score=2")
    expect(page.get_by_role("radio", name="2")).to_be_checked()
    assert not SurveyResponse.objects.exists() and not clean(page)
    page.mouse.move(40, 40)
    page.mouse.move(80, 80)
    expect(page.get_by_role("status")).to_contain_text("You chose 2")
    page.get_by_role("radio", name="2").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("You chose 3")
    page.get_by_role("textbox").fill("Nearly there")
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thank you")
    response = SurveyResponse.objects.get()
    assert (response.score, response.comment) == (3, "Nearly there")
    page.emulate_media(color_scheme="light")
    assert not clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_satisfaction_with_answers(page_of, live_desk, mail, returns, sam, scheme):
    one = survey()
    conversation = receive(from_ann(mail)).conversation
    for medium in ("email", "chat", "sms"):
        made = list(answers(one, conversation, [5] * 9 + [4, 2], team=returns, medium=medium))
        made[0].comment = "Kind"
        made[0].save()
    page = page_of(sam, "/satisfaction/", color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    expect(page.locator("#figure-csat")).to_contain_text("91%")
    assert not clean(page)
    page.get_by_role("link", name="91%").first.click()
    expect(page.locator("#rows-total")).to_have_text("33")
    assert not clean(page)
