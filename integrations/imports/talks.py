"""Old conversations: what a table, a mailbox or another desk says of one, in our own words, and how it comes in."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations.envelopes import InboundAttachment, MessageDetails, Segment
from conversations.inbound import past
from conversations.leftovers import drop_files
from conversations.models import Activity, Attachment, Channel, Conversation, Draft, Message, Priority, Status
from customers.identify import Handle
from customers.models import Identity
from integrations.imports import traces
from integrations.imports.choices import Choices
from integrations.imports.items import MOST_MESSAGES, Item
from integrations.imports.kinds import Made, StayError
from integrations.imports.people import settle
from integrations.models import Import

LONGEST_TEXT = 1_000_000
SOLVED = {"solved", "closed", "resolved", "done", "erledigt", "geschlossen", "gelöst", "merged", "archived"}
OPEN = {"open", "new", "pending", "hold", "on-hold", "on hold", "snoozed", "offen", "neu", "waiting", "active"}
_DAYS = {True: "%d/%m/%Y", False: "%m/%d/%Y"}


@dataclass(frozen=True)
class Line:
    """One message as a file tells it."""

    key: str
    kind: str  # Message.Kind
    at: datetime
    text: str
    html: str = ""
    subject: str = ""
    writer: tuple[Handle, ...] = ()  # somebody else than the customer
    author: str = ""  # an agent's address
    is_bot: bool = False
    segments: tuple[Segment, ...] = ()
    attachments: tuple[InboundAttachment, ...] = ()
    details: MessageDetails = field(default_factory=lambda: MessageDetails())


@dataclass(frozen=True)
class OldTalk:
    one: Import
    handles: tuple[Handle, ...]
    name: str
    lines: Sequence[Line]
    is_solved: bool
    subject: str = ""
    tags: Sequence[str] = ()
    priority: int = Priority.NORMAL
    answers: Sequence[str] = ()
    participants: Sequence[tuple[str, str]] = ()

    def shown(self) -> Sequence[tuple[str, str]]:
        first, last = min(line.at for line in self.lines), max(line.at for line in self.lines)
        days = " – ".join(
            dict.fromkeys(date_format(timezone.localtime(at), "SHORT_DATE_FORMAT") for at in (first, last))
        )
        return [
            (_("Customer"), f"{self.name} <{self.handles[0].value}>" if self.name else self.handles[0].value),
            (_("Subject"), self.subject[:80]),
            (_("State"), str(Status.RESOLVED.label if self.is_solved else Status.OPEN.label)),
            (_("Messages"), str(len(self.lines))),
            (_("When"), days),
            (_("Begins"), " ".join(self.lines[0].text.split())[:120]),
        ]

    def remark(self) -> str:
        known = Message.objects.filter(external_id__in=[line.key for line in self.lines]).count()
        return _("%(n)s of its messages are here already.") % {"n": known} if known else ""

    def bring(self) -> Made:
        channel = Channel.objects.get(pk=Choices.of(self.one).channel)
        customer, made = settle(self.one, self.handles, {"name": self.name})
        others: list[Made] = []
        identity = Identity.objects.get(pk=cast("int", made["speaker"]))
        said = [self._said(line, others) for line in self.lines]
        talk = past.Talk(
            customer, identity, channel, said, self.is_solved, self.subject, self.priority, self.tags, self.answers,
            self.participants,
        )  # fmt: skip
        brought = past.bring(talk)
        if brought:
            made["conversation"], made["opens"] = brought.conversation, brought.is_new
            made["messages"], made["is_solved"] = brought.messages, self.is_solved
        made["others"] = [each for each in others if traces.is_anything(each)]
        return made if brought or traces.is_anything(made) or made["others"] else {}

    def _said(self, line: Line, others: list[Made]) -> past.Said:
        identity = None
        if line.writer:
            _customer, other = settle(self.one, line.writer, {"name": line.writer[0].name})
            others.append(other)
            identity = Identity.objects.get(pk=cast("int", other["speaker"]))
        agent = get_user_model().objects.filter(email__iexact=line.author).first() if line.author else None
        return past.Said(
            line.key, line.kind, line.at, line.text[:LONGEST_TEXT], line.html, line.subject, identity,
            agent.pk if agent else None, line.is_bot, line.segments, line.attachments, line.details,
        )  # fmt: skip


class Conversations:
    def __init__(self, read: Mapping[str, Callable[[Import, Item], OldTalk]]) -> None:
        self.read = read  # by the form of the file

    def understand(self, one: Import, item: Item) -> OldTalk:
        talk = self.read[one.form](one, item)
        if not talk.lines:
            raise ValueError(_("Nothing was said in it."))
        if len(talk.lines) > MOST_MESSAGES:
            raise ValueError(_("It has more than %(n)s messages.") % {"n": MOST_MESSAGES})
        return talk

    def take_away(self, one: Import, made: Made) -> str:
        """The conversation first: whom it is of can only go when nothing is left of them."""
        if "conversation" in made:
            _drop(made)
        left = [_customer_gone(one, each) for each in (made, *reversed(cast("list[Made]", made.get("others", []))))]
        return " ".join(filter(None, left))


def _customer_gone(one: Import, made: Made) -> str:
    if not traces.is_anything(made):
        return ""
    try:
        with transaction.atomic():
            return traces.take_away_customer(one, made)
    except StayError as error:
        return str(error)


def _drop(made: Made) -> None:
    """Raises StayError for a conversation in which something was done since."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    conversation = rows.filter(pk=cast("int", made["conversation"])).first()
    if conversation is None:
        return
    messages = conversation.messages.filter(pk__in=cast("list[int]", made["messages"]))
    named = {"name": str(conversation)}
    if messages.filter(edits__isnull=False).exists() or messages.filter(reactions__isnull=False).exists():
        raise StayError(_("Messages of “%(name)s” were changed since.") % named)
    if not made["opens"]:
        _drop_messages(messages)
        return
    expected = Status.RESOLVED if made["is_solved"] else Status.OPEN
    is_touched = (
        conversation.status != expected
        or conversation.assignee_id
        or conversation.merged_into_id
        or conversation.messages.exclude(pk__in=messages).exists()
        or Activity.objects.filter(conversation=conversation).exists()
        or Draft.objects.filter(conversation=conversation).exists()
        or conversation.absorbed.exists()
    )
    if is_touched:
        raise StayError(_("“%(name)s” was worked on since.") % named)
    _drop_messages(messages)
    conversation.delete()


