"""One answer while it is thought: what is said so far, what is known by then, and the making of the Answer."""

from dataclasses import dataclass, field, replace

from conversations.bots.acts import Act, Answer, Asked, Finish, HandOver, Say
from conversations.bots.hearing import Signs
from conversations.bots.knowing import Known
from conversations.bots.memory import Memory, Step
from conversations.bots.words import say
from conversations.models.handoff import HandoffReason


@dataclass(frozen=True)
class Option:
    """One button: the value that it stands for, and what it shows."""

    value: str
    shown: str


@dataclass
class Draft:
    """`text`: all that the customer wrote and nobody answered, as one; `language`: that they are answered in."""

    asked: Asked
    known: Known
    signs: Signs
    text: str
    language: str
    memory: Memory
    said: list[str] = field(default_factory=list)
    buttons: tuple[str, ...] = ()
    article: int | None = None
    acts: list[Act] = field(default_factory=list)
    understood: bool = True
    helped: bool | None = None
    changed: dict[str, str] = field(default_factory=dict)  # details that they told otherwise now, by Need

    @property
    def source(self) -> int | None:
        """Their last line."""
        return self.asked.new[-1].source if self.asked.new else None

    def words(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def say(self, key: str, **values: object) -> None:
        self.said.append(self.words(key, **values))

    def ask(self, text: str, waits_for: str, options: tuple[Option, ...] = ()) -> None:
        """One question, as the last that is said; its answers are listed where they cannot be pressed."""
        fits = 0 < len(options) <= self.asked.buttons
        if options and not fits:
            text = "\n".join([text, *(f"{n}. {option.shown}" for n, option in enumerate(options, 1))])
        self.said.append(text)
        self.buttons = tuple(option.shown for option in options) if fits else ()
        self.memory = replace(self.memory, waits_for=waits_for, choices=tuple(option.value for option in options))

    def step(self, what: str, result: str, about: str = "") -> None:
        self.memory = self.memory.with_step(Step(what, result, self.source, about))  # type: ignore[arg-type]

    def hand_over(self, reason: HandoffReason, detail: str = "", *, words: str = "", team: int | None = None) -> None:
        """`words`: what the customer is told, where the reason's own words do not fit."""
        self.say(words or f"to_people_{reason}")
        self.buttons = ()
        self.acts = [HandOver(str(reason), detail[:400], team)]

    def offer_person(self) -> None:
        """To press; in the first turn it is offered anyway."""
        if self.asked.buttons and self.memory.wrote_hello and not self.buttons:
            self.buttons = (self.words("a_person"),)

    def finish(self, key: str) -> None:
        self.say(key)
        self.buttons = ()
        self.acts = [Finish()]
        self.memory = replace(self.memory, task="", waits_for="", choices=())

    def answer(self) -> Answer:
        """With the bot's first line before all else, where it has not said yet what it is."""
        if not self.memory.wrote_hello and (self.said or self.acts):
            self._introduce()
        text = "\n\n".join(self.said)
        said = (Say(text, self.buttons, self.article),) if text else ()
        return Answer((*said, *self.acts), self.memory, self.understood, self.helped)

    def _introduce(self) -> None:
        leaves = any(isinstance(act, HandOver) for act in self.acts)
        name = " ".join(self.asked.name.split()[:1])
        key = "hello_short" if leaves else "hello_name" if name.replace("-", "").isalpha() else "hello"
        self.said.insert(0, self.words(key, bot=self.known.bot, name=name))
        self.memory = replace(self.memory, wrote_hello=True)
        if not leaves and len(self.buttons) < self.asked.buttons:
            self.buttons = (*self.buttons, self.words("a_person"))
