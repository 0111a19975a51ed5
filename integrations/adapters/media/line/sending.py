"""Pushes a message to a friend of the account: https://developers.line.biz/en/reference/messaging-api/#send-push-message.

The retry key makes it the same message for a day, so that one that LINE may have is sent again without harm; LINE says
409 to what it has. Reply tokens cost no quota, but are gone within a minute: no person answers so fast.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Attachment, Delivery
from integrations.adapters.base import AdapterError
from integrations.adapters.media.line import api, files
from integrations.adapters.reading import rows, words
from integrations.models import Connector

LONGEST, MOST_BUBBLES = 5000, 5  # characters in UTF-16, messages in one push
MOST_BUTTONS, LONGEST_LABEL, LONGEST_DATA = 13, 20, 300
KEY_HOLDS = timedelta(hours=20)  # of the 24 that LINE remembers it


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    """Raises UncertainError only for a message so old that its key may be forgotten."""
    whole = Attachment.objects.filter(pk__in=message.attachment_ids, state=Attachment.State.WHOLE)
    shown, links = files.bubbles_of(list(whole.order_by("pk")))
    texts = _pieces("\n".join([message.text.strip(), *links]).strip())
    if not texts and not shown:
        raise AdapterError(_("There is nothing in it to send."), permanent=True)
    if len(texts) > MOST_BUBBLES:
        raise AdapterError(_("It is too long for LINE, which takes 5000 characters."), permanent=True)
    if len(texts) + len(shown) > MOST_BUBBLES:
        raise AdapterError(_("LINE takes five at once, texts and files together."), permanent=True)
    bubbles: list[dict[str, Any]] = [*shown, *({"type": "text", "text": text} for text in texts)]
    if message.buttons:
        bubbles[-1]["quickReply"] = {"items": [_button(label) for label in message.buttons[:MOST_BUTTONS]]}
    is_old = timezone.now() - message.created_at > KEY_HOLDS
    headers = {"X-Line-Retry-Key": message.key}
    said = {"to": message.to, "messages": bubbles}
    try:
        answer = api.ask(connector, "POST", "/v2/bot/message/push", changes=is_old, json=said, headers=headers)
    except AdapterError as error:
        if not error.said.startswith(api.ACCEPTED):
            raise
        return DeliveryReport(Delivery.Status.SENT, external_id=message.external_id, said=error.said)
    sent = rows(api.LINE.json(answer), "sentMessages")
    return DeliveryReport(Delivery.Status.SENT, external_id=words(sent[0].get("id")) if sent else "")


def _pieces(text: str) -> list[str]:
    """Each of at most so many units of UTF-16: https://developers.line.biz/en/docs/messaging-api/text-character-count/"""
    found: list[str] = []
    while text:
        end = len(text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore"))
        if end < len(text):
            end = next((cut for mark in ("\n\n", "\n", " ") if (cut := text.rfind(mark, end // 2, end)) > 0), end)
        found.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return found


def _button(label: str) -> dict[str, object]:
    """…#postback-action: pressed, it comes back as its data, and stands in the chat as words."""
    shown = label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
    action = {"type": "postback", "label": shown, "data": label[:LONGEST_DATA], "displayText": label[:LONGEST_DATA]}
    return {"type": "action", "action": action}
