"""The files of a message that goes out, as bytes: for providers that take them by an upload of their own."""

from dataclasses import dataclass

from conversations.envelopes import OutboundMessage
from conversations.models import Attachment


@dataclass(frozen=True)
class Attached:
    name: str
    content_type: str
    body: bytes
    pk: int = 0

    @property
    def main_type(self) -> str:
        return self.content_type.partition("/")[0]


def attached(message: OutboundMessage) -> list[Attached]:
    """In the order in which the agent added them."""
    found = Attachment.objects.filter(pk__in=message.attachment_ids, state=Attachment.State.WHOLE).order_by("pk")
    return [_read(attachment) for attachment in found]


def _read(attachment: Attachment) -> Attached:
    with attachment.file.open("rb") as file:
        return Attached(attachment.name, attachment.content_type, file.read(), attachment.pk)
