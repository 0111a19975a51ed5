"""E-mail services: their webhooks in, their API out, in the shapes that their documentation gives."""

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Delivery, Message
from conversations.outbound.compose import reply
from integrations.adapters.media.email.marks import plus_address
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver
from tests.conftest import from_ann
from tests.mailing import a_mail, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls"), pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SECRET = "a-long-random-word"
SIGNING_KEY = "mailgun-signing-key"
SENT_AT = "Sat, 21 Nov 2026 14:10:05 +0000"
EVENT_KEY = ec.generate_private_key(ec.SECP256R1())


def public(key):
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "".join(pem.decode().splitlines()[1:-1])


def service(channel, name, **settings):
    connector = Connector(name=name, adapter="esp", channel=channel, settings={"esp": name, **settings})
    connector.secrets = {
        "webhook_secret": SECRET,
        "webhook_signing_key": SIGNING_KEY,
        "tracking_webhook_verification_key": public(EVENT_KEY),
        "api_key": "key",
        "secret_key": "secret",
        "server_token": "token",
    }
    connector.save()
    return connector


def post(connector, data, *, kind="", secret=SECRET, **extra):
    url = f"/hooks/{connector.pk}/{secret}/{kind + '/' if kind else ''}"
    if isinstance(data, (list, str)) or extra.pop("as_json", False):
        extra["content_type"] = "application/json"
        data = data if isinstance(data, str) else json.dumps(data)
    answer = Client().post(url, data, **extra)
    work_off(connector)
    return answer.status_code


def signed(fields):
    """As Mailgun signs: anew at each try."""
    stamp, token = str(int(time.time())), uuid.uuid4().hex
    signature = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {**fields, "timestamp": stamp, "token": token, "signature": signature}


# -- in: what each service posts for one mail of Ann's


def mailgun_parsed():
    head = [["From", "Ann Bell <ann@home.example>"], ["To", "support@hollinfell.example"], ["Subject", "My order"]]
    head += [["Message-Id", "<one@home.example>"], ["Date", "Wed, 11 Oct 2017 18:31:04 -0700"]]
    fields = {"recipient": "support@hollinfell.example", "sender": "ann@home.example", "subject": "My order"}
    fields |= {"body-plain": "Where is it?", "stripped-text": "Where is it?", "message-headers": json.dumps(head)}
    return {**signed(fields), "attachment-count": "1", "attachment-1": SimpleUploadedFile("list.txt", b"one\n", "text/plain")}


def mailgun_mime():
    fields = {"recipient": "support@hollinfell.example", "sender": "ann@home.example"}
    return signed({**fields, "body-mime": a_mail("Where is it?", message_id="<one@home.example>", date=SENT_AT).decode()})


def postmark_raw():
    raw = a_mail("Where is it?", message_id="<one@home.example>", date=SENT_AT).decode()
    return {"RawEmail": raw, "OriginalRecipient": "support@hollinfell.example", "MessageID": "22c7-1", "Headers": []}


