"""What e-mail services post: a mail of Ann's, and what became of one of ours, in the shapes that they document."""

import base64
import hashlib
import hmac
import json
import time
import uuid

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.models import Connector
from tests.mailing import a_mail, work_off

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
    return {
        **signed(fields),
        "attachment-count": "1",
        "attachment-1": SimpleUploadedFile("list.txt", b"one\n", "text/plain"),
    }


def mailgun_mime():
    fields = {"recipient": "support@hollinfell.example", "sender": "ann@home.example"}
    return signed(
        {**fields, "body-mime": a_mail("Where is it?", message_id="<one@home.example>", date=SENT_AT).decode()}
    )


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
        "Headers": [
            {"Name": "Return-Path", "Value": "<ann@home.example>"},
            {"Name": "Message-ID", "Value": "<one@home.example>"},
        ],
        "Attachments": [
            {"Name": "list.txt", "ContentType": "text/plain", "Content": base64.b64encode(b"one\n").decode()}
        ],
    }


def sendgrid_raw():
    envelope = json.dumps({"to": ["support@hollinfell.example"], "from": "ann@home.example"})
    return {
        "email": a_mail("Where is it?", message_id="<one@home.example>", date=SENT_AT).decode(),
        "envelope": envelope,
    }


def sendgrid_parsed():
    head = "From: Ann Bell <ann@home.example>\nTo: support@hollinfell.example\nSubject: My order\n"
    head += "Message-ID: <one@home.example>\n"
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
        "RecordType": kind, "MessageID": "p-1", "Recipient": "ann@home.example", "Email": "ann@home.example",
        "Type": "HardBounce", "TypeCode": 1, "Name": "Hard bounce", "Description": "The address does not exist.",
        "Details": "550 no such person", "DeliveredAt": at, "BouncedAt": at, "Metadata": meta(delivery), "Tag": "",
    }  # fmt: skip


def sendgrid_report(delivery, event):
    name = {"delivered": "delivered", "failed": "bounce"}[event]
    row = {"email": "ann@home.example", "timestamp": int(time.time()), "event": name, "sg_event_id": uuid.uuid4().hex}
    return [
        {
            **row,
            **meta(delivery),
            "anymail_id": "a",
            "type": "bounce",
            "reason": "550 no such person",
            "status": "5.1.1",
        }
    ]


def brevo_report(delivery, event):
    name = {"delivered": "delivered", "failed": "hard_bounce"}[event]
    row = {
        "event": name,
        "email": "ann@home.example",
        "id": 1,
        "date": "2026-11-21 14:10:05",
        "ts_event": int(time.time()),
    }
    return {
        **row,
        "message-id": "<b@brevo.example>",
        "X-Mailin-custom": json.dumps(meta(delivery)),
        "reason": "no such person",
    }


def mailjet_report(delivery, event):
    name = {"delivered": "sent", "failed": "bounce"}[event]
    row = {"event": name, "time": int(time.time()), "MessageID": 1, "Message_GUID": "g", "email": "ann@home.example"}
    row |= {
        "Payload": json.dumps(meta(delivery)),
        "hard_bounce": True,
        "error": "user unknown",
        "error_related_to": "recipient",
    }
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
