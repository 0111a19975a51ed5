"""Signing a mailbox in with Google or Microsoft, at a provider on loopback; and sealing secrets with a new key."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.urls import reverse

from integrations import secrets
from integrations.models import Connector, Trial
from tests.mailing import connect

pytestmark = pytest.mark.django_db


class Provider(BaseHTTPRequestHandler):
    """The token endpoint: a code is good for who can show the verifier behind the challenge (RFC 7636 4.6)."""

    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_right = base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.server.challenge
        is_right = is_right and form.get("code") == "the-code" and form.get("client_secret") == "their-secret"
        answer = {"access_token": "short", "refresh_token": "long-lived-token", "expires_in": 3600}
        self.send_response(200 if is_right else 400)
        self.end_headers()
        self.wfile.write(json.dumps(answer if is_right else {"error": "invalid_grant"}).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def provider():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.challenge = ""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def admin(client, root):
    client.force_login(root)
    return client


def mailbox(mail, provider, auth="google"):
    base = f"http://127.0.0.1:{provider.server_port}"
    one = connect(mail, auth=auth, token_url=f"{base}/token", authorize_url=f"{base}/authorize")
    one.secrets = {"client_id": "their-id", "client_secret": "their-secret"}
    one.save()
    return one


def led_to(admin, one, provider):
    answer = admin.get(reverse("connector_sign_in", args=[one.pk]))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    provider.challenge = asked["code_challenge"]
    return asked


@pytest.mark.parametrize("auth", ["google", "microsoft"])
def test_a_mailbox_is_signed_in_and_its_token_sealed(admin, mail, provider, auth):
    one = mailbox(mail, provider, auth)
    asked = led_to(admin, one, provider)
    assert (asked["code_challenge_method"], asked["client_id"]) == ("S256", "their-id")
    assert asked["redirect_uri"].endswith("/settings/connectors/signed-in/")
    assert ("offline" in asked.get("access_type", "") + asked["scope"]) and "their-secret" not in str(asked)
    answer = admin.get(reverse("connector_signed_in"), {"code": "the-code", "state": asked["state"]})
    assert answer["Location"] == reverse("connector", args=[one.pk])
    one.refresh_from_db()
    assert one.secrets["refresh_token"] == "long-lived-token" and b"long-lived" not in bytes(one.sealed)
    assert Trial.objects.get().connector == one
    again = admin.get(reverse("connector_signed_in"), {"code": "the-code", "state": asked["state"]}, follow=True)
    assert b"was not begun here" in again.content


def test_a_sign_in_that_was_not_begun_here_changes_nothing(admin, mail, provider):
    one = mailbox(mail, provider)
    led_to(admin, one, provider)
    answer = admin.get(reverse("connector_signed_in"), {"code": "the-code", "state": "forged"}, follow=True)
    assert b"was not begun here" in answer.content
    one.refresh_from_db()
    assert "refresh_token" not in one.secrets


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"error": "access_denied"}, "was not completed: access_denied"),
        ({"code": "another"}, "refused the sign-in"),
    ],
)
def test_what_went_wrong_there_is_said(admin, mail, provider, given, words):
    one = mailbox(mail, provider)
    asked = led_to(admin, one, provider)
    answer = admin.get(reverse("connector_signed_in"), {**given, "state": asked["state"]}, follow=True)
    assert words in answer.content.decode()


def test_without_a_client_id_nobody_is_led_anywhere(admin, mail, provider):
    one = mailbox(mail, provider)
    one.secrets = {}
    one.save()
    answer = admin.get(reverse("connector_sign_in", args=[one.pk]), follow=True)
    assert b"Enter the client id and secret first" in answer.content


@pytest.fixture
def keys(settings):
    def turn(*words):
        settings.ENCRYPTION_KEYS = list(words)
        secrets._box.cache_clear()

    yield turn
    secrets._box.cache_clear()


def test_secrets_are_sealed_with_the_newest_key_once(keys, mail):
    keys("old")
    connectors = []
    for number in range(3):
        one = Connector(name=f"Box {number}", adapter="orders")
        one.secrets = {"token": f"secret {number}"}
        one.save()
        connectors.append(one)
    Connector.objects.create(name="Without", adapter="orders")
    keys("new", "old")
    connectors[0].secrets = {"token": "secret 0"}
    connectors[0].save()
    said = StringIO()
    call_command("rotate_secrets", stdout=said)
    call_command("rotate_secrets", stdout=said)
    assert said.getvalue().splitlines() == [
        "2 of 3 connectors were sealed with the newest key.", "0 of 3 connectors were sealed with the newest key.",
    ]  # fmt: skip
    keys("new")
    assert [one.secrets["token"] for one in Connector.objects.exclude(sealed=b"").order_by("pk")] == [
        "secret 0", "secret 1", "secret 2",
    ]  # fmt: skip


def test_secrets_that_no_key_opens_are_named_and_keep_no_other_from_it(keys):
    keys("lost")
    one = Connector(name="Locked", adapter="orders")
    one.secrets = {"token": "x"}
    one.save()
    keys("old")
    other = Connector(name="Open", adapter="orders")
    other.secrets = {"token": "y"}
    other.save()
    keys("new", "old")
    with pytest.raises(CommandError, match="Locked"):
        call_command("rotate_secrets", stdout=StringIO())
    keys("new")
    assert Connector.objects.get(name="Open").secrets == {"token": "y"}
    with pytest.raises(InvalidToken):
        Connector.objects.get(name="Locked").secrets  # noqa: B018
