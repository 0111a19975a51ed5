"""`bench reports`: each report over a year, a day added up, a million rows as a file; on a desk of a million talks."""

import resource
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations.models import Conversation, StaleHour, Tally
from conversations.reports.every import REPORTS
from conversations.reports.sheets import asking, tables, workbook
from conversations.reports.sheets.sheet import Behind, Column, Report
from conversations.reports.tallies import clock, marks, rolling, triggers
from conversations.reports.tallies.streams import EVERY
from deskapp.bench.crowd import without_indexes
from deskapp.bench.filling import unchecked
from deskapp.bench.history import History
from deskapp.bench.machine import Figures, percentile
from deskapp.bench.reports_house import LOADS, House
from deskapp.models import User

Say = Callable[[str], None]
WARM_UP, REPEAT = 2, 20
LOADED = (
    "conversations_message", "conversations_conversation", "conversations_episode", "conversations_reply",
    "conversations_work", "conversations_move", "conversations_journey", "conversations_friction",
    "conversations_sale", "conversations_saletouch", "conversations_surveyask", "conversations_surveyresponse",
    "customers_identity", "customers_customer", "customers_order",
)  # fmt: skip


def run(
    *, say: Say, conversations: int, events: int, responses: int, months: int, repeat: int = REPEAT, **options: object
) -> Figures:
    house = House(conversations, responses, months, say)
    figures: Figures = {"conversations": conversations, "events": events, "responses": responses, "months": months}
    figures |= load(house, events)
    figures |= roll(say)
    assert house.supervisor is not None
    figures["reports"] = {
        report.key: _measured(report, house.supervisor, say, min(repeat, REPEAT)) for report in REPORTS
    }
    figures["exports"] = {form: _export(form, house.supervisor, say) for form in ("csv", "xlsx")}
    return figures


def load(house: House, events: int) -> Figures:
    """By the parts of LOADS; a database that was kept has them."""
    if Conversation.objects.count() >= house.conversations:
        LOADS[0](house)
        house.say("bench reports: the database was kept, and is used as it is")
        return {}
    began, found = time.perf_counter(), {}
    with unchecked(), without_indexes(*LOADED):
        for part in LOADS:
            started = time.perf_counter()
            part(house)
            found[part.__name__] = round(time.perf_counter() - started, 1)
            house.say(f"bench reports: {part.__name__} loaded in {found[part.__name__]} s")
    house.say(f"bench reports: indexes made, {time.perf_counter() - began:.0f} s in all")
    if events:
        started = time.perf_counter()
        _events(house, events)
        found["events"] = round(time.perf_counter() - started, 1)
    _vacuum()
    house.say(f"bench reports: all is loaded in {time.perf_counter() - began:.0f} s")
    return {"load_seconds": round(time.perf_counter() - began, 1), "load_parts_seconds": found}


