"""What WhatsApp's webhooks say: messages, what became of ours, what the shop wrote on its own phone.

developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages and the pages below it
(text, image, …, edit, revoke, system, unsupported, status), …/reference/smb_message_echoes, and
…/whatsapp/business-scoped-user-ids for those who show no number.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, InboundMessage, MessageChange
from customers.facts import ConsentFact
from customers.identify import Handle
from customers.models import Purpose
from customers.models.identity import Kind
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media.meta.batch import Item, each, items, named, time_of, whole
from integrations.adapters.media.meta.hearing import own_ids
from integrations.adapters.media.meta.whatsapp import statuses
from integrations.adapters.media.meta.whatsapp.kinds import Said, said_in
from integrations.adapters.media.sms.consent import consent_of, word_of
from integrations.adapters.reading import inner, needed, payload, rows, words
from integrations.models import Connector, RawEvent

Json = dict[str, Any]
SOURCE = "whatsapp"


def understand(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    """Raises ValueError for what is no webhook of WhatsApp's."""
    yield from each(raw, items(whole(payload(raw))), lambda item: _understood(connector, raw, item))


def _understood(connector: Connector, raw: RawEvent, item: Item) -> Iterator[Understood]:
    tell = _TELLS.get(item.kind)
    own = own_ids(connector)
    if tell is None:
        yield Ignored(item.kind[:40], _("The desk has no place for this kind of news."))
    elif own and item.owner and item.owner not in own and item.about.get("metadata"):
        yield Ignored(item.kind, _("It is for the number %(number)s, another channel's.") % {"number": item.owner})
    else:
        yield from tell(connector, raw, item)


def _message(connector: Connector, raw: RawEvent, item: Item) -> Iterator[Understood]:
    message = item.body
    kind = words(message.get("type"))
    if message.get("group_id"):
        yield Ignored("group", _("It was said in a group: the desk answers single persons only."))
    elif kind in _CHANGES:
        yield _CHANGES[kind](connector, raw, item)
    elif kind == "system":
        yield _system(connector, raw, item)
    elif kind == "request_welcome":
        yield Ignored(kind, _("Somebody opened the chat, and has not written yet."))
    else:
        said, handles = said_in(message), _writer(message, item)
        yield _inbound(connector, raw, item, handles, said)
        if kind == "text":  # STOP and the like
            said_at = time_of(message.get("timestamp"), raw)
            yield from consent_of(connector.pk, handles, word_of(said.text), said_at)


def _inbound(
    connector: Connector,
    raw: RawEvent,
    item: Item,
    handles: tuple[Handle, ...],
    said: Said,
    *,
    is_automatic: bool = False,
    is_echo: bool = False,
) -> InboundMessage:
    assert connector.channel_id is not None
    return InboundMessage(
        channel_id=connector.channel_id,
        external_id=named(raw, item, item.body.get("id")),
        handles=handles,
        text=said.text,
        received_at=time_of(item.body.get("timestamp"), raw),
        attachments=said.attachments,
        answers=words(inner(item.body, "context").get("id"), 400),
        details=said.details,
        is_automatic=is_automatic,
        is_echo=is_echo,
    )


def _writer(message: Json, item: Item) -> tuple[Handle, ...]:
    """The number, where it is shown, and the id that the person has for this business alone. Raises ValueError."""
    number, own = words(message.get("from")), words(message.get("from_user_id"))
    contact = _about(item, number, own)
    own = own or words(contact.get("user_id"))
    number = number or words(contact.get("wa_id"))
    profile = inner(contact, "profile")
    name = words(profile.get("name")) or words(profile.get("username"))
    return _handles(number, own, name)


def _about(item: Item, number: str, own: str) -> Json:
    contacts = rows(item.about, "contacts")
    for contact in contacts:
        if (number and contact.get("wa_id") == number) or (own and contact.get("user_id") == own):
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def _handles(number: str, own: str, name: str = "") -> tuple[Handle, ...]:
    """`own` is linked: WhatsApp itself says that both are one person."""
    found = [Handle(Kind.WHATSAPP, number, name, source=SOURCE)] if number else []
    if own:
        found.append(Handle(Kind.WHATSAPP, own, "" if found else name, source=SOURCE, is_linked=bool(found)))
    if not found:
        raise ValueError("“from” is missing.")
    return tuple(found)


