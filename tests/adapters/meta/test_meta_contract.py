"""WhatsApp, Messenger and Instagram hold to the contract of every adapter."""

import json
import time

import pytest

from conversations.models import Medium
from integrations.adapters.media.meta.hearing import sign
from integrations.simulators.meta import GraphServer
from integrations.simulators.meta_graph import APP_SECRET, INSTAGRAM, NUMBER, PAGE
from tests.adapters.contract import Contract, Provider, Sent
from tests.adapters.meta.talking import ANN, PSID, SECRETS, SETTINGS

BEGAN = int(time.time()) - 600


def signed(body, secret=APP_SECRET):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Sent(raw, headers={"X-Hub-Signature-256": sign(secret, raw)})


class Meta(Provider):
    secrets = {name: value for name, value in SECRETS.items() if name != "webhook_secret"}
    largest = 4_000_000

    def forged(self):
        return signed(json.loads(self.said().body), "another secret")

    def garbage(self):
        return [signed(body) for body in (b"{no json", b"\xff\xfe\x00", b"[]", b"{}", b'{"entry": 7}', b"[[[[" * 2000)]

    def revokes(self, connector):
        self.server.revoked = True

    def refuses(self):
        self.server.refusing = [(100, 2018001)] * 9


class WhatsApp(Meta):
    adapter, medium, settings = "whatsapp", Medium.WHATSAPP, SETTINGS["whatsapp"]
    to = ANN

    def said(self, text="Hello", number=1, **about):
        return self.message(number, {"type": "text", "text": {"body": text}, **about})

    def message(self, number, said, at=0):
        message = {"id": f"wamid.{number}", "from": ANN, "timestamp": str(BEGAN + at), **said}
        contact = {"wa_id": ANN, "profile": {"name": "Ann Bell"}}
        return self.change({"contacts": [contact], "messages": [message]})

    def change(self, value, field="messages"):
        about = {"display_phone_number": "442079460018", "phone_number_id": NUMBER}
        whole = {"messaging_product": "whatsapp", "metadata": about, **value}
        entry = {"id": "102290129340398", "changes": [{"field": field, "value": whole}]}
        return signed({"object": "whatsapp_business_account", "entry": [entry]})

    def answering(self, number, answered):
        return self.said("And this?", number, context={"id": f"wamid.{answered}", "from": NUMBER})

    def edited(self, number, text, version):
        message = {"type": "text", "text": {"body": text}}
        edit = {"original_message_id": f"wamid.{number}", "message": message}
        return self.message(f"{number}.{version}", {"type": "edit", "edit": edit}, at=version)

    def taken_back(self, number):
        revoke = {"original_message_id": f"wamid.{number}"}
        return self.message(f"{number}.gone", {"type": "revoke", "revoke": revoke}, at=60)

    def reacted(self, number, emoji):
        reaction = {"message_id": f"wamid.{number}", "emoji": emoji}
        return self.message(f"{number}.{emoji}", {"type": "reaction", "reaction": reaction}, at=30)

    def reported(self, delivery, status):
        told = {"id": delivery.external_id, "status": status, "timestamp": str(BEGAN), "recipient_id": ANN}
        if status == "failed":
            told["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
        return self.change({"statuses": [told]})

    def uninteresting(self):
        group = {"type": "text", "text": {"body": "to all"}, "group_id": "Y2FwaV9ncm91cDox"}
        return [
            self.change({"event": "APPROVED", "message_template_id": 1}, "message_template_status_update"),
            self.message(9, group),
            self.change({"errors": [{"code": 130429, "title": "Rate limit hit"}]}),
        ]


class TestWhatsApp(Contract):
    @pytest.fixture
    def provider(self, db):
        with GraphServer() as server:
            server.hear(ANN)
            yield WhatsApp(server)


class Talk(Meta):
    to = PSID

    def item(self, parts, at=0):
        owner = self.owner
        item = {"sender": {"id": PSID}, "recipient": {"id": owner}, "timestamp": (BEGAN + at) * 1000, **parts}
        return signed({"object": self.object, "entry": [{"id": owner, "time": 1, "messaging": [item]}]})

    def said(self, text="Hello", number=1, **about):
        return self.item({"message": {"mid": f"m_{number}", "text": text, **about}})

    def album(self, count):
        files = [{"type": "image", "payload": {"url": f"{self.server.url}/files/{n}?open=1"}} for n in range(count)]
        return self.item({"message": {"mid": "m_album", "attachments": files}})

    def answering(self, number, answered):
        return self.said("And this?", number, reply_to={"mid": f"m_{answered}"})

    def edited(self, number, text, version):
        return self.item({"message_edit": {"mid": f"m_{number}", "text": text, "num_edit": version}}, at=version)

    def taken_back(self, number):
        return self.item({"message": {"mid": f"m_{number}", "is_deleted": True}}, at=60)

    def reacted(self, number, emoji):
        return self.item({"reaction": {"mid": f"m_{number}", "action": "react", "emoji": emoji}}, at=30)

    def uninteresting(self):
        return [
            self.item(
                {"message": {"mid": "m_7", "text": "ours", "is_echo": True, "app_id": int(self.settings["app_id"])}}
            ),
            self.item({"pass_thread_control": {"new_owner_app_id": "1"}}),
            self.item({"optin": {"type": "notification_messages"}}),
        ]


class Messenger(Talk):
    adapter, medium, settings = "messenger", Medium.MESSENGER, SETTINGS["messenger"]
    owner, object = PAGE, "page"
    statuses = ("delivered",)

    def reported(self, delivery, status):
        if status != "delivered":
            raise NotImplementedError
        return self.item({"delivery": {"mids": [delivery.external_id], "watermark": BEGAN * 1000}})


class Instagram(Talk):
    adapter, medium, settings = "instagram", Medium.INSTAGRAM, SETTINGS["instagram"]
    owner, object = INSTAGRAM, "instagram"
    statuses = ("read",)

    def reported(self, delivery, status):
        if status != "read":
            raise NotImplementedError
        return self.item({"read": {"mid": delivery.external_id}})


class TestMessenger(Contract):
    @pytest.fixture
    def provider(self, db):
        with GraphServer() as server:
            server.hear(PSID)
            yield Messenger(server)


class TestInstagram(Contract):
    @pytest.fixture
    def provider(self, db):
        with GraphServer() as server:
            server.hear(PSID)
            yield Instagram(server)
