"""What an update of Telegram's says: https://core.telegram.org/bots/api#update, each kind by a function of its own.

Messages are numbered in each chat, so that ours are named “chat:number”. An album comes as one message for each file,
all with one media_group_id (…#message): each has the album's name, and joins what is there of it already.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from conversations.envelopes import InboundMessage, MessageChange, MessageDetails
from customers.facts import ConsentFact
from customers.identify import Handle
from customers.models import Purpose
from customers.models.identity import Kind
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media.telegram.api import bot_id
from integrations.adapters.media.telegram.parts import attachments_of, place_of, text_of
from integrations.adapters.reading import inner, needed, payload, rows, words
from integrations.models import Connector, RawEvent

Json = dict[str, Any]

MOST_WORDS = 100_000
MENTIONS = "mentions"  # settings["groups"]: what names the bot in a group comes in, too
GROUPS = ("group", "supergroup")


def understood(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    """Raises ValueError for what Telegram does not send."""
    update = payload(raw)
    needed(update, "update_id")
    kind = kind_of(update)
    if kind not in KINDS:
        yield Ignored(kind or "nothing", "The desk has no use for it.")
        return
    yield from KINDS[kind](connector, inner(update, kind), raw)


def kind_of(update: Json) -> str:
    """At most one of its parts is there, beside the number."""
    return next((name for name in update if name != "update_id"), "")


def name_of(message: Json) -> str:
    """Under which the desk keeps it. Raises ValueError."""
    chat = needed(inner(message, "chat"), "id")
    album = words(message.get("media_group_id"))
    return f"{chat}:album:{album}" if album else f"{chat}:{needed(message, 'message_id')}"


def _message(connector: Connector, message: Json, raw: RawEvent) -> Iterator[Understood]:
    if why := _not_for_us(connector, message):
        yield Ignored(f"message ({_chat_type(message)})", why)
        return
    text, files = text_of(message), attachments_of(message)
    command, _space, word = text.partition(" ")
    started_with = word.strip()[:64] if command == "/start" else ""  # .../bots/features#deep-linking
    if not (text or files):
        yield Ignored("message", "It tells of the chat itself, and says nothing.")
        return
    sender = inner(message, "from")
    yield InboundMessage(
        channel_id=_channel(connector),
        external_id=name_of(message),
        handles=(handle_of(sender), *_told_numbers(message)),
        text=command if started_with else text[:MOST_WORDS],
        received_at=_at(message, "date"),
        attachments=files,
        language=words(sender.get("language_code"))[:12],
        answers=_answered(message),
        is_public=_chat_type(message) in GROUPS,
        is_part=bool(message.get("media_group_id")),
        details=_details(message, started_with),
    )


def _details(message: Json, started_with: str) -> MessageDetails:
    details = MessageDetails()
    if place := place_of(message):
        details["place"] = place
    if started_with:
        details["started_with"] = started_with
    return details


def _edited(connector: Connector, message: Json, raw: RawEvent) -> Iterator[Understood]:
    if why := _not_for_us(connector, message):
        yield Ignored(f"edited_message ({_chat_type(message)})", why)
    elif message.get("location"):
        yield Ignored("edited_message", "A live location moved on.")
    else:
        yield MessageChange(
            channel_id=_channel(connector),
            external_id=name_of(message),
            kind="edited",
            at=_at(message, "edit_date"),
            text=text_of(message)[:MOST_WORDS],
            handles=(handle_of(inner(message, "from")),),
        )


def _pressed(connector: Connector, query: Json, raw: RawEvent) -> Iterator[Understood]:
    """https://core.telegram.org/bots/api#callbackquery: a button below a message of ours. Its words stand there still,
    unless the message is older than Telegram remembers."""
    message, data = inner(query, "message"), words(query.get("data"))
    if not message or not data:
        yield Ignored("callback_query", "It is of no message of ours.")
        return
    if _chat_type(message) in GROUPS and connector.settings.get("groups") != MENTIONS:
        yield Ignored("callback_query", "It comes from a group.")
        return
    buttons = [each for row in inner(message, "reply_markup").get("inline_keyboard") or [] for each in row]
    pressed = (words(each.get("text")) for each in buttons if words(each.get("callback_data")) == data)
    sender = inner(query, "from")
    yield InboundMessage(
        channel_id=_channel(connector),
        external_id=f"press:{needed(query, 'id')}",
        handles=(handle_of(sender),),
        text=next(pressed, data),
        received_at=raw.received_at,
        language=words(sender.get("language_code"))[:12],
        answers=name_of(message),
        is_public=_chat_type(message) in GROUPS,
        details=MessageDetails(button=data),
    )


def _reacted(connector: Connector, reaction: Json, raw: RawEvent) -> Iterator[Understood]:
    """https://core.telegram.org/bots/api#messagereactionupdated: what it was, and what it is now."""
    if _chat_type(reaction) != "private":
        yield Ignored("message_reaction", "It comes from a group.")
        return
    before, now = _emoji(reaction, "old_reaction"), _emoji(reaction, "new_reaction")
    name, at = name_of(reaction), _at(reaction, "date")
    handles = (handle_of(inner(reaction, "user")),)
    channel = _channel(connector)
    for emoji in sorted(now - before):
        yield MessageChange(channel, name, "reacted", at, emoji=emoji, handles=handles)
    for emoji in sorted(before - now):
        yield MessageChange(channel, name, "unreacted", at, emoji=emoji, handles=handles)
    if before == now:
        yield Ignored("message_reaction", "It is an emoji of somebody's own making, which the desk cannot show.")


