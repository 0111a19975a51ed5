"""What tests of the brain share: topics as a desk teaches them, and a talk that is typed line by line."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conversations.bots import deciding, intents, teaching
from conversations.bots.acts import Answer, Asked, Do, HandOver, Line, Say
from conversations.bots.deeds import Prospect
from conversations.bots.guessing import guess
from conversations.bots.knowing import Known
from conversations.bots.memory import Memory, Step
from conversations.bots.tongues import tongue_of
from conversations.models import Topic
from tests.conversations.bots.said import SAID

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
    only_step: str = ""

    def __post_init__(self):
        self.memory = Memory(only_step=self.only_step)

    def wake(self) -> Answer:
        """An agent gave it the word, and nobody wrote since."""
        return self._think(self.memory.instructions, ())

    def did(self, deed: str, result: str) -> None:
        """What the turn writes down of a deed that it did."""
        self.memory = replace(self.memory.with_step(Step(deed, result)), waits_for="")

    def waits(self, need: str, task: str) -> None:
        self.memory = replace(self.memory, waits_for=need, task=task)

    def hear(self, text: str, **how: object) -> Answer:
        line = Line(len(self.lines) + 1, "customer", text, NOON, **how)
        self.lines.append(line)
        return self._think(text, (line,))

    def _think(self, text: str, new: tuple[Line, ...]) -> Answer:
        language = tongue_of(text if new else "", self.language)
        asked = Asked(
            conversation=0, customer=0, bot=0, talk=0, term=1, language=self.language, medium="chat",
            buttons=self.buttons, lines=tuple(self.lines), new=new, memory=self.memory, now=NOON, name=self.name,
        )  # fmt: skip
        guessed = guess(text, language, self.taught, self.known.topics)
        known = replace(self.known, guessed=guessed, misunderstood=self.misunderstood)
        answer = deciding.decide(asked, known, text, language)
        self.misunderstood = 0 if answer.understood else self.misunderstood + 1
        for act in answer.acts:
            if isinstance(act, Say):
                self.lines.append(Line(len(self.lines) + 1, "bot", act.text, NOON))
        self.memory = replace(answer.memory, question=self.lines[-1].source if self.lines else None)
        self.language = language or self.language
        return answer


def learnt() -> teaching.Taught:
    """As a small desk has taught it, in a second or two and without the model of meaning."""
    topics = {name: Topic(pk=n, name=name, bot_does=does) for n, (name, (does, _said)) in enumerate(SAID.items(), 1)}
    examples = [(text, name) for name, (_does, said) in SAID.items() for text in said]
    return teaching.Taught(intents.learn(examples).model, topics, None)


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


def reason(answer: Answer) -> str:
    """Why it hands over, or "" where it does not."""
    return next((act.reason for act in answer.acts if isinstance(act, HandOver)), "")