def _events(house: House, events: int) -> None:
    History(house.say).spread(events, max(1, house.conversations // 3))


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def roll(say: Say) -> Figures:
    """Everything from the first fact on, as Celery does; then a day of it once more, of every stream."""
    triggers.install(EVERY)
    now, zone, began = timezone.now(), marks.zone_now(), time.perf_counter()
    each: Figures = {}
    for stream in EVERY:
        started = time.perf_counter()
        mark = rolling.begin_anew(stream, zone)
        days = rolling.advance(stream, rolling.watch(mark, now))
        each[stream.name] = round(time.perf_counter() - started, 1)
        rows = Tally.objects.filter(stream=stream.name).count()
        say(f"bench reports: {stream.name}: {days} days added up in {each[stream.name]} s, {rows} tallies")
    whole = time.perf_counter() - began
    rolling.vacuum()
    found: Figures = {"roll_up_of_all_seconds": round(whole, 1), "roll_up_seconds": each}
    found["roll_up_of_a_day_seconds"] = round(_one_day(say), 2)
    found["tallies"] = Tally.objects.count()
    found["tally_megabytes"] = _megabytes("conversations_tally")
    return found


def _one_day(say: Say) -> float:
    """Of every stream, as if each of its hours were stale; the day of a fortnight ago."""
    zone = marks.zone_now()
    ago = int((timezone.now() - timedelta(days=14)).timestamp())
    day = clock.begins(zone, "day", ago, ago + 1)[0]
    began = time.perf_counter()
    for stream in EVERY:
        hours = range(day, clock.end_of(zone, "day", day), 3600)
        StaleHour.objects.bulk_create(StaleHour(stream=stream.name, hour=clock.moment(hour)) for hour in hours)
        rolling.mend(stream)
    took = time.perf_counter() - began
    say(f"bench reports: a day of all {len(EVERY)} streams added up anew in {took:.2f} s")
    return took


def _measured(report: Report, agent: User, say: Say, repeat: int) -> Figures:
    """Over the last twelve months: its own sheet, and its page."""
    query = QueryDict("for=12m")
    client = Client(headers={"accept-encoding": "identity"})
    client.force_login(agent)
    link = f"{reverse('report', args=[report.key])}?for=12m"

    def sheet() -> None:
        report.sheet(asking.asked(asking.wanted(report, query), report, agent))

    def page() -> None:
        response = client.get(link)
        if response.status_code != 200:
            raise RuntimeError(f"{link} answered {response.status_code}.")

    found: Figures = {}
    for name, act in (("sheet", sheet), ("page", page)):
        for _again in range(WARM_UP):
            act()
        with CaptureQueriesContext(connection) as queries:
            act()
            found[f"{name}_queries"] = len(queries)
        times = sorted(_times(act, repeat))
        found |= {
            f"{name}_p50_ms": round(percentile(times, 0.5), 1),
            f"{name}_p95_ms": round(percentile(times, 0.95), 1),
        }
    say(f"bench reports: {report.key}: " + ", ".join(f"{name} {value}" for name, value in found.items()))
    return found


def _times(act: Callable[[], None], repeat: int) -> Iterator[float]:
    for _each in range(repeat):
        started = time.perf_counter()
        act()
        yield (time.perf_counter() - started) * 1000


def _export(form: str, agent: User, say: Say) -> Figures:
    """Every conversation, as the rows behind a number are written, streamed to nobody."""
    columns = (
        Column("Subject", lambda row: getattr(row, "subject")),  # noqa: B009 - a row is of any model
        Column("Language", lambda row: getattr(row, "language")),  # noqa: B009
        Column("Begun", lambda row: getattr(row, "created_at")),  # noqa: B009
    )
    behind = Behind("Conversations", Conversation.objects.all(), "created_at", columns, lambda row: getattr(row, "pk"))  # noqa: B009
    rows = tables.behind(behind, agent, marks.zone_now())
    with _memory() as memory:
        started, size = time.perf_counter(), 0
        for part in _parts(form, rows, str(behind.title)):
            size += len(part)
        took = time.perf_counter() - started
    found: Figures = {
        "rows": Conversation.objects.count(),
        "seconds": round(took, 1),
        "megabytes": round(size / 1e6, 1),
    }
    found |= {"peak_mb": round(memory["peak"], 1), "grown_mb": round(memory["peak"] - memory["before"], 1)}
    say(f"bench reports: {form}: {found}")
    return found


def _parts(form: str, rows: object, title: str) -> Iterable[bytes]:
    made = tables.as_csv(rows) if form == "csv" else workbook.streamed([workbook.Page(title, rows)])  # type: ignore[arg-type]
    for part in made:
        yield part.encode() if isinstance(part, str) else part


@contextmanager
def _memory() -> Iterator[dict[str, float]]:
    """Of this process alone, in MB: the server keeps its own."""
    Path("/proc/self/clear_refs").write_text("5")
    memory = {"before": _status("VmRSS")}
    yield memory
    memory["peak"] = _status("VmHWM")


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _megabytes(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_total_relation_size(%s) / 1000000", [table])
        (size,) = cursor.fetchone()
    return int(size)
