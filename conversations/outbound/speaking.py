"""Outbound 1, of the bot: its words become a message, only under the lease, and go at once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.html import escape

from conversations.bots import shelf
from conversations.bots.markdown import as_html
from conversations.handoff import repeats
from conversations.inbound.record import touch
from conversations.live.push import push_said
from conversations.media import carries
from conversations.models import ArticleText, Channel, Conversation, Message
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.outbound import outbox
from conversations.outbound.reach import Choice, has_refused, reach
from conversations.reports import episode_steps
from customers.models import Identity

_CHANGED = ["waiting_since", "queue_at", "snippet", "last_message_at", "subject", "media"]  # by what is said


@dataclass(frozen=True)
class Words:
    """`key` makes the same word of the same turn one message. `article`: the ArticleText that it shows."""

    text: str
    key: uuid.UUID
    buttons: tuple[str, ...] = ()
    article: int | None = None


@dataclass(frozen=True)
class Path:
    """How the bot reaches them: where they wrote last, if anything may go there."""

    channel: Channel
    identity: Identity
    answers: Message | None = None


def path_to(conversation: Conversation, heard: Message | None) -> Path | None:
    """`heard`: their last line. None where nothing may go, and where it came from a machine or a list."""
    if heard is not None and heard.details.get("no_auto_reply"):
        return None
    if heard is not None and (back := _straight_back(conversation, heard)):
        return back
    ways = [way for way in reach(conversation, now=timezone.now()) if way.can_be_used and not way.needs_template]
    way = next((way for way in ways if _is_where(way, heard)), None) or next(iter(ways), None)
    if way is None:
        return None
    is_answer = heard is not None and _is_where(way, heard) and carries(way.channel.medium).has_posts
    return Path(way.channel, way.identity, heard if is_answer else None)


def _straight_back(conversation: Conversation, heard: Message) -> Path | None:
    """Where they wrote last, if nothing there has an end or a template, as most: what `reach` would propose first of
    all, without asking for every other way."""
    channel, identity = heard.channel, heard.identity
    if channel is None or identity is None or not channel.is_active or identity.customer_id != conversation.customer_id:
        return None
    can = carries(channel.medium)
    if can.answer_within or identity.kind not in can.kinds:
        return None
    if has_refused(identity):
        return None
    return Path(channel, identity, heard if can.has_posts else None)


def speak(conversation: Conversation, words: Sequence[Words], path: Path) -> list[Message]:
    """Several in their order, of one turn: ends the customer's waiting. For who has seen, with `conversation` locked,
    that it is the bot's turn (conversations.bots.holding); it is stored."""
    if not words:
        return []
    at_once = outbox.takes_at_once(path.channel, conversation)
    said = Message.objects.bulk_create([_written(conversation, each, path, is_sent=at_once) for each in words])
    for message in said:
        repeats.count(message)
    conversation.waiting_since = None
    episode_steps.answered_by_bot(conversation, len(said))
    return _send(conversation, said, at_once=at_once)


def leave(conversation: Conversation) -> None:
    """Nothing is said to their last lines, as it was said already: nobody waits. Call with `conversation` locked."""
    conversation.waiting_since = None
    conversation.queue_at = place_in_queue(None, conversation.last_message_at)
    conversation.save(update_fields=["waiting_since", "queue_at"])


def part(conversation: Conversation, words: Words, path: Path) -> Message:
    """What it says while it hands over: whoever waits for a person goes on waiting. An agent who uses the word before
    it went takes it back. Call in the transaction of the handoff, with `conversation` locked; it is stored."""
    at_once = outbox.takes_at_once(path.channel, conversation)
    said = _written(conversation, words, path, is_sent=at_once, is_automatic=True)
    said.save(force_insert=True)
    return _send(conversation, [said], at_once=at_once)[0]


def _is_where(way: Choice, heard: Message | None) -> bool:
    return heard is not None and (way.channel.pk, way.identity.pk) == (heard.channel_id, heard.identity_id)


def _written(
    conversation: Conversation, words: Words, path: Path, *, is_sent: bool, is_automatic: bool = False
) -> Message:
    """Not stored yet. `is_sent` by being stored: it has its own key for the name that a provider would give it."""
    can = carries(path.channel.medium)
    fitting = words.buttons if _fit(words.buttons, can.buttons, can.button_longest) else ()
    text = words.text if fitting else "\n".join([words.text, *(f"– {each}" for each in words.buttons)])
    text = text.replace("\x00", "").strip()[: can.longest]
    return Message(
        conversation=conversation,
        kind=MessageKind.OUTBOUND,
        channel=path.channel,
        identity=path.identity,
        is_bot=True,
        is_automatic=is_automatic,
        html=_html(text, words.article),
        text=text,
        client_id=words.key,
        external_id=str(words.key) if is_sent else "",
        answers=path.answers,
        details={"buttons": list(fitting)} if fitting else {},
    )


def _fit(buttons: tuple[str, ...], most: int, longest: int) -> bool:
    """All of them, or none: half a choice is none."""
    return 0 < len(buttons) <= most and all(len(button) <= longest for button in buttons)


def _html(text: str, article: int | None) -> str:
    """An article within it as it was written, for media that can show that."""
    body = ArticleText.objects.filter(pk=article).values_list("body", flat=True).first() if article else ""
    before, is_there, after = text.partition(shelf.plain(body)) if body else (text, "", "")
    return _paragraphs(before) + (as_html(body) if body and is_there else "") + _paragraphs(after)


def _paragraphs(text: str) -> str:
    parts = [part.strip() for part in text.split("\n\n")]
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)


def _send(conversation: Conversation, said: list[Message], *, at_once: bool) -> list[Message]:
    for message in said:
        touch(conversation, message)
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    conversation.save(update_fields=_CHANGED)
    if at_once:
        outbox.sent(said)
    for message in said:
        if not at_once:
            outbox.enqueue(message, due_at=timezone.now())
    push_said(said)
    return said
