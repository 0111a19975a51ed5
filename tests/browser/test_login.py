"""The door in a real browser: password, authenticator app, passkey, a password chosen anew; and no axe violation."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser.conftest import PAGE_SECONDS, becomes, still
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def page(live_desk, browser):
    cache.clear()
    # A passkey belongs to a host name: an address of numbers cannot have one.
    live_desk.url = live_desk.url.replace("127.0.0.1", "localhost")
    page = browser.new_page()
    page.set_default_timeout(PAGE_SECONDS * 1000)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    page.close()


def sign_in(page, desk, someone, password=PASSWORD, *, leads_to=lambda url: "/accounts/login" not in url):
    page.goto(f"{desk.url}/accounts/login/")
    page.get_by_label("Email").fill(someone.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(leads_to)


def test_a_wrong_password_says_what_is_left(page, live_desk, ada):
    sign_in(page, live_desk, ada, "wrong", leads_to="**/accounts/login/")
    expect(page.get_by_role("alert")).to_have_text(
        "That password and email do not match. Four tries left before a 5 minute pause."
    )
    sign_in(page, live_desk, ada)
    assert "/accounts/" not in page.url
    assert page.complaints == []


def test_an_authenticator_app_guards_the_door(page, live_desk, ada):
    sign_in(page, live_desk, ada)
    page.goto(f"{live_desk.url}/accounts/2fa/totp/activate/")
    confirm_password(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("#id_code").fill(code_for(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url(lambda url: "/totp/activate" not in url)
    # A code works once: the next sign-in takes the one before it, which the clock's tolerance still allows.
    page.context.clear_cookies()
    sign_in(page, live_desk, ada)
    page.wait_for_url("**/2fa/authenticate/**")
    page.locator("#id_code").fill(code_for(secret, steps=1))
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(f"{live_desk.url}/me/")
    assert page.url.endswith("/me/")


def test_a_passkey_opens_the_door(page, live_desk, ada):
    add_authenticator(page)
    sign_in(page, live_desk, ada)
    page.goto(f"{live_desk.url}/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.locator("#id_name").fill("A key of a test")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/accounts/2fa/**recovery**")
    becomes(page, lambda: live_desk.do(lambda: Authenticator.objects.filter(user=ada, type="webauthn").count()), 1)
    page.context.clear_cookies()
    page.goto(f"{live_desk.url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(f"{live_desk.url}/me/")
    assert page.url.endswith("/me/")
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_doors_pages_pass_axe(page, live_desk, root, scheme):
    page.emulate_media(color_scheme=scheme)
    paths = ["/accounts/login/", "/accounts/password/reset/", "/nowhere/"]
    found = {path: violations(page, live_desk, path) for path in paths}
    sign_in(page, live_desk, root)
    paths = ["/me/", "/settings/agents/", "/settings/agents/invitation/", "/settings/teams/", "/settings/connectors/"]
    paths += ["/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/"]
    found |= {path: violations(page, live_desk, path) for path in paths}
    assert not any(found.values()), found


def violations(page, desk, path):
    page.goto(f"{desk.url}{path}")
    still(page)
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]]) for one in Axe().run(page).response["violations"]
    ]


def confirm_password(page):
    if "reauthenticate" in page.url:
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(lambda url: "reauthenticate" not in url)


def code_for(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def add_authenticator(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    more = {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **more}})