def _reaction(connector: Connector, raw: RawEvent, item: Item) -> MessageChange:
    """Without an emoji it is taken away (…/webhooks/reference/messages/reaction)."""
    reaction = inner(item.body, "reaction")
    emoji = words(reaction.get("emoji"), 40)
    return _change(connector, raw, item, needed(reaction, "message_id"), "reacted" if emoji else "unreacted", emoji)


def _revoke(connector: Connector, raw: RawEvent, item: Item) -> MessageChange:
    name = needed(inner(item.body, "revoke"), "original_message_id")
    return _change(connector, raw, item, name, "taken_back")


def _edit(connector: Connector, raw: RawEvent, item: Item) -> MessageChange:
    edit = inner(item.body, "edit")
    said = said_in(inner(edit, "message"))
    return _change(connector, raw, item, needed(edit, "original_message_id"), "edited", text=said.text)


def _change(
    connector: Connector, raw: RawEvent, item: Item, name: str, kind: Any, emoji: str = "", text: str = ""
) -> MessageChange:
    assert connector.channel_id is not None
    at: datetime = time_of(item.body.get("timestamp"), raw)
    is_ours = item.kind == "message_echoes"
    who = () if is_ours else _writer(item.body, item)
    return MessageChange(connector.channel_id, name, kind, at, text=text, emoji=emoji, handles=who)


def _system(connector: Connector, raw: RawEvent, item: Item) -> Understood:
    """A new number is a further handle of the same person; one that is somebody else's already stays theirs, since
    numbers are given out anew (customers.identify)."""
    message, system = item.body, inner(item.body, "system")
    kind = words(system.get("type"))
    if kind not in ("user_changed_number", "customer_changed_number", "user_changed_user_id"):
        return Ignored(kind[:40] or "system", _("WhatsApp's own note: the customer said nothing."))
    number = words(system.get("wa_id")) or words(system.get("new_wa_id"))
    before = (words(message.get("from")) or words(system.get("customer"))) if number else ""
    former = _handles(before, words(system.get("previous_user_id")) or words(message.get("from_user_id")))
    new = [Handle(Kind.WHATSAPP, value, source=SOURCE) for value in (number, words(system.get("user_id"))) if value]
    text = _("Has a new WhatsApp id.")
    if number:
        text = _("Has a new number on WhatsApp: +%(number)s") % {"number": number}
    said = Said(text)
    return _inbound(connector, raw, item, (*former, *new), said, is_automatic=True)


def _echo(connector: Connector, raw: RawEvent, item: Item) -> Iterator[Understood]:
    """What the shop wrote on its own phone, beside the desk (“coexistence”): the shop's words, to this customer."""
    kind = words(item.body.get("type"))
    if kind in _CHANGES:
        yield _CHANGES[kind](connector, raw, item)
        return
    to = _handles(words(item.body.get("to")), words(item.body.get("to_user_id")))
    yield _inbound(connector, raw, item, to, said_in(item.body), is_echo=True)


def _status(connector: Connector, raw: RawEvent, item: Item) -> Iterator[DeliveryReport | Ignored]:
    yield statuses.report_of(item.body)


def _error(connector: Connector, raw: RawEvent, item: Item) -> Iterator[Ignored]:
    yield Ignored("errors", statuses.words_of(item.body))


def _preference(connector: Connector, raw: RawEvent, item: Item) -> Iterator[Understood]:
    """…/webhooks/reference/user_preferences: they want no marketing from the shop any more, or want it again."""
    told, value = item.body, words(item.body.get("value"))
    if words(told.get("category")) != "marketing_messages" or value not in ("stop", "resume"):
        yield Ignored("user_preferences", _("The desk has no place for this kind of news."))
        return
    handles = _handles(words(told.get("wa_id")), words(told.get("user_id")))
    said_at = time_of(told.get("timestamp"), raw)
    yield ConsentFact(connector.pk, handles[:1], Purpose.MARKETING_MESSAGING, value == "resume", said_at, "WhatsApp")


_CHANGES: dict[str, Callable[[Connector, RawEvent, Item], MessageChange]] = {
    "reaction": _reaction,
    "revoke": _revoke,
    "edit": _edit,
}
_TELLS: dict[str, Callable[[Connector, RawEvent, Item], Iterator[Understood]]] = {
    "messages": _message,
    "statuses": _status,
    "errors": _error,
    "message_echoes": _echo,
    "user_preferences": _preference,
}
