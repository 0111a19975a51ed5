"""A connected messenger: its webhooks as they come over the wire, what the watcher fetches, and the workers by hand."""

import uuid
from datetime import timedelta
from threading import Event

from django.test import Client
from django.utils import timezone

from conversations.envelopes import OutboundMessage
from conversations.models import Attachment, Channel, Delivery
from conversations.outbound.compose import reply
from integrations.adapters import adapter_named
from integrations.inbound import files, listening
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver

ADDRESS = "the-last-word-of-the-address"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 24


def connect(adapter, medium, server, secrets, **settings):
    channel = Channel.objects.create(name=medium.label, medium=medium, address=f"us on {medium}")
    connector = Connector(name=medium.label, adapter=adapter, channel=channel)
    connector.settings = {"api_url": server.url, **settings}
    connector.secrets = {"webhook_secret": ADDRESS, **secrets}
    connector.save()
    return connector


def post(connector, webhook, *, address=ADDRESS, **changed):
    """One webhook to the door; gives the response. Header names by keyword, with underscores for dashes."""
    headers = {**webhook.headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
    url = f"/hooks/{connector.pk}/{address}/"
    return Client().post(url, data=webhook.body, content_type="application/json", headers=headers)


def hear(connector, server, **how):
    """All that the provider owes, through the door, and worked off."""

    def sent(webhook):
        assert post(connector, webhook).status_code == 200

    server.deliver(sent, **how)
    work_off()


def fetch(connector, rounds=1):
    """What the watcher keeps in so many rounds, worked off; gives how much was new in each."""
    new, heard = [], listening.listen(Connector.objects.select_related("channel").get(pk=connector.pk), Event())
    for _round in range(rounds):
        new.append(next(heard))
    heard.close()
    work_off()
    return new


def work_off():
    for raw_id in list(RawEvent.objects.filter(state="kept").order_by("pk").values_list("pk", flat=True)):
        process(raw_id)
    while due := files.due():
        for attachment_id, _channel in due:
            files.fetch(attachment_id)


def states():
    return list(RawEvent.objects.order_by("pk").values_list("state", flat=True))


def outbound(connector, to, text="", **changed):
    """An envelope as the outbox would hand it on."""
    known = {
        "delivery_id": 1, "message_id": 1, "conversation_id": 1, "channel_id": connector.channel_id,
        "key": str(uuid.uuid4()), "to": str(to), "to_name": "Ann Bell", "text": text, "html": "", "subject": "",
        "author_name": "Ada", "references": (), "cc": (), "bcc": (), "attachment_ids": (), "created_at": timezone.now(),
    }  # fmt: skip
    return OutboundMessage(**{**known, **changed})


def send(connector, to, text="", **changed):
    return adapter_named(connector.adapter).send(connector, outbound(connector, to, text, **changed))


def a_file(name="photo.png", content_type="image/png", body=PNG):
    from django.core.files.base import ContentFile

    attachment = Attachment(name=name, content_type=content_type, size=len(body))
    attachment.file.save(name, ContentFile(body), save=False)
    attachment.save()
    return attachment


def answer(message, html, by, **details):
    """An agent's reply to it by its own channel, sent; gives the delivery as it is then."""
    said = reply(
        message.conversation, html=html, by=by, channel=message.channel, identity=message.identity,
        client_id=uuid.uuid4(), details=details or None,
    )  # fmt: skip
    delivery = Delivery.objects.get(message=said)
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    deliver(delivery.pk)
    return Delivery.objects.get(pk=delivery.pk)
