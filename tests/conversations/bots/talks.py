"""What tests of the brain share: topics as a desk teaches them, and a talk that is typed line by line."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conversations.bots import deciding
from conversations.bots.acts import Answer, Asked, Do, Line, Say
from conversations.bots.deeds import Prospect
from conversations.bots.guessing import guess
from conversations.bots.knowing import Known
from conversations.bots.memory import Memory
from conversations.bots.tongues import tongue_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Talk:
    """The desk's brain in a talk that no row holds: what it said stays, and what it remembers comes back to it."""

    known: Known
    taught: object = None
    language: str = "en"
    buttons: int = 3
    name: str = ""
    lines: list[Line] = field(default_factory=list)
    memory: Memory = Memory()
    misunderstood: int = 0

    def hear(self, text: str, **how: object) -> Answer:
        line = Line(len(self.lines) + 1, "customer", text, NOON, **how)
        self.lines.append(line)
        language = tongue_of(text, self.language)
        asked = Asked(
            conversation=0, customer=0, bot=0, talk=0, term=1, language=self.language, medium="chat",
            buttons=self.buttons, lines=tuple(self.lines), new=(line,), memory=self.memory, now=NOON, name=self.name,
        )  # fmt: skip
        known = replace(
            self.known, guessed=guess(text, language, self.taught, self.known.topics), misunderstood=self.misunderstood
        )
        answer = deciding.decide(asked, known, text, language)
        self.misunderstood = 0 if answer.understood else self.misunderstood + 1
        for act in answer.acts:
            if isinstance(act, Say):
                self.lines.append(Line(len(self.lines) + 1, "bot", act.text, NOON))
        self.memory = replace(answer.memory, question=self.lines[-1].source)
        self.language = language or self.language
        return answer


def said(answer: Answer) -> str:
    return "\n".join(act.text for act in answer.acts if isinstance(act, Say))


def done(answer: Answer) -> list[str]:
    return [act.deed for act in answer.acts if isinstance(act, Do)]


def wonder(deed, asked, values):
    """What a deed says without a shop: the first of its needs that is not there, then whether to, then ready."""
    missing = next((need for need in deed.needs if not values.get(need)), None)
    if missing:
        return Prospect("ask", values, need=str(missing))
    return Prospect("confirm" if deed.asks_first else "ready", values)
