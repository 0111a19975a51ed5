"""Hands an answer to the source: a signed call to its address, the same `id` at every try."""

import json
from dataclasses import replace
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, OutboundMessage, OutboundReaction
from conversations.models import Attachment, Delivery
from integrations.adapters import calling, signed
from integrations.adapters.base import AdapterError
from integrations.adapters.calling import RefusedError
from integrations.adapters.media.api.understanding import person_id_of
from integrations.adapters.media.provider import Fault, Provider
from integrations.lending import lent_address
from integrations.models import Connector

# What the source's status says to the agent. 5xx, 408 and 429 are tried again for days; all other 4xx are final.
FAULTS = {
    "401": Fault(gettext_lazy("The source does not accept the desk's signature."), is_credential=True),
    "403": Fault(gettext_lazy("The source does not accept the desk's signature."), is_credential=True),
    "404": Fault(gettext_lazy("The source does not know this person any more.")),
    "409": Fault(gettext_lazy("The source is busy with this message."), is_permanent=False, wait=30),
    "410": Fault(gettext_lazy("The source does not know this person any more.")),
    "413": Fault(gettext_lazy("The source does not take so much at once.")),
}

_AS_THEY_ARE = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"  # in a header; what a source calls a message may hold anything


def _codes(refused: RefusedError) -> tuple[str, ...]:
    return (str(refused.status),)


SOURCE = Provider(name="API", faults=FAULTS, code=_codes)


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    said = {
        "kind": "message",
        "id": message.key,
        "to": {"id": person_id_of(connector, message.to), "name": message.to_name},
        "conversation": message.conversation_id,
        "author": message.author_name,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "answers": message.answers,
        "is_public": message.is_public,
        "buttons": list(message.buttons),
        "files": _files(message),
        "at": message.created_at.isoformat(),
    }
    answer = call(connector, said)
    name = answer.get("id")
    return DeliveryReport(Delivery.Status.SENT, str(name)[:200] if name else message.key)


def react(connector: Connector, reaction: OutboundReaction) -> None:
    call(
        connector,
        {
            "kind": "reaction",
            "id": reaction.external_id,
            "to": {"id": person_id_of(connector, reaction.to)},
            "emoji": reaction.emoji,
        },
    )


def call(connector: Connector, said: dict[str, object]) -> dict[str, object]:
    """What the source answers, {} where that is nothing we can read: the status alone says that it has it."""
    where = str(connector.settings.get("send_url") or "")
    if not where:
        words = _("This source takes no answers: an admin can enter where they go.")
        raise AdapterError(words, permanent=True)
    body = json.dumps(said).encode()
    headers = {
        **signed.signed(connector.secrets.get("signing_secret", ""), body),
        "Content-Type": "application/json",
        "Idempotency-Key": quote(str(said.get("id", "")).strip(), safe=_AS_THEY_ARE),
    }
    name = _("The source “%(name)s”") % {"name": connector.name}  # as agents know it: there may be several
    source = replace(SOURCE, name=name)
    answer = source.ask("POST", where, changes=True, headers=headers, data=body)
    try:
        found = answer.json
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def fetch(url: str, largest: int) -> calling.Answer:
    """A file that a message named by its address; nothing of ours goes along."""
    return SOURCE.ask("GET", url, largest=largest)


def _files(message: OutboundMessage) -> list[dict[str, object]]:
    found = Attachment.objects.filter(pk__in=message.attachment_ids, state=Attachment.State.WHOLE).order_by("pk")
    return [
        {"name": file.name, "content_type": file.content_type, "size": file.size, "url": lent_address(file)}
        for file in found
    ]
