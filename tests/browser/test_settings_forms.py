"""The forms of the settings in the browser: what is wrong is said as one types, a logo seen before it is saved."""

import base64
import re

import pytest
from playwright.sync_api import expect

from conversations.models import Branding, Tag, Team

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A red pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def test_a_name_that_is_taken_is_said_while_one_types_and_goes_when_it_is_mended(page_of, live_desk, root, returns):
    page = page_of(root, "/settings/teams/new/")
    name = page.get_by_label("Name")
    name.press_sequentially("Returns")
    expect(page.get_by_text("There is a team of this name already.")).to_be_visible()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("There is a team of this name already.")
    name.press_sequentially(" and repairs")
    expect(page.get_by_text("There is a team of this name already.")).to_have_count(0)
    expect(name).not_to_have_attribute("aria-invalid", "true")
    assert live_desk.do(Team.objects.count) == 1
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Returns and repairs")).to_be_visible()


def test_what_is_of_no_single_field_is_said_at_the_top(page_of, live_desk, root):
    page = page_of(root, "/macros/")
    page.get_by_label("Name", exact=True).fill("Close")
    expect(page.get_by_text("It does nothing yet: choose at least one thing.")).to_be_visible()
    page.get_by_label("Snooze for hours").fill("4")
    expect(page.get_by_text("It does nothing yet: choose at least one thing.")).to_have_count(0)


def test_each_other_form_speaks(page_of, live_desk, root, returns):
    live_desk.do(lambda: Tag.objects.create(name="vip"))
    for path, label, typed, words in (
        ("/settings/agents/invitation/", "Email", root.email, "Somebody here already has this address."),
        ("/settings/roles/new/", "Name", "Admin", "There is a role of this name already."),
        ("/settings/tags/", "Name", "VIP", "There is a tag of this name already."),
        ("/settings/privacy/", re.compile(": days$"), "99999999", "less than or equal to 36500"),
    ):
        page = page_of(root, path)
        page.get_by_label(label, exact=isinstance(label, str)).first.fill(typed)
        expect(page.get_by_text(words)).to_be_visible()


def test_a_new_logo_is_seen_before_it_is_saved(page_of, live_desk, root, mail):
    page = page_of(root, f"/settings/branding/{mail.pk}/")
    page.get_by_label("Logo", exact=True).set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": PNG})
    picture = page.locator("#brand-preview img")
    expect(picture).to_have_js_property("naturalWidth", 1)
    page.get_by_label("Above each mail").fill("Hollin")
    expect(page.locator("#brand-preview").get_by_text("Hollin")).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1)
    assert not live_desk.do(Branding.objects.exists)
    page.get_by_label("Logo", exact=True).set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(page.get_by_text("It is no PNG, JPEG or GIF.")).to_be_visible()
