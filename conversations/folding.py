"""The bot's talk folded into one sheet of the thread: its lines are within, what was done and the handoff stand below.

Only a talk that has ended folds, so nothing closes under the eyes of who reads it as it goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from conversations.models import BotTalk, Conversation, Message
from conversations.models.message import MessageKind
from conversations.person import language_name
from conversations.story_words import Line
from conversations.timeline import Event, Timeline

FEWEST = 3  # lines that are worth a sheet
PARTING = timedelta(seconds=5)  # what it says as it goes is written right after its talk has ended


@dataclass(frozen=True)
class Sheet:
    """The lines of one talk that are on this page of the thread, in their order."""

    talk: BotTalk
    lines: Sequence[Message]

    @property
    def id(self) -> str:
        """A talk that goes over two pages is two sheets."""
        return f"talk-{self.talk.pk}-{self.lines[0].pk}"

    @property
    def created_at(self) -> datetime:
        return self.lines[0].created_at

    @property
    def ended_at(self) -> datetime:
        return self.lines[-1].created_at

    @property
    def bot(self) -> str:
        return self.talk.bot.name if self.talk.bot else ""

    @property
    def language(self) -> str:
        return language_name(self.talk.language) if self.talk.language else ""


def folded(conversation: Conversation, read: Timeline) -> Timeline:
    """One query, and only where a bot has spoken on this page."""
    if not any(isinstance(event, Message) and event.is_bot for event in read.events):
        return read
    rows = BotTalk.objects.filter(conversation=conversation).exclude(ended_at=None).select_related("bot", "first")
    within: dict[int, list[Message]] = {}
    talks = {talk.pk: talk for talk in rows.order_by("began_at", "pk")}
    for event in read.events:
        talk = next((pk for pk, each in talks.items() if _is_of(event, each)), None)
        if talk is not None and isinstance(event, Message):
            within.setdefault(talk, []).append(event)
    sheets = {pk: Sheet(talks[pk], lines) for pk, lines in within.items() if len(lines) >= FEWEST}
    return replace(read, events=list(_with(read.events, sheets)))


def _with(events: Sequence["Event | Line | Sheet"], sheets: dict[int, Sheet]) -> Iterator["Event | Line | Sheet"]:
    """Each sheet where its first line was."""
    first = {sheet.lines[0].pk: sheet for sheet in sheets.values()}
    inside = {line.pk for sheet in sheets.values() for line in sheet.lines}
    for event in events:
        if not isinstance(event, Message) or event.pk not in inside:
            yield event
        elif sheet := first.get(event.pk):
            yield sheet


def _is_of(event: "Event | Line | Sheet", talk: BotTalk) -> bool:
    """Said between them: notes, calls and what agents say stay in sight."""
    if not isinstance(event, Message) or event.kind not in (MessageKind.INBOUND, MessageKind.OUTBOUND):
        return False
    began, ended = talk.first.created_at if talk.first else talk.began_at, talk.ended_at
    assert ended is not None
    if event.kind == MessageKind.OUTBOUND:
        return event.is_bot and began <= event.created_at <= ended + PARTING
    return began <= event.created_at <= ended
