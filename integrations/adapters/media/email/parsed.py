"""What the e-mail parser found in one message, as frozen values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

SegmentKind = Literal["said", "quote", "signature"]


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


@dataclass(frozen=True, slots=True)
class Segment:
    kind: SegmentKind
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the message; `content` is decoded on each read and kept nowhere."""

    filename: str
    content_type: str
    size: int
    content_id: str
    is_inline: bool
    load: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def content(self) -> bytes:
        return self.load()


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that mail of ours did not arrive, or not yet (`is_temporary`)."""

    recipients: tuple[str, ...]
    status: str
    is_temporary: bool
    diagnostic: str
    original_message_id: str


@dataclass(frozen=True, slots=True)
class Authentication:
    """The receiving server's verdicts, in the words of RFC 8601, part 2.7."""

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"


@dataclass(frozen=True, slots=True)
class ParsedEmail:
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    from_: Address
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    subject: str
    date: datetime | None
    text: str
    html: str
    segments: tuple[Segment, ...]
    attachments: tuple[Attachment, ...]
    is_auto_reply: bool
    suppress_auto_reply: bool
    is_list: bool
    is_noreply: bool
    is_spam: bool
    bounce: Bounce | None
    authentication: Authentication
    headers: Mapping[str, str]

    @property
    def reply_text(self) -> str:
        """What the person wrote: the said segments, without the blank lines around them."""
        said = (segment.text.strip("\n") for segment in self.segments if segment.kind == "said")
        return "\n\n".join(text for text in said if text.strip()).strip()
