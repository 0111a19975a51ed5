"""What a brain is told of a conversation: the lines of its talk, which of them wait for an answer, and the memory."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from conversations.bots.acts import Asked, Line
from conversations.bots.memory import memory_of
from conversations.handoff.lease import lines_of
from conversations.media import carries
from conversations.models import Attachment, BotTalk, Conversation, Message
from conversations.models.message import AUDIO, MessageKind

MOST_LINES = 60  # of the thread, the newest
TALKED = (MessageKind.INBOUND, MessageKind.OUTBOUND)


def asked_of(conversation: Conversation, talk: BotTalk, *, until: int | None = None) -> Asked:
    """As it stands now or, where `until` is given, as it was when that line was their last. Call with `conversation`
    locked, or look again before anything is said."""
    memory = memory_of(talk.state)
    said = [each for each in _said(conversation) if until is None or each.pk <= until]
    new = [message for message in said if _is_new(message, memory.read_until)]
    heard = new[-1] if new else next((each for each in reversed(said) if each.kind == MessageKind.INBOUND), None)
    medium = heard.channel.medium if heard and heard.channel else conversation.channel
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


def _said(conversation: Conversation) -> list[Message]:
    """Everybody's words that are not taken back, in their order."""
    rows = Message.objects.filter(conversation=conversation, kind__in=TALKED, taken_back_at=None)
    rows = rows.exclude(delivery__status="cancelled").defer("search", "html", "quoted")
    voice = Attachment.objects.filter(message=OuterRef("pk")).filter(Q(kind="voice") | Q(content_type__in=AUDIO))
    files = {
        "count_of_files": Count("attachments"),
        "count_of_images": Count("attachments", filter=Q(attachments__content_type__startswith="image/")),
        "is_voice": Exists(voice),
    }
    newest = rows.select_related("channel").annotate(**files).order_by("-created_at", "-pk")[:MOST_LINES]
    return list(reversed(newest))


def _is_new(message: Message, read_until: int) -> bool:
    return message.kind == MessageKind.INBOUND and not message.is_automatic and message.pk > read_until


def _line(message: Message) -> Line:
    counted: Iterable[object] = (message.count_of_files, message.count_of_images, message.is_voice)  # type: ignore[attr-defined]
    files, images, is_voice = counted
    assert isinstance(files, int) and isinstance(images, int)
    return Line(
        source=message.pk,
        who="customer" if message.kind == MessageKind.INBOUND else "bot" if message.is_bot else "agent",
        text=message.text,
        at=message.created_at,
        files=files,
        images=images,
        is_voice=bool(is_voice),
    )
