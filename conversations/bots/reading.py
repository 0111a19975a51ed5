"""What a brain is told of a conversation: the lines of its talk, which of them wait for an answer, and the memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from conversations.bots.acts import Asked, Line
from conversations.bots.memory import memory_of
from conversations.handoff.lease import lines_of
from conversations.media import carries
from conversations.models import Attachment, BotTalk, Conversation, Message
from conversations.models.message import AUDIO, MessageKind
from conversations.prepared import Tuples, blank

MOST_LINES = 60  # of the thread, the newest
TALKED = (MessageKind.INBOUND, MessageKind.OUTBOUND)
_READ = ("pk", "kind", "is_bot", "is_automatic", "text", "created_at", "channel__medium", "details")


@dataclass(frozen=True)
class _Said:
    """A row of _READ, with its files."""

    pk: int
    kind: str
    is_bot: bool
    is_automatic: bool
    text: str
    created_at: datetime
    medium: str | None
    details: Mapping[str, object]
    files: Sequence[Mapping[str, str]]


def asked_of(conversation: Conversation, talk: BotTalk, *, until: int | None = None) -> Asked:
    """As it stands now or, where `until` is given, as it was when that line was their last. Call with `conversation`
    locked, or look again before anything is said."""
    memory = memory_of(talk.state)
    said = [each for each in _said(conversation) if until is None or each.pk <= until]
    new = [message for message in said if _is_new(message, memory.read_until)]
    heard = new[-1] if new else next((each for each in reversed(said) if each.kind == MessageKind.INBOUND), None)
    medium = (heard.medium if heard else None) or conversation.channel
    lines = {message.pk: _line(message) for message in said}
    return Asked(
        conversation=conversation.pk,
        customer=conversation.customer_id,
        bot=talk.bot_id or 0,
        talk=talk.pk,
        term=talk.term,
        language=talk.language or conversation.language or conversation.customer.language,
        medium=medium,
        buttons=carries(medium).buttons if medium else 0,
        lines=tuple(lines.values()),
        new=tuple(lines[message.pk] for message in new),
        memory=memory,
        now=timezone.now(),
        name=conversation.customer.name,
        page=str(heard.details.get("page", "")) if heard else "",
    )


def newest_of(asked: Asked) -> int:
    """Until where it has read."""
    return max([asked.memory.read_until, *(line.source for line in asked.new)])


def has_news(conversation: Conversation, read_until: int) -> bool:
    """Whether the customer wrote after that."""
    return lines_of(conversation).filter(pk__gt=read_until).exists()


def _said(conversation: Conversation) -> list[_Said]:
    """Everybody's words that are not taken back, in their order. No instances are made of what is looked at once."""
    return [_Said(*row) for row in reversed(_NEWEST.find(conversation.pk))]


def _newest() -> QuerySet:
    rows = Message.objects.filter(conversation=blank(0), kind__in=TALKED, taken_back_at=None)
    files = Attachment.objects.filter(message=OuterRef("pk")).order_by()
    described = ArraySubquery(files.values(each=JSONObject(kind="kind", type="content_type")))
    newest = rows.exclude(delivery__status="cancelled").order_by("-created_at", "-pk").values_list(*_READ, described)
    return newest[:MOST_LINES]


_NEWEST = Tuples(_newest)


def _is_new(message: _Said, read_until: int) -> bool:
    return message.kind == MessageKind.INBOUND and not message.is_automatic and message.pk > read_until


def _line(message: _Said) -> Line:
    return Line(
        source=message.pk,
        who="customer" if message.kind == MessageKind.INBOUND else "bot" if message.is_bot else "agent",
        text=message.text,
        at=message.created_at,
        files=len(message.files),
        images=sum(file["type"].startswith("image/") for file in message.files),
        is_voice=any(file["kind"] == "voice" or file["type"] in AUDIO for file in message.files),
    )
