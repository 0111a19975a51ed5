"""Satisfaction: every number of the page is the number of rows behind it, and says so where there are too few."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import ResponseCredit, SurveyAsk, SurveyResponse, SurveyVersion
from conversations.reports import satisfaction
from conversations.reports.measures import Counts, value
from conversations.reports.satisfaction import Wanted, found, period_of
from conversations.reports.satisfied import shown
from conversations.reports.sheets.cells import plain
from tests.conftest import from_ann
from tests.conversations.surveys.asked import survey

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def answers(
    one, conversation, scores, *, team=None, medium="email", touchpoint="resolution", ago=timedelta(), **fields
):
    at = timezone.now() - ago
    version = SurveyVersion.objects.get(survey=one)
    for number, score in enumerate(scores):
        ask = SurveyAsk.objects.create(
            survey=one, version=version, customer=conversation.customer, conversation=conversation, state="answered",
            touchpoint=touchpoint, key=f"{touchpoint}{medium}{team}{ago}{number}{fields}", asked_at=at, team=team,
        )  # fmt: skip
        yield SurveyResponse.objects.create(
            ask=ask, survey=one, conversation=conversation, kind=one.kind, touchpoint=touchpoint, score=score,
            way="link", team=team, medium=medium, answered_at=at, **fields,
        )  # fmt: skip


@pytest.fixture
def past(mail, returns, billing, ada):
    one = survey()
    conversation = receive(from_ann(mail)).conversation
    made = [*answers(one, conversation, [5] * 9 + [4, 2, 1], team=returns)]
    made += answers(one, conversation, [5] * 11, team=returns, medium="chat", ago=timedelta(weeks=1))
    made += answers(one, conversation, [2, 3], team=billing, medium="sms")
    made += answers(one, conversation, [3] * 12, team=returns, ago=timedelta(weeks=6))
    for each in made:
        ResponseCredit.objects.create(response=each, agent=ada, share=1)
    made[0].comment, made[10].comment = "Kind", "=SUM(A1) never again"
    SurveyResponse.objects.bulk_update(made, ["comment"])
    return made


def test_wilsons_interval_is_that_of_the_books():
    """Newcombe 1998: 81 of 263, from 0.2553 to 0.3662; its middle is not the share itself, its half width is this."""
    found_ = value("csat", Counts(263, good=81))
    assert round(found_.value, 2) == 30.80 and round(found_.give, 2) == 5.55
    assert value("csat", Counts()) is None
    assert round(value("nps", Counts(10, good=5, bad=2)).value) == 30
    assert value("ces", Counts(2, total=11, squares=61)).value == 5.5


def test_every_number_is_that_of_its_rows(client, sam, past):
    client.force_login(sam)
    page = client.get(reverse("satisfaction"), {"weeks": 4}).content.decode()
    figures = found(sam, period_of(4, LONDON), LONDON)
    assert sum(each.counts.answers for each in figures.now) == 25
    assert "84%" in page  # 21 of 25
    links = re.findall(r'href="(/satisfaction/answers/\?[^"]+)"', page)
    assert links
    for link in set(links):
        rows = client.get(link.replace("&amp;", "&"))
        assert rows.status_code == 200
    chat = satisfaction.rows(sam, Wanted(period_of(4, LONDON), kind="csat", hue="chat"))
    assert chat.count() == 11
    of_table = {row.name: row.answers for row in shown(figures, "csat", "weeks=4").touchpoints}
    assert of_table == {"Resolution": 25}


def test_too_few_are_called_so_and_chance_is_no_change(sam, past):
    page = shown(found(sam, period_of(4, LONDON), LONDON), "csat", "weeks=4")
    by_team = {row.name: [cell.shown for cell in row.cells] for row in page.teams}
    assert by_team["Billing"] == ["–", "–", "too few"]
    csat, nps = page.figures[0], page.figures[1]
    assert csat.says == "up 84 on the 4 weeks before" and csat.level == "good"
    assert nps.shown == "–"


def test_an_agent_of_another_team_sees_nothing_of_it(client, linus, ada, past):
    client.force_login(ada)
    assert client.get(reverse("satisfaction")).status_code == 404
    assert not satisfaction.seen_by(linus).exists()
    assert satisfaction.seen_by(ada).count() == len(past)


def test_the_export_is_what_the_list_shows_and_no_formula(client, sam, past):
    client.force_login(sam)
    table = b"".join(client.get(reverse("satisfaction_export"), {"weeks": 4}).streaming_content).decode()
    assert len(table.splitlines()) == 26 and "'=SUM(A1)" in table


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\n=1+1", "\uff1d1+1", "\uff20sum"])
def test_a_customers_words_are_no_formula(text):
    assert plain(text) == f"'{text}"


def test_somebody_has_looked_at_it(client, sam, past):
    client.force_login(sam)
    there = past[0]
    client.post(
        reverse("satisfaction_review", args=[there.pk]), {"tags": "#wait, wait, tone", "next": "https://evil.example/"}
    )
    there.refresh_from_db()
    assert (there.tags, there.reviewed_by) == (["wait", "tone"], sam)
    new = satisfaction.rows(sam, Wanted(period_of(4, LONDON), only_new=True))
    assert there not in new and new.count() == 24


def test_the_live_board_says_todays_satisfaction(client, sam, past):
    client.force_login(sam)
    assert "CSAT today" in client.get(reverse("live")).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "weeks=x",
        "weeks=²&team=²",
        "weeks=4&team=99999999999999999999",
        "weeks=4&week=2026-13-40",
        "after=0001-01-01T00:00:00%2B14:00~1",
        "kind=odd",
    ],
)
def test_odd_questions_are_no_error(client, sam, past, query):
    client.force_login(sam)
    assert client.get(f"{reverse('satisfaction_rows')}?{query}").status_code == 200
