"""Webhooks out: signed, the same call under the same key however often it is tried, and to public machines only."""

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.utils import timezone

from conversations import rule_engine, rules
from conversations.inbound.receive import receive
from conversations.models import Rule, Webhook, WebhookCall
from conversations.outbound import calling_out
from integrations import secrets
from integrations.adapters import signed
from integrations.outbound import hooks
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

SECRET = "the other program knows it, too"


class Listener:
    """A program outside: what it heard, and the statuses that it answers with, the last for ever."""

    def __init__(self):
        self.heard, self.answers = [], [200]
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((dict(self.headers), body))
                status = listener.answers.pop(0) if len(listener.answers) > 1 else listener.answers[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", listener.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        Thread(target=self.server.serve_forever, args=(0.005,), daemon=True).start()


@pytest.fixture
def listener(settings):
    settings.LOCAL = True
    found = Listener()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def call(listener, mail):
    """The call of a rule, for a conversation that has just begun."""
    sealed = secrets.seal({"signing_secret": SECRET})
    hook = Webhook.objects.create(name="Stock", url=listener.url, sealed=sealed)
    actions = [{"do": "tag", "value": "told"}, {"do": "webhook", "value": str(hook.pk)}]
    Rule.objects.create(name="Tell", event="arrived", is_active=True, actions=actions)
    rules.forget()
    conversation = receive(from_ann(mail, "a secret of mine", subject="My secret")).conversation
    rule_engine.run(conversation.pk)
    return WebhookCall.objects.get()


def due(call):
    WebhookCall.objects.filter(pk=call.pk).update(due_at=timezone.now())


def test_a_call_is_signed_and_tells_how_it_stands_without_the_customers_words(call, listener):
    assert hooks.call(call.pk).state == "sent"
    headers, body = listener.heard[0]
    signed.check(SECRET, body, stamp=headers[signed.TIMESTAMP], signature=headers[signed.SIGNATURE])
    told = json.loads(body)
    assert (told["id"], headers["Idempotency-Key"]) == (str(call.key), str(call.key))
    assert (told["event"], told["rule"]["name"], told["conversation"]["tags"]) == ("arrived", "Tell", ["told"])
    assert "secret of mine" not in body.decode()
    assert "My secret" not in body.decode()
    assert "Ann" not in body.decode()


def test_a_call_is_made_once_however_many_workers_come(call, listener):
    hooks.call(call.pk)
    assert hooks.call(call.pk) is None
    assert len(listener.heard) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_what_fails_for_now_is_tried_again_later_under_the_same_key(call, listener, status):
    listener.answers = [status, 204]
    waits = hooks.call(call.pk)
    assert (waits.state, waits.tries, waits.answer) == ("queued", 1, status)
    assert timedelta() < waits.due_at - timezone.now() <= timedelta(seconds=10)
    assert hooks.call(call.pk) is None  # not due yet
    due(call)
    assert hooks.call(call.pk).state == "sent"
    assert len({headers["Idempotency-Key"] for headers, _body in listener.heard}) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410, 302])
def test_what_is_refused_for_good_is_not_tried_again(call, listener, status):
    listener.answers = [status]
    given_up = hooks.call(call.pk)
    assert (given_up.state, given_up.answer) == ("failed", status)
    assert len(listener.heard) == 1  # a redirect is not followed


def test_it_is_given_up_in_the_end(call, listener):
    listener.answers = [500]
    for _try in range(len(calling_out.WAITS) + 1):
        due(call)
        call = hooks.call(call.pk)
    assert call.state == "failed"
    assert calling_out.due() == []


def test_a_worker_that_dies_leaves_a_call_that_comes_due_again(call):
    calling_out.claim(call.pk, hooks.LEASE)
    assert calling_out.due() == []
    due(call)
    assert calling_out.due() == [call.pk]


def test_no_call_reaches_our_own_network_whatever_the_address_means_by_now(call, listener, settings):
    """It was public when it was typed; the name leads inside now."""
    settings.LOCAL = False
    assert hooks.call(call.pk).state == "queued"
    assert listener.heard == []


def test_one_that_was_switched_off_is_not_called(call, listener):
    Webhook.objects.update(is_active=False)
    assert hooks.call(call.pk).state == "failed"
    assert listener.heard == []
