"""One provider is away while agents answer on all channels: is the order kept, and does anybody else wait?"""

import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from conversations.models import Delivery, Message
from conversations.models.message import MessageKind
from conversations.outbound.compose import reply
from deskapp.bench.machine import Figures, percentile
from deskapp.bench.providers import Provider
from deskapp.models import User

RATE = 4  # answers a second
CALM_SECONDS = 15  # of answers before the outage, and after it
TALKS = 6  # conversations of each channel that are answered
GIVE_UP_SECONDS = 240
_MARK = re.compile(rb"answer-(\d+)-(\d+)-")


@dataclass
class Said:
    """An answer: the `number`-th in its conversation."""

    provider: Provider
    conversation: int
    number: int
    during: str  # calm, outage, after
    due: float
    taken: list[float] = field(default_factory=list)  # when the provider got it: once, it is hoped


def run(found: Sequence[Provider], seconds: int, say: Callable[[str], None]) -> Figures:
    """The first of them is away for so long."""
    heard = [each for each in found if each.is_heard]
    talks = {each.name: _talks(each) for each in heard}
    broken, answers = heard[0], _Answers(heard, talks)
    for each in heard:
        each.taken.clear()
    answers.go_on(CALM_SECONDS, "calm")
    broken.server.outage = True
    say(f"bench channels: {broken.name} is away for {seconds} s, and agents go on answering on all channels")
    answers.go_on(seconds, "outage")
    broken.server.outage = False
    ended = time.time()
    answers.go_on(CALM_SECONDS, "after")
    answers.wait_for_all()
    say(f"bench channels: all {len(answers.said)} answers are with their providers")
    return _figures(answers.said, broken, seconds, ended)


def _talks(provider: Provider) -> list[Message]:
    """The newest word of each of some conversations."""
    heard = Message.objects.filter(channel=provider.connector.channel, kind=MessageKind.INBOUND)
    newest = heard.order_by("conversation", "-pk").distinct("conversation")[:TALKS]
    return list(newest.select_related("conversation", "channel", "identity"))


class _Answers:
    def __init__(self, heard: Sequence[Provider], talks: dict[str, list[Message]]) -> None:
        self.heard, self.talks, self.said = heard, talks, list[Said]()
        self.agent, _ = User.objects.get_or_create(
            email="answers@bench.example", defaults={"name": "Ada Bench", "password": "!"}
        )

    def go_on(self, seconds: int, during: str) -> None:
        """In turns: every channel, and in each its conversations."""
        started = time.time()
        for turn in range(seconds * RATE):
            time.sleep(max(0.0, started + turn / RATE - time.time()))
            index, provider = len(self.said) // len(self.heard), self.heard[len(self.said) % len(self.heard)]
            talks = self.talks[provider.name]
            self._answer(provider, talks[index % len(talks)], index // len(talks), during)

    def _answer(self, provider: Provider, question: Message, number: int, during: str) -> None:
        assert question.channel and question.identity
        message = reply(
            question.conversation,
            html=f"<p>answer-{question.conversation_id}-{number}- It is on its way.</p>",
            by=self.agent,
            channel=question.channel,
            identity=question.identity,
            client_id=uuid.uuid4(),
        )
        due = message.delivery.due_at.timestamp()
        self.said.append(Said(provider, question.conversation_id, number, during, due))

    def wait_for_all(self) -> None:
        """Until no delivery waits, but no longer than it may take."""
        waits = Delivery.objects.filter(status__in=(Delivery.Status.QUEUED, Delivery.Status.SENDING))
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while waits.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        by_name = {(each.provider.name, each.conversation, each.number): each for each in self.said}
        for provider in self.heard:
            for at, conversation, number in _taken(provider):
                by_name[provider.name, conversation, number].taken.append(at)


def _taken(provider: Provider) -> Iterable[tuple[float, int, int]]:
    for at, body in provider.taken:
        if found := _MARK.search(body):
            yield at, int(found[1]), int(found[2])


def _figures(said: Sequence[Said], broken: Provider, seconds: int, ended: float) -> Figures:
    others = [each for each in said if each.provider is not broken]
    waited = [each for each in said if each.provider is broken and each.during == "outage"]
    last = max((each.taken[0] for each in waited if each.taken), default=ended)
    unsent = Delivery.objects.exclude(status__in=("sent", "delivered", "read"))
    return {
        "of": broken.name,
        "seconds": seconds,
        "answers": len(said),
        "answers_to_who_was_away": len(waited),
        "lost": sum(not each.taken for each in said),
        "doubled": sum(len(each.taken) > 1 for each in said),
        "deliveries_not_sent": Counter(
            f"{name}: {status}: {error}"
            for name, status, error in unsent.values_list("channel__name", "status", "error")
        ),
        "conversations_out_of_order": _out_of_order(said),
        "seconds_after_the_outage_until_the_last_was_there": round(last - ended, 1),
        "others_delay_ms": {during: _delays(others, during) for during in ("calm", "outage", "after")},
    }


def _out_of_order(said: Sequence[Said]) -> int:
    orders: dict[tuple[str, int], list[Said]] = {}
    for each in said:
        orders.setdefault((each.provider.name, each.conversation), []).append(each)
    return sum(_is_out_of_order(each) for each in orders.values())


def _is_out_of_order(answers: Sequence[Said]) -> bool:
    came = [each.number for each in sorted((each for each in answers if each.taken), key=lambda each: each.taken[0])]
    return came != sorted(came)


def _delays(said: Sequence[Said], during: str) -> Figures:
    """From when an answer was due (its seconds for undo are over) until its provider had it."""
    found = [max(0.0, each.taken[0] - each.due) * 1000 for each in said if each.during == during and each.taken]
    if not found:
        return {}
    return {
        "answers": len(found),
        "p50": round(percentile(found, 0.5), 1),
        "p95": round(percentile(found, 0.95), 1),
        "max": round(max(found), 1),
    }
