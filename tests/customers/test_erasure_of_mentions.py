"""Erasure finds what shops and trackers sent of somebody by the name that they know them by, and nobody else's mail."""

import pytest

from conversations.models import Conversation, Message
from customers import privacy
from customers.identify import Handle, identify
from integrations.models import Connector, RawEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    return Connector.objects.create(name="Woo", adapter="woocommerce", settings={"shop": "woo"})


@pytest.fixture
def ann(shop):
    """An account whose address nobody had her confirm."""
    browser = Handle("visitor", f"{shop.pk}:cookie-8")
    return identify([Handle("shop", "woo:7"), browser, Handle("email", "ann@home.example", is_verified=False)])[0]


def keep(connector, name, body, **more):
    return RawEvent.objects.create(connector=connector, external_id=name, body=body, state="done", **more)


def emptied(raw):
    raw.refresh_from_db()
    return bytes(raw.body) == b""


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 5001, "customer_id":7, "billing": {"first_name": "Ann"}}',
        b'{"batch": [{"type": "page", "userId": "7", "context": {}}]}',
        b'{"batch": [{"type": "page", "anonymousId": "cookie-8"}]}',
        b'{"billing": {"email": "Ann@home.example", "address_1": "1 Fell Lane"}}',
    ],
)
def test_what_a_shop_sent_of_an_account_is_emptied(shop, ann, body):
    other = Connector.objects.create(name="Other", adapter="woocommerce", settings={"shop": "other"})
    raw = keep(shop, "a", body)
    kept = keep(shop, "b", b'{"id": 7, "customer_id":70, "quantity": 7, "userId": "17"}')
    elsewhere = keep(other, "c", b'{"customer_id":7}')
    privacy.ask(ann, by=None)
    privacy.carry_on_all()
    assert emptied(raw) and not emptied(kept) and not emptied(elsewhere)


def test_an_address_that_was_only_claimed_empties_nobodys_mail(shop, ann):
    owner, identity = identify([Handle("email", "ann@home.example")])
    conversation = Conversation.objects.create(customer=owner)
    message = Message.objects.create(conversation=conversation, identity=identity, kind="inbound", text="Hello")
    mail = keep(shop, "m", b"From: ann@home.example", message=message)
    privacy.ask(ann, by=None)
    privacy.carry_on_all()
    assert not emptied(mail)
