"""Words in another language, by whatever connector translates: the customer's for the agent, the agent's for them.

Only what an agent asks for goes out of the desk, and never a private note. What came back is kept beside the message.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from conversations.bots.languages import language_of
from conversations.models import Conversation, Message, Translation
from conversations.models.message import MessageKind

MOST = 30  # messages of a thread at once, the newest
LONGEST = 5000  # signs of one text
IN_ALL = 30_000  # signs at once


class CannotTranslateError(Exception):
    """The text is for the agent to read."""


@dataclass(frozen=True)
class Translated:
    texts: tuple[str, ...]
    by: str  # the connector's name


# Filled by integrations.apps: who translates now ("" for nobody); and texts, from a language ("" is to be found out),
# into another.
WHO: list[Callable[[], str]] = []
TRANSLATE: list[Callable[[Sequence[str], str, str], Translated]] = []


def translator() -> str:
    return next(filter(None, (who() for who in WHO)), "")


def thread(conversation: Conversation, language: str) -> list[Translation]:
    """What was said in another language than this one, the oldest first; what is known already is not asked for again.
    Raises CannotTranslateError."""
    foreign = [row for row in _said(conversation) if _is_foreign(row.text, conversation.language, language)]
    rows = Translation.objects.filter(message__in=foreign, language=language)
    known = {row.message_id: row for row in rows}
    asked, room = [], IN_ALL
    for row in reversed(foreign):  # the newest matter most
        if row.pk not in known and len(row.text[:LONGEST]) <= room:
            asked.append(row)
            room -= len(row.text[:LONGEST])
    if asked:
        known |= _kept(asked, language)
    return [known[row.pk] for row in foreign if row.pk in known]


def foreign_language(conversation: Conversation, own: str) -> str:
    """In which they write now, or otherwise; "" where it is the reader's own."""
    known = (conversation.language[:2], conversation.customer.language[:2])
    return next((language for language in known if language not in ("", own)), "")


def draft(text: str, conversation: Conversation, *, written_in: str) -> Translated:
    """An agent's words in the customer's language. Raises CannotTranslateError."""
    target = foreign_language(conversation, written_in)
    if not target:
        raise CannotTranslateError(_("They write your language."))
    return _translated([text[:LONGEST]], language_of(text, known=written_in)[:2], target)


def _said(conversation: Conversation) -> list[Message]:
    kinds = Q(kind=MessageKind.INBOUND) | Q(kind=MessageKind.OUTBOUND)
    rows = conversation.messages.filter(kinds, taken_back_at=None).exclude(text="")
    return list(rows.only("pk", "text", "conversation").order_by("-created_at", "-pk")[:MOST])[::-1]


def _is_foreign(text: str, known: str, language: str) -> bool:
    return language_of(text, known=known)[:2] not in ("", language[:2])


def _kept(asked: Sequence[Message], language: str) -> dict[int, Translation]:
    found = _translated([row.text[:LONGEST] for row in asked], "", language)
    rows = [
        Translation(message=row, language=language, text=text, by=found.by)
        for row, text in zip(asked, found.texts, strict=True)
    ]
    Translation.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.message_id: row for row in rows}


def _translated(texts: Sequence[str], source: str, target: str) -> Translated:
    for translate in TRANSLATE:
        return translate(texts, source, target)
    raise CannotTranslateError(_("No translator is connected."))
