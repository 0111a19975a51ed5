"""What crosses the border with integrations: frozen dataclasses, the same for every medium."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict

from customers.identify import Handle


class Spoke(TypedDict):
    """Who of us was rung, spoke or took over: the line as the phone system names it, and the agent whose it was."""

    line: str
    agent: int | None
    name: str  # as it was then


class CallNote(TypedDict):
    """What was said in a call, in an agent's words."""

    text: str
    by: str
    at: str


class CallDetails(TypedDict, total=False):
    """A call, as its card shows it. All but what stands from `recordings` on is computed from `heard`, which is every
    different thing that a phone system said of it, in the order of time: conversations.call_state."""

    direction: Literal["in", "out"]
    state: Literal["dialling", "ringing", "answered", "ended", "missed"]
    ours: str  # the number of ours
    number: str  # theirs; "" for one who does not show it
    tried: list[Spoke]
    answered: list[Spoke]
    transfers: int
    ringing_at: str  # ISO 8601, as all times here
    answered_at: str
    ended_at: str
    seconds: int  # spoken
    cause: str
    keys: str
    transcript: str
    language: str
    heard: list[list[object]]
    recordings: list[str]  # what each was known by when it came, so that none comes twice
    asks: list[int]  # while nobody has said who is calling: the customers of whom it may be one
    whose: int  # the customer, by an agent's word
    by_hand: bool  # written down by an agent: no phone system told of it
    vouched: bool  # somebody vouches for the number; else who it is, is only what the number says
    notes: list[CallNote]


class MessageDetails(TypedDict, total=False):
    """The schema of Message.details: what one medium knows and the others do not."""

    to: list[str]  # addresses in To, Cc and Bcc, as "Name <addr>"
    cc: list[str]
    bcc: list[str]
    reply_to: str
    date: str  # ISO 8601, as the sender's clock had it
    references: list[str]
    in_reply_to: str
    page: str  # the page a chat line was written on
    signed_in: str  # inbound: the value of the shop identity that the shop vouched for when it was written
    authentic: bool  # inbound: the sender's own domain vouches for the mail (DMARC pass)
    forwarded: bool
    quote: bool  # outbound: the quoted history goes along
    signature: bool  # outbound: the agent's, the team's and the channel's signature go along
    no_auto_reply: bool  # inbound: a list, a no-reply address or a machine, which no automatic answer of ours may reach
    unsubscribe: str  # outbound: the address that ends such mails, for List-Unsubscribe
    button: str  # inbound: the payload of a button of ours that was pressed; its words are the text
    story: str  # inbound: the story of ours that is answered or mentioned, as an address
    place: list[float]  # inbound: latitude and longitude that were shared
    started_with: str  # inbound: what the link carried that the talk began by (Telegram's /start, Messenger's ref)
    buttons: list[str]  # outbound: what may be answered by pressing
    template: dict[str, object]  # outbound: as Template below
    call: "CallDetails"  # of a call
    forgotten: bool  # inbound: taken back, and its words are gone from the desk
    part_failed: bool  # outbound: it went as several, one of which did not arrive
    survey: int  # outbound: the SurveyAsk that it asks
    outreach: int  # outbound: the OutreachRecord that it is of
    ends: list[str]  # outbound, of a survey: the words at both ends of its scale
    answered: dict[str, object]  # outbound, of a survey: "score", "of" and "comment"
    rated: int  # inbound: the SurveyAsk that it answers: it asks for nobody
    elsewhere: bool  # outbound: the shop wrote it beside the desk, on its phone or in the page's own inbox


@dataclass(frozen=True)
class Segment:
    kind: str  # "said", "quote" or "signature"
    text: str


@dataclass(frozen=True)
class InboundAttachment:
    name: str
    content_type: str
    size: int  # bytes; 0 where only the fetching will tell
    read: Callable[[], bytes] | None = None  # None: it is to be fetched, by what `source` says
    content_id: str = ""
    is_inline: bool = False
    source: Mapping[str, str] = field(default_factory=dict)  # in the adapter's own words: an address, a number
    kind: str = ""  # in the provider's: "voice", "sticker"


@dataclass(frozen=True)
class InboundMessage:
    """One thing a customer said. `handles[0]` is the one it came from; further ones are proven or claimed beside it."""

    channel_id: int
    external_id: str
    handles: tuple[Handle, ...]
    text: str
    received_at: datetime
    html: str = ""
    segments: tuple[Segment, ...] = ()
    subject: str = ""
    references: tuple[str, ...] = ()  # Message-IDs, the nearest last
    conversation_id: int | None = None  # proven: a signed plus-address or chat session named it
    attachments: tuple[InboundAttachment, ...] = ()
    participants: tuple[tuple[str, str], ...] = ()  # (address, name) of others in To and Cc
    language: str = ""
    is_automatic: bool = False
    is_spam: bool = False
    is_unverified: bool = False
    client_id: str = ""
    answers: str = ""  # external id of the message that this one answers
    is_public: bool = False  # everybody can read it: a post that mentions us
    is_part: bool = False  # of an album, whose pictures come one by one under one external id: it joins what is there
    is_echo: bool = False  # said by us, elsewhere: in the page's own inbox, on the shop's phone; `handles` are whom to
    details: MessageDetails = field(default_factory=lambda: MessageDetails())


