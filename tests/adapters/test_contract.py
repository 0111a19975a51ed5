"""The first adapters hold to the contract: mail services by their webhooks and API, and the shop's chat."""

import json

import pytest

from conversations.models import Medium
from integrations.inbound.process import accept
from integrations.simulators.server import ProviderServer, Reply
from tests.adapters.contract import ADDRESS, Contract, Provider, Sent
from tests.adapters.esp_payloads import postmark_report


class PostmarkServer(ProviderServer):
    """postmarkapp.com/developer/api/email-api, as far as one mail needs it."""

    is_revoked = is_refusing = False

    def answer(self, call):
        if self.is_revoked:
            return Reply({"ErrorCode": 10, "Message": "Bad or missing API token."}, 401)
        if self.is_refusing:
            return Reply({"ErrorCode": 300, "Message": "Invalid To"}, 422)
        return Reply({"ErrorCode": 0, "Message": "OK", "MessageID": "p-1", "To": "ann@home.example"})


class Postmark(Provider):
    adapter, medium, address = "esp", Medium.EMAIL, "support@hollinfell.example"
    settings = {"esp": "postmark", "sender_domain": "hollinfell.example", "back_seconds": 0}
    secrets = {"server_token": "a-token-of-postmark"}
    statuses = ("delivered",)
    largest = 64_000_000  # a mail of 40 MB comes as one body
    to, kind = "ann@home.example", "email"

    def said(self, text="Hello", number=1, **more):
        head = [{"Name": "Message-ID", "Value": f"<{number}@home.example>"}, *more.pop("head", [])]
        return self.sent(
            FromFull={"Email": "ann@home.example", "Name": "Ann Bell", "MailboxHash": ""},
            ToFull=[{"Email": "support@hollinfell.example", "Name": "", "MailboxHash": ""}],
            OriginalRecipient="support@hollinfell.example", Subject="My order", MessageID="22c74902",
            Date="Wed, 11 Oct 2017 18:31:04 -0700", TextBody=text, Headers=head, Attachments=[], **more,
        )  # fmt: skip

    def sent(self, kind="", **fields):
        return Sent(json.dumps(fields).encode(), kind=kind)

    def album(self, files):
        body = json.loads(self.said("Three").body)
        body["Attachments"] = [
            {"Name": f"{n}.txt", "ContentType": "text/plain", "Content": "b25lCg=="} for n in range(files)
        ]
        return self.sent(**body)

    def reported(self, delivery, status):
        return self.sent(kind="tracking", **postmark_report(delivery, status))

    def garbage(self):
        return [Sent(b"{no json"), Sent(b"\xff\xfe\x00"), Sent(b"[]"), Sent(b"{}"), Sent(b"[[[[" * 2000)]

    def revokes(self, connector):
        self.server.is_revoked = True

    def refuses(self):
        self.server.is_refusing = True


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
class TestPostmark(Contract):
    @pytest.fixture
    def provider(self, db):
        with PostmarkServer() as server:
            yield Postmark(server)


class Chat(Provider):
    """Its visitors come by a socket (tests/journeys/test_chat_door.py): here, what that has kept is understood."""

    adapter, medium, address = "chat", Medium.CHAT, "chat-key"

    def arrives(self, connector, sent, *, address=ADDRESS):
        frame = json.loads(sent.body)
        headers = {"visitor": "8e2f6c1a", "shop": "", "email": "", "name": ""}
        accept(connector, external_id=frame["id"], body=sent.body, headers=headers)
        return 200

    def said(self, text="Hello", number=1):
        return Sent(json.dumps({"t": "say", "id": f"line-{number}", "text": text}).encode())


class TestChat(Contract):
    test_a_wrong_address_is_refused = test_too_much_is_refused_and_not_kept = None  # it has no door of this kind

    @pytest.fixture
    def provider(self, db):
        return Chat()
