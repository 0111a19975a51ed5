"""`bench channels`: signed webhooks of every provider at the door and through the workers, then a provider's outage."""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from conversations.models import Message
from conversations.models.message import MessageKind
from deskapp.bench import outage
from deskapp.bench.caller import Answer, Call, send
from deskapp.bench.live import memory, pid_of, running
from deskapp.bench.machine import DatabaseCpu, Figures, cpu_seconds, family, percentile
from deskapp.bench.providers import MARK, STATES, Provider, providers
from deskapp.supervisor import Child
from integrations.models import RawEvent

COPIES, SWAPPED = 0.02, 0.05  # of the webhooks: those that come twice, and those that come later than they were made
LATEST = 2.0  # seconds that they come later
EACH_SAYS = 8  # messages of one person
LONGEST = 240  # seconds: what is signed beforehand is refused as too old after five minutes
GIVE_UP_SECONDS = 300
OK = 200


@dataclass(frozen=True)
class Planned:
    """One webhook that is to go; `number` is the message's among its provider's."""

    provider: Provider
    number: int
    call: Call


@dataclass(frozen=True)
class Used:
    """CPU seconds so far."""

    web: float
    worker: float


def run(*, say: Callable[[str], None], rate: int, seconds: int, outage_seconds: int, **options: object) -> Figures:
    if seconds > LONGEST:
        raise SystemExit(f"bench channels sends for {LONGEST} seconds at most: --seconds {LONGEST}.")
    with running(say) as (site, desk), providers(site) as found:
        figures: Figures = {
            "path": "signed webhooks from a process of their own to manage.py serve, and a worker with its beat",
            "offered_per_second": rate,
            "seconds": seconds,
            "webhooks_of": {each.name: f"{each.share} %" for each in found},
        }
        planned = plan(found, site, rate, seconds)
        say(f"bench channels: {len(planned)} webhooks are signed; the desk listens at {site}")
        _wake_up(found, site)
        figures["inbound"] = _inbound(planned, site, desk, say)
        if outage_seconds:
            figures["outage"] = outage.run(found, outage_seconds, say)
        figures["memory_pss_mb_after_load"] = memory(desk)
    return figures


