"""A shop of our own on loopback, an order of Ann's in it, and Ann at the chat: for tests of what a bot does for her."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.core import mail as outbox
from django.db import transaction
from django.utils import timezone

from conversations.bots import codes
from conversations.bots.deeds import DEEDS, do
from conversations.handoff import lease
from conversations.inbound.receive import receive
from conversations.models import Bot, Conversation, ProofCode
from customers import commerce
from customers.facts import Line, OrderFact
from customers.identify import Handle
from customers.models import Order
from integrations.adapters.signed import SIGNATURE, TIMESTAMP, check
from integrations.models import Connector
from integrations.simulators.server import Reply
from integrations.simulators.shops.server import ShopServer
from tests.conftest import from_ann

SECRET = "only the shop knows this"
SIGNED_IN = (Handle("visitor", "browser-1", "Ann Bell"), Handle("shop", "17", source="shop sign-in"))
BROWSER = (Handle("visitor", "browser-9"),)


class Till(ShopServer):
    """Takes signed acts, each once for its key, and answers with the order as it is then."""

    def __init__(self):
        super().__init__()
        self.asked, self.documents, self.refuses, self.is_mute = {}, [], "", False

    def answer(self, call):
        headers = {name.title(): value for name, value in call.headers.items()}
        check(SECRET, call.body, stamp=headers[TIMESTAMP.title()], signature=headers[SIGNATURE.title()])
        if self.refuses:
            return Reply({"error": self.refuses}, 422)
        asked = json.loads(call.body)
        self.asked.setdefault(asked["key"], []).append(asked)
        if self.is_mute:
            return Reply({"error": "gone"}, 500)
        status = {"cancel": "cancelled"}.get(asked["what"], "paid")
        item = {"kind": "order", "id": asked["order"]["id"], "number": asked["order"]["number"], "status": status}
        item |= {"currency": "GBP", "total": "148", "placed_at": "2026-11-02T12:00:00Z"}
        item |= {"changed_at": datetime.now(UTC).isoformat(), "buyer": {"account": "17", "email": "ann@home.example"}}
        return Reply({"items": [item], "documents": self.documents})

    @property
    def done(self):
        """What it was asked for, in its order."""
        return [asked[0]["what"] for asked in self.asked.values()]


def connected(till):
    connector = Connector(name="Till", adapter="orders", settings={"act_url": f"{till.url}/acts"})
    connector.settings["acts"] = ["cancel", "address", "instruct", "postpone", "return", "invoice"]
    connector.secrets = {"signing_secret": SECRET}
    connector.save()
    return connector


def bought(connector, number="HF-1", *, status="paid", handles=None, lines=None, days=1, **more):
    """Ann's, whose shop has had her address confirmed."""
    handles = handles or (Handle("shop", "17"), Handle("email", "ann@home.example"))
    at = timezone.now() - timedelta(days=days)
    lines = lines or (Line("Kestrel Trail Jacket", 1, Decimal("124"), "k", variant="M", line_id="7"),)
    fact = OrderFact(
        source=connector.pk, external_id=number.lower(), number=number, handles=handles, status=status,
        currency="GBP", total=Decimal("148"), placed_at=at, changed_at=at, lines=lines, **more,
    )  # fmt: skip
    commerce.order(fact)
    return Order.objects.get(number=number)


def talk_of(chat, text="Hello", *, handles=BROWSER, language="en", **details):
    """The bot has the word in what somebody wrote there."""
    message = receive(from_ann(chat, text, handles=handles, details=details, language=language))
    bot = Bot.objects.filter(name="Fern").first() or Bot.objects.create(name="Fern")
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=message.conversation_id)
        talk = lease.give(conversation, bot)
    talk.language = language
    talk.save()
    return talk


def signed_in(chat, text="Hello", **more):
    return talk_of(chat, text, handles=SIGNED_IN, signed_in="17", **more)


def does(talk, key, deed, **values):
    return do(talk, DEEDS[deed], values, key)


def keys_of(outcome):
    return [words.key for words in outcome.said]


def code_mailed():
    """Has the worker mail what waits, and reads the code."""
    row = ProofCode.objects.order_by("-pk").first()
    before = len(outbox.outbox)
    codes.mail_code(row.pk)
    return outbox.outbox[-1].body.split()[0] if len(outbox.outbox) > before else ""
