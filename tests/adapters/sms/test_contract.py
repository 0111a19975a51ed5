"""What every adapter must hold to, of those for text messages."""

import hashlib
import json
from urllib.parse import urlencode

import pytest

from conversations.models import Medium
from integrations.adapters import signed
from integrations.adapters.media.twilio.signature import SIGNATURE
from integrations.adapters.media.twilio.signature import signed as by_twilio
from integrations.simulators import bandwidth as at
from integrations.simulators import twilio
from integrations.simulators.bandwidth import BandwidthServer
from integrations.simulators.server import ProviderServer, Reply
from integrations.simulators.twilio import TwilioServer
from tests.adapters.contract import ADDRESS, Contract, Provider, Sent

FORM = "application/x-www-form-urlencoded"


class Twilio(Provider):
    adapter, medium, address, kind = "twilio", Medium.SMS, twilio.NUMBER, "phone"
    settings = {"account_sid": twilio.ACCOUNT, "region": "GB", "has_mms": True}
    secrets = {"auth_token": twilio.TOKEN}
    statuses = ("sent", "delivered")
    to, sender, mark = "+447700900456", "+447700900456", ""
    connector = None

    def connect(self):
        self.connector = super().connect()
        return self.connector

    def sent(self, fields, kind="", token=twilio.TOKEN):
        path = f"/hooks/{self.connector.pk}/{ADDRESS}/" + (f"{kind}/" if kind else "")
        said = by_twilio(f"http://localhost:8000{path}", fields.items(), token)
        return Sent(urlencode(fields).encode(), FORM, {SIGNATURE: said}, kind)

    def fields(self, text, number, **more):
        ends = {"From": self.mark + self.sender, "To": self.mark + self.address}
        return {"MessageSid": f"SM{number}", **ends, "Body": text, "NumMedia": "0", **more}

    def said(self, text="Hello", number=1):
        return self.sent(self.fields(text, number))

    def forged(self):
        return self.sent(self.fields("Hello", 1), token="another")

    def album(self, files):
        media = {f"MediaUrl{n}": f"https://api.twilio.com/m/{n}" for n in range(files)}
        kinds = {f"MediaContentType{n}": "image/png" for n in range(files)}
        return self.sent(self.fields("", 1, **media, **kinds) | {"NumMedia": str(files)})

    def reported(self, delivery, status):
        code = {"ErrorCode": "30003"} if status == "failed" else {}
        word = "undelivered" if status == "failed" else status
        return self.sent({"MessageSid": delivery.external_id, "MessageStatus": word, **code}, "status")

    def uninteresting(self):
        return [self.sent({"MessageSid": "SM9", "MessageStatus": "queued"}, "status"), self.sent(
            self.fields("Your code is 1", 8) | {"From": "MyBank"}
        )]  # fmt: skip

    def garbage(self):
        return [self.sent({"Hello": "world"}), self.sent({"From": self.sender, "Body": "no id"})]

    def revokes(self, connector):
        connector.secrets = {**connector.secrets, "auth_token": "old"}
        connector.save()

    def refuses(self):
        self.server.blocked.add(self.to)


class WhatsAppAtTwilio(Twilio):
    adapter, medium, kind, mark = "twilio_whatsapp", Medium.WHATSAPP, "whatsapp", "whatsapp:"
    statuses = ("sent", "delivered", "read")

    def answering(self, number, answered):
        return self.sent(self.fields("It does", number, OriginalRepliedMessageSid=f"SM{answered}"))


class Bandwidth(Provider):
    adapter, medium, address, kind = "bandwidth", Medium.SMS, at.OURS, "phone"
    settings = {"account_id": at.ACCOUNT, "application_id": at.APPLICATION, "api_user": at.USER, "region": "US"}
    secrets = {"api_password": at.PASSWORD}
    statuses = ("sent", "delivered")
    to = "+14235550100"

    def event(self, kind, **more):
        return {"type": kind, "time": "2026-11-20T09:00:00Z", "description": "", **more}

    def message(self, text, number, **more):
        return {"id": f"b{number}", "owner": at.OURS, "from": self.to, "to": [at.OURS], "text": text,
                "time": f"2026-11-20T09:00:{number:02}Z", **more}  # fmt: skip

    def sent(self, *events):
        return Sent(json.dumps(events).encode())

    def said(self, text="Hello", number=1):
        return self.sent(self.event("message-received", message=self.message(text, number)))

    def album(self, files):
        media = [f"https://messaging.bandwidth.com/api/v2/users/1/media/{n}.png" for n in range(files)]
        return self.sent(self.event("message-received", message=self.message("", 1, media=media)))

    def reported(self, delivery, status):
        code = {"errorCode": 4702} if status == "failed" else {}
        return self.sent(self.event(f"message-{status}", message={"id": delivery.external_id}, **code))

    def uninteresting(self):
        return [self.sent(self.event("message-sending", message={"id": "b9"})), self.sent(self.event("unheard-of"))]

    def garbage(self):
        return [Sent(b"{"), Sent(b"[]"), Sent(b"[7]"), self.sent({"type": "message-received", "message": {}})]

    def revokes(self, connector):
        self.server.password = "another"


class Own(Provider):
    adapter, medium, address, kind = "sms", Medium.SMS, "+447700900123", "phone"
    secrets = {"signing_secret": "s"}
    statuses = ("sent", "delivered", "read")
    to = "+447700900456"

    def __init__(self, server):
        super().__init__(server)
        self.settings = {"send_url": f"{server.url}/send", "region": "GB"}

    def sent(self, item, **how):
        body = json.dumps(item).encode()
        return Sent(body, headers=signed.signed("s", body, **how))

    def item(self, text, number):
        return {"id": f"o{number}", "number": self.to, "name": "Ann", "text": text}

    def said(self, text="Hello", number=1):
        return self.sent(self.item(text, number))

    def forged(self):
        sent = self.said()
        return Sent(sent.body + b" ", headers=sent.headers)

    def old(self):
        return self.sent(self.item("Hello", 1), at=1_000_000_000)

    def album(self, files):
        return self.sent({**self.item("", 1), "files": [{"url": f"https://x.example/{n}"} for n in range(files)]})

    def reported(self, delivery, status):
        failed = {"error": "Their phone is off."} if status == "failed" else {}
        return self.sent({"kind": "report", "id": delivery.external_id, "status": status, **failed})

    def uninteresting(self):
        return [self.sent(self.item("Your code is 1", 8) | {"number": "MyBank"})]

    def garbage(self):
        return [self.sent({}), self.sent({"items": 7}), self.sent([1])]


class Service(ProviderServer):
    def answer(self, call):
        return Reply({"id": hashlib.sha256(call.body).hexdigest()[:12]}, 201)


class TestTwilio(Contract):
    @pytest.fixture
    def provider(self, db, settings):
        settings.SITE_URL = "http://localhost:8000"
        with TwilioServer() as server:
            yield Twilio(server)


class TestWhatsAppAtTwilio(Contract):
    @pytest.fixture
    def provider(self, db, settings):
        settings.SITE_URL = "http://localhost:8000"
        with TwilioServer() as server:
            yield WhatsAppAtTwilio(server)


class TestBandwidth(Contract):
    @pytest.fixture
    def provider(self, db):
        with BandwidthServer() as server:
            yield Bandwidth(server)


class TestOwn(Contract):
    @pytest.fixture
    def provider(self, db):
        with Service() as server:
            yield Own(server)
