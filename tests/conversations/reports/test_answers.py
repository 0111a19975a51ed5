"""Satisfaction in detail: each cell is what loops over the answers say, and as many rows as it says are behind it."""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from django.http import Http404

from conversations.inbound.receive import receive
from conversations.models import ResponseCredit, SurveyResponse
from conversations.reports.answers.report import BY, REPORT
from conversations.reports.measures import Counts, value
from conversations.reports.sheets.sheet import Asked
from tests.conftest import from_ann
from tests.conversations.reports.test_satisfaction import answers
from tests.conversations.surveys.asked import survey

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
BEGINS, ENDS = datetime(2026, 10, 5, tzinfo=LONDON), datetime(2026, 11, 2, tzinfo=LONDON)  # the clocks change within


@pytest.fixture
def autumn(mail, returns, billing, ada, linus, sam):
    """Some three hundred answers of all kinds, a quarter of them outside of the stretch that is asked for."""
    draw, conversation = random.Random(7), receive(from_ann(mail)).conversation
    for kind, top in (("csat", 5), ("nps", 10), ("ces", 7)):
        one = survey(kind, "resolution")
        scores = [draw.randint(1, top) for _each in range(100)]
        for response in answers(one, conversation, scores, ago=timedelta(minutes=top)):
            response.answered_at = BEGINS - timedelta(days=5) + timedelta(minutes=draw.randrange(38 * 24 * 60))
            response.team = draw.choice([returns, billing, None])
            response.medium, response.tier = draw.choice(["email", "chat", "sms"]), draw.choice(["", "gold"])
            response.language, response.touchpoint = (
                draw.choice(["en", "de", ""]),
                draw.choice(["bot", "handoff", "rule"]),
            )
            response.save()
            who = draw.choice(
                [[(ada, 1.0)], [(ada, 0.25), (linus, 0.75)], [(None, 0.5), (sam, 0.5)], [(None, 1.0)], []]
            )
            for agent, share in who:
                ResponseCredit.objects.create(response=response, agent=agent, is_bot=agent is None, share=share)
    return list(SurveyResponse.objects.prefetch_related("credits").select_related("team"))


def asked(sam, teams=None, **only):
    return Asked(sam, BEGINS, ENDS, LONDON, "week", None, teams, "", only)


def handler(each):
    bots = [credit.is_bot for credit in each.credits.all()]
    return "nobody" if not bots else "bot" if all(bots) else "people" if not any(bots) else "both"


def parts(each, way):
    """(key, share) of one answer."""
    if way == "agent":
        return [("bot" if one.is_bot else str(one.agent_id), one.share) for one in each.credits.all()]
    key = {"team": each.team_id or 0, "topic": each.topic_id or 0, "handler": handler(each)}.get(way, "")
    return [(str(key if way in ("team", "topic", "handler") else getattr(each, way)), 1)]


def plainly(rows, kind, way, teams=None):
    found = defaultdict(lambda: [0, 0.0, 0.0, 0.0, 0.0, 0.0])
    for each in rows:
        if each.kind != kind or not BEGINS <= each.answered_at < ENDS or teams and (each.team_id or 0) not in teams:
            continue
        good = each.score >= {"csat": 4, "nps": 9, "ces": 5}[kind]
        bad = each.score <= {"csat": 2, "nps": 6, "ces": 3}[kind]
        for key, share in parts(each, way):
            add = [1, share, share * each.score, share * each.score**2, share * good, share * bad]
            found[key] = [sum(pair) for pair in zip(found[key], add, strict=True)]
    return {key: (many, value(kind, Counts(n, *rest))) for key, (many, n, *rest) in found.items()}


@pytest.mark.parametrize("kind", ["csat", "nps", "ces"])
def test_every_cell_is_what_loops_over_the_answers_say(autumn, sam, returns, kind):
    for way in BY:
        for teams in (None, frozenset({returns.pk, 0})):
            sheet = REPORT.sheet(asked(sam, teams, kind=kind, by=way))
            wanted, rows = plainly(autumn, kind, way, teams), sheet.parts[2].rows
            assert {dict(parse_qsl(row.drill, keep_blank_values=True))[way]: row.cells[1].value for row in rows} == {
                key: many for key, (many, _measured) in wanted.items()
            }
            for row in rows:
                key = dict(parse_qsl(row.drill, keep_blank_values=True))[way]
                unit = 100 if kind == "csat" else 1
                assert row.cells[0].value == pytest.approx(wanted[key][1].value / unit)


def test_as_many_rows_are_behind_a_number_as_it_says(autumn, sam, returns):
    for way in BY:
        request = asked(sam, frozenset({returns.pk}), kind="csat", by=way)
        sheet = REPORT.sheet(request)
        tiles, _lines, table, scores, heat = sheet.parts
        cells = [*tiles.cells[:3], *(row.cells[1] for row in table.rows), *(row.cells[0] for row in scores.rows)]
        cells += [each for row in heat.rows for each in row.cells]
        for cell in [each for each in cells if each.drill]:
            rows = REPORT.behind(request, dict(parse_qsl(cell.drill, keep_blank_values=True))).rows
            assert rows.count() == (cell.value if cell.rows is None else cell.rows), cell.drill
    assert sum(cell.rows for row in heat.rows for cell in row.cells) == tiles.cells[0].rows


def test_what_is_no_number_of_it_is_not_found(sam):
    for odd in ({}, {"what": "answers"}, {"what": "answers", "kind": "csat", "team": "\u00b2"}):
        with pytest.raises(Http404):
            REPORT.behind(asked(sam), odd)
    assert REPORT.sheet(asked(sam)).parts[0].cells[0].value is None
