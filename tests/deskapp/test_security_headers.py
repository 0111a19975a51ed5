"""Headers and pages that hold when things go wrong."""

import re

import pytest
from django.test import Client, RequestFactory

from deskapp.accounts import errors


@pytest.fixture
def page(client, db):
    return client.get("/accounts/login/")


def test_nothing_foreign_may_run(page):
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in re.search(r"script-src [^;]*", policy)[0]
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_the_browser_is_told(page, name, value):
    assert page.headers[name] == value


def test_what_the_desk_does_not_need_is_off(page):
    assert "camera=()" in page.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/me/", "/settings/agents/"])
def test_no_page_has_inline_scripts_or_handlers(client, root, path):
    if not path.startswith("/accounts"):
        client.force_login(root)
    html = client.get(path).content.decode()
    scripts = re.findall(r"<script\b([^>]*)>", html)
    assert all("src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)
    assert not re.search(r"<[^>]+\son\w+=", html) and "<style" not in html


def test_the_session_cookie_is_not_for_scripts(client, ada):
    from django.core.cache import cache

    cache.clear()
    client.post("/accounts/login/", {"login": ada.email, "password": "a long and calm password"})
    assert client.cookies["sessionid"]["httponly"] and client.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    "view", [errors.bad_request, errors.forbidden, errors.not_found, errors.failed, errors.csrf_failure]
)
def test_error_pages_need_no_database(view):
    answer = view(RequestFactory().get("/"))
    assert answer.status_code >= 400 and b"door-form" in answer.content


def test_an_old_form_is_explained(db):
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@desk.example"})
    assert answer.status_code == 403 and b"too old to send" in answer.content


def test_a_request_carries_the_id_it_came_with(client, db):
    assert client.get("/healthz", headers={"X-Request-ID": "abcd-1234"}).headers["X-Request-ID"] == "abcd-1234"
    assert client.get("/healthz", headers={"X-Request-ID": "a b\n"}).headers["X-Request-ID"] != "a b\n"
