"""`bench likeness`: solved before, much alike, over so many solved messages: how long an agent waits, how many of the
found are of the same matter, and what it costs to remember and to hold.

Each of 2,000 matters has words of its own, of which each customer uses some between common ones: so the bench knows
what should be found. Asked by an agent who sees two of five teams, and by a supervisor.
"""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
from django.db import connection
from django.utils import timezone

from conversations.helping import nearest, remembering
from conversations.helping.alike import alike
from conversations.helping.vectors import Vector, vectors_of
from conversations.models import Channel, Conversation, Likeness, Medium, Message, Team
from conversations.models.conversation import place_in_queue
from customers.models import Customer
from deskapp.bench.crowd import CONVERSATION, MESSAGE, copy, without_indexes
from deskapp.bench.machine import Figures, percentile
from deskapp.bench.mails import WORDS
from deskapp.models import Role, User

MATTERS, OF_ONE, SAID, COMMON = 2000, 12, 8, 5  # words of a matter, how many of them a customer says, and others
ASKED = 200  # questions of each kind
CUSTOMERS = 1000
AT_ONCE = 2000  # vectors
NAMES = ["conversation_id", "model", "language", "bits", "places", "made_at"]
SYLLABLES = "ba ke lo mi nu ra se ti vo zu da fe go hi ju pa".split()


class Past:
    """So many solved conversations of one message and one answer each, and their vectors."""

    def __init__(self, rows: int) -> None:
        self.rows, self.chance, self.now = rows, random.Random(5), timezone.now()
        self.matters = [[self._word() for _n in range(OF_ONE)] for _matter in range(MATTERS)]
        self.teams = [Team.objects.create(name=f"Team {number}") for number in range(5)]
        self.agent = User.objects.create(email="agent@bench.example", name="Ada", password="!")  # noqa: S106
        self.agent.teams.set(self.teams[:2])
        self.chief = User.objects.create(email="chief@bench.example", password="!", role=Role.SUPERVISOR)  # noqa: S106
        self.channel = Channel.objects.create(medium=Medium.EMAIL, address="past@bench.example", name="Past")
        Customer.objects.bulk_create([Customer(name=f"Customer {number}") for number in range(CUSTOMERS)])
        self.people = list(Customer.objects.values_list("pk", flat=True))

    def _word(self) -> str:
        return "".join(self.chance.choices(SYLLABLES, k=3))

    def text(self, matter: int) -> str:
        words = self.chance.sample(self.matters[matter], SAID) + self.chance.choices(WORDS, k=COMMON)
        self.chance.shuffle(words)
        return " ".join(words)

    def load(self) -> float:
        """Seconds of CPU for each vector."""
        with without_indexes("conversations_message", "conversations_conversation"):
            copy(Conversation, ["id", *CONVERSATION[1:]], (self._conversation(n) for n in range(1, self.rows + 1)))
            texts = [self.text(number % MATTERS) for number in range(1, self.rows + 1)]
            copy(Message, MESSAGE, (said for n, text in enumerate(texts, 1) for said in self._messages(n, text)))
        began = time.process_time()
        copy(Likeness, NAMES, self._vectors(texts))
        spent = time.process_time() - began
        return spent / self.rows

    def _conversation(self, number: int) -> tuple[object, ...]:
        at = self.now - timedelta(seconds=self.chance.uniform(3600, 86400 * 700))
        return (
            number, self.people[number % CUSTOMERS], f"Matter {number}", "resolved", 1, self.agent.pk,
            self.teams[number % 5].pk, "en", False, at, at, None, place_in_queue(None, at), at, at, "", ["email"],
        )  # fmt: skip

    def _messages(self, number: int, text: str) -> Iterator[tuple[object, ...]]:
        for kind, said in (("inbound", text), ("outbound", f"Answer {number}")):
            key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
            yield (
                number, kind, self.channel.pk, None, self.agent.pk if kind == "outbound" else None, False, "", said,
                "[]", "", f"{key}@bench.example", key, "{}", False, False, self.now,
            )  # fmt: skip

    def _vectors(self, texts: list[str]) -> Iterator[tuple[object, ...]]:
        for start in range(0, len(texts), AT_ONCE):
            for at, each in enumerate(vectors_of([(text, "en") for text in texts[start : start + AT_ONCE]])):
                yield start + at + 1, each.model, each.language, each.bits, each.raw, self.now


def run(*, say: Callable[[str], None], rows: int, **options: object) -> Figures:
    past = Past(rows)
    say(f"loading {rows} solved conversations\n")
    seconds = past.load()
    figures: Figures = {"rows": rows, "ms_per_vector": round(1000 * seconds, 3)}
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    figures["without_pgvector"] = _measured(past)
    began = time.monotonic()
    if nearest.index():
        figures["index_built_in_s"] = round(time.monotonic() - began, 1)
        figures["with_pgvector"] = _measured(past)
        say(_plan(past))
    figures["megabytes"] = _sizes()
    figures["whole_ms"] = _whole(past)
    return figures


def _measured(past: Past) -> Figures:
    """In milliseconds; `same_matter` of a hundred of the first three."""
    nearest.look_again()
    figures: Figures = {}
    for name, agent in (("agent", past.agent), ("supervisor", past.chief)):
        list(agent.teams.all())
        took, same = [], []
        for _n in range(ASKED):
            matter = past.chance.randrange(MATTERS)
            [vector] = vectors_of([(past.text(matter), "en")])
            began = time.perf_counter()
            found = nearest.nearest(vector, agent, but=0)
            took.append(1000 * (time.perf_counter() - began))
            same += [key % MATTERS == matter for key, _like in found[:3]]
        figures[name] = {
            "p50": round(percentile(took, 0.5), 1),
            "p95": round(percentile(took, 0.95), 1),
            "same_matter": round(100 * float(np.mean(same)), 1),
        }
    return figures


def _whole(past: Past) -> Figures:
    """As a page asks: with the words of an open conversation, and what solved the others."""
    took = []
    for _n in range(ASKED):
        customer = past.people[0]
        one = Conversation.objects.create(customer_id=customer, language="en", team=past.teams[0], subject="")
        text = past.text(past.chance.randrange(MATTERS))
        Message.objects.create(conversation=one, kind="inbound", channel=past.channel, text=text)
        began = time.perf_counter()
        assert remembering.said_in([one.pk])[one.pk].text
        alike(one, past.agent)
        took.append(1000 * (time.perf_counter() - began))
    return {"p50": round(percentile(took, 0.5), 1), "p95": round(percentile(took, 0.95), 1)}


def _plan(past: Past) -> str:
    [vector] = vectors_of([(past.text(1), "en")])
    asked = nearest.statement(vector, past.agent, but=0, many=nearest.STEPS[0])
    assert asked is not None and isinstance(vector, Vector)
    with nearest.asking(nearest.STEPS[0]) as cursor:
        cursor.execute(f"explain (analyze, costs off) {asked[0]}", asked[1])
        lines = [row[0][:160] for row in cursor.fetchall()]
    return "\n".join([*lines, ""])


def _sizes() -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, pg_relation_size(oid) / 1e6 from pg_class where relname = any(%s)",
            [["conversations_likeness", "likeness_newest", nearest.INDEX]],
        )
        return {name: round(float(size)) for name, size in cursor.fetchall()}