@dataclass(frozen=True)
class Template:
    """A text that the provider has allowed beforehand: the only way to write outside its window."""

    name: str
    language: str  # as the provider names it, "en_GB"
    values: tuple[str, ...] = ()  # of the body, in its order
    header: str = ""  # the value or address in the header, where it has one
    buttons: tuple[str, ...] = ()  # the payloads or address endings, by their place


@dataclass(frozen=True)
class OutboundMessage:
    """What an adapter sends. `key` is the same for every try: providers that can, use it to send once."""

    delivery_id: int
    message_id: int
    conversation_id: int
    channel_id: int
    key: str
    to: str  # the identity's value on this medium
    to_name: str
    text: str
    html: str
    subject: str
    author_name: str
    references: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    attachment_ids: tuple[int, ...]
    created_at: datetime
    external_id: str = ""  # under which an earlier try was made
    answers: str = ""  # external id of the message that this one answers
    is_public: bool = False  # for everybody to read; without it, it must not become so
    template: Template | None = None
    buttons: tuple[str, ...] = ()
    heard_at: datetime | None = None  # when they last wrote by this channel, of a medium with a time to answer in


@dataclass(frozen=True)
class OutboundReaction:
    """An emoji that an agent puts on a message, or takes off: one for the whole desk on each message."""

    channel_id: int
    external_id: str  # the message's
    to: str  # the identity's value on this medium
    emoji: str  # "" takes off what is there
    is_ours: bool  # the message was sent by us


@dataclass(frozen=True)
class OfferedTemplate:
    """A text that the provider has allowed, or not yet; as conversations.models.MessageTemplate keeps it."""

    name: str
    language: str
    body: str
    category: str = ""
    header: str = ""
    footer: str = ""
    buttons: tuple[Mapping[str, str], ...] = ()  # "kind", "text", "value"
    examples: tuple[str, ...] = ()
    is_usable: bool = True


@dataclass(frozen=True)
class DeliveryReport:
    """What a provider said of a message of ours. `status` is a Delivery.Status; `is_permanent` is of a failed one."""

    status: str
    external_id: str = ""
    delivery_id: int | None = None
    error: str = ""  # in the agent's words
    said: str = ""  # in the provider's own
    is_permanent: bool = True
    retry_after: float | None = None  # seconds until the provider will hear of it again, where it said so
    is_part: bool = False  # a failure of one of several that it went as: the others' arriving does not mend it
    # Of all that went to this identity's value until then, where the provider tells it so, and names none.
    until: datetime | None = None
    to: str = ""


CallState = Literal["ringing", "answered", "transferred", "ended", "missed", "recording", "transcript"]


@dataclass(frozen=True)
class CallReport:
    """What a phone system said of one call. Each is a full statement of what it knows: the same call may be reported
    twice, in parts and out of order, and ends as the same row. `handles` is empty for an anonymous caller."""

    channel_id: int
    call_id: str  # the provider's; the same for every report of one call, and for its transfers
    direction: Literal["in", "out"]
    state: CallState
    at: datetime  # of what is reported
    handles: tuple[Handle, ...] = ()  # the customer's number
    ours: str = ""  # the number of ours that was called, or that calls
    agent: str = ""  # who answered or was tried: an extension or an address of the phone system
    seconds: int | None = None  # spoken, as the provider counts
    cause: str = ""  # why it ended or was missed, in the agent's words
    recording: InboundAttachment | None = None
    transcript: str = ""
    language: str = ""
    keys: str = ""  # what the caller pressed
    key: str = ""  # the OutboundCall's, where the provider hands it back
    is_vouched: bool = False  # that the number is the caller's: signed by the networks, or by a phone system we trust


@dataclass(frozen=True)
class CallRating:
    """How a caller found their call, by the keys of their telephone, before they hung up."""

    channel_id: int
    call_id: str
    keys: str  # "" where they were asked and pressed none


@dataclass(frozen=True)
class OutboundCall:
    """A call that an agent asks for: their own line rings first, then the customer's. `key` is the same for every try:
    where the provider can carry it along, its reports bring it back (CallReport.key)."""

    delivery_id: int
    message_id: int
    channel_id: int
    key: str
    agent: str  # the agent's extension or number, as User.extension has it
    to: str  # the customer's number, E.164
    ours: str  # the number of ours that is shown to them: the channel's address
    agent_name: str = ""
    to_name: str = ""


@dataclass(frozen=True)
class MessageChange:
    """What a customer did to a message afterwards, theirs or ours. It may come before the message itself."""

    channel_id: int
    external_id: str  # the message's
    kind: Literal["edited", "taken_back", "reacted", "unreacted"]
    at: datetime
    text: str = ""  # edited: the new words
    html: str = ""
    emoji: str = ""  # reacted: with this; unreacted: "" is all of theirs
    handles: tuple[Handle, ...] = ()  # who did it
    must_forget: bool = False  # taken back, and the provider's terms want the words gone
