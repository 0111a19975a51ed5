"""E-mail services: their webhooks in, their API out, in the shapes that their documentation gives."""

import json
import threading
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus

import pytest
from django.test import Client
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Delivery, Message
from conversations.outbound.compose import reply
from integrations.adapters.media.email.marks import plus_address
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver
from tests.adapters.esp_payloads import (
    ONE_MAIL,
    REPORTS,
    SECRET,
    mailgun_mime,
    mailgun_parsed,
    post,
    postmark_parsed,
    postmark_raw,
    postmark_report,
    report,
    sendgrid_report,
    service,
    signed,
)
from tests.conftest import from_ann
from tests.mailing import a_mail, work_off

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("integrations.urls"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.mark.parametrize(("name", "payload", "as_json"), ONE_MAIL)
def test_the_same_webhook_five_times_is_one_message(mail, name, payload, as_json):
    connector = service(mail, name)
    assert [post(connector, payload(), as_json=as_json) for _ in range(5)] == [200] * 5
    message = Message.objects.get()
    assert (message.text, message.subject, message.external_id) == ("Where is it?", "My order", "one@home.example")
    assert message.identity.value == "ann@home.example"
    assert message.conversation.customer.name == "Ann Bell"
    if payload in (mailgun_parsed, postmark_parsed):
        attachment = message.attachments.get()
        assert (attachment.name, attachment.file.read()) == ("list.txt", b"one\n")


@pytest.mark.parametrize(("name", "payload", "as_json"), ONE_MAIL)
def test_a_wrong_address_is_not_genuine_and_nothing_is_kept(mail, name, payload, as_json):
    connector = service(mail, name)
    assert post(connector, payload(), as_json=as_json, secret="guessed") == 400
    connector.secrets = {}
    connector.save()
    assert post(connector, payload(), as_json=as_json, secret="%00") == 400
    assert not RawEvent.objects.exists()


def test_unknown_and_deaf_connectors_answer_like_a_wrong_secret(mail):
    connector = Connector.objects.create(name="Mailbox", adapter="imap", channel=mail)
    assert post(connector, {}) == 400
    assert Client().post("/hooks/999999/x/").status_code == 400


def test_mailgun_signature_that_does_not_fit_is_not_genuine(mail):
    connector = service(mail, "mailgun")
    assert post(connector, {**mailgun_mime(), "signature": "0" * 64}) == 400
    assert not RawEvent.objects.exists()


def test_nonsense_from_the_right_address_is_kept_and_set_aside(mail):
    connector = service(mail, "postmark")
    assert post(connector, "{no json") == 200
    assert RawEvent.objects.get().state == "aside"


def test_two_mails_under_one_message_id_are_two_messages(mail):
    connector = service(mail, "postmark")
    post(connector, postmark_parsed(), as_json=True)
    post(connector, {**postmark_parsed(), "TextBody": "And another thing"}, as_json=True)
    assert set(Message.objects.values_list("text", flat=True)) == {"Where is it?", "And another thing"}


def test_bytes_of_an_old_charset_come_through(mail):
    connector = service(mail, "mailgun")
    raw = (
        a_mail("Gr...e", message_id="<old@home.example>")
        .replace(b"Gr...e", b"Gr\xfc\xdfe")
        .replace(b'"utf-8"', b'"iso-8859-1"')
    )
    boundary = "----b"
    fields = signed({"recipient": "support@hollinfell.example", "sender": "ann@home.example"})
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="body-mime"\r\n\r\n'.encode() + raw + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    answer = Client().generic("POST", f"/hooks/{connector.pk}/{SECRET}/", body, content_type=kind)
    work_off(connector)
    assert answer.status_code == 200
    assert Message.objects.get().text == "Grüße"


def test_address_of_the_envelope_names_the_conversation(mail):
    connector = service(mail, "postmark")
    message = receive(from_ann(mail, "First"))
    to = plus_address("support@hollinfell.example", conversation_id=message.conversation_id)
    post(connector, {**postmark_raw(), "OriginalRecipient": to}, as_json=True)
    assert Message.objects.get(text="Where is it?").conversation == message.conversation


# -- out


class Api(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.calls.append((self.path, self.headers, body))
        status, answer = self.server.answer
        if status == 0:  # the whole mail, and then silence
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.calls, server.answer = [], (200, "{}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


GOOD = {
    "mailgun": (200, json.dumps({"id": "<m@mailgun.example>", "message": "Queued. Thank you."})),
    "postmark": (200, json.dumps({"ErrorCode": 0, "Message": "OK", "MessageID": "p-1", "To": "ann@home.example"})),
    "sendgrid": (202, ""),
    "brevo": (201, json.dumps({"messageId": "<b@brevo.example>"})),
    "mailjet": (
        200,
        json.dumps(
            {
                "Messages": [
                    {
                        "Status": "success",
                        "To": [{"Email": "ann@home.example", "MessageID": 1, "MessageUUID": "u", "MessageHref": "h"}],
                        "Cc": [],
                        "Bcc": [],
                    }
                ]
            }
        ),
    ),
}


def answered(mail, ada, api, name):
    service(mail, name, api_url=f"http://127.0.0.1:{api.server_port}/", sender_domain="hollinfell.example")
    question = receive(from_ann(mail, "My kettle leaks.", subject="A kettle", external_id="q1@home.example"))
    message = reply(
        question.conversation,
        html="<p>A <b>new</b> one comes.</p>",
        by=ada,
        channel=mail,
        identity=question.identity,
        client_id=uuid.uuid4(),
    )
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    return deliver(message.delivery.pk)


@pytest.mark.parametrize("name", GOOD)
def test_answer_is_handed_to_the_service(mail, ada, api, name):
    api.answer = GOOD[name]
    delivery = answered(mail, ada, api, name)
    assert delivery.status == "sent"
    ((_, _, body),) = api.calls
    said = unquote_plus(body.decode("utf-8", "replace"))
    assert "ann@home.example" in said
    assert "q1@home.example" in said
    assert "Ada from " in said
    assert Message.objects.get(pk=delivery.message_id).external_id == delivery.external_id
    assert delivery.external_id.endswith("@hollinfell.example")
    assert delivery.external_id in said


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ((422, '{"ErrorCode": 300, "Message": "Invalid To"}'), "failed", "refused the mail"),
        ((401, "{}"), "queued", "key"),
        ((503, "{}"), "queued", "busy"),
        ((0, ""), "uncertain", "may have gone"),
    ],
)
def test_refusals_for_now_for_good_and_silence_are_told_apart(mail, ada, api, answer, status, words):
    api.answer = answer
    delivery = answered(mail, ada, api, "postmark")
    assert delivery.status == status
    assert words in delivery.error


def test_service_that_is_not_there_is_tried_again(mail, ada, api):
    api.shutdown()
    api.server_close()
    delivery = answered(mail, ada, api, "mailgun")
    assert delivery.status == "queued"
    assert "does not answer" in delivery.error


# -- what became of it


@pytest.mark.parametrize("name", REPORTS)
def test_delivered_and_then_returned_is_shown_on_the_delivery(mail, ada, api, name):
    api.answer = GOOD[name]
    delivery = answered(mail, ada, api, name)
    connector = Connector.objects.get()
    assert report(connector, name, REPORTS[name](delivery, "delivered")) == 200
    delivery.refresh_from_db()
    assert delivery.status == "delivered"
    returned = REPORTS[name](delivery, "failed")
    assert [report(connector, name, returned) for _ in range(5)] == [200] * 5
    delivery.refresh_from_db()
    assert delivery.status == "failed"
    assert "ann@home.example" in delivery.error
    assert delivery.conversation.status == "open"


def test_sendgrid_report_that_is_not_signed_is_not_genuine(mail, ada, api):
    api.answer = GOOD["sendgrid"]
    delivery = answered(mail, ada, api, "sendgrid")
    assert post(Connector.objects.get(), json.dumps(sendgrid_report(delivery, "failed")), kind="tracking") == 400
    delivery.refresh_from_db()
    assert delivery.status == "sent"


def test_report_about_another_channels_delivery_changes_nothing(mail, ada, api, chat):
    api.answer = GOOD["postmark"]
    delivery = answered(mail, ada, api, "postmark")
    Connector.objects.update(channel=chat)
    report(Connector.objects.get(), "postmark", postmark_report(delivery, "failed"))
    delivery.refresh_from_db()
    assert delivery.status == "sent"