def plan(found: Sequence[Provider], site: str, rate: int, seconds: int) -> list[Planned]:
    """The same every time, but for the signatures and the ids."""
    chance, planned = random.Random(4), []
    host, numbers = urlsplit(site).netloc, Counter[str]()
    shares = [each.share for each in found]
    people = {each.name: max(2, rate * seconds * each.share // 100 // EACH_SAYS) for each in found}
    for index in range(rate * seconds):
        provider, at = chance.choices(found, shares)[0], index / rate
        number = numbers[provider.name]
        numbers[provider.name] += 1
        who = number // len(STATES) if not provider.is_heard else chance.randrange(people[provider.name])
        request = over_the_wire(provider, host, who, number)
        late = chance.uniform(0.1, LATEST)
        planned.append(Planned(provider, number, Call(at + late * (chance.random() < SWAPPED), request)))
        if chance.random() < COPIES:
            planned.append(Planned(provider, number, Call(at + late, request)))
    return sorted(planned, key=lambda each: each.call.at)


def over_the_wire(provider: Provider, host: str, person: int, number: int) -> bytes:
    webhook = provider.webhook(person, number)
    headers = {"Content-Type": "application/json", **webhook.headers, "Host": host}
    headers["Content-Length"] = str(len(webhook.body))
    lines = [f"POST {provider.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + webhook.body


def _wake_up(found: Sequence[Provider], site: str) -> None:
    """One webhook of each before the clock starts: whoever is first loads an adapter, and opens connections."""
    host = urlsplit(site).netloc
    calls = [
        Call(number / 4, over_the_wire(each, host, 10_000 + number, 90_000 + number * len(STATES) + turn))
        for turn in range(len(STATES))
        for number, each in enumerate(found)
    ]
    refused = [answer for answer in _sent(site, sorted(calls, key=lambda call: call.at)) if answer.status != OK]
    if refused:
        raise RuntimeError(f"The desk does not take a provider's webhook: {refused[0]}")
    _until_gone()


def _inbound(planned: Sequence[Planned], site: str, desk: dict[str, Child], say: Callable[[str], None]) -> Figures:
    before, database, started = _used(desk), DatabaseCpu(), time.perf_counter()
    answers = _sent(site, [each.call for each in planned], meanwhile=database.look)
    wall, backlog = time.perf_counter() - started, _backlog()
    gone = _until_gone()
    after = _used(desk)
    say(f"bench channels: {len(answers)} webhooks sent in {wall:.1f} s, backlog of {backlog} gone after {gone} s")
    each = 1000 / len(planned)
    taken = [one for one, answer in zip(planned, answers, strict=True) if answer.status == OK]
    return {
        **_at_the_door(answers),
        **_compared(taken),
        "backlog_at_the_end": backlog,
        "seconds_until_it_was_gone": gone,
        "web_cpu_ms_per_webhook": round((after.web - before.web) * each, 2),
        "worker_cpu_ms_per_webhook": round((after.worker - before.worker) * each, 2),
        "database_cpu_ms_per_webhook": round(database.look() * each, 2),
        "raw_events": dict(Counter(RawEvent.objects.values_list("state", flat=True))),
    }


def _at_the_door(answers: Sequence[Answer]) -> Figures:
    """From the moment a webhook was to go: a sender that is itself late counts against the desk."""
    delays = [answer.seconds * 1000 for answer in answers]
    return {
        "webhooks": len(answers),
        "answers": {str(status): count for status, count in Counter(each.status for each in answers).items()},
        "door_p50_ms": round(percentile(delays, 0.5), 1),
        "door_p95_ms": round(percentile(delays, 0.95), 1),
        "door_max_ms": round(max(delays), 1),
        "sender_late_p95_ms": round(percentile([each.late * 1000 for each in answers], 0.95), 1),
    }


def _compared(taken: Sequence[Planned]) -> Figures:
    """Every message that was taken, by its mark and its channel, against those that the desk holds."""
    wanted: set[tuple[int, str]] = set()
    for each in taken:
        number = each.number if each.provider.is_heard else each.number // len(STATES)
        wanted.add((each.provider.connector.channel_id or 0, MARK.format(number)))
    stored = Counter(_marks())
    return {
        "messages_sent": len(wanted),
        "messages_lost": len([mark for mark in wanted if mark not in stored]),
        "messages_doubled": len([mark for mark in wanted if stored[mark] > 1]),
    }


def _marks() -> list[tuple[int, str]]:
    said = Message.objects.filter(kind=MessageKind.INBOUND, text__startswith="bench-")
    called = Message.objects.filter(kind=MessageKind.CALL).values_list("channel", "external_id")
    return [(channel, text.partition(" ")[0]) for channel, text in said.values_list("channel", "text")] + list(called)


def _sent(site: str, calls: Sequence[Call], *, meanwhile: Callable[[], object] | None = None) -> list[Answer]:
    """`meanwhile`: looked at every second."""
    spawn, parts = multiprocessing.get_context("spawn"), urlsplit(site)
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=send, args=(parts.hostname, parts.port, list(calls), there), daemon=True)
    process.start()
    there.close()
    while not here.poll(1.0):
        if meanwhile:
            meanwhile()
    answers: list[Answer] = here.recv()
    process.join()
    return answers


def _backlog() -> int:
    return RawEvent.objects.filter(state=RawEvent.State.KEPT).count()


def _until_gone() -> float | None:
    """Seconds until nothing waits any more; None where that never came."""
    started = time.perf_counter()
    while time.perf_counter() < started + GIVE_UP_SECONDS:
        if not _backlog():
            return round(time.perf_counter() - started, 1)
        time.sleep(0.1)
    return None


def _used(desk: dict[str, Child]) -> Used:
    of = {name: cpu_seconds(family(pid_of(child))) for name, child in desk.items()}
    return Used(of["web"], of["worker"])
