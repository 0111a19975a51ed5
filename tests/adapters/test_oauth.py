"""Signing in to a mailbox of Google or Microsoft: a token for the refresh token, then XOAUTH2 to IMAP and SMTP."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from integrations.adapters.base import AdapterError
from integrations.adapters.media.email import oauth, smtp
from integrations.adapters.media.email.imap import open_mailbox
from integrations.models import Connector
from tests.faults.servers import Imap, Smtp
from tests.mailing import connect

pytestmark = pytest.mark.django_db


class Tokens(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append({name: values[0] for name, values in parse_qs(body).items()})
        status, answer = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def tokens():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    server.asked, server.answer = [], (200, {"access_token": "short-lived", "expires_in": 3600})
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    oauth._tokens.clear()


def of(provider, mail, tokens, **settings):
    connector = connect(mail, auth=provider, username="support@hollinfell.example", **settings)
    connector.settings["token_url"] = f"http://127.0.0.1:{tokens.server_port}/token"
    connector.secrets = {"client_id": "id", "client_secret": "secret", "refresh_token": "long-lived"}
    connector.save()
    return connector


def test_token_is_asked_for_once_and_used_until_it_runs_out(mail, tokens):
    connector = of("google", mail, tokens)
    assert [oauth.access_token(connector) for _ in range(3)] == ["short-lived"] * 3
    (asked,) = tokens.asked
    assert asked["grant_type"] == "refresh_token"
    assert (asked["refresh_token"], asked["client_id"], asked["client_secret"]) == ("long-lived", "id", "secret")
    oauth.forget(connector)
    tokens.answer = (200, {"access_token": "the next", "expires_in": 60})
    assert oauth.access_token(connector) == oauth.access_token(connector) == "the next"
    assert len(tokens.asked) == 3  # a token of a minute is never good for long enough


def test_refresh_token_that_microsoft_renews_is_kept(mail, tokens):
    connector = of("microsoft", mail, tokens)
    tokens.answer = (200, {"access_token": "a", "expires_in": 3600, "refresh_token": "renewed"})
    oauth.access_token(connector)
    assert "IMAP.AccessAsUser.All" in tokens.asked[0]["scope"]
    assert Connector.objects.get().secrets["refresh_token"] == "renewed"
    assert Connector.objects.get().secrets["client_id"] == "id"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((400, {"error": "invalid_grant"}), "connect it again"),
        ((401, {"error": "invalid_client"}), "client id and secret"),
        ((503, {}), "refused with 503"),
    ],
)
def test_what_the_provider_refuses_is_said_in_words(mail, tokens, answer, words):
    tokens.answer = answer
    with pytest.raises(AdapterError, match=words):
        oauth.access_token(of("google", mail, tokens))


def test_token_signs_in_to_imap_and_smtp(mail, tokens):
    line = b"user=support@hollinfell.example\x01auth=Bearer short-lived\x01\x01"
    with Imap({}) as incoming, Smtp(auth="235 welcome") as outgoing:
        connector = of("google", mail, tokens, imap_port=incoming.port, smtp_port=outgoing.port)
        with open_mailbox(connector) as mailbox:
            assert mailbox.after(0) == []
        with smtp.session(connector):
            pass
    assert incoming.sign_ins == [line]
    assert b"AUTH XOAUTH2 " + base64.b64encode(line) in [command.strip() for command in outgoing.commands]
