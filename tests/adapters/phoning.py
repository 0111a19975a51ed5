"""A connector at a simulated provider, its webhooks as they come over the wire, and the desk's workers done by hand."""

import uuid
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from conversations.models import Channel, Delivery, Medium, Message
from conversations.outbound.compose import reply
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver
from integrations.simulators import twilio

ADDRESS = "the-last-word-of-the-address"
ANN = "+447700900456"


def connected(adapter, medium, address, *, secrets=None, team=None, **settings):
    channel = Channel.objects.create(name=address, medium=medium, address=address, team=team)
    connector = Connector(name=address, adapter=adapter, channel=channel, settings=settings)
    connector.secrets = {"webhook_secret": ADDRESS, **(secrets or {})}
    connector.save()
    return connector


def twilio_connector(server, adapter="twilio", medium=Medium.SMS, address=twilio.NUMBER, **settings):
    wired = {"account_sid": twilio.ACCOUNT, "api_url": server.url, "region": "GB", **settings}
    return connected(adapter, medium, address, secrets={"auth_token": twilio.TOKEN}, **wired)


def post(webhook, *, url="", body=None, **changed):
    """To the door; gives the answer. Header names by keyword, with underscores for dashes."""
    headers = {**webhook.headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
    kind = headers.pop("Content-Type", "application/json")
    parts = urlsplit(url or webhook.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = webhook.body if body is None else body
    return Client().post(path, data=sent, content_type=kind, headers=headers)


def hear(server, **how):
    """All that the provider owes, through the door, and worked off."""
    server.deliver(lambda webhook: _taken(post(webhook).status_code), **how)
    work_off()


def work_off():
    for raw_id in RawEvent.objects.filter(state="kept").order_by("pk").values_list("pk", flat=True):
        process(raw_id)


def aside():
    """Why events were set aside."""
    return list(RawEvent.objects.filter(state="aside").values_list("error", flat=True))


def answered(message, text, by, *, files=(), way=None):
    """An agent's answer by the channel that `message` came by, sent; gives its delivery, as it is then."""
    words = {"by": by, "client_id": uuid.uuid4(), "html": f"<p>{text}</p>", "attachments": files, "way": way}
    said = reply(message.conversation, channel=message.channel, identity=message.identity, **words)
    Delivery.objects.filter(pk=said.delivery.pk).update(due_at=timezone.now())
    deliver(said.delivery.pk)
    said.delivery.refresh_from_db()
    return said.delivery


def only_message(**where):
    return Message.objects.get(kind="inbound", **where)


def _taken(status):
    assert status == 200, status
