"""A line's way through the desk, step by step in this process, one line at a time: the CPU and the statements of each
step. Other work on the machine changes these figures little, so they say what a change of the code has saved."""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from conversations.bots import turn
from conversations.models import BotTurn, Conversation, Delivery, Message
from conversations.routing import drain, waiting
from deskapp.bench.bot_house import House
from deskapp.bench.machine import Figures
from integrations.adapters.media.chat import door
from integrations.adapters.media.chat.sessions import Visitor
from integrations.adapters.media.chat.sight import Sight, look_each
from integrations.outbound.deliver import deliver

WARM_UP = 15  # lines
SITE = "http://desk.example"


class Steps:
    """`trace` hears of each statement; BEGIN and COMMIT are none."""

    def __init__(self, trace: Callable[[str, str], None] | None = None) -> None:
        self.trace = trace
        self.begin_anew()

    def begin_anew(self) -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self.statements: dict[str, int] = defaultdict(int)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        def heard(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
            self.statements[name] += 1
            if self.trace:
                self.trace(name, sql)
            return execute(sql, params, many, context)

        cpu = time.process_time()
        with connection.execute_wrapper(heard):
            yield
        self.cpu[name] += time.process_time() - cpu


def by_steps(
    house: House, count: int, say: Callable[[str], None], trace: Callable[[str, str], None] | None = None
) -> Figures:
    """Call with rules in force that send everybody to the bot, and without workers."""
    steps = Steps(trace)
    for text in house.different_lines(count + WARM_UP):
        if len(steps.cpu) and steps.cpu["lines"] == WARM_UP:
            steps.begin_anew()
            steps.cpu["lines"] = WARM_UP
        _one(house, text, steps)
        steps.cpu["lines"] += 1
    found: Figures = {
        name: {"cpu_ms": round(cpu * 1000 / count, 1), "statements": round(steps.statements[name] / count, 1)}
        for name, cpu in steps.cpu.items()
        if name != "lines"
    }
    found["all"] = {
        "cpu_ms": round(sum(cpu for name, cpu in steps.cpu.items() if name != "lines") * 1000 / count, 1),
        "statements": round(sum(steps.statements.values()) / count, 1),
    }
    say(f"bench bot: each line alone, by its steps: {found}")
    return found


def _one(house: House, text: str, steps: Steps) -> None:
    visitor = Visitor(house.connector.pk, str(uuid.uuid4()))
    frame: dict[str, object] = {"t": "say", "id": str(uuid.uuid4()), "text": text}
    with steps.step("said"):
        told = door.say(Sight(house.connector, visitor, SITE), frame, origin="")
    with steps.step("routed"):
        drain.drain(room=waiting.begun())
    conversation = Conversation.objects.values_list("pk", flat=True).get(messages=told["id"])
    BotTurn.objects.filter(pk=conversation).update(due_at=timezone.now())  # they have been quiet long enough
    with steps.step("answered"):
        turn.run(conversation)
    queued = list(Delivery.objects.filter(conversation=conversation, status="queued").values_list("pk", flat=True))
    with steps.step("delivered"):
        for pk in queued:
            deliver(pk)
    _to_the_widget(Sight(house.connector, visitor, SITE), conversation, steps)


def _to_the_widget(sight: Sight, conversation: int, steps: Steps) -> None:
    """What the socket does: it knows its identities since its first word."""
    assert sight.identities
    new = list(
        Message.objects.filter(conversation=conversation, is_bot=True).order_by("pk").values_list("pk", flat=True)
    )
    with steps.step("shown"):
        look_each([(sight, new)])
    with steps.step("got"):
        door.settle_each([door.Tick(sight, got=set(new), frames=1)])