def postmark_parsed():
    return {
        "FromFull": {"Email": "ann@home.example", "Name": "Ann Bell", "MailboxHash": ""},
        "ToFull": [{"Email": "support@hollinfell.example", "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": "support@hollinfell.example",
        "Subject": "My order",
        "MessageID": "22c74902-a0c1-4511-804f2-341342852c90",
        "Date": "Wed, 11 Oct 2017 18:31:04 -0700",
        "TextBody": "Where is it?",
        "Headers": [{"Name": "Return-Path", "Value": "<ann@home.example>"}, {"Name": "Message-ID", "Value": "<one@home.example>"}],
        "Attachments": [{"Name": "list.txt", "ContentType": "text/plain", "Content": base64.b64encode(b"one\n").decode()}],
    }


def sendgrid_raw():
    envelope = json.dumps({"to": ["support@hollinfell.example"], "from": "ann@home.example"})
    return {"email": a_mail("Where is it?", message_id="<one@home.example>", date=SENT_AT).decode(), "envelope": envelope}


def sendgrid_parsed():
    head = "From: Ann Bell <ann@home.example>\nTo: support@hollinfell.example\nSubject: My order\nMessage-ID: <one@home.example>\n"
    envelope = json.dumps({"to": ["support@hollinfell.example"], "from": "ann@home.example"})
    return {"headers": head, "text": "Where is it?", "envelope": envelope, "charsets": json.dumps({"text": "UTF-8"})}


def brevo():
    head = {"From": "Ann Bell <ann@home.example>", "To": "support@hollinfell.example", "Subject": "My order"}
    head |= {"Message-ID": "<one@home.example>", "Delivered-To": "support@hollinfell.example"}
    item = {"Uuid": ["aaaa-1"], "MessageId": "<one@home.example>", "Headers": head, "RawTextBody": "Where is it?"}
    return {"items": [{**item, "RawHtmlBody": "", "Attachments": [], "SpamScore": 0.1}]}


def mailjet():
    head = {"From": ["Ann Bell <ann@home.example>"], "To": ["support@hollinfell.example"], "Subject": ["My order"]}
    return {
        "Sender": "ann@home.example",
        "Recipient": "support@hollinfell.example",
        "From": "Ann Bell <ann@home.example>",
        "Subject": "My order",
        "Headers": {**head, "Message-ID": ["<one@home.example>"]},
        "Parts": [{"Headers": {"Content-Type": "text/plain; charset=utf-8"}, "ContentRef": "Text-part"}],
        "Text-part": "Where is it?",
        "SpamAssassinScore": "0",
    }


ONE_MAIL = [
    ("mailgun", mailgun_parsed, False),
    ("mailgun", mailgun_mime, False),
    ("postmark", postmark_raw, True),
    ("postmark", postmark_parsed, True),
    ("sendgrid", sendgrid_raw, False),
    ("sendgrid", sendgrid_parsed, False),
    ("brevo", brevo, True),
    ("mailjet", mailjet, True),
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
    raw = a_mail("Gr...e", message_id="<old@home.example>").replace(b"Gr...e", b"Gr\xfc\xdfe").replace(b'"utf-8"', b'"iso-8859-1"')
    boundary = "----b"
    fields = signed({"recipient": "support@hollinfell.example", "sender": "ann@home.example"})
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
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
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


GOOD = {
    "mailgun": (200, json.dumps({"id": "<m@mailgun.example>", "message": "Queued. Thank you."})),
    "postmark": (200, json.dumps({"ErrorCode": 0, "Message": "OK", "MessageID": "p-1", "To": "ann@home.example"})),
    "sendgrid": (202, ""),
    "brevo": (201, json.dumps({"messageId": "<b@brevo.example>"})),
    "mailjet": (200, json.dumps({"Messages": [{"Status": "success", "To": [{"Email": "ann@home.example", "MessageID": 1, "MessageUUID": "u", "MessageHref": "h"}], "Cc": [], "Bcc": []}]})),
}


def answered(mail, ada, api, name):
    service(mail, name, api_url=f"http://127.0.0.1:{api.server_port}/", sender_domain="hollinfell.example")
    question = receive(from_ann(mail, "My kettle leaks.", subject="A kettle", external_id="q1@home.example"))
    message = reply(
        question.conversation, html="<p>A <b>new</b> one comes.</p>", by=ada, channel=mail, identity=question.identity,
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
    assert (delivery.external_id in said) == (name != "mailjet")


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
    api.server_close()
    delivery = answered(mail, ada, api, "mailgun")
    assert delivery.status == "queued"
    assert "does not answer" in delivery.error


# -- what became of it


def meta(delivery):
    return {"delivery": str(delivery.pk), "to": "ann@home.example"}


def mailgun_report(delivery, event):
    data = {"event": event, "timestamp": time.time(), "id": uuid.uuid4().hex, "recipient": "ann@home.example"}
    data |= {"user-variables": meta(delivery), "message": {"headers": {"message-id": "m@mailgun.example"}}}
    data |= {"severity": "permanent", "delivery-status": {"code": 550, "message": "no such person", "description": ""}}
    return {"signature": signed({}), "event-data": data}


def postmark_report(delivery, event):
    kind = {"delivered": "Delivery", "failed": "Bounce"}[event]
    at = "2026-11-21T13:10:05Z"
    return {
        "RecordType": kind, "MessageID": "p-1", "Recipient": "ann@home.example", "Email": "ann@home.example", "ID": 4323,
        "Type": "HardBounce", "TypeCode": 1, "Name": "Hard bounce", "Description": "The address does not exist.",
        "Details": "550 no such person", "DeliveredAt": at, "BouncedAt": at, "Metadata": meta(delivery), "Tag": "",
    }  # fmt: skip


def sendgrid_report(delivery, event):
    name = {"delivered": "delivered", "failed": "bounce"}[event]
    row = {"email": "ann@home.example", "timestamp": int(time.time()), "event": name, "sg_event_id": uuid.uuid4().hex}
    return [{**row, **meta(delivery), "anymail_id": "a", "type": "bounce", "reason": "550 no such person", "status": "5.1.1"}]


def brevo_report(delivery, event):
    name = {"delivered": "delivered", "failed": "hard_bounce"}[event]
    row = {"event": name, "email": "ann@home.example", "id": 1, "date": "2026-11-21 14:10:05", "ts_event": int(time.time())}
    return {**row, "message-id": "<b@brevo.example>", "X-Mailin-custom": json.dumps(meta(delivery)), "reason": "no such person"}


def mailjet_report(delivery, event):
    name = {"delivered": "sent", "failed": "bounce"}[event]
    row = {"event": name, "time": int(time.time()), "MessageID": 1, "Message_GUID": "g", "email": "ann@home.example"}
    row |= {"Payload": json.dumps(meta(delivery)), "hard_bounce": True, "error": "user unknown", "error_related_to": "recipient"}
    return [row]


REPORTS = {
    "mailgun": mailgun_report, "postmark": postmark_report, "sendgrid": sendgrid_report, "brevo": brevo_report,
    "mailjet": mailjet_report,
}  # fmt: skip


def report(connector, name, payload):
    body, extra = json.dumps(payload), {}
    if name == "sendgrid":
        stamp = str(int(time.time()))
        signature = EVENT_KEY.sign(stamp.encode() + body.encode(), ec.ECDSA(hashes.SHA256()))
        extra = {
            "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_SIGNATURE": base64.b64encode(signature).decode(),
            "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_TIMESTAMP": stamp,
        }
    return post(connector, body, kind="tracking", **extra)


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
