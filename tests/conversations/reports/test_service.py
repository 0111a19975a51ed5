"""The reports of service and of agents: their streams are what loops count, and each number is as many rows."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import parse_qsl

import pytest
from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone, translation

from conversations.actions import states
from conversations.inbound.receive import receive
from conversations.models import Comparing, Conversation, Episode, Reply, StaleHour, Team, Topic
from conversations.models.fact import Handler
from conversations.outbound.compose import reply
from conversations.reports import streams_service
from conversations.reports.agents import figures as agents_figures
from conversations.reports.agents.report import mine_report
from conversations.reports.agents.report import report as agents_report
from conversations.reports.service import figures as service_figures
from conversations.reports.service.report import BY
from conversations.reports.service.report import report as service_report
from conversations.reports.sheets.sheet import Asked, Bars, Heat, Lines, Table, Tiles, Unit
from conversations.reports.tallies import rolling
from tests.conftest import from_ann
from tests.conversations.reports import service_house as house
from tests.conversations.reports.plain import DESK, check, compare, roll

pytestmark = pytest.mark.django_db
LOOPS = {
    "begun": house.begun, "ended": house.ended, "replies": house.replies, "work": house.work, "passed": house.passed,
    "states": house.states, "repeats": house.repeats,
}  # fmt: skip


@pytest.fixture
def talk(mail, ada, linus, returns, billing):
    return house.build(mail, [ada, linus], [returns, billing])


def asked(agent, **only):
    before = (house.BEGINS - timedelta(days=7), house.BEGINS)
    return Asked(agent, house.BEGINS, house.ENDS, DESK, "week", before, None, "", only)


def cells(sheet):
    for part in sheet.parts:
        if isinstance(part, Tiles):
            yield from part.cells
        elif isinstance(part, Lines):
            yield from (cell for series in part.series for cell in series.cells)
        elif isinstance(part, Table | Bars | Heat):
            yield from (cell for row in part.rows for cell in row.cells)


def drilled(report, of):
    """How many cells there are with rows behind them; each has as many as it says."""
    count = 0
    for cell in cells(report.sheet(of)):
        if cell.drill and cell.rows is not None:
            rows = report.behind(of, dict(parse_qsl(cell.drill, keep_blank_values=True))).rows
            assert rows.count() == cell.rows, (cell.figure.key, cell.drill)
            assert cell.figure.unit != Unit.COUNT or cell.value == cell.rows
            count += 1
    return count


def test_somebody_has_counted_every_stream_by_hand():
    assert {stream.name for stream in streams_service.EVERY} == set(LOOPS)


@pytest.mark.parametrize("stream", streams_service.EVERY, ids=lambda stream: stream.name)
def test_a_stream_says_what_loops_say(stream, talk, sam):
    assert check(stream, LOOPS[stream.name], asked(sam), until=datetime(2026, 4, 10, 15, tzinfo=UTC)) > 20


def test_every_number_of_the_service_is_as_many_rows(talk, sam, returns, django_assert_max_num_queries):
    whole = asked(sam)
    assert drilled(service_report, whole) > 100
    for way in ("topic", "handler", "hour"):
        assert way in BY
        some = replace(asked(sam, by=way, handler="people", clock="calendar"), teams=frozenset({returns.pk}))
        assert drilled(service_report, replace(some, medium="chat")) > 20
    with django_assert_max_num_queries(110):
        service_report.sheet(whole)


def keyed(row, way):
    return str(row.episode.topic_id or "") if way == "topic" else getattr(row.episode, way)


@pytest.mark.parametrize("way", ["topic", "language", "tier", "handler"])
@pytest.mark.parametrize("handler", ["", "people", "bot"])
def test_next_answers_are_told_by_what_their_episode_is_and_as_a_loop_counts_them(talk, sam, way, handler):
    of = asked(sam, by=way, handler=handler, clock="calendar")
    left = {"people": ("nobody", "people", "both"), "bot": ("bot",)}.get(handler, tuple(Handler.values))
    own = Reply.objects.filter(at__gte=of.begins, at__lt=of.ends, is_first=False, episode__handler__in=left)
    own = own.exclude(episode__outcome__in=["spam", "merged"])
    plain = {}
    for row in own.select_related("episode"):
        plain.setdefault(keyed(row, way), []).append(row)
    table = next(part for part in service_report.sheet(of).parts if isinstance(part, Table) and part.of == BY[way])
    places = {figure.key: place for place, figure in enumerate(table.figures)}
    told = {}
    for row in table.rows:
        following, kept = (row.cells[places[key]] for key in ("next", "next_kept"))
        if following.rows:
            drill = dict(parse_qsl(following.drill, keep_blank_values=True))
            told[drill[way]] = (following, kept)
            assert service_report.behind(of, drill).rows.count() == following.rows
    assert told.keys() == plain.keys() and plain
    for key, rows in plain.items():
        following, kept = told[key]
        promised = [row.is_in_time for row in rows if row.is_in_time is not None]
        middle = median(row.seconds for row in rows)
        assert following.rows == len(rows) and abs(following.value - middle) <= middle / 20 + 1
        assert kept.rows == len(promised) and kept.value == (sum(promised) / len(promised) if promised else None)


def test_an_answer_that_was_added_up_follows_its_episode_to_another_topic(talk, sam):
    of, until = asked(sam), datetime(2026, 4, 10, 15, tzinfo=UTC)
    roll(streams_service.REPLIES, until)
    row = Reply.objects.filter(at__gte=of.begins, at__lt=until - timedelta(days=2)).first()
    Episode.objects.filter(pk=row.episode_id).update(said=99)
    assert not StaleHour.objects.filter(stream="replies").exists()  # of what no answer is cut by
    new = Topic.objects.create(name="Sizes")
    Episode.objects.filter(pk=row.episode_id).update(topic=new, handler="both")
    assert StaleHour.objects.filter(stream="replies").exists()
    compare(streams_service.REPLIES, list(house.replies()), of)
    rolling.mend(streams_service.REPLIES)
    assert not StaleHour.objects.filter(stream="replies").exists()
    compare(streams_service.REPLIES, list(house.replies()), of)


def test_what_the_service_says_is_what_a_loop_over_episodes_says(talk, sam):
    of = asked(sam)
    real = [row for row in Episode.objects.all() if row.outcome not in ("spam", "merged")]
    begun = [row for row in real if of.begins <= row.began_at < of.ends]
    solved = [row for row in real if row.outcome == "solved" and of.begins <= row.ended_at < of.ends]
    left = [
        row for row in Episode.objects.all() if row.began_at < of.ends and not (row.ended_at and row.ended_at < of.ends)
    ]
    tiles = {cell.figure.key: cell for cell in service_report.sheet(of).parts[0].cells}
    assert (tiles["begun"].value, tiles["solved"].value, tiles["open"].value) == (len(begun), len(solved), len(left))
    assert tiles["reopened"].value == sum(bool(row.reopened_at) for row in solved) / len(solved)
    handled = [row.worked for row in solved if row.worked]
    assert tiles["handle"].value == sum(handled) / len(handled)
    waited = sorted(row.waited_open for row in begun if row.waited_open is not None)
    middle = (waited[(len(waited) - 1) // 2] + waited[len(waited) // 2]) / 2
    assert abs(tiles["first"].value - middle) <= middle / 20 + 1
    lines = next(part for part in service_report.sheet(of).parts if isinstance(part, Lines) and len(part.series) == 1)
    assert lines.series[0].cells[-1].value == len(left)


def test_agents_are_told_of_by_name_and_only_those_of_the_teams_that_are_looked_at(talk, sam, ada, linus, billing):
    whole = asked(sam)
    assert drilled(agents_report, whole) > 10
    table = agents_report.sheet(whole).parts[1]
    assert [row.label for row in table.rows] == ["Ada Okafor", "Linus Berg", "together"]
    some = replace(whole, teams=frozenset({billing.pk, 0}))
    assert drilled(agents_report, some) > 5
    assert [row.label for row in agents_report.sheet(some).parts[1].rows] == ["Linus Berg", "together"]
    with pytest.raises(Http404):
        agents_report.behind(some, {"what": "states", "agent": str(ada.pk)})
    online = sum((row.until - row.since).total_seconds() for row in ada.states.filter(
        state="online", since__gte=whole.begins, until__lte=whole.ends))  # fmt: skip
    own = next(cell for cell in mine_report.sheet(asked(ada)).parts[0].cells if cell.figure.key == "online")
    assert online <= own.value <= online + 4 * 86_400  # two stretches may reach over an edge


def test_everybody_has_their_own_figures_and_nobody_elses(client, talk, ada, linus, mail):
    client.force_login(ada)
    assert client.get(reverse("report", args=["mine"])).status_code == 200
    assert client.get(reverse("report", args=["agents"])).status_code == 404
    of = asked(ada)
    assert drilled(mine_report, of) > 5
    rows = mine_report.behind(of, {"what": "replies", "agent": str(linus.pk)}).rows
    assert {row.agent_id for row in rows} == {ada.pk}


def test_ranks_are_off_until_the_desk_wants_them(talk, sam):
    ranked = asked(sam, compare="replies")
    names = [row.label for row in agents_report.sheet(ranked).parts[1].rows]
    assert names == sorted(names[:-1]) + names[-1:]
    Comparing.objects.create(is_on=True)
    rows = agents_report.sheet(ranked).parts[1].rows[:-1]
    counts = [row.cells[0].value for row in rows]
    assert counts == sorted(counts, reverse=True)


def test_a_mail_that_is_answered_solved_and_opened_again_is_told_so(client, mail, sam, ada):
    message = receive(from_ann(mail, at=timezone.now() - timedelta(minutes=20)))
    said = reply(
        message.conversation, html="<p>So it is.</p>", by=ada, channel=mail, identity=message.identity,
        client_id=uuid.uuid4(),
    )  # fmt: skip
    states.resolve(Conversation.objects.get(pk=message.conversation_id), by=ada)
    receive(from_ann(mail, "It broke again"))
    client.force_login(sam)
    today = timezone.localdate(timezone=DESK)
    query = {"for": "own", "from": str(today - timedelta(days=1)), "to": str(today), "zone": DESK.key}
    assert client.get(reverse("report", args=["service"]), query).status_code == 200
    of = replace(
        asked(sam, clock="calendar"), begins=timezone.now() - timedelta(days=2), ends=timezone.now() + timedelta(days=2)
    )
    tiles = {cell.figure.key: cell for cell in service_report.sheet(of).parts[0].cells}
    assert (tiles["begun"].value, tiles["solved"].value, tiles["open"].value) == (2, 1, 1)
    assert (tiles["reopened"].value, tiles["reopened"].is_too_few) == (1.0, True)
    assert abs(tiles["first"].value - 1200) < 70 and tiles["first"].rows == 1
    behind = client.get(reverse("report_rows", args=["service"]), {**query, "cell": "what=solved"})
    assert behind.context["total"] == 1 and said.text
    assert Team.objects.filter(pk=mail.team_id).exists()


def test_the_page_of_definitions_says_what_the_figures_say():
    page = (Path(settings.BASE_DIR) / "docs" / "reports.md").read_text()
    with translation.override("en"):
        told = [f"| {each.label} | {each.says} |" for each in (*service_figures.EVERY, *agents_figures.EVERY)]
    assert not [line for line in told if line not in page]