def _drop_messages(messages: "QuerySet[Message]") -> None:
    drop_files(Attachment.objects.filter(message__in=messages))
    messages.delete()


def moment(text: str, choices: Choices) -> datetime:
    """Of whatever a spreadsheet or another desk writes for a time. Raises ValueError."""
    said = text.strip()
    zone = ZoneInfo(choices.zone or "UTC")
    found: datetime | None = None
    if said.replace(".", "", 1).isdecimal() and 9 <= len(said.partition(".")[0]) <= 13:
        seconds = float(said)
        found = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    for read in (datetime.fromisoformat, lambda each: _written(each, choices), parsedate_to_datetime):
        if found is None:
            try:
                found = read(said)
            except (ValueError, TypeError):
                continue
    if found is None:
        raise ValueError(_("“%(value)s” is no date as in 2026-11-22 14:30.") % {"value": said[:40]})
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    if not (datetime(1980, 1, 1, tzinfo=UTC) <= found <= timezone.now() + timedelta(days=1)):
        raise ValueError(_("“%(value)s” lies in no time that mail was written in.") % {"value": said[:40]})
    return found


def _written(said: str, choices: Choices) -> datetime:
    """03/04/2026 14:30, 3.4.2026: a point is always the continent's way."""
    day, _space, hour = said.replace(",", " ").replace("T", " ").partition(" ")
    parts = day.replace(".", "/").replace("-", "/")
    form = _DAYS[choices.is_day_first or "." in day]
    hour = hour.strip()
    clock = {0: "", 1: " %H:%M", 2: " %H:%M:%S"}[min(hour.count(":"), 2)]
    twelve = " %I:%M %p" if hour[-2:].lower() in ("am", "pm") else clock
    return datetime.strptime(f"{parts} {hour}".strip(), f"{form}{twelve}")  # noqa: DTZ007  the caller gives the zone


def solved(said: str, choices: Choices) -> bool:
    words = said.strip().lower()
    if not words:
        return choices.is_solved
    if words in SOLVED or words in OPEN:
        return words in SOLVED
    raise ValueError(_("“%(value)s” is neither open nor solved.") % {"value": said[:40]})


def key_of(*parts: object) -> str:
    """The same for the same words, whichever file they come in."""
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:40]
