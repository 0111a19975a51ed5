"""What a talk on Messenger or Instagram says: both come in the same form, with their own kinds of attachment.

developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events (messages, echoes,
edits, reactions, reads, deliveries, postbacks, referrals, optins) and …/business-messaging/instagram-messaging/webhooks
(story replies and mentions, deletions, what is not supported, seen). Instagram's login brings the same things as
“changes” when its dashboard sends a sample.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, InboundMessage, MessageChange, MessageDetails
from conversations.models import Delivery
from customers.identify import Handle
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media.meta.attachments import Said, said_in
from integrations.adapters.media.meta.batch import Item, each, items, named, time_of, whole
from integrations.adapters.media.meta.hearing import own_ids
from integrations.adapters.reading import inner, needed, payload, words
from integrations.models import Connector, RawEvent

Json = dict[str, Any]
LONGEST = 20_000  # characters that are taken of one message
OURS = "throughline"  # what our own messages carry, so that their echoes are known


def understand(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    """Raises ValueError for what is no webhook of these."""
    yield from each(raw, items(whole(payload(raw)), among=()), lambda item: _understood(Talk(connector, raw, item)))


class Talk:
    """One item, with who says it to whom."""

    def __init__(self, connector: Connector, raw: RawEvent, item: Item) -> None:
        self.connector, self.raw, self.item, self.body = connector, raw, item, item.body

    @property
    def at(self) -> datetime:
        return time_of(self.body.get("timestamp"), self.raw)

    @property
    def channel_id(self) -> int:
        assert self.connector.channel_id is not None
        return self.connector.channel_id

    def handles(self, whose: str = "sender") -> tuple[Handle, ...]:
        """The customer's: the sender's, of an echo the recipient's. Raises ValueError."""
        kind = self.connector.adapter
        return (Handle(kind, needed(inner(self.body, whose), "id"), source=kind),)


def _understood(talk: Talk) -> Iterator[Understood]:
    own = own_ids(talk.connector)
    tell = next((tell for name, tell in _TELLS.items() if isinstance(talk.body.get(name), dict)), None)
    if tell is None:
        yield Ignored(_kind_of(talk), _("The desk has no place for this kind of news."))
    elif own and talk.item.owner not in own and not own & _parties(talk.body):
        yield Ignored(talk.item.kind, _("It is for %(id)s, another channel's.") % {"id": talk.item.owner})
    else:
        yield from tell(talk)


def _kind_of(talk: Talk) -> str:
    known = ("sender", "recipient", "timestamp")
    inside = next((name for name in talk.body if name not in known), "")
    return (inside if talk.item.kind == "messaging" else talk.item.kind)[:40] or "empty"


def _parties(body: Json) -> set[str]:
    return {words(inner(body, name).get("id")) for name in ("sender", "recipient")}


def _message(talk: Talk) -> Iterator[Understood]:
    message = inner(talk.body, "message")
    is_echo = message.get("is_echo") is True
    if message.get("is_deleted") is True:
        # Meta's terms: what somebody has taken back is to be deleted wherever it was kept.
        name = needed(message, "mid")
        who = talk.handles("recipient" if is_echo else "sender")
        yield MessageChange(
            talk.channel_id, name, "taken_back", talk.at, handles=() if is_echo else who, must_forget=not is_echo
        )
    elif is_echo and _is_ours(talk, message):
        yield Ignored("echo", _("It is what the desk itself has sent."))
    else:
        yield _inbound(talk, said_in(message), message, is_echo=is_echo)


def _is_ours(talk: Talk, message: Json) -> bool:
    """Sent by this app, or with our word. What the shop wrote in the page's own inbox has the id of another app."""
    app = words(message.get("app_id"))
    is_our_app = bool(app) and app == words(talk.connector.settings.get("app_id"))
    return is_our_app or words(message.get("metadata")).startswith(OURS)


def _inbound(talk: Talk, said: Said, message: Json, *, is_echo: bool = False) -> InboundMessage:
    details = MessageDetails(**said.details)
    quick = words(inner(message, "quick_reply").get("payload"), 1000)
    if quick:
        details["button"] = quick
    if ref := _ref(inner(message, "referral") or inner(talk.body, "referral")):
        details["started_with"] = ref
    answered = inner(message, "reply_to")
    if story := words(inner(answered, "story").get("url"), 4000):
        details["story"] = story
    return InboundMessage(
        channel_id=talk.channel_id,
        external_id=named(talk.raw, talk.item, message.get("mid")),
        handles=talk.handles("recipient" if is_echo else "sender"),
        text=said.text,
        received_at=talk.at,
        attachments=said.attachments,
        answers=words(answered.get("mid"), 400),
        details=details,
        is_echo=is_echo,
    )


