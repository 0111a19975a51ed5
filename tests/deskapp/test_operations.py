"""Metrics, logs and web push: figures that are right, lines without a customer's words, phones that wake."""

import json
import logging
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import structlog

from conversations.inbound.receive import receive
from conversations.live import sockets, webpush
from conversations.models import PushSubscription
from deskapp.operations import logs
from integrations.models import Connector, RawEvent
from tests.conftest import from_ann


def figures(answer):
    lines = answer.content.decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_metrics_count_what_is_there(client, mail):
    connector = Connector.objects.create(name="Mail", adapter="imap", channel=mail)
    RawEvent.objects.create(connector=connector, external_id="1", body=b"", state="aside")
    RawEvent.objects.create(connector=connector, external_id="2", body=b"", state="kept")
    sockets.opened("tab-of-a-test", 7)
    found = figures(client.get("/metrics"))
    assert found["throughline_raw_events_aside"] == "1.0"
    assert float(found["throughline_inbound_lag_seconds"]) >= 0
    assert float(found["throughline_sockets"]) >= 1
    assert 'throughline_queue_length{queue="inbound"}' in found
    assert found['throughline_deliveries{state="failed"}'] == "0.0"
    sockets.closed("tab-of-a-test", 7)
    assert not sockets.is_connected(7)


def test_metrics_are_for_this_machine_or_for_who_has_the_token(client, db, settings):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-token"}).status_code == 200


def line_of(capsys, log):
    configured = logs.configure(local=False)
    handler = logging.StreamHandler()
    desk = dict(configured["formatters"]["desk"])
    handler.setFormatter(desk.pop("()")(**desk))
    logger = logging.getLogger("desk.test.json")
    logger.handlers, logger.propagate = [handler], False
    log(structlog.get_logger("desk.test.json"))
    return json.loads(capsys.readouterr().err.strip().splitlines()[-1])


def test_a_line_is_json_with_ids_and_without_words(capsys):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        line = line_of(capsys, lambda log: log.warning("late", delivery_id=4, text="my secret letter"))
    assert (line["event"], line["request_id"], line["delivery_id"]) == ("late", "r-1", 4)
    assert "text" not in line


def test_an_exceptions_words_stay_out_of_the_log(capsys):
    def fail(log):
        try:
            raise ValueError("my secret letter")
        except ValueError:
            log.exception("raw event failed", raw_event_id=3)

    line = line_of(capsys, fail)
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert "secret" not in json.dumps(line["exception"][0].get("exc_value", ""))


def test_a_task_binds_its_ids():
    class Task:
        name = "integrations.outbound.deliver"

    logs.bind(task_id="t", task=Task(), args=(12,))
    assert structlog.contextvars.get_contextvars()["delivery_id"] == 12
    logs.unbind()
    assert not structlog.contextvars.get_contextvars()


@pytest.fixture
def push_service():
    """A push service on loopback that answers as told: 201, or 410 for a subscription that is gone."""
    taken = []

    class Service(BaseHTTPRequestHandler):
        status = 201

        def do_POST(self):
            taken.append(
                (
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(int(self.headers["Content-Length"])),
                )
            )
            self.send_response(self.status)
            if self.status == 307:
                self.send_header("Location", "/somewhere-else")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/push", taken, Service
    server.shutdown()


def subscribe(agent, endpoint):
    """With keys as a browser makes them."""
    import base64
    import os

    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = (
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    keys = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (point, os.urandom(16))]
    return PushSubscription.objects.create(agent=agent, endpoint=endpoint, p256dh=keys[0], auth=keys[1])


def test_a_phone_is_woken_with_an_encrypted_line(ada, mail, push_service):
    endpoint, taken, _service = push_service
    message = receive(from_ann(mail, "Where is my lamp?"))
    type(message.conversation).objects.filter(pk=message.conversation_id).update(assignee=ada)
    subscribe(ada, endpoint)
    assert webpush.wake(message.pk) == 1
    [(headers, body)] = taken
    assert headers["content-encoding"] == "aes128gcm" and headers["authorization"].startswith("vapid")
    assert b"lamp" not in body


def test_a_subscription_that_is_gone_is_forgotten(ada, mail, push_service):
    endpoint, _taken, service = push_service
    service.status = 410
    message = receive(from_ann(mail))
    type(message.conversation).objects.filter(pk=message.conversation_id).update(assignee=ada)
    subscribe(ada, endpoint)
    assert webpush.wake(message.pk) == 0
    assert not PushSubscription.objects.exists()


def test_a_push_service_leads_nowhere_else(ada, mail, push_service):
    endpoint, taken, service = push_service
    service.status = 307
    message = receive(from_ann(mail))
    type(message.conversation).objects.filter(pk=message.conversation_id).update(assignee=ada)
    subscribe(ada, endpoint)
    assert webpush.wake(message.pk) == 0
    assert len(taken) == 1


def test_only_who_is_away_is_woken(ada, mail, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr(webpush.current_app, "send_task", lambda name, args: asked.append((name, args)), raising=False)
    first = receive(from_ann(mail))
    type(first.conversation).objects.filter(pk=first.conversation_id).update(assignee=ada)
    subscribe(ada, "https://push.example/2")
    with django_capture_on_commit_callbacks(execute=True):
        second = receive(from_ann(mail, "And?"))
    assert asked == [("conversations.web_push", [second.pk])]
    sockets.opened("tab", ada.pk)
    with django_capture_on_commit_callbacks(execute=True):
        receive(from_ann(mail, "Hello?"))
    sockets.closed("tab", ada.pk)
    assert len(asked) == 1
