"""Signing in: the words at the door, what is closed, invitations, sessions, an agent's own settings."""

import re
import uuid

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client

from conversations.models import PushSubscription
from deskapp.models import User
from tests.conftest import PASSWORD

DOOR = "/accounts/login/"


@pytest.fixture(autouse=True)
def _counts_from_zero():
    cache.clear()


def sign_in(client, email, password=PASSWORD):
    return client.post(DOOR, {"login": email, "password": password, "remember": "on"})


def test_email_and_password_open_the_desk(client, ada):
    assert sign_in(client, ada.email.upper()).headers["Location"] == "/"
    assert client.get("/me/").status_code == 200


def test_the_door_counts_the_tries_and_then_rests(client, ada):
    pages = [sign_in(client, ada.email, "wrong").content.decode() for _ in range(6)]
    assert "That password and email do not match. Four tries left before a 5 minute pause." in pages[0]
    assert "One try left" in pages[3]
    assert "That was the last try" in pages[4]
    assert "Too many tries" in pages[5]
    assert "Too many tries" in sign_in(client, ada.email).content.decode()


def test_an_unknown_address_reads_like_a_wrong_password(client, db):
    assert (
        "That password and email do not match. Four tries left" in sign_in(client, "no@desk.example").content.decode()
    )


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "3rdparty/", "3rdparty/signup/"])
def test_accounts_are_not_made_or_moved_by_oneself(client, ada, path):
    client.force_login(ada)
    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/"]
)
def test_what_is_before_the_door_is_in_the_desks_look(client, db, path):
    assert b'class="door-form stack"' in client.get(path).content


@pytest.mark.parametrize(
    "path",
    [
        "password/change/",
        "2fa/",
        "2fa/totp/activate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "sessions/",
        "reauthenticate/",
        "logout/",
    ],
)
def test_what_is_behind_the_door_is_in_the_desks_look(client, ada, path):
    sign_in(client, ada.email)
    page = client.get(f"/accounts/{path}", follow=True)  # what changes the account asks for the password once more
    assert page.status_code == 200
    assert b'class="door-form stack"' in page.content


def test_a_second_factor_is_asked_for(client, ada):
    secret = generate_totp_secret()
    TOTP.activate(ada, secret)
    assert sign_in(client, ada.email).headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/me/").status_code == 302
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.get("/me/").status_code == 200


def test_an_invitation_lets_its_agent_choose_a_password(client, root, returns, django_capture_on_commit_callbacks):
    client.force_login(root)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/settings/agents/invitation/",
            {"email": "Noor@desk.example", "name": "Noor Haddad", "role": "agent", "teams": [returns.pk]},
        )
    [letter] = outbox.outbox
    assert letter.to == ["noor@desk.example"]
    noor = Client()
    page = noor.get(re.search(r"https?://[^/]+(/\S+)", letter.body)[1], follow=True)
    assert "Choose a password" in page.content.decode()
    noor.post(page.request["PATH_INFO"], {"password1": "three calm brown foxes", "password2": "three calm brown foxes"})
    assert noor.get("/me/").status_code == 200
    assert list(User.objects.get(email="noor@desk.example").teams.all()) == [returns]
    assert (
        "had its time" in Client().get(re.search(r"https?://[^/]+(/\S+)", letter.body)[1], follow=True).content.decode()
    )


def test_a_strangers_address_gets_no_mail(client, db):
    client.post("/accounts/password/reset/", {"email": "stranger@else.example"})
    assert outbox.outbox == []


def test_a_session_can_be_ended_from_another(ada):
    here, there = Client(), Client()
    sign_in(here, ada.email)
    sign_in(there, ada.email)
    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/me/sessions/{other.pk}/")
    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


def test_nobody_ends_anothers_session(ada, grace):
    hers, mine = Client(), Client()
    sign_in(hers, ada.email)
    sign_in(mine, grace.email)
    session = UserSession.objects.get(user=ada)
    assert mine.post(f"/me/sessions/{session.pk}/").status_code == 404
    assert hers.get("/me/").status_code == 200


ME = {"name": "Ada O.", "signature": "Best, Ada", "locale": "de", "timezone": "Asia/Tokyo", "theme": "dark"}


def test_own_settings_are_kept_and_shown_at_once(client, ada):
    client.force_login(ada)
    assert client.post("/me/", ME).status_code == 302
    page = client.get("/me/")
    assert page.headers["Content-Language"] == "de"
    assert 'lang="de"' in page.content.decode() and 'data-theme="dark"' in page.content.decode()
    ada.refresh_from_db()
    assert (ada.timezone, ada.single_keys, ada.signature) == ("Asia/Tokyo", False, "Best, Ada")


def test_a_senseless_time_zone_is_refused(client, ada):
    client.force_login(ada)
    assert client.post("/me/", {**ME, "timezone": "Mars/Olympus"}).status_code == 422


def test_a_browser_subscribes_to_push_and_leaves_again(client, ada):
    client.force_login(ada)
    given = {"endpoint": f"https://push.example/{uuid.uuid4()}", "keys": {"p256dh": "p", "auth": "a"}}
    assert client.post("/me/push/", given, content_type="application/json").status_code == 201
    assert client.post("/me/push/", given, content_type="application/json").status_code == 201
    assert PushSubscription.objects.get().agent == ada
    assert client.delete("/me/push/", given, content_type="application/json").status_code == 204
    assert not PushSubscription.objects.exists()
    assert (
        client.post("/me/push/", {"endpoint": "http://10.0.0.1/"}, content_type="application/json").status_code == 422
    )
    assert client.post("/me/push/", "no", content_type="application/json").status_code == 422


def test_the_desk_is_installable(client, db):
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["start_url"] == "/" and len(manifest["icons"]) == 2
    assert "notificationclick" in client.get("/sw.js").content.decode()
