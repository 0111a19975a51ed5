"""Composes the letter that carries a message: signature, quoted history, references and the marks for the answer."""

import re
from collections.abc import Iterable
from email.headerregistry import Address

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext as _

from conversations.envelopes import OutboundMessage
from conversations.models import Attachment, Branding, Channel, Delivery, Message
from conversations.models.message import MessageKind
from integrations.adapters.media.email import framing
from integrations.adapters.media.email.letter import Enclosure, Letter, address, one_line
from integrations.adapters.media.email.marks import bare, is_our_message_id, message_id, plus_address
from integrations.models import Connector

MOST_QUOTED = 5
MOST_REFERENCES = 20
LONGEST_QUOTE = 20_000  # characters of one earlier message
_CID = re.compile(r"cid:([^\"'\s>]+)", re.IGNORECASE)


def compose(connector: Connector, outbound: OutboundMessage) -> Letter:
    """Raises AdapterError for an address that is none."""
    message = Message.objects.select_related("author", "conversation__team", "conversation__customer").get(
        pk=outbound.message_id
    )
    channel = Channel.objects.select_related("team").get(pk=outbound.channel_id)
    language = message.conversation.language or message.conversation.customer.language
    with translation.override(language or translation.get_language()):
        return _letter(connector, outbound, message, channel)


def _letter(connector: Connector, outbound: OutboundMessage, message: Message, channel: Channel) -> Letter:
    quoted = _history(message) if message.details.get("quote", not message.is_automatic) else []
    signature, frame = _signature(message, channel), framing.frame_of(channel)
    footer = frame.mail_footer.strip() if frame else ""
    conversation_id = outbound.conversation_id
    has_plus = bool(connector.settings.get("plus_addresses", True))
    return Letter(
        message_id=_named(outbound, channel),
        sender=_sender(connector, outbound, channel),
        to=address(outbound.to, outbound.to_name),
        cc=_addresses(outbound.cc),
        bcc=_addresses(outbound.bcc),
        reply_to=plus_address(channel.address, conversation_id=conversation_id) if has_plus else channel.address,
        return_path=plus_address(channel.address, conversation_id=conversation_id, delivery_id=outbound.delivery_id)
        if has_plus
        else channel.address,
        subject=_subject(outbound, channel),
        text="\n\n".join(
            part for part in (outbound.text.strip(), _signed_text(signature), footer, *map(_quote_text, quoted)) if part
        )
        + "\n",
        html=_page(outbound.html or linebreaks(escape(outbound.text)), signature, quoted, frame),
        references=_references(outbound),
        headers=_headers(message, channel),
        enclosures=(*framing.logo(frame), *_enclosures(outbound)),
        date=timezone.localtime(outbound.created_at),
    )


def _named(outbound: OutboundMessage, channel: Channel) -> str:
    """Our Message-ID, the same at every try: written down before the first, since a split or a merge between two of
    them changes the conversation that it names."""
    if is_our_message_id(outbound.external_id):
        return outbound.external_id
    name = message_id(conversation_id=outbound.conversation_id, message_id=outbound.message_id, address=channel.address)
    Delivery.objects.filter(pk=outbound.delivery_id).update(external_id=name)
    return name


def _sender(connector: Connector, outbound: OutboundMessage, channel: Channel) -> Address:
    """“Ada from Hollin & Fell”; the bot and automatic mail are signed by the shop alone."""
    brand = connector.settings.get("brand") or channel.name
    name = (
        _("%(agent)s from %(brand)s") % {"agent": outbound.author_name, "brand": brand}
        if outbound.author_name
        else brand
    )
    return address(channel.address, name)


def _addresses(texts: Iterable[str]) -> tuple[Address, ...]:
    return tuple(address(text) for text in texts)


def _subject(outbound: OutboundMessage, channel: Channel) -> str:
    subject = one_line(outbound.subject) or _("Your message to %(brand)s") % {"brand": channel.name}
    answers = bool(outbound.references)
    return (
        f"Re: {subject}" if answers and not re.match(r"\s*(re|aw|sv|antw|odp)\s*:", subject, re.IGNORECASE) else subject
    )


def _references(outbound: OutboundMessage) -> tuple[str, ...]:
    """The first and the nearest, as RFC 5322 lets a long list be cut; nothing that could break the header."""
    known = [bare(each) for each in outbound.references]
    known = [each for each in known if re.fullmatch(r"[^\s<>]{1,250}@?[^\s<>]{0,250}", each) and each.isascii()]
    return tuple(known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]])


def _headers(message: Message, channel: Channel) -> dict[str, str]:
    headers = {"X-Loop": channel.address}
    if message.is_automatic or message.is_bot:
        headers["Auto-Submitted"] = "auto-replied" if message.conversation.last_inbound_at else "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
    if unsubscribe := message.details.get("unsubscribe"):
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _signature(message: Message, channel: Channel) -> str:
    """The agent's, the team's and the channel's, those there are, unless the agent took them off."""
    if not message.details.get("signature", True):
        return ""
    team = message.conversation.team or channel.team
    parts = (message.author.signature if message.author else "", team.signature if team else "", channel.signature)
    return "\n".join(part.strip() for part in parts if part.strip())


def _signed_text(signature: str) -> str:
    return f"-- \n{signature}" if signature else ""


def _history(message: Message) -> list[Message]:
    """What was said before, the newest first: never a note, nor what was taken back or did not arrive."""
    said = message.conversation.messages.filter(
        kind__in=[MessageKind.INBOUND, MessageKind.OUTBOUND], created_at__lte=message.created_at, is_automatic=False
    )
    said = said.exclude(pk=message.pk).exclude(delivery__status__in=["cancelled", "failed", "queued"])
    return list(said.select_related("author", "identity__customer").order_by("-created_at", "-pk")[:MOST_QUOTED])


def _introduction(message: Message) -> str:
    at = date_format(timezone.localtime(message.created_at), "DATETIME_FORMAT")
    return _("On %(date)s, %(who)s wrote:") % {"date": at, "who": one_line(_writer(message))}


def _writer(message: Message) -> str:
    if message.author:
        return message.author.short_name
    return message.identity.customer.label if message.identity else _("we")


def _quote_text(message: Message) -> str:
    lines = message.text[:LONGEST_QUOTE].strip().splitlines()
    return "\n".join([_introduction(message), *(f"> {line}".rstrip() for line in lines)])


def _page(html: str, signature: str, quoted: list[Message], frame: Branding | None) -> str:
    parts = [framing.above(frame), f'<div dir="auto">{html}</div>']
    if signature:
        parts.append(f'<div dir="auto">-- <br>{escape(signature).replace(chr(10), "<br>")}</div>')
    parts.append(framing.below(frame))
    for message in quoted:
        said = linebreaks(escape(message.text[:LONGEST_QUOTE].strip()))
        parts.append(
            f'<p dir="auto">{escape(_introduction(message))}</p><blockquote type="cite" dir="auto">{said}</blockquote>'
        )
    return "<!DOCTYPE html><html><body>" + "".join(parts) + "</body></html>"


def _enclosures(outbound: OutboundMessage) -> Iterable[Enclosure]:
    """A picture is shown in its place only where the HTML names its content id; else it is attached."""
    shown = set(_CID.findall(outbound.html))
    for attachment in Attachment.objects.filter(pk__in=outbound.attachment_ids).order_by("pk"):
        with attachment.file.open("rb") as file:
            content = file.read()
        content_id = one_line(attachment.content_id).strip("<> ")
        is_shown = bool(content_id) and content_id in shown
        yield Enclosure(attachment.name, attachment.content_type, content, content_id if is_shown else "")