def _ref(referral: Json) -> str:
    """Of an m.me or ig.me link, an advertisement, a product of the shop."""
    product = words(inner(referral, "product").get("id"))
    told = [words(referral.get(name)) for name in ("ref", "ad_id", "source_url")]
    return " ".join(part for part in [*told, product] if part)[:500]


def _postback(talk: Talk) -> Iterator[Understood]:
    """A button of a template, of the menu, an ice breaker, “Get started”."""
    postback = inner(talk.body, "postback")
    title, pressed = words(postback.get("title")), words(postback.get("payload"), 1000)
    details = MessageDetails(button=pressed)
    if ref := _ref(inner(postback, "referral")):
        details["started_with"] = ref
    name = words(postback.get("mid"), 400) or f"postback:{words(talk.body.get('timestamp'))}:{talk.handles()[0].value}"
    yield InboundMessage(
        channel_id=talk.channel_id,
        external_id=name,
        handles=talk.handles(),
        text=title or pressed,
        received_at=talk.at,
        details=details,
    )


def _referral(talk: Talk) -> Iterator[Understood]:
    """They came by a link into a talk that was there: shown, but it asks nobody for an answer."""
    ref = _ref(inner(talk.body, "referral") or inner(talk.body, "optin"))
    if not ref:
        yield Ignored("referral", _("It does not say by which link they came."))
        return
    yield InboundMessage(
        channel_id=talk.channel_id,
        external_id=f"referral:{words(talk.body.get('timestamp'))}:{talk.handles()[0].value}",
        handles=talk.handles(),
        text=_("Opened the chat by a link: %(ref)s") % {"ref": ref},
        received_at=talk.at,
        is_automatic=True,
        details=MessageDetails(started_with=ref),
    )


def _reaction(talk: Talk) -> Iterator[MessageChange]:
    reaction = inner(talk.body, "reaction")
    is_on = words(reaction.get("action")) != "unreact"
    emoji = words(reaction.get("emoji"), 40) or _EMOJI.get(words(reaction.get("reaction")), "❤️")
    kind: Any = "reacted" if is_on else "unreacted"
    yield MessageChange(
        talk.channel_id, needed(reaction, "mid"), kind, talk.at, emoji=emoji if is_on else "", handles=talk.handles()
    )


def _edit(talk: Talk) -> Iterator[MessageChange]:
    edit = inner(talk.body, "message_edit")
    text = words(edit.get("text"), LONGEST)
    yield MessageChange(talk.channel_id, needed(edit, "mid"), "edited", talk.at, text=text, handles=talk.handles())


def _read(talk: Talk) -> Iterator[DeliveryReport]:
    """All that was sent until then; Instagram names the newest message that was seen, too."""
    read = inner(talk.body, "read")
    if name := words(read.get("mid"), 400):
        yield DeliveryReport(Delivery.Status.READ, name)
    yield _until(talk, Delivery.Status.READ, read)


def _delivered(talk: Talk) -> Iterator[DeliveryReport]:
    delivery = inner(talk.body, "delivery")
    names = delivery.get("mids")
    for name in names if isinstance(names, list) else []:
        yield DeliveryReport(Delivery.Status.DELIVERED, words(name, 400))
    yield _until(talk, Delivery.Status.DELIVERED, delivery)


def _until(talk: Talk, status: str, found: Json) -> DeliveryReport:
    until = time_of(found.get("watermark") or talk.body.get("timestamp"), talk.raw)
    return DeliveryReport(status, until=until, to=talk.handles()[0].value)


# The words of message_reactions, for versions that send no emoji along.
_EMOJI = {"smile": "😀", "angry": "😠", "sad": "😢", "wow": "😮", "love": "❤️", "like": "👍", "dislike": "👎"}
_EMOJI |= {"haha": "😂", "laugh": "😂"}
_TELLS: dict[str, Callable[[Talk], Iterator[Understood]]] = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edit,
    "read": _read,
    "delivery": _delivered,
    "referral": _referral,
    "optin": _referral,
}
