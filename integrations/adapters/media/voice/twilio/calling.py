"""Calls out by Twilio: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource"""

from conversations.envelopes import DeliveryReport, OutboundCall
from conversations.models import Delivery
from integrations.adapters.media.twilio.api import ask
from integrations.adapters.media.voice.twilio import flow
from integrations.models import Connector

RING_AGENT_SECONDS = 30


def call(connector: Connector, asked: OutboundCall) -> DeliveryReport:
    """Rings the agent's line; once they have picked up, the customer's."""
    assert connector.channel is not None
    data = [
        ("To", asked.agent),
        ("From", asked.ours or connector.channel.address),
        ("Twiml", flow.outgoing(connector, asked)),
        ("Timeout", str(RING_AGENT_SECONDS)),
        ("StatusCallback", flow.address(connector, flow.STATUS, flow.marks_of(asked))),
        *(("StatusCallbackEvent", event) for event in flow.EVENTS.split()),
    ]
    said = ask(connector, "POST", "/Calls.json", data, changes=True)
    return DeliveryReport(Delivery.Status.SENT, external_id=str(said.get("sid", "")), said=str(said.get("status", "")))
