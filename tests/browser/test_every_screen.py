"""Every page that an admin can be led to: axe finds nothing, in both themes, and nothing sticks out.

The screens with a test of their own are walked here once more in their plain state: a new address is walked by itself.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, get_resolver

from tests.browser.conftest import still

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# No screens: they answer programs, move on, or are the doors of who is not signed in (tests/browser/test_login.py).
NO_SCREENS = {
    "healthz", "readyz", "metrics", "manifest.webmanifest", "sw.js", "rail/", "palette/", "settings/", "me/push/",
    "me/presence/", "me/theme/", "me/help/", "files/", "canned/insertable/", "conversations/bulk/", "segments/rows/",
    "orders/", "settings/ranks/",
    "calls/", "conditions/rows/", "settings/automation/actions/", "settings/connectors/troubles/",
    "settings/imports/exports/", "settings/hours/preview/", "settings/deadlines/preview/",
    "settings/deadlines/progress/", "settings/articles/preview/", "settings/topics/guess/", "settings/topics/learning/",
    "widget/throughline.js",
    "form/form.js", "tracker/throughline.js", "tracker/here",
    "changed/", "next/", "live/loans/", "satisfaction/answers.csv", "demo-shop/acts/", "demo-shop/sign-out/",
}  # fmt: skip
DOORS = ("accounts/",)
OF_ANY_REPORT = {"/reports/channels/?for=7d", "/reports/channels/schedules/"}  # one stands for all: they share a page


def pages(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from pages(pattern.url_patterns, route)
        elif not ("<" in route or "(" in route or route in NO_SCREENS or route.startswith(DOORS)):
            yield "/" + route


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_any_page(page_of, live_desk, root, width):
    options = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page = page_of(root, "/me/", bypass_csp=True, **options)  # axe writes styles of its own
    found = {}
    for path in sorted(set(pages()) | OF_ANY_REPORT):
        answer = page.goto(live_desk.url + path)
        if answer.status != 200:
            found[path] = answer.status
            continue
        violations = [violation for scheme in ("light", "dark") for violation in violations_in(scheme, page)]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            violations.append(("wider than the window", page.evaluate(WIDEST)))
        if violations:
            found[path] = violations
    assert not found


def violations_in(scheme, page):
    page.emulate_media(color_scheme=scheme)
    still(page)
    found = Axe().run(page).response["violations"]
    return [(scheme, each["id"], each["nodes"][0]["html"][:160]) for each in found]


WIDEST = """[...document.body.querySelectorAll("*")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((each) => `${each.tagName}.${each.className}`).join(" ")"""
