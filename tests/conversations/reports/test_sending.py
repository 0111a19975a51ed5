"""Reports by mail: at their times by any clock, once, with their owner's rights, and to whom they may go."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse

from conversations.models import AuditEntry, ReportSchedule, ReportSending
from conversations.reports import every
from conversations.reports.sending import due
from conversations.reports.sending.times import next_after
from deskapp.models import User
from tests.conversations.reports.shapes import OWN, REPORT

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 11, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shapes(monkeypatch):
    monkeypatch.setattr(every, "REPORTS", (REPORT, OWN))


@pytest.fixture
def chief(db):
    return User.objects.create_user("chief@desk.example", "x", name="Mary Chief", role="supervisor")


def schedule_of(owner, **more):
    given = {"report": "shapes", "query": "for=7d", "zone": "Europe/London", "forms": ["pdf", "csv"], "hour": 8}
    one = ReportSchedule.objects.create(owner=owner, next_at=MONDAY, **{**given, **more})
    one.agents.add(owner)
    return one


def times(count, since, **said):
    one, found = ReportSchedule(zone="Europe/London", hour=8, **said), []
    for _ in range(count):
        since = next_after(one, since)
        found.append(since.strftime("%m-%d %H:%M"))
    return found


def test_it_is_due_at_its_hour_of_its_zone():
    assert times(3, MONDAY, often="daily") == ["05-11 07:00", "05-12 07:00", "05-13 07:00"]
    friday = datetime(2026, 5, 15, 12, tzinfo=UTC)
    assert times(2, friday, often="weekdays") == ["05-18 07:00", "05-19 07:00"]
    assert times(2, MONDAY, often="weekly", on=6) == ["05-17 07:00", "05-24 07:00"]
    january = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert times(3, january, often="monthly", on=31) == ["02-28 08:00", "03-31 07:00", "04-30 07:00"]


def test_clocks_that_change_neither_leave_it_out_nor_bring_it_twice():
    night = ReportSchedule(zone="Europe/London", hour=1, often="daily")  # which the last Sunday of March has not
    at, found = datetime(2026, 3, 27, 12, tzinfo=UTC), []
    for _ in range(3):
        found.append(at := next_after(night, at))
    assert [each.strftime("%d %H:%M") for each in found] == ["28 01:00", "29 01:00", "30 00:00"]
    at, found = datetime(2026, 10, 23, 12, tzinfo=UTC), []  # and that of October has twice
    for _ in range(3):
        found.append(at := next_after(night, at))
    assert [each.strftime("%d %H:%M") for each in found] == ["24 00:00", "25 00:00", "26 01:00"]


def test_it_goes_out_once_however_often_it_is_taken(root):
    one = schedule_of(root, often="daily")
    keys = due.take_due(MONDAY)
    for _ in range(2):
        for key in keys or [ReportSending.objects.get().pk]:
            due.send(key)
        keys = due.take_due(MONDAY + timedelta(minutes=1))
    assert [each.to for each in outbox.outbox] == [[root.email]]
    said = outbox.outbox[0]
    assert (
        "Shapes" in said.subject
        and "Begun <b>: " in said.body
        and "/reports/shapes/?for=own&from=2026-05-05" in said.body
    )
    assert [name.rsplit(".")[-1] for name, _file, _type in said.attachments] == ["pdf", "csv"]
    assert said.extra_headers["Auto-Submitted"] == "auto-generated"  # RFC 3834: nobody's absence answers it
    one.refresh_from_db()
    sending = one.sendings.get()
    assert (sending.state, sending.sent_to, one.next_at > MONDAY) == ("sent", 1, True)


def test_what_was_missed_goes_out_once(root):
    one = schedule_of(root, often="daily")
    later = MONDAY + timedelta(days=5)
    assert len(due.take_due(later)) == 1 and due.take_due(later + timedelta(seconds=1)) == [one.sendings.get().pk]
    one.refresh_from_db()
    assert later < one.next_at < later + timedelta(days=1, hours=2)


def test_who_died_before_handing_it_over_is_followed_by_another_and_who_died_after_is_not(root, monkeypatch):
    schedule_of(root)
    (key,) = due.take_due(MONDAY)
    monkeypatch.setattr(due, "mail", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        due.send(key)
    monkeypatch.undo()
    monkeypatch.setattr(every, "REPORTS", (REPORT, OWN))
    due.send(key)  # too early: the first may still be at it
    assert not outbox.outbox and due.take_due(MONDAY) == []
    ReportSending.objects.update(said_at=MONDAY - timedelta(hours=1))
    assert due.take_due(MONDAY) == [key]
    due.send(key)
    assert len(outbox.outbox) == 1
    ReportSending.objects.update(state="handed", said_at=MONDAY - timedelta(hours=1))
    assert due.take_due(MONDAY) == []
    due.send(key)
    assert len(outbox.outbox) == 1


def test_whoever_left_or_lost_the_right_sends_nothing_and_the_page_says_why(client, root, chief):
    left, lost = schedule_of(chief), schedule_of(chief, query="for=7d&team=999999")
    chief.is_active = False
    chief.save()
    for key in due.take_due(MONDAY):
        due.send(key)
    left.refresh_from_db()
    assert left.paused == "left" and not outbox.outbox
    chief.is_active = True
    chief.save()
    ReportSchedule.objects.filter(pk=lost.pk).update(paused="", next_at=MONDAY + timedelta(days=20))
    for key in due.take_due(MONDAY + timedelta(days=20)):
        due.send(key)
    lost.refresh_from_db()
    assert lost.paused == "rights" and not outbox.outbox
    client.force_login(root)
    page = client.get(reverse("report_schedules", args=["shapes"])).content.decode()
    assert "has left the desk" in page and "may not see the report any more" in page


def test_only_an_admin_sends_outside_the_desk(client, root, chief, ada):
    given = {"often": "weekly", "weekday": "4", "hour": "7", "zone": "Europe/London", "forms": ["pdf"], "others": ""}
    where = reverse("report_schedules", args=["shapes"]) + "?for=7d&status=open"
    client.force_login(chief)
    refused = client.post(where, {**given, "others": "boss@else.example"})
    assert refused.status_code == 422 and "Only an admin" in refused.content.decode()
    assert client.post(where, {**given, "others": ada.email.upper()}).status_code == 302
    one = ReportSchedule.objects.get()
    assert (one.owner, one.on, one.query, list(one.agents.all()), one.addresses) == (
        chief, 4, "for=7d&status=open", [ada], [],
    )  # fmt: skip
    client.force_login(root)
    assert client.post(where, {**given, "others": "boss@else.example"}).status_code == 302
    assert ReportSchedule.objects.get(owner=root).addresses == ["boss@else.example"]
    assert AuditEntry.objects.filter(kind="reportschedule", verb="made").count() == 2


def test_a_schedule_is_paused_resumed_sent_and_deleted_by_whose_it_is(
    client, chief, root, django_capture_on_commit_callbacks
):
    one = schedule_of(chief, often="daily")
    where = reverse("report_schedule", args=[one.pk])
    client.force_login(chief)
    paused = client.post(f"{where}?for=12m", {"do": "pause"})
    assert paused["Location"] == reverse("report_schedules", args=["shapes"]) + "?for=12m"
    assert due.take_due(MONDAY) == []
    client.post(where, {"do": "resume"})
    one.refresh_from_db()
    assert one.paused == "" and one.next_at > MONDAY
    client.post(where, {"do": "send"})
    due.send(one.sendings.get().pk)
    assert len(outbox.outbox) == 1
    client.post(where, {"do": "delete"})
    assert not ReportSchedule.objects.exists()


def form_of(**more):
    return {
        "often": "weekly",
        "weekday": "4",
        "hour": "7",
        "zone": "Europe/London",
        "forms": ["pdf"],
        "others": "",
        **more,
    }


def test_what_is_typed_is_checked_and_makes_no_schedule(client, chief, ada):
    client.force_login(chief)
    where, given = reverse("report_schedules", args=["shapes"]), form_of(agents=[ada.pk])
    told = client.post(where, given, HTTP_AS_TYPED="hour").content.decode()
    assert 'data-field="hour"' in told and not ReportSchedule.objects.exists()
    one = schedule_of(chief, often="daily")
    wrong = client.post(reverse("report_schedule", args=[one.pk]), form_of(others="nowhere"), HTTP_AS_TYPED="others")
    client.post(reverse("report_schedule", args=[one.pk]), given, HTTP_AS_TYPED="hour")
    one.refresh_from_db()
    assert "is no address" in wrong.content.decode() and one.often == "daily"


def test_its_form_says_how_it_is_and_changes_it(client, chief, ada):
    one = schedule_of(chief, often="monthly", on=31, zone="Asia/Tokyo", forms=["csv"], paused="by_hand")
    one.agents.set([ada])
    where = reverse("report_schedule", args=[one.pk])
    client.force_login(chief)
    page = client.get(where)
    form = page.context["form"]
    said = {name: form[name].value() for name in ("often", "day", "hour", "zone", "forms", "others")}
    assert said == {"often": "monthly", "day": 31, "hour": 8, "zone": "Asia/Tokyo", "forms": ["csv"], "others": ""}
    assert form["agents"].value() == [ada.pk] and "days of Europe/" in page.content.decode()
    assert client.post(where, form_of()).status_code == 422
    saved = client.post(where, form_of(agents=[chief.pk]))
    assert (saved.status_code, saved["Location"]) == (302, reverse("report_schedules", args=["shapes"]) + "?for=7d")
    one.refresh_from_db()
    assert (one.often, one.on, one.hour, one.zone, one.forms, list(one.agents.all())) == (
        "weekly", 4, 7, "Europe/London", ["pdf"], [chief],
    )  # fmt: skip
    assert (one.owner, one.report, one.query, one.paused) == (chief, "shapes", "for=7d", "by_hand")
    assert one.next_at.weekday() == 4 and one.next_at > MONDAY
    assert AuditEntry.objects.get(kind="reportschedule", verb="changed").after["hour"] == 7


def test_one_whose_times_stay_is_due_when_it_was(client, chief, ada):
    one = schedule_of(chief, often="weekly", on=4, hour=7)  # due, and nobody has taken it yet
    client.force_login(chief)
    assert client.post(reverse("report_schedule", args=[one.pk]), form_of(agents=[ada.pk])).status_code == 302
    assert ReportSchedule.objects.get().next_at == MONDAY and len(due.take_due(MONDAY)) == 1


def test_an_admin_changes_that_of_another_and_sends_it_nowhere_that_its_owner_may_not(client, chief, root, ada):
    one = schedule_of(chief, often="daily")
    where = reverse("report_schedule", args=[one.pk])
    client.force_login(ada)
    assert {client.get(where).status_code, client.post(where, form_of(agents=[ada.pk])).status_code} == {404}
    client.force_login(root)
    refused = client.post(where, form_of(others="boss@else.example"))
    assert refused.status_code == 422 and "Only an admin" in refused.content.decode()
    assert client.post(where, form_of(agents=[ada.pk])).status_code == 302
    one.refresh_from_db()
    assert (one.owner, one.often, list(one.agents.all())) == (chief, "weekly", [ada])


def test_one_that_asks_what_means_nothing_any_more_can_be_changed_still(client, chief):
    one = schedule_of(chief, report="gone", query="for=7d&status=gone")
    client.force_login(chief)
    page = client.get(reverse("report_schedule", args=[one.pk]))
    assert page.status_code == 200 and "means nothing any more" in page.content.decode()
    assert client.post(reverse("report_schedule", args=[one.pk]), form_of(agents=[chief.pk])).status_code == 302
