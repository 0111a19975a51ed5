"""Meta's messengers for the tests: their connectors, what comes through the door, and what goes out."""

import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from conversations.models import Attachment, Channel, Delivery, Medium, Message
from conversations.outbound.compose import reply
from integrations.inbound import files
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver
from integrations.simulators.meta_graph import ACCOUNT, APP_ID, APP_SECRET, INSTAGRAM, NUMBER, PAGE, TOKEN

ADDRESS, VERIFY = "the-last-word", "the token that Meta gives back"
SECRETS = {"access_token": TOKEN, "app_secret": APP_SECRET, "webhook_secret": ADDRESS, "verify_token": VERIFY}
SETTINGS = {
    "whatsapp": {"phone_number_id": NUMBER, "account_id": ACCOUNT},
    "messenger": {"page_id": PAGE, "app_id": APP_ID},
    "instagram": {"account_id": INSTAGRAM, "app_id": APP_ID},
}
MEDIA = {"whatsapp": Medium.WHATSAPP, "messenger": Medium.MESSENGER, "instagram": Medium.INSTAGRAM}
ANN, PSID = "447700900123", "3383290475046708"  # by her number, and as the page and the account know her
OPUS = b"OggS" + b"\x00" * 60


def connected(adapter, graph, *, address="us", **settings):
    channel = Channel.objects.create(medium=MEDIA[adapter], name=adapter.title(), address=address)
    connector = Connector(name=adapter.title(), adapter=adapter, channel=channel)
    connector.settings = {"api_url": graph.url, **SETTINGS[adapter], **settings}
    connector.secrets = SECRETS
    connector.save()
    return connector


def post(connector, webhook, *, address=ADDRESS, body=None, **headers):
    """One webhook to the door; gives the status."""
    sent = webhook.body if body is None else body
    return (
        Client()
        .post(
            f"/hooks/{connector.pk}/{address}/",
            data=sent,
            content_type="application/json",
            headers={**webhook.headers, **headers},
        )
        .status_code
    )


def hear(connector, graph, **how):
    """All that Meta owes, through the door, and worked off."""
    graph.deliver(lambda webhook: _taken(post(connector, webhook)), **how)
    work_off()


def _taken(status):
    assert status == 200, status


def work_off():
    for raw_id in list(RawEvent.objects.filter(state="kept").order_by("pk").values_list("pk", flat=True)):
        process(raw_id)
    while due := files.due():
        for attachment_id, _channel in due:
            files.fetch(attachment_id)


def aside():
    return list(RawEvent.objects.filter(state="aside").order_by("pk").values_list("error", flat=True))


def answer(message, ada, text="<p>On its way.</p>", *, attach=(), **fields):
    """Ada's answer to this message, tried at once. Gives its delivery."""
    kept = [attached(*each) for each in attach]
    ours = reply(
        message.conversation, html=text, by=ada, channel=message.channel, identity=message.identity,
        client_id=uuid.uuid4(), attachments=kept,
    )  # fmt: skip
    if fields:
        details = {**ours.details, **fields.pop("details", {})}
        Message.objects.filter(pk=ours.pk).update(details=details, **fields)
    return go(ours.delivery)


def go(delivery):
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=1), status="queued")
    deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def attached(name, content_type, body):
    from django.core.files.base import ContentFile

    attachment = Attachment(name=name, content_type=content_type, size=len(body))
    attachment.file.save(name, ContentFile(body), save=False)
    attachment.save()
    return attachment


def theirs():
    return list(Message.objects.filter(kind="inbound").order_by("created_at", "pk"))
