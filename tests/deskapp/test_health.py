"""Health: /healthz needs nothing, /readyz names what is missing."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import Error
from django.utils import timezone

from conversations.models import TallyMark
from conversations.reports.tallies import streams
from deskapp import health, tasks
from integrations.models import Connector


@pytest.fixture
def alive(db):
    cache.delete_many(["lives:worker", "lives:beat"])
    tasks.worker_lives()
    tasks.beat_lives()


def test_a_process_that_lives_says_so_without_a_database(client):
    assert client.get("/healthz").content == b"ok\n"


def test_a_desk_with_all_its_parts_is_ready(client, alive):
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert answer.json() == {"ready": True, **dict.fromkeys(health.QUESTIONS, "ok")}


def test_a_worker_that_fell_silent_makes_it_unready(client, alive):
    cache.set("lives:worker", timezone.now().timestamp() - 300)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "was last seen 300 seconds ago"
    assert answer.json()["beat"] == "ok"


def test_a_beat_that_never_ran_makes_it_unready(client, alive):
    cache.delete("lives:beat")
    assert client.get("/readyz").json()["beat"] == "has not been seen"


def test_a_database_that_is_gone_is_named_without_its_address(client, alive, monkeypatch):
    def gone():
        raise Error("connection to database.example failed: password wrong")

    monkeypatch.setitem(health.QUESTIONS, "database", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer (Error)"


@pytest.mark.parametrize(
    ("hours_ago", "state", "says"),
    [
        (None, {"error": "The server does not take the password."}, "1 not fetched lately"),
        (1, {}, "1 not fetched lately"),
        (1, {"is_active": False}, "ok"),
        (0, {}, "ok"),
    ],
)
def test_a_mailbox_that_is_not_fetched_makes_it_unready(client, alive, mail, hours_ago, state, says):
    at = None if hours_ago is None else timezone.now() - timedelta(hours=hours_ago)
    Connector.objects.create(name="Support", adapter="imap", channel=mail, checked_at=at, **state)
    assert client.get("/readyz").json()["mailboxes"] == says


def test_reports_that_nobody_adds_up_make_it_unready(client, alive):
    long_ago = timezone.now() - timedelta(hours=3)
    mark = TallyMark.objects.create(stream=streams.EVERY[0].name, signature="it began", changed_at=long_ago)
    assert client.get("/readyz").json()["reports"] == "not added up for 3.0 hours"
    TallyMark.objects.filter(pk=mark.pk).update(changed_at=timezone.now())
    assert client.get("/readyz").json()["reports"] == "ok"


def test_only_reading_is_answered(client):
    assert client.post("/readyz").status_code == 405
