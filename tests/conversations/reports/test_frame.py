"""The frame of all reports: the link says everything, sight narrows it, and a number leads to as many rows."""

from datetime import UTC, date, datetime

import pytest
from django.http import Http404, QueryDict
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import Conversation
from conversations.reports import every
from conversations.reports.sheets import asking
from tests.conftest import from_ann
from tests.conversations.reports.shapes import OWN, REPORT

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)


@pytest.fixture
def shapes(monkeypatch):
    monkeypatch.setattr(every, "REPORTS", (REPORT, OWN))


def asked(agent, query, report=REPORT):
    return asking.asked(asking.wanted(report, QueryDict(query)), report, agent, NOW)


@pytest.mark.parametrize(
    "query",
    [
        "for=7d",
        "for=own&from=2026-03-01&to=2026-03-31&grain=week&with=year&zone=Asia%2FTokyo&team=0&medium=email&status=open",
        "for=12m&grain=month&with=none&zone=own&team=12",
    ],
)
def test_a_link_says_what_was_asked_and_back(query):
    one = asking.wanted(REPORT, QueryDict(query))
    assert asking.query_of(one) == query
    assert asking.wanted(REPORT, QueryDict(asking.query_of(one))) == one


def test_periods_are_whole_days_of_the_zone_with_today(root):
    week = asked(root, "for=7d&zone=Asia/Tokyo")
    assert (week.begins.isoformat(), week.ends.isoformat()) == (
        "2026-05-08T00:00:00+09:00",
        "2026-05-15T00:00:00+09:00",
    )
    assert week.before[1] == week.begins and week.before[0].isoformat() == "2026-05-01T00:00:00+09:00"
    assert asked(root, "for=q").begins.date() == date(2026, 4, 1)
    assert asked(root, "for=12m").begins.date() == date(2025, 6, 1)
    year = asked(root, "for=own&from=2024-02-29&to=2024-02-29&with=year").before
    assert [each.date() for each in year] == [date(2023, 2, 28), date(2023, 3, 1)]
    spring = asked(root, "for=own&from=2026-03-29&to=2026-03-29&zone=Europe/London")
    assert (spring.ends.astimezone(UTC) - spring.begins.astimezone(UTC)).total_seconds() == 23 * 3600


def test_what_is_sent_on_keeps_its_days_and_its_zone(root):
    one = asking.wanted(REPORT, QueryDict("for=7d&zone=own&status=open"))
    sent = asking.fixed(one, asking.asked(one, REPORT, root, NOW))
    again = asking.asked(asking.wanted(REPORT, QueryDict(asking.query_of(sent))), REPORT, root)
    now = asking.asked(one, REPORT, root, NOW)
    assert (again.begins, again.ends, again.zone, again.only) == (now.begins, now.ends, now.zone, now.only)


ODD = [
    "for=ever", "for=own", "for=own&from=2026-02-30&to=2026-03-01", "for=own&from=2026-03-02&to=2026-03-01",
    "for=own&from=1026-03-02&to=2026-03-01", "for=own&from=2001-03-02&to=2026-03-01", "grain=hour", "with=them",
    "zone=../etc/passwd", "team=x", "team=\u0663", "medium=pigeon", "status=odd",
    "for=own&from=2024-01-01&to=2026-03-01&grain=day",
]  # fmt: skip


def test_what_a_link_cannot_mean_is_said(client, root, shapes):
    client.force_login(root)
    for query in ODD:
        answer = client.get(reverse("report", args=["shapes"]) + "?" + query)
        assert answer.status_code == 400 and 'role="alert"' in answer.content.decode(), query


def test_agents_are_asked_for_their_own_teams_alone(root, ada, linus, returns, billing):
    assert asked(root, "").teams is None
    assert asked(ada, "", OWN).teams == frozenset({returns.pk, 0})
    assert asked(ada, "", OWN).only == {"agent": str(ada.pk)}
    with pytest.raises(Http404):
        asked(ada, f"team={billing.pk}", OWN)
    with pytest.raises(Http404):
        asked(ada, "")


def test_a_report_shows_every_part_and_its_definitions(client, root, shapes, mail):
    receive(from_ann(mail, "zanzibar"))
    client.force_login(root)
    page = client.get(reverse("report", args=["shapes"]), {"for": "7d"}).content.decode()
    assert "Begun &lt;b&gt;" in page and "Begun <b>" not in page
    for key in ("begun", "solved", "wait", "spent"):
        assert f'popovertarget="says-{key}"' in page and page.count(f'id="says-{key}"') == 1
    assert page.count('<svg class="chart') == 3 and page.count("As a table") == 3
    assert "too few" in page and "€1,234.50" in page and "1 min 30 s" in page
    assert "−25%" in page


def test_a_number_counts_the_rows_behind_it(client, root, shapes, mail):
    for number in range(3):
        receive(from_ann(mail, f"word {number}", address=f"ann{number}@home.example"))
    client.force_login(root)
    page = client.get(reverse("report", args=["shapes"])).content.decode()
    href = page.split('id="figure-1-begun"')[1].split('<a href="')[1].split('"')[0].replace("&amp;", "&")
    rows = client.get(href).content.decode()
    assert 'id="rows-total">3<' in rows and rows.count("/conversations/") >= 3
    assert client.get(href.replace("begun", "odd")).status_code == 404


def test_rows_lead_only_where_the_agent_may_go(client, linus, shapes, mail):
    talk = receive(from_ann(mail, "zanzibar")).conversation
    Conversation.objects.filter(pk=talk.pk).update(team=None)
    client.force_login(linus)
    rows = client.get(reverse("report_rows", args=["own-shapes"]), {"cell": "what=begun"}).content.decode()
    assert "rows-total" in rows
    assert (f"/conversations/{talk.pk}/" in rows) == Conversation.objects.visible_to(linus).filter(pk=talk.pk).exists()


def test_the_list_has_what_an_agent_may_open(client, ada, root, shapes):
    client.force_login(ada)
    page = client.get(reverse("reports")).content.decode()
    assert "Own shapes" in page and "Every shape" not in page and reverse("satisfaction") not in page.split("<main")[1]
    assert client.get(reverse("report", args=["shapes"])).status_code == 404
    client.force_login(root)
    page = client.get(reverse("reports")).content.decode()
    assert "Every shape" in page and reverse("bot_report") in page


def test_htmx_keeps_the_link(client, root, shapes):
    client.force_login(root)
    answer = client.get(
        reverse("report", args=["shapes"]), {"for": "7d", "grain": "", "team": ""}, HTTP_HX_REQUEST="true"
    )
    assert answer["HX-Push-Url"] == "/reports/shapes/?for=7d"
