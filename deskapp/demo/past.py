"""Half a year of conversations, put together from what people say (words) by a chance that is always the same."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape

from conversations.models import Medium, Priority, Status
from conversations.models.activity import Verb
from conversations.models.delivery import DeliveryStatus
from conversations.models.message import MessageKind
from deskapp.demo.bought import Bought, Numbers
from deskapp.demo.desk import AGENTS, TEAM_OF_TOPIC
from deskapp.demo.language import SIZES
from deskapp.demo.pictures import CLOTHS, document, photo
from deskapp.demo.talk import Fact, File, Line, Person, Talk
from deskapp.demo.words import SHARES
from integrations.simulators.demo_shop.goods import PRODUCTS

LANGUAGES = {language.code: language for language in SHARES}
TAGS = {
    "exchange": ("size", "sizes up"), "late": ("courier", "stuck in depot"), "warranty": ("zip", "seam", "workshop"),
    "invoice": ("invoice", "refund"), "returned": ("return", "refund", "gift"),
}  # fmt: skip
DAYS_BEFORE = {"exchange": (5, 12), "late": (6, 14), "warranty": (40, 120), "invoice": (3, 12), "returned": (14, 24)}
HOURS = (8, 22)
SET_ASIDE = 0.2  # of what was answered: snoozed until they write
BASE = "Hollin & Fell <support@hollinfell.example>"


class Past:
    def __init__(self, now: datetime, chance: random.Random, numbers: Numbers) -> None:
        self.now, self.chance, self.numbers = now, chance, numbers
        self.aside = random.Random(9)  # for what came to be chosen later: the rest stays as it was
        self.bags: dict[tuple[str, ...], list[str]] = {}

    def talks(self, persons: list[Person], *, closed: int, snoozed: int, open_: int) -> list[Talk]:
        """One talk for each person, then more for whom chance picks; the last ones are still open."""
        writers = persons + self.chance.choices(persons, k=max(0, closed - len(persons)))
        talks = [self._closed(person) for person in writers[:closed]]
        still = self.chance.sample(persons, snoozed + open_)
        talks += [self._snoozed(person) for person in still[:snoozed]]
        talks += [self._open(person) for person in still[snoozed:]]
        return talks

    def _closed(self, person: Person) -> Talk:
        assert person.since is not None
        latest = (self.now - timedelta(days=3)) - person.since
        began = _by_day(person.since + latest * self.chance.random() if latest > timedelta() else person.since)
        talk = self._begin(person, began)
        if self.aside.random() < SET_ASIDE:
            self._set_aside(talk)
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            self._customer(talk, "more", hours=(1, 30))
            self._agent(talk, "answers", hours=(0.1, 9))
        self._customer(talk, "thanks", hours=(2, 70))
        if self.chance.random() < 0.6:
            self._agent(talk, "settled", hours=(0.1, 6))
        self._fact(talk, Verb.RESOLVED, by=talk.assignee)
        return self._before(talk, self.now - timedelta(hours=26))

    def _snoozed(self, person: Person) -> Talk:
        talk = self._begin(person, self._waking(self.now - timedelta(days=self.chance.uniform(2, 9))))
        talk = self._before(talk, self.now - timedelta(hours=3))
        talk.status = Status.SNOOZED
        talk.snoozed_until = self.now + timedelta(hours=self.chance.randint(5, 90))
        self._fact(talk, Verb.SNOOZED, by=talk.assignee, to=f"{talk.snoozed_until:%A %d %B, %H:%M}")
        return talk

    def _open(self, person: Person) -> Talk:
        """Somebody waits now: some since minutes, a few since yesterday, some answered and not yet done."""
        hours = self.chance.choice((0.1, 0.3, 0.6, 1, 1.5, 2, 3, 4, 6, 9, 14, 20, 28))
        ended = self.now - timedelta(hours=hours * self.chance.uniform(0.7, 1.2))
        talk = self._begin(person, ended - timedelta(hours=self.chance.uniform(5, 60)), answered=False)
        kind = self.chance.random()
        if kind < 0.65:
            self._agent(talk, "answers", hours=(0.1, 9))
            self._customer(talk, "more", hours=(1, 30))
        if kind < 0.2:
            self._agent(talk, "answers", hours=(0.1, 5))
        talk = self._before(talk, ended, exactly=True)
        talk.status, talk.unread = Status.OPEN, self.chance.random() < 0.6
        if kind >= 0.65 or self.chance.random() < 0.15:
            talk.assignee = ""  # nobody has taken it yet
            talk.facts = [fact for fact in talk.facts if fact.verb != Verb.ASSIGNED]
        talk.priority = self.chance.choice((Priority.NORMAL,) * 8 + (Priority.HIGH, Priority.URGENT))
        return talk

    def _begin(self, person: Person, at: datetime, *, answered: bool = True) -> Talk:
        """The first letter of a matter, taken by an agent of the team, and its answer."""
        self.said: set[str] = set()
        name = self.chance.choices(list(TEAM_OF_TOPIC), weights=(30, 26, 18, 12, 24))[0]
        language = LANGUAGES[person.language]
        talk = Talk(person, "", TEAM_OF_TOPIC[name], [])
        talk.assignee = self.chance.choice([who.local for who in AGENTS if talk.team in who.teams])
        product = self.chance.choice(PRODUCTS[:6] if name == "exchange" else PRODUCTS)
        size, other = self.chance.sample(SIZES, 2)
        size = size if size in product.sizes else self.chance.choice(product.sizes)
        days = self.chance.uniform(*DAYS_BEFORE[name])
        number = self.numbers.of(at - timedelta(days=days))
        talk.bought = Bought(number, product.name, size, name, days)
        self.slots = {"product": product.name, "order": number, "size": size, "other": other}
        self.topic, self.topic_name, self.language = language.topics[name], name, language
        self.medium = Medium.CHAT if person.visitor and self.chance.random() < 0.5 else Medium.EMAIL
        talk.subject = self._say(self.topic.subjects) if self.medium == Medium.EMAIL else ""
        self._first(talk, at)
        self._fact(talk, Verb.ASSIGNED, to=talk.assignee, minutes=(1, 40))
        if self.chance.random() < 0.5:
            talk.tags = (self.chance.choice(TAGS[name]),)
            self._fact(talk, Verb.TAGGED, by=talk.assignee, to=talk.tags[0])
        if answered:
            soon = max(0.05, 20 * self.aside.random() ** 14)  # most within minutes, a few far too late
            self._agent(talk, "answers", hours=(soon, soon * 1.1))
        if self.chance.random() < 0.18:
            self._note(talk)
        return talk

    def _first(self, talk: Talk, at: datetime) -> None:
        opener, ask = self._say(self.topic.openers), self._say(self.topic.asks)
        if self.medium == Medium.CHAT:
            talk.lines.append(Line(MessageKind.INBOUND, opener, at, Medium.CHAT))
            talk.lines.append(
                Line(MessageKind.INBOUND, ask, at + timedelta(seconds=self.chance.randint(9, 70)), Medium.CHAT)
            )
            return
        body = f"{opener} {self._say(self.language.details)}" if self.chance.random() < 0.6 else opener
        line = self._letter(talk.person, f"{body}\n\n{ask}", at)
        if self.topic_name == "warranty" or self.chance.random() < 0.06:
            cloth = self.chance.choice(list(CLOTHS))
            number = self.chance.randint(1, 6)
            line = replace(
                line, files=(File(f"IMG_{self.chance.randint(1000, 9999)}.png", "image/png", photo(cloth, number)),)
            )
        talk.lines.append(line)

    def _letter(self, person: Person, body: str, at: datetime) -> Line:
        """A mail with its greeting, and often with HTML, as most programs write it."""
        first, bye = self._say(self.language.hello), self._say(self.language.bye)
        text = f"{first}\n\n{body}\n\n{bye}\n{person.name}"
        html = _html(text, self.slots) if self.chance.random() < 0.45 else ""
        return Line(MessageKind.INBOUND, text, at, Medium.EMAIL, html=html)

    def _customer(self, talk: Talk, said: str, *, hours: tuple[float, float]) -> None:
        pieces: tuple[str, ...] = getattr(self.language, said)
        at, text = self._later(talk, hours), self._say(pieces)
        if self.medium == Medium.EMAIL and self.chance.random() < 0.12 and talk.person.visitor:
            self.medium = Medium.CHAT
        if self.medium == Medium.CHAT:
            talk.lines.append(Line(MessageKind.INBOUND, text, at, Medium.CHAT))
            return
        signature = f"--\n{talk.person.name}\n{talk.person.city}" if self.chance.random() < 0.3 else ""
        line = Line(MessageKind.INBOUND, text, at, Medium.EMAIL, quote=_quoted(talk), signature=signature)
        talk.lines.append(line)

    def _agent(self, talk: Talk, said: str, *, hours: tuple[float, float]) -> None:
        is_new = said == "answers" and not self.said.issuperset(self.topic.answers)
        pieces = self.topic.answers if is_new else self.language.settled
        body, at = self._say(pieces), self._later(talk, hours)
        sent = self.chance.choice((DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.READ))
        if self.medium == Medium.CHAT:
            talk.lines.append(self._ours(talk, body, at, state=sent))
            return
        who = {"customer": _first_name(talk.person), "agent": _short(talk.assignee)}
        text = f"{self._say(self.language.our_hello)}\n\n{body}\n\n{self._say(self.language.our_bye)}".format(**who)
        line = self._ours(talk, text, at, state=DeliveryStatus.SENT)
        if self.topic_name == "invoice" and said == "answers":
            line = replace(line, files=(self._invoice(talk.person),))
        talk.lines.append(line)

    def _ours(self, talk: Talk, text: str, at: datetime, *, state: str) -> Line:
        return Line(
            MessageKind.OUTBOUND, text, at, self.medium, agent=talk.assignee, html=_paragraphs(text), state=state
        )

    def _invoice(self, person: Person) -> File:
        number = self.slots["order"].removeprefix("HF-")
        words = (
            "Hollin & Fell Ltd",
            f"Invoice {number} for order {self.slots['order']}",
            person.email,
            self.slots["product"],
        )
        return File(f"invoice-{number}.pdf", "application/pdf", document(*words, "VAT 20 % is shown in the total."))

    def _note(self, talk: Talk) -> None:
        text = self._say(NOTES)
        by = self.chance.choice([who.local for who in AGENTS])
        talk.lines.append(Line(MessageKind.NOTE, text, self._later(talk, (0.05, 2)), "", agent=by))

    def _fact(
        self, talk: Talk, verb: str, *, by: str = "", to: str = "", minutes: tuple[float, float] = (1, 30)
    ) -> None:
        after = max([talk.lines[-1].at, *(fact.at for fact in talk.facts)])
        talk.facts.append(Fact(verb, after + timedelta(minutes=self.chance.uniform(*minutes)), by=by, to=to))

    def _say(self, pieces: tuple[str, ...]) -> str:
        """Each piece once before any comes again, so that neighbours in a list differ, and no talk repeats itself."""
        bag = self.bags.setdefault(pieces, [])
        if not bag:
            bag.extend(self.chance.sample(pieces, len(pieces)))
        piece = next((each for each in bag if each not in self.said), bag[-1])
        bag.remove(piece)
        self.said.add(piece)
        return piece if "{agent}" in piece or "{customer}" in piece else piece.format(**self.slots)

    def _later(self, talk: Talk, hours: tuple[float, float]) -> datetime:
        quick = 0.02 if self.medium == Medium.CHAT else 1
        return self._waking(talk.lines[-1].at + timedelta(hours=max(0.01, self.chance.uniform(*hours) * quick)))

    def _waking(self, at: datetime) -> datetime:
        """Nobody writes in the small hours; in the morning, not all at once."""
        if HOURS[0] <= at.hour < HOURS[1]:
            return at
        late = timedelta(minutes=3 * self.chance.randint(0, 59), seconds=self.chance.randint(0, 59))
        morning = at.replace(hour=HOURS[0], minute=0, second=0) + late
        return morning if at.hour < HOURS[0] else morning + timedelta(days=1)

    def _set_aside(self, talk: Talk) -> None:
        """Once answered, until they write again."""
        at = talk.lines[-1].at + timedelta(minutes=self.aside.uniform(1, 12))
        talk.facts.append(Fact(Verb.SNOOZED, at, by=talk.assignee, to=f"{at + timedelta(days=2):%A %d %B, %H:%M}"))

    def _before(self, talk: Talk, ends: datetime, *, exactly: bool = False) -> Talk:
        """Moved as a whole, so that its last event is before `ends`, or its last message just then."""
        last = talk.lines[-1].at if exactly else max([talk.lines[-1].at, *(fact.at for fact in talk.facts)])
        back = last - ends
        if back > timedelta() or exactly:
            talk.lines = [replace(line, at=line.at - back) for line in talk.lines]
            talk.facts = [replace(fact, at=min(fact.at - back, ends)) for fact in talk.facts]
        return talk


NOTES = (
    "Rang the depot in Daventry: they will look in cage 6 tonight.",
    "Same customer had a late parcel in August, let us be generous.",
    "Workshop says the tape is from the batch of spring 2024, so free of charge.",
    "Voucher codes from the leaflet do not combine; I made an exception.",
    "Asked the Bergen shop to keep one under the counter until Saturday.",
    "She would rather have the repair than a new one, please do not offer a refund again.",
    "Checked the card statement: only one payment was drawn.",
    "The label went to the old address first. New one is in the order.",
    "Please answer before noon, the flight is tomorrow.",
)


def _by_day(at: datetime) -> datetime:
    """Who would have written at night does so at some hour of the day after."""
    night = 24 - HOURS[1] + HOURS[0]
    into = (at - at.replace(hour=HOURS[1], minute=0, second=0)) % timedelta(days=1)
    if into >= timedelta(hours=night):
        return at
    return at - into + timedelta(hours=night) + into / night * (HOURS[1] - HOURS[0])


def _html(text: str, slots: dict[str, str]) -> str:
    """What a mail program makes of it; some carry the shop's own order table along."""
    words = _paragraphs(text)
    if len(text) % 3:
        return f'<div style="font-family: sans-serif; font-size: 14px">{words}</div>'
    table = (
        '<table border="1" cellpadding="6" style="border-collapse: collapse">'
        f"<tr><th>Order</th><th>Item</th><th>Size</th></tr><tr><td>{slots['order']}</td><td>{slots['product']}</td>"
        f"<td>{slots['size']}</td></tr></table>"
        '<p><img src="https://hollinfell.example/mail/pixel.png" alt="Hollin &amp; Fell" width="120" height="32"></p>'
    )
    return f"<div>{words}{table}</div>"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n"))


def _quoted(talk: Talk) -> str:
    ours = next((line for line in reversed(talk.lines) if line.kind == MessageKind.OUTBOUND), None)
    if ours is None:
        return ""
    lines = "\n".join(f"> {line}".rstrip() for line in ours.text.split("\n"))
    return f"On {ours.at:%d %B %Y at %H:%M}, {BASE} wrote:\n{lines}"


def _first_name(person: Person) -> str:
    return person.name.split()[0]


def _short(local: str) -> str:
    return next(who.name.split()[0] for who in AGENTS if who.local == local)
