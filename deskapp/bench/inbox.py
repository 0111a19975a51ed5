"""`bench inbox`: the list, two threads and a search, while the number of conversations grows."""

import time
from collections.abc import Callable, Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deskapp.bench.crowd import RARE, Crowd
from deskapp.bench.machine import Figures, percentile

WARM_UP = 5
IN_PLACE = {"HX-Request": "true", "HX-Target": "page"}  # as the list asks for a thread: without the page around it


def run(*, say: Callable[[str], None], scales: str, repeat: int, **options: object) -> Figures:
    figures: Figures = {
        "requests_are": "GETs by Django's test client in this process: every middleware, a signed-in agent of two of"
        " five teams, whole pages; one after the other",
        "repeat": repeat,
    }
    crowd, sizes = Crowd(), sorted(int(scale) for scale in scales.split(","))
    medians: dict[int, dict[str, float]] = {}
    for size in sizes:
        started = time.perf_counter()
        crowd.grow_to(size)
        say(f"bench inbox: {size} conversations are loaded, in {time.perf_counter() - started:.0f} s")
        measured = {name: measure(crowd, name, pages, repeat) for name, pages in places(crowd).items()}
        for name, page in measured.items():
            times = f"p50 {page['p50_ms']} ms, p95 {page['p95_ms']} ms"
            say(f"bench inbox: {name} {times}, {page['sql_queries']} queries, {page['response_bytes']} bytes")
        figures[f"at_{size}_conversations"] = measured
        medians[size] = {name: float(str(page["p50_ms"])) for name, page in measured.items()}
    if len(sizes) > 1:
        small, large = medians[sizes[0]], medians[sizes[-1]]
        figures["p50_largest_over_smallest"] = {name: round(large[name] / small[name], 2) for name in small}
    return figures


def places(crowd: Crowd) -> dict[str, list[str]]:
    """What is opened, in turn where there is more than one of it."""
    return {
        "list": [reverse("inbox_view", args=["all"])],
        "list_mine": [reverse("inbox_view", args=["mine"])],
        "thread_30": [reverse("conversation", args=[pk]) for pk in crowd.threads[30]],
        "thread_30_in_place": [reverse("conversation", args=[pk]) for pk in crowd.threads[30]],
        "thread_1000": [reverse("conversation", args=[pk]) for pk in crowd.threads[1000]],
        "search": [f"{reverse('search')}?q={RARE}"],
    }


def measure(crowd: Crowd, name: str, pages: list[str], repeat: int) -> Figures:
    client = Client(headers={"accept-encoding": "identity", **(IN_PLACE if name.endswith("in_place") else {})})
    client.force_login(crowd.agent)
    turns = taking_turns(pages)
    for _ in range(min(WARM_UP, repeat)):
        get(client, next(turns))
    with CaptureQueriesContext(connection) as queries:
        size = get(client, next(turns))
        asked = len(queries)
    times, cpu = [], time.process_time()
    for _ in range(repeat):
        started = time.perf_counter()
        get(client, next(turns))
        times.append((time.perf_counter() - started) * 1000)
    cpu = time.process_time() - cpu
    return {
        "p50_ms": round(percentile(times, 0.5), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "application_cpu_ms": round(cpu * 1000 / repeat, 1),
        "sql_queries": asked,
        "response_bytes": size,
    }


def get(client: Client, page: str) -> int:
    response = client.get(page)
    if response.status_code != 200:
        raise RuntimeError(f"{page} answered {response.status_code}.")
    return len(response.content)


def taking_turns(pages: list[str]) -> Iterator[str]:
    while True:
        yield from pages
