"""Five weeks of chats that began with Fern: most were solved there, some left, and the rest went to people."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from conversations.bots import shelf
from conversations.bots.words import LANGUAGES as SPOKEN
from conversations.bots.words import say
from conversations.models import Medium
from conversations.models.activity import Verb
from conversations.models.bot import TalkEnd
from conversations.models.delivery import DeliveryStatus
from conversations.models.handoff import HandoffReason
from conversations.models.message import MessageKind
from deskapp.demo.articles import ARTICLES, WRITTEN
from deskapp.demo.asked import SAID
from deskapp.demo.bought import Bought, Numbers
from deskapp.demo.desk import AGENTS
from deskapp.demo.fern import NAME
from deskapp.demo.language import Topic
from deskapp.demo.talk import Fact, Line, Person, Talk
from deskapp.demo.with_fern import Slot, Tried, WithFern
from deskapp.demo.words import SHARES
from integrations.simulators.demo_shop.goods import PRODUCTS

INBOUND, OUTBOUND = MessageKind.INBOUND, MessageKind.OUTBOUND
DAYS = 35
CHANCE = 33
LANGUAGES = {language.code: language for language in SHARES}
# Which of the past's kinds of matter answers what the topic asks, and whose it is.
KINDS = {
    "return": ("returned", "Returns"), "size": ("exchange", "Returns"), "late": ("late", "Orders"),
    "refund": ("returned", "Returns"), "fault": ("warranty", "Repairs"), "invoice": ("invoice", "Orders"),
}  # fmt: skip
BY_ARTICLE = {about.topic: key for key, about in ARTICLES.items() if about.topic}
ENDS = {TalkEnd.HELPED: 52, TalkEnd.LEFT: 11, TalkEnd.HANDED: 37}
REASONS = {
    HandoffReason.ASKED: 30, HandoffReason.MISUNDERSTOOD: 16, HandoffReason.NOT_ALLOWED: 14, HandoffReason.MOOD: 9,
    HandoffReason.OUT_OF_SCOPE: 12, HandoffReason.UNSURE: 9, HandoffReason.FAILED: 6, HandoffReason.LIMIT: 4,
}  # fmt: skip
NO_HELP = 0.25  # of those who were handed over: an article was shown first
WRONG = {  # what Grace said of an answer, by the topic that it was taken for
    "late": "This is about one parcel that stands still, and it was told how long parcels take.",
    "return": "Their return is under way already: they ask where it is.",
    "size": "They have it already and want it changed, not measured.",
    "refund": "They wait for this one refund: a person must look.",
}


class FernPast:
    def __init__(self, now: datetime, numbers: Numbers) -> None:
        self.now, self.numbers, self.chance, self.wrong = now, numbers, random.Random(CHANCE), dict(WRONG)

    def talks(self, persons: Sequence[Person], count: int) -> list[Talk]:
        """Of those who were in the chat before, and write in a language that Fern speaks."""
        known = [each for each in persons if each.visitor and each.language in SPOKEN and each.tier != "Gold"]
        return [self._talk(self.chance.choice(known), end) for end in self._ends(count)] if known else []

    def _ends(self, count: int) -> list[TalkEnd]:
        """Each of them once at least, whatever chance says of the rest."""
        rest = self.chance.choices(list(ENDS), weights=list(ENDS.values()), k=max(0, count - len(ENDS)))
        return [*ENDS, *rest][:count]

    def _talk(self, person: Person, end: TalkEnd) -> Talk:
        self.person = person
        self.lines: list[Line] = []
        self.facts: list[Fact] = []
        # More of them the nearer to now.
        back = DAYS * (1 - self.chance.random() ** 0.6)
        self.at = _by_day(max(self.now - timedelta(days=1.3 + back), person.since or self.now), self.chance)
        if end == TalkEnd.HANDED and self.chance.random() >= NO_HELP:
            return self._handed()
        key = self.chance.choice([key for key in BY_ARTICLE if BY_ARTICLE[key] in WRITTEN[person.language]])
        return self._answered(key, end)

    def _answered(self, key: str, end: str) -> Talk:
        """By an article, which helped or was the last that was heard of it."""
        article = BY_ARTICLE[key]
        title, body = WRITTEN[self.person.language][article]
        self._they(self.chance.choice(SAID[self.person.language][key]))
        hello, question = self._words("hello", bot=NAME), self._words("did_it_help")
        buttons = (self._words("it_helped"), self._words("no_help"), self._words("a_person"))
        self._fern(f"{hello}\n\n{title}\n\n{shelf.plain(body)}\n\n{question}", *buttons)
        agent, helped = "", None
        if end == TalkEnd.HELPED:
            helped = True
            self._they(self._words("it_helped"))
            self._fern(self._words("welcome"))
            self._note(Verb.RESOLVED, reason="The bot has solved it, as the customer says.")
        elif end == TalkEnd.HANDED:
            helped = False
            self._they(self._words("no_help"))
            self._fern(self._words("to_people_not_helped"), is_parting=True)
        else:
            self.at += timedelta(hours=6)
            self._note(Verb.RESOLVED)
        fern = WithFern(
            0, len(self.lines) - 1, key, self._sure(), self._other(key), 0.08, end=end, article=article, shown=1,
            reason=HandoffReason.OUT_OF_SCOPE if end == TalkEnd.HANDED else "", helped=helped,
            steps=(Tried(ARTICLES[article].name, "answered" if helped else "unanswered", 1),),
            wrong="" if helped else self.wrong.pop(key, ""),
        )  # fmt: skip
        if end == TalkEnd.HANDED:
            agent = self._taken_over(key, fern.reason, {})
        return Talk(self.person, "", KINDS[key][1], self.lines, self.facts, assignee=agent, fern=fern)

    def _handed(self) -> Talk:
        key = self.chance.choice(list(KINDS))
        kind, team = KINDS[key]
        reason = self.chance.choices(list(REASONS), weights=list(REASONS.values()))[0]
        bought, slots = self._bought(kind)
        fern = self._until_handed(key, reason, LANGUAGES[self.person.language].topics[kind], slots)
        agent = self._taken_over(key, reason, slots)
        return Talk(self.person, "", team, self.lines, self.facts, assignee=agent, bought=bought, fern=fern)

    def _taken_over(self, key: str, reason: str, slots: dict[str, str]) -> str:
        """By an agent of the team, who answers and solves it. `slots`: {} where nobody said what they bought."""
        kind, team = KINDS[key]
        language = LANGUAGES[self.person.language]
        topic, said = language.topics[kind], {**self._bought(kind)[1], **slots}
        agent = self.chance.choice([who.local for who in AGENTS if team in who.teams])
        self._note(Verb.HANDED_OVER, to=NAME, reason=str(HandoffReason(reason).label))
        self._note(Verb.ASSIGNED, to=agent)
        answers = [text for text in topic.answers if slots or not _names_an_order(text)]
        self._agent(agent, self.chance.choice(answers or language.settled), said)
        if self.chance.random() < 0.6:
            self._they(self.chance.choice(language.thanks).format(**said))
        self._note(Verb.RESOLVED, by=agent)
        return agent

    def _until_handed(self, key: str, reason: str, topic: Topic, slots: dict[str, str]) -> WithFern:
        """What they want, the question for the order, its number, and why a person goes on."""
        self._they(self.chance.choice(topic.openers).format(**slots))
        self._fern(f"{self._words('hello', bot=NAME)}\n\n{self._words('ask_order')}", self._words("a_person"))
        kept: tuple[Slot, ...] = ()
        steps: tuple[Tried, ...] = (Tried("asked:order", "unanswered", 1),)
        if reason == HandoffReason.ASKED:
            self._they(self._words("a_person"))
        elif reason in (HandoffReason.MISUNDERSTOOD, HandoffReason.LIMIT):
            self._they(self.chance.choice(topic.asks).format(**slots))
            self._fern(self._words("say_again"))
            self._they(self.chance.choice(LANGUAGES[self.person.language].more).format(**slots))
        else:
            self._they(slots["order"])
            kept, steps = (Slot("order", slots["order"], 2),), (Tried("status", "done", 2),)
        self._fern(self._words(f"to_people_{reason}"), is_parting=True)
        moods = (-0.2, -0.7) if reason == HandoffReason.MOOD else (0.0, -0.1)
        return WithFern(
            0, len(self.lines) - 1, key, self._sure(), self._other(key), 0.12, reason=reason,
            task="return" if key in ("return", "size") and kept else "", slots=kept, steps=steps, moods=moods,
        )  # fmt: skip

    def _bought(self, kind: str) -> tuple[Bought, dict[str, str]]:
        product, days = self.chance.choice(PRODUCTS), self.chance.uniform(5, 12)
        number = self.numbers.of(self.at - timedelta(days=days))
        size = self.chance.choice(product.sizes)
        slots = {"product": product.name, "order": number, "size": size, "other": self.chance.choice(product.sizes)}
        return Bought(number, product.name, size, kind, days), slots

    def _they(self, text: str) -> None:
        self.at += timedelta(seconds=self.chance.uniform(9, 50))
        self.lines.append(Line(INBOUND, text, self.at, Medium.CHAT))

    def _fern(self, text: str, *buttons: str, is_parting: bool = False) -> None:
        self.at += timedelta(seconds=self.chance.uniform(0.4, 1.1))
        sent = DeliveryStatus.READ
        self.lines.append(
            Line(OUTBOUND, text, self.at, Medium.CHAT, state=sent, is_bot=True, buttons=buttons,
                 is_automatic=is_parting)
        )  # fmt: skip

    def _agent(self, agent: str, text: str, slots: dict[str, str]) -> None:
        self.at += timedelta(minutes=self.chance.uniform(0.4, 9))
        words = text if "{agent}" in text or "{customer}" in text else text.format(**slots)
        self.lines.append(Line(OUTBOUND, words, self.at, Medium.CHAT, agent, state=DeliveryStatus.READ))

    def _note(self, verb: str, *, by: str = "", to: str = "", reason: str = "") -> None:
        self.at += timedelta(seconds=self.chance.uniform(0.2, 20))
        self.facts.append(Fact(verb, self.at, by=by, to=to, reason=reason))

    def _words(self, key: str, **values: str) -> str:
        return say(key, self.person.language, **values)

    def _sure(self) -> float:
        return round(self.chance.uniform(0.45, 0.93), 3)

    def _other(self, key: str) -> str:
        return self.chance.choice([other for other in KINDS if other != key])


def _names_an_order(text: str) -> bool:
    return "{order}" in text or "{product}" in text


def _by_day(at: datetime, chance: random.Random) -> datetime:
    if 8 <= at.hour < 21:
        return at
    return at.replace(hour=9, minute=chance.randint(0, 59)) + timedelta(days=0 if at.hour < 8 else -1)
