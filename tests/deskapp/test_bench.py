"""Each bench runs at a tiny scale, in a process and a database of its own, and prints one JSON object."""

import json
import os
import shutil
import subprocess
import sys
from ipaddress import ip_address

import pytest
from django.conf import settings

from deskapp.bench import events
from deskapp.bench.machine import percentile
from deskapp.bench.mails import mails
from deskapp.management.commands.bench import server
from integrations.adapters.media.chat.limits import MOST
from tests.databases import migrated

NUMBER = (int, float)


@pytest.fixture
def bench(tmp_path):
    """Runs a bench as one does by hand; its database must be gone afterwards."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def run(name, *options):
        database = f"bench_{name}_{worker}"
        command = [
            sys.executable,
            "manage.py",
            "bench",
            name,
            "--json",
            "--database",
            database,
            "--template",
            migrated(),
        ]
        environment = {**os.environ, "THROUGHLINE_TEST": "1", "MEDIA_ROOT": str(tmp_path)}
        done = subprocess.run(
            [*command, *options],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        lines = done.stdout.strip().splitlines()
        assert len(lines) == 1 and done.stderr
        with server() as connection:
            assert not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
        return json.loads(lines[0])

    return run


def assert_machine(result, name):
    assert result["bench"] == name
    assert {"cpu", "cores", "memory_mb", "python", "postgresql", "fsync", "at"} <= set(result["machine"])


def test_ingest_counts_every_mail_and_every_push(bench):
    result = bench("ingest", "--messages", "30")
    assert_machine(result, "ingest")
    for run in (result["with_1_worker"], result["with_2_workers"]):
        assert run["rows_pushed"] == 30
        assert all(isinstance(run[name], NUMBER) for name in ("messages_per_second", "cpu_ms_per_message"))
        assert run["cpu_ms_per_message"] > 0
    assert result["raw_events_not_done"] == 0


def test_events_are_counted_and_each_is_there_once(bench):
    result = bench("events", "--tracked", "50")
    assert_machine(result, "events")
    for size in (100, 10, 1):
        run = result[f"in_batches_of_{size}"]
        assert run["events"] >= run["rows"] > 0  # an identify that says nothing new is no row
        assert run["cpu_us_per_event"] > 0 and run["events_per_second"] > 0
    assert result["the_same_batches_again"]["new_rows"] == 0
    assert result["history_by_copy"]["events"] > 200
    assert result["raw_events_not_done"] == 0
    assert result["months"]["dropping_it_ms"] > 0


def test_the_limit_of_an_address_refuses_no_bench():
    requests = MOST["track"][0]
    assert len({events._address(number) for number in range(requests)}) == requests
    assert ip_address(events._address(10**6)).is_private


def test_inbox_measures_each_page_at_each_scale(bench):
    result = bench("inbox", "--scales", "600,1200", "--repeat", "3")
    assert_machine(result, "inbox")
    for size in (600, 1200):
        pages = result[f"at_{size}_conversations"]
        assert set(pages) == {"list", "list_mine", "thread_30", "thread_30_in_place", "thread_1000", "search"}
        for page in pages.values():
            assert page["sql_queries"] > 0 and page["response_bytes"] > 1000
            assert 0 < page["p50_ms"] <= page["p95_ms"]
    assert set(result["p50_largest_over_smallest"]) == set(pages)


@pytest.mark.browser
@pytest.mark.skipif(not (os.environ.get("CHROMIUM") or shutil.which("chromium")), reason="no Chromium here")
def test_live_sees_each_message_in_the_browser(bench):
    result = bench("live", "--agents", "4", "--rates", "4", "--messages", "8")
    assert_machine(result, "live")
    found = result["at_4_per_second"]
    assert found["lost"] == 0 and found["measured_in_the_browser"] == 8
    memory = result["memory_pss_mb_after_load"]
    assert set(memory) == {"web", "worker", "all"} and memory["all"] > memory["web"] > 0
    assert 0 < found["p50_ms"] <= found["p95_ms"]


def test_what_a_bench_does_not_know_is_refused():
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "wishes"], cwd=settings.BASE_DIR, capture_output=True, check=False
    )
    assert done.returncode != 0


def test_the_mails_are_what_the_issue_asks_for():
    batch = list(mails(400, to="support@shop.example"))
    assert 0.35 < sum(mail.is_reply for mail in batch) / 400 < 0.45
    assert sum(mail.has_attachment for mail in batch) == 20
    assert all(len(mail.raw) > 60_000 for mail in batch if mail.has_attachment)  # 50 kB in base64


def test_percentiles_are_values_that_were_measured():
    assert [percentile(range(1, 101), share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert percentile([7.0], 0.95) == 7.0


def test_moves_brings_a_table_and_a_mailbox_in_and_says_what_memory_it_took(bench):
    result = bench("moves", "--rows", "20", "--megabytes", "1")
    assert_machine(result, "moves")
    assert (result["customers"]["made"], result["customers"]["set_aside"]) == (20, 0)
    for moved in (result["customers"], result["mails"]):
        assert moved["state"] == "done" and moved["items"] and moved["set_aside"] == 0
        assert all(moved[f"{step}_peak_mb"] > 10 for step in ("take", "preview", "bring_in"))
