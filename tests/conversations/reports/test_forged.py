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