def _membership(connector: Connector, change: Json, raw: RawEvent) -> Iterator[Understood]:
    """https://core.telegram.org/bots/api#chatmemberupdated: in a private chat, that they blocked the bot, or let it in
    again."""
    status = words(inner(change, "new_chat_member").get("status"))
    if _chat_type(change) != "private" or status not in ("kicked", "member"):
        yield Ignored("my_chat_member", f"The bot is “{status}” in a chat.")
        return
    yield ConsentFact(
        source=connector.pk,
        handles=(handle_of(inner(change, "from")),),
        purpose=Purpose.ANY_MESSAGE,
        is_granted=status == "member",
        said_at=_at(change, "date"),
        evidence="Blocked the bot in Telegram" if status == "kicked" else "Let the bot in again in Telegram",
    )


Says = Callable[[Connector, Json, RawEvent], Iterator[Understood]]
KINDS: dict[str, Says] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _pressed,
    "message_reaction": _reacted,
    "my_chat_member": _membership,
}


def handle_of(user: Json) -> Handle:
    """https://core.telegram.org/bots/api#user. Raises ValueError."""
    name = " ".join(part for part in (words(user.get("first_name")), words(user.get("last_name"))) if part)
    return Handle(Kind.TELEGRAM, needed(user, "id"), name=name or words(user.get("username")), source="telegram")


def _not_for_us(connector: Connector, message: Json) -> str:
    """Why it is left out; "" for what is said to the bot."""
    kind = _chat_type(message)
    if inner(message, "from").get("is_bot") is True:
        return "A bot wrote it."
    if kind == "private":
        return ""
    if kind not in GROUPS:
        return "It comes from a channel, where nobody writes to the bot."
    if connector.settings.get("groups") != MENTIONS:
        return "It comes from a group: the connector's settings leave these out."
    return "" if _names_bot(connector, message) else "It is a talk among others: the bot is not named in it."


def _names_bot(connector: Connector, message: Json) -> bool:
    if bot_id(connector) and words(inner(inner(message, "reply_to_message"), "from").get("id")) == bot_id(connector):
        return True
    ours = f"@{connector.settings.get('username', '')}".lower()
    text = (words(message.get("text"), MOST_WORDS) or words(message.get("caption"), MOST_WORDS)).encode("utf-16-le")
    for entity in [*rows(message, "entities"), *rows(message, "caption_entities")]:
        start, length = entity.get("offset"), entity.get("length")
        if not (isinstance(start, int) and isinstance(length, int)):
            continue
        said = text[2 * start : 2 * (start + length)].decode("utf-16-le", "replace").lower()  # counted in UTF-16
        if entity.get("type") == "mention" and said == ours:
            return True
        if entity.get("type") == "bot_command" and said.endswith(ours):
            return True
        if words(inner(entity, "user").get("id")) == bot_id(connector) != "":
            return True
    return False


def _told_numbers(message: Json) -> tuple[Handle, ...]:
    """Their own card, as Telegram marks it (…#contact): a claim all the same, since a card can be written by hand."""
    card = inner(message, "contact")
    number, owner = words(card.get("phone_number")), words(card.get("user_id"))
    if not number or owner != words(inner(message, "from").get("id")):
        return ()
    return (Handle(Kind.PHONE, f"+{number.removeprefix('+')}", is_verified=False, source="telegram"),)


def _answered(message: Json) -> str:
    answered = inner(message, "reply_to_message")
    return name_of({**answered, "chat": inner(answered, "chat") or inner(message, "chat")}) if answered else ""


def _emoji(reaction: Json, name: str) -> set[str]:
    """https://core.telegram.org/bots/api#reactiontype"""
    found = {words(each.get("emoji")) for each in rows(reaction, name) if each.get("type") == "emoji"}
    return {each for each in found if each} | {"⭐" for each in rows(reaction, name) if each.get("type") == "paid"}


def _chat_type(message: Json) -> str:
    return words(inner(message, "chat").get("type"))


def _at(found: Json, name: str) -> datetime:
    """Unix time. Raises ValueError."""
    try:
        return datetime.fromtimestamp(int(needed(found, name)), UTC)
    except (OverflowError, OSError):
        raise ValueError(f"“{name}” is no time.") from None


def _channel(connector: Connector) -> int:
    assert connector.channel_id is not None
    return connector.channel_id
