"""What somebody who means ill may send a report or a schedule: nothing of it is an error of ours, or goes outside."""

from urllib.parse import urlencode

import pytest
from django.core import mail as outbox
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from conversations.models import ReportSchedule, ReportSending
from conversations.models.report_schedule import SendingState
from conversations.reports import every
from conversations.reports.sending import due
from customers.zones import zones
from deskapp.accounts.forms import MeForm
from deskapp.accounts.hours_forms import HoursForm
from deskapp.models import User
from tests.conversations.reports.shapes import OWN, REPORT

pytestmark = pytest.mark.django_db
NUL = "\x00"


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("service", {"what": "begun", "medium": NUL}),
        ("answers", {"what": "answers", "kind": "csat", "tier": NUL}),
        ("customers", {"what": "sold", "place": NUL}),
        ("attribution", {"what": "resolved", "currency": NUL}),
        ("proactive", {"what": "cart", "cut": NUL}),
        ("agents", {"what": "states", "reason": NUL}),
    ],
)
def test_what_no_row_can_hold_is_no_number(client, root, key, cell):
    client.force_login(root)
    for address in (reverse("report_rows", args=[key]), reverse("report_rows_file", args=[key, "csv"])):
        assert client.get(f"{address}?{urlencode({'cell': urlencode(cell)})}").status_code == 404


def test_each_zone_that_may_be_asked_is_one_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute("select name from pg_timezone_names")
        known = {name for (name,) in cursor.fetchall()}
    assert zones() <= known


@pytest.fixture
def shapes(monkeypatch):
    monkeypatch.setattr(every, "REPORTS", (REPORT, OWN))


def schedule_of(owner, **more):
    given = {"report": "shapes", "query": "for=7d", "zone": "Europe/London", "forms": ["csv"], "hour": 8}
    one = ReportSchedule.objects.create(owner=owner, often="daily", next_at=timezone.now(), **{**given, **more})
    one.agents.add(owner)
    return one


def test_outside_the_desk_go_reports_of_admins_as_long_as_they_are(root, shapes):
    one = schedule_of(root, addresses=["board@outside.example"])
    User.objects.filter(pk=root.pk).update(role="supervisor")
    due.send(due.send_now(ReportSchedule.objects.get(pk=one.pk)).pk)
    assert [each.to for each in outbox.outbox] == [[root.email]]
    assert ReportSending.objects.get().state == SendingState.SENT


def test_a_link_that_means_nothing_any_more_is_said_where_somebody_sends_it(client, root, shapes):
    one = schedule_of(root, query="for=7d&status=gone")
    client.force_login(root)
    answer = client.post(reverse("report_schedule", args=[one.pk]), {"do": "send"}, follow=True)
    assert answer.status_code == 200 and not ReportSending.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"often": NUL}, {"weekday": "9"}, {"often": "monthly", "day": "32"}, {"hour": "24"}, {"zone": "Mars/Olympus"},
        {"zone": NUL}, {"forms": ["exe"]}, {"forms": []}, {"agents": ["0"]}, {"agents": [NUL]}, {"others": NUL},
        {"others": "a@b.example\nbcc: c@d.example"}, {"owner": "1", "hour": "x"},
    ],
)  # fmt: skip
def test_what_no_form_offers_changes_no_schedule(client, root, shapes, forged):
    one = schedule_of(root)
    given = {
        "often": "weekly",
        "weekday": "4",
        "hour": "7",
        "zone": "Europe/London",
        "forms": ["csv"],
        "agents": [root.pk],
    }
    client.force_login(root)
    for where in (reverse("report_schedule", args=[one.pk]), reverse("report_schedules", args=["shapes"])):
        assert client.post(where, {**given, **forged}).status_code == 422
    was = (one.often, one.hour, one.next_at)
    one = ReportSchedule.objects.get()
    assert (one.often, one.hour, one.next_at) == was


def test_a_form_moves_no_schedule_to_another_or_another_report(client, root, ada, shapes):
    one = schedule_of(root)
    client.force_login(root)
    given = {"often": "daily", "hour": "7", "zone": "Europe/London", "forms": ["csv"], "agents": [root.pk]}
    forged = {
        "owner": ada.pk,
        "report": "own",
        "query": "for=12m",
        "paused": "left",
        "next_at": "2020-01-01",
        "pk": "0",
    }
    assert client.post(reverse("report_schedule", args=[one.pk]), {**given, **forged}).status_code == 302
    now = ReportSchedule.objects.get()
    assert (now.pk, now.owner, now.report, now.query, now.paused) == (one.pk, root, "shapes", "for=7d", "")
    assert now.next_at > timezone.now()


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules", "Middle/Earth"])
def test_what_is_no_place_is_the_zone_of_nobody(name, root):
    for form in (MeForm({"timezone": name}, instance=root), HoursForm({"zone": name})):
        [field] = {"timezone", "zone"} & form.fields.keys()
        assert name not in dict(form.fields[field].choices) and "Europe/Oslo" in dict(form.fields[field].choices)
        assert form.has_error(field, "invalid_choice")
    root.timezone = name
    assert root.get_timezone() == "UTC"
