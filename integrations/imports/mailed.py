"""Old mails in a mailbox file (mbox, RFC 4155 and its kin), read by the parser that reads the desk's own mail."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import InboundMessage, Segment
from conversations.models import Channel, Message
from customers.models.identity import Kind
from integrations.adapters.media.email.envelope import our_addresses, understand_mail
from integrations.adapters.media.email.imap import LARGEST_BYTES
from integrations.adapters.media.email.marks import bare
from integrations.adapters.media.email.original import digest, external_id
from integrations.adapters.media.email.parse import parse
from integrations.adapters.media.email.parsed import ParsedEmail
from integrations.imports.choices import Choices
from integrations.imports.items import READERS, Item
from integrations.imports.people import handle_of
from integrations.imports.talks import Line, OldTalk
from integrations.models import Connector, Import

LONGEST_PIECE = 1024 * 1024  # of a line that is read at once
_QUOTED = re.compile(rb"(?m)^>(>*From )")


def mails(one: Import) -> Iterator[Item]:
    """A line that begins with "From " after an empty one parts two mails; one too large to be read is passed over."""
    number, lines, size, was_empty = 0, list[bytes](), 0, True
    with one.file.storage.open(str(one.file.name), "rb") as file:
        while line := file.readline(LONGEST_PIECE):
            if line.startswith(b"From ") and was_empty:
                if number:
                    yield _item(number, lines, size)
                number, lines, size = number + 1, [], 0
            elif number:
                size += len(line)
                if size <= LARGEST_BYTES:
                    lines.append(line)
            was_empty = not line.strip()
    if number:
        yield _item(number, lines, size)


def _item(number: int, lines: list[bytes], size: int) -> Item:
    if size > LARGEST_BYTES:
        return Item(number, wrong=_("This mail has %(n)s MB; that is too much.") % {"n": size // 1_000_000})
    return Item(number, body=_QUOTED.sub(rb"\1", b"".join(lines)))


def talk(one: Import, item: Item) -> OldTalk:
    choices, parsed = Choices.of(one), parse(item.body)
    channel = Channel.objects.filter(pk=choices.channel).first()
    connector = Connector(adapter="imap", channel=channel, settings={"aliases": choices.our_addresses})
    if parsed.date is None:
        raise ValueError(_("It has no date."))
    at = parsed.date if parsed.date.tzinfo else timezone.make_aware(parsed.date)
    if at > timezone.now():
        raise ValueError(_("Its date lies in the future."))
    name = external_id(f"sha256:{digest(item.body)}", bare(parsed.message_id))
    if channel is None:
        return _theirs_unsent(one, parsed, name, at)
    found = list(understand_mail(connector, item.body, kept_as=name, received_at=at))
    if not found:
        return _ours(one, parsed, our_addresses(connector), name, at)
    if not isinstance(found[0], InboundMessage):
        raise ValueError(_("It only reports that a mail did not arrive."))
    return _theirs(one, found[0])


def _theirs(one: Import, inbound: InboundMessage) -> OldTalk:
    choices, wrote = Choices.of(one), inbound.handles[0]
    handle = handle_of(Kind.EMAIL, wrote.value, choices, one.source)
    line = Line(
        inbound.external_id, Message.Kind.INBOUND, inbound.received_at, inbound.text, inbound.html, inbound.subject,
        segments=inbound.segments, attachments=inbound.attachments, details=inbound.details,
    )  # fmt: skip
    return OldTalk(
        one, (handle,), wrote.name, [line], choices.is_solved, inbound.subject, answers=inbound.references,
        participants=inbound.participants,
    )  # fmt: skip


def _theirs_unsent(one: Import, parsed: ParsedEmail, name: str, at: datetime) -> OldTalk:
    """Before a channel was picked, for the preview alone: whoever wrote it counts as the customer."""
    handle = handle_of(Kind.EMAIL, parsed.from_.email, Choices.of(one), one.source)
    line = Line(name, Message.Kind.INBOUND, at, parsed.reply_text or parsed.text, subject=parsed.subject)
    return OldTalk(one, (handle,), parsed.from_.name, [line], Choices.of(one).is_solved, parsed.subject)


def _ours(one: Import, parsed: ParsedEmail, ours: set[str], name: str, at: datetime) -> OldTalk:
    """An answer: it belongs to whom it went to."""
    to = next((each for each in (*parsed.to, *parsed.cc) if each.email and each.email.lower() not in ours), None)
    if to is None:
        raise ValueError(_("We wrote it to ourselves."))
    handle = handle_of(Kind.EMAIL, to.email, Choices.of(one), one.source)
    segments = tuple(Segment(part.kind, part.text) for part in parsed.segments)
    line = Line(
        name, Message.Kind.OUTBOUND, at, parsed.reply_text or parsed.text, parsed.html, parsed.subject,
        author=parsed.from_.email, segments=segments,
    )  # fmt: skip
    references = [bare(each) for each in (*parsed.references, parsed.in_reply_to) if each]
    solved = Choices.of(one).is_solved
    return OldTalk(one, (handle,), to.name, [line], solved, parsed.subject, answers=references)


READERS["mbox"] = mails
