"""What a customer takes back, and the provider's terms want gone, is gone from what the provider sent as well."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.envelopes import MessageChange
from conversations.models import Channel, Medium, Message
from customers.identify import Handle
from integrations.inbound import process as processing
from integrations.inbound.process import accept, process
from integrations.models import Connector, RawEvent
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

ANN = (Handle("instagram", "9", "Ann Bell"),)


class Speaking:
    """A provider of two words: what was said, and that it was taken back."""

    def understand(self, connector, raw):
        at = timezone.now()
        if raw.kind == "said":
            yield from_ann(connector.channel, "My card is 4242", handles=ANN, external_id="m1", at=at)
        else:
            later = at + timedelta(minutes=1)
            yield MessageChange(connector.channel_id, "m1", "taken_back", later, handles=ANN, must_forget=True)


@pytest.mark.parametrize("order", [("said", "gone"), ("gone", "said")], ids=["after", "before"])
def test_no_byte_of_it_stays_in_any_order(returns, monkeypatch, order):
    monkeypatch.setattr(processing, "adapter_named", lambda name: Speaking())
    channel = Channel.objects.create(name="Instagram", medium=Medium.INSTAGRAM, address="us", team=returns)
    connector = Connector.objects.create(name="Instagram", adapter="instagram", channel=channel)
    for kind in order:
        raw, _new = accept(connector, external_id=kind, body=b"My card is 4242", kind=kind)
        assert process(raw.pk).state == "done"
    message = Message.objects.get()
    assert message.text == "" and message.taken_back_at and message.conversation.snippet == ""
    assert bytes(RawEvent.objects.get(kind="said").body) == b""
