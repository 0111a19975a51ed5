"""What a brain is asked, made up: one line of Ann's, in the middle of a talk."""

from datetime import UTC, datetime

from conversations.bots.acts import Asked, Line
from conversations.bots.memory import Kept, Memory
from integrations.adapters.bots.thoughts import Question

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NAME = "throughline-7-0123456789abcdef0123"


def line(source, text, who="customer", **fields):
    return Line(source, who, text, AT, **fields)


def asked(*texts, before=(), memory=None, buttons=3, **fields):
    new = tuple(line(number, text) for number, text in enumerate(texts or ("Where is my order 4471?",), 10))
    about = {"conversation": 7, "customer": 3, "bot": 1, "talk": 5, "term": 2, "language": "en", "medium": "chat"}
    known = Memory(slots={"order": Kept("4471", 9, "page")})
    return Asked(**{**about, **fields}, buttons=buttons, lines=(*before, *new), new=new, memory=memory or known, now=AT)


def question(*texts, patience=30.0, state=None, key="0f8c2a4e-8a3e-4f0f-9a55-3a1b6b1c2d3e", **fields):
    return Question(key, asked(*texts, **fields), patience, NAME, state or {})
