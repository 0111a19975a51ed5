"""Solved conversations become vectors: soon after they are solved, and all that were missed once an hour.

Nothing waits for it, so nothing is hung into the action that solves: a task looks. Twice is once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Left, RowNumber
from django.utils import timezone

from conversations.bots.languages import language_of
from conversations.helping.vectors import BY_WORDS, MEANING, model_for, vectors_of
from conversations.models import Conversation, Likeness, Message, Translation
from conversations.models.message import MessageKind

log = structlog.get_logger(__name__)

AT_ONCE = 200
FRESH = timedelta(days=2)  # since the last word: what is solved later is found by the hour
FIRST = 3  # messages of a customer that say what they want
LONGEST = 600  # signs of each
LEAST = 8  # signs that can be compared with anything


@dataclass(frozen=True)
class Said:
    """What a customer wanted, in `language`; "" where they used no words."""

    text: str
    language: str


def remember_fresh(*, most: int = 2000) -> int:
    """In the order of an index, which ends where nothing is fresh any more: it costs the same however old the desk."""
    since, done = timezone.now() - FRESH, 0
    fresh = _unknown().filter(last_message_at__gte=since).order_by("-last_message_at", "-pk")
    while done < most and (keys := list(fresh.values_list("pk", flat=True)[:AT_ONCE])):
        if not (kept := keep(keys)):
            break
        done += kept
    return _told(done)


def remember_all(*, most: int = 100_000) -> int:
    """Those of before, too: the first time there is any help, after an import, and when the encoder was installed."""
    done, rows = 0, _unknown().order_by("-pk")
    keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    while keys and done < most:
        done += keep(keys)
        keys = list(rows.filter(pk__lt=keys[-1]).values_list("pk", flat=True)[:AT_ONCE])
    return _told(done + _remember_anew(most))


def _unknown() -> QuerySet[Conversation]:
    known = Likeness.objects.filter(conversation=OuterRef("pk"))
    return Conversation.objects.resolved().filter(~Exists(known))


def _told(done: int) -> int:
    if done:
        log.info("solved conversations are remembered", conversations=done)
    return done


def _remember_anew(most: int) -> int:
    """Since they were remembered by their words, the encoder of meaning has come; or it has gone."""
    done, wanted = 0, model_for("en")
    other = BY_WORDS if wanted == MEANING else MEANING
    while done < most:
        rows = Likeness.objects.filter(model=other, language__in=["", "en"]).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        if not keys:
            break
        Likeness.objects.filter(pk__in=keys).delete()
        done += keep(keys)
    return done


def keep(keys: Sequence[int]) -> int:
    """Also of what has no words, as a row of no model: so nobody looks at it again."""
    said = said_in(keys)
    rows = [
        Likeness(
            conversation_id=key,
            model=each.model if said[key].text else "",
            language=each.language,
            bits=each.bits,
            places=each.raw,
        )
        for key, each in zip(said, vectors_of([(each.text, each.language) for each in said.values()]), strict=True)
    ]
    Likeness.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def said_in(keys: Iterable[int]) -> dict[int, Said]:
    """By conversation that is there: its subject and the first that its customer wrote, on a line each. In English
    where an agent had all of it translated and the encoder reads English: so it is likened across languages."""
    known = {pk: (subject, language) for pk, subject, language in _known(keys)}
    lines: dict[int, list[tuple[int, str]]] = {pk: [] for pk in known}
    for pk, message, text in _first_said(known):
        lines[pk].append((message, " ".join(text.split())))
    english = _in_english([message for each in lines.values() for message, _text in each])
    return {pk: _said(*known[pk], each, english) for pk, each in lines.items()}


def _said(subject: str, language: str, lines: list[tuple[int, str]], english: dict[int, str]) -> Said:
    if lines and all(message in english for message, _text in lines):
        return Said("\n".join(english[message] for message, _text in lines), "en")
    text = "\n".join([*filter(None, [subject]), *(text for _message, text in lines)])
    if len(text) < LEAST:
        return Said("", language[:2])
    return Said(text, language_of(text, known=language).split("-")[0][:12])


def _known(keys: Iterable[int]) -> Iterable[tuple[int, str, str]]:
    return Conversation.objects.filter(pk__in=list(keys)).values_list("pk", "subject", "language")


def _first_said(keys: Iterable[int]) -> Iterable[tuple[int, int, str]]:
    theirs = Q(kind=MessageKind.INBOUND) | Q(kind=MessageKind.CALL)
    rows = Message.objects.filter(theirs, conversation__in=list(keys), is_automatic=False, taken_back_at=None)
    place = Window(RowNumber(), partition_by=F("conversation"), order_by=["created_at", "pk"])
    numbered = rows.exclude(text="").annotate(place=place, beginning=Left("text", LONGEST)).filter(place__lte=FIRST)
    return numbered.order_by("conversation", "place").values_list("conversation", "pk", "beginning")


def _in_english(messages: Sequence[int]) -> dict[int, str]:
    if not messages or model_for("en") != MEANING:
        return {}
    rows = Translation.objects.filter(message__in=messages, language="en")
    return dict(rows.annotate(beginning=Left("text", LONGEST)).values_list("message", "beginning"))


def forget(conversations: Iterable[int]) -> int:
    """Call in the transaction in which their words go."""
    return Likeness.objects.filter(conversation__in=list(conversations)).delete()[0]
