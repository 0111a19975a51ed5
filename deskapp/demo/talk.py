"""A conversation of the demo before it is rows: who wrote, what was said, and what agents did with it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from conversations.models import Medium, Priority, Status
from conversations.models.message import MessageKind

if TYPE_CHECKING:
    from deskapp.demo.bought import Bought
    from deskapp.demo.with_fern import WithFern


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    language: str
    timezone: str
    city: str
    tier: str = ""
    about: str = ""
    visitor: str = ""  # the id of their browser, where they have been in the chat
    shop: str = ""  # the number of their account in the shop
    since: datetime | None = None
    handles: tuple[tuple[str, str, str], ...] = ()  # further ones: kind, value, and how it is shown

    def __hash__(self) -> int:
        return hash(self.email)


@dataclass(frozen=True)
class File:
    name: str
    content_type: str
    content: bytes = field(repr=False)
    is_inline: bool = False


@dataclass(frozen=True)
class Line:
    """One message. `agent` is whose, by the part of their address before the @, and "" for the customer's."""

    kind: str
    text: str
    at: datetime
    medium: str = Medium.EMAIL
    agent: str = ""
    html: str = ""
    quote: str = ""
    signature: str = ""
    state: str = ""  # of its delivery
    error: str = ""
    files: tuple[File, ...] = ()
    mentions: tuple[str, ...] = ()
    is_automatic: bool = False
    is_bot: bool = False
    buttons: tuple[str, ...] = ()  # that the bot offers to press
    is_public: bool = False
    seconds: int = 0  # of a call, and 0 for one that nobody took; `text` is what was spoken, or left on the tape

    @property
    def is_inbound(self) -> bool:
        return self.kind == MessageKind.INBOUND

    @property
    def is_call(self) -> bool:
        return self.kind == MessageKind.CALL


@dataclass(frozen=True)
class Fact:
    verb: str
    at: datetime
    by: str = ""
    to: str = ""
    reason: str = ""


@dataclass
class Talk:
    person: Person
    subject: str
    team: str
    lines: list[Line]
    facts: list[Fact] = field(default_factory=list)
    status: str = Status.RESOLVED
    assignee: str = ""
    priority: int = Priority.NORMAL
    tags: tuple[str, ...] = ()
    snoozed_until: datetime | None = None
    is_spam: bool = False
    unread: bool = False
    draft: str = ""  # what the assignee has begun to answer, as HTML
    followers: tuple[str, ...] = ()
    bought: "Bought | None" = None  # what it is about
    fern: "WithFern | None" = None  # what of it was the bot's
