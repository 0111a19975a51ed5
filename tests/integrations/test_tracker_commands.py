"""The commands with which an admin connects a tracker and brings history in."""

import gzip
import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers import partitions
from customers.models import Consent, Event, Trait, Visit
from integrations.adapters.trackers.door import connector_of
from integrations.models import Connector

pytestmark = pytest.mark.django_db

BROWSER = "0b7f3c52-1b5e-4c4c-9a52-6f0d3a1d7c10"


def said_by(command, *arguments, **options):
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def key_in(words):
    return re.search(r"tl\d+_\S+", words)[0]


def test_the_key_is_said_once_and_opens_the_door():
    said = said_by("connect_tracker", name="Shop", origins=["https://shop.example"])
    assert "/v1" in said and "analytics is allowed" in said
    connector = connector_of(key_in(said))
    assert connector.settings["origins"] == ["https://shop.example"]
    assert (connector.settings["trusted"], connector.settings["consent"]) == (False, "required")
    again = said_by("connect_tracker", name="Shop", origins=["https://www.shop.example"])
    assert "tl" not in again.replace("html", "") or key_in(said) not in again
    assert Connector.objects.get().settings["origins"] == ["https://www.shop.example"]
    assert connector_of(key_in(said)) == connector


def test_a_new_key_ends_the_old_one():
    old = key_in(said_by("connect_tracker", name="Servers", server=True, verifies=["email"]))
    new = key_in(said_by("connect_tracker", name="Servers", server=True, verifies=["email"], new_key=True))
    assert connector_of(old) is None and connector_of(new).settings["verifies"] == ["email"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "pages of a shop that may call"),
        ({"server": True, "origins": ["https://shop.example"]}, "pages of a shop that may call"),
        ({"origins": ["shop.example"]}, "no origin"),
        ({"origins": ["https://shop.example/path"]}, "no origin"),
        ({"origins": ["https://shop.example"], "verifies": ["email"]}, "own servers"),
        ({"server": True, "category": ["everything=C1"]}, "A category is"),
    ],
)
def test_what_cannot_be_connected_is_said_in_words(options, words):
    with pytest.raises(CommandError, match=words):
        said_by("connect_tracker", name="Shop", **options)
    assert not Connector.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", [".ndjson", ".ndjson.gz"])
def test_history_comes_in_once_at_its_own_time(tmp_path, ending):
    said_by("connect_tracker", name="Servers", server=True)
    lines = [
        {
            "type": "page",
            "anonymousId": BROWSER,
            "messageId": f"m{number}",
            "timestamp": f"2012-{1 + number // 300:02}-02T10:{number % 60:02}:00Z",
            "context": {"consent": {"categoryPreferences": {"Analytics": True}}},
        }
        for number in range(600)
    ]
    lines += [{"type": "identify", "userId": "7", "traits": {"plan": "pro"}, "timestamp": "2012-03-01T00:00:00Z"}]
    lines += [{"type": "track", "event": "Coupon Applied", "userId": "7", "timestamp": "1970-01-01T00:00:00Z"}]
    text = "\n".join(map(json.dumps, lines)).encode() + b"\nno json\n"
    file = tmp_path / f"history{ending}"
    file.write_bytes(gzip.compress(text) if ending.endswith("gz") else text)
    before = set(partitions.existing())
    try:
        said = said_by("import_events", file, tracker="Servers")
        assert "603 lines" in said and "2 lines were left out" in said and "line 602: It happened in 1970" in said
        pages = Event.objects.filter(name="Page Viewed")
        assert pages.count() == 600
        assert pages.order_by("occurred_at").first().occurred_at.year == 2012
        assert {"customers_event_y2012m01", "customers_event_y2012m02"} <= set(partitions.existing())
        assert sum(Visit.objects.values_list("pages", flat=True)) == 600
        assert Trait.objects.get().value == "pro" and Consent.objects.get().is_granted
        assert " 0 new events" in said_by("import_events", file, tracker="Servers")
        assert pages.count() == 600
    finally:
        for name in set(partitions.existing()) - before:
            partitions._drop(name)


def test_history_of_nobody_is_refused(tmp_path):
    with pytest.raises(CommandError, match="No tracker is named"):
        said_by("import_events", tmp_path / "history.ndjson", tracker="Nobody")
