"""Journeys: each is what a slow plain look at the rows says, and every number of the reports is that of its rows."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import Conversation, Due, Episode, Friction, Journey, Move
from conversations.models.journey import JourneyOutcome
from conversations.reports import due
from conversations.reports.friction.report import report as friction
from conversations.reports.journeys import deriving, places, usual
from conversations.reports.journeys.report import report as journeys
from conversations.reports.journeys.streams import EVERY
from conversations.reports.sheets.looking import cells_of
from conversations.reports.sheets.sheet import Asked, Unit
from customers import privacy
from customers.merging import merge, unmerge
from customers.models import Customer, Identity, Segment, Visit
from tests.conversations.reports import plain as slow
from tests.conversations.reports.journeyed import DAYS, ZONE, Months, plain

pytestmark = pytest.mark.django_db
LEAST = 2


@pytest.fixture
def months(ada, monkeypatch):
    monkeypatch.setattr(usual, "LEAST", LEAST)
    cache.delete(usual.FEW)
    monkeypatch.setattr(Months, "author", ada.pk)
    return Months()


@pytest.fixture
def few(ada, monkeypatch):
    monkeypatch.setattr(usual, "LEAST", LEAST)
    cache.delete(usual.FEW)
    monkeypatch.setattr(Months, "author", ada.pk)
    return Months(people=6, days=35)


def work_off():
    """As the task does, until nobody is due."""
    due.work_off(due.JOURNEYS, deriving.derive)
    assert not Due.objects.filter(kind=due.JOURNEYS, at__lte=timezone.now()).exists()


def check():
    """Every journey, move and friction is what the plain computation says."""
    now = timezone.now()
    expected = plain(now, LEAST)
    rows = {row.pk: row for row in Journey.objects.all()}
    assert set(rows) == set(expected)
    for pk, values in expected.items():
        assert {name: getattr(rows[pk], name) for name in values} == values
    moves = Counter(Move.objects.values_list("journey", "at", "position", "source", "target", "seconds", "is_end"))
    assert moves == Counter(move for pk, values in expected.items() for move in _moves(pk, values))
    hard = Counter(Friction.objects.values_list("journey", "at", "kind"))
    assert hard == Counter((pk, each["at"], kind) for pk, each in expected.items() for kind in each["frictions"])
    return expected


def _moves(pk, values):
    first, last = values["contact"][0], values["contact"][-1]
    line = [*values["before"], first if first == last else f"{first}>{last}", *values["after"]]
    start = -len(values["before"])
    for number, place in enumerate(line):
        source = line[number - 1] if number else ""
        yield pk, values["at"], start + number, source, place, values["gaps"][number], False
    if values["is_over"] and len(values["after"]) < 5:
        end = "gone" if values["outcome"] == "silent" else "end"
        yield pk, values["at"], len(values["after"]) + 1, line[-1], end, None, True


def test_journeys_are_what_a_plain_look_at_the_rows_says(months):
    work_off()
    found = check()
    assert {values["outcome"] for values in found.values()} >= {"back", "refunded", "bought", "silent", ""}
    assert len({kind for values in found.values() for kind in values["frictions"]}) >= 8
    one, two, three, *_others = months.customers
    entry = merge(one, into=two, evidence="said so")
    months.happens(three, 12, near=Episode.objects.earliest("began_at").began_at)  # late, by months
    due.mark([three.pk], kinds=[due.JOURNEYS])
    work_off()
    check()
    unmerge(entry)
    erasure = privacy.ask(three, by=None)
    assert privacy.carry_on(erasure)
    work_off()
    check()
    assert not Journey.objects.filter(episode__conversation__customer=three).exists()


def asked(agent, **only):
    now = timezone.now()
    begins, half = now - timedelta(days=DAYS + 2), timedelta(days=DAYS // 2)
    return Asked(agent, begins, now, ZONE, "month", (begins - half, begins), only=only)


@pytest.mark.parametrize("only", [{}, {"tier": "a~b", "far": "before"}, {"outcome": "bought"}, {"segment": "regulars"}])
def test_every_number_is_that_of_its_rows(months, sam, only):
    work_off()
    if "segment" in only:
        only = {"segment": str(months.segment.pk)}
    for report in (journeys, friction):
        wanted = asked(sam, **({} if report is friction and "tier" not in only else only))
        drills = 0
        for part in report.sheet(wanted).parts:
            for cell in cells_of(part):
                if not cell.drill:
                    continue
                rows = report.behind(wanted, dict(parse_qsl(cell.drill))).rows
                drills += 1
                if cell.figure.unit == Unit.COUNT:
                    assert rows.count() == cell.value, cell
                elif cell.figure.key in ("content", "rest"):
                    assert rows.count() == cell.rows, cell
                elif cell.figure.unit == Unit.SHARE and cell.rows:
                    assert rows.count() == pytest.approx(cell.value * cell.rows), cell
        assert drills > 10


def test_who_sees_no_purchases_is_not_told_what_they_came_to(months, sam):
    work_off()

    def told():
        of = asked(sam)
        drills = [cell.drill for part in journeys.sheet(of).parts for cell in cells_of(part)]
        behind = journeys.behind(of, {"what": "journeys"})
        came = behind.columns[1]
        return drills, {came.take(row) for row in behind.rows}, of

    bought = str(JourneyOutcome.BOUGHT.label)
    drills, words, _of = told()
    assert any("is=bought" in drill for drill in drills) and bought in words
    sam.sees_purchases = False
    drills, words, of = told()
    assert not any("is=bought" in drill for drill in drills) and bought not in words and "" in words
    with pytest.raises(Http404):
        journeys.behind(of, {"what": "outcome", "is": "bought"})


def test_the_sheet_counts_what_the_plain_computation_counts(months, sam):
    """Shares, medians and the flow, from the plain journeys alone."""
    work_off()
    found = list(plain(timezone.now(), LEAST).values())
    parts = journeys.sheet(asked(sam, far="before")).parts
    tiles = {cell.figure.key: cell for cell in parts[0].cells}
    over = [each for each in found if each["is_over"]]
    assert tiles["journeys"].value == len(found)
    assert tiles["silent"].value == sum(each["outcome"] == "silent" for each in over) / len(over)
    content = [each["good"] for each in found if each["answers"]]
    assert tiles["content"].rows == len(content)
    assert tiles["content"].value == pytest.approx(sum(content) / len(content))
    links = [*parts[1].links, *journeys.sheet(asked(sam, far="after")).parts[1].links]
    flow = {(link.source, link.target): link.cell.value for link in links}
    every = [move for number, each in enumerate(found) for move in _moves(number, each) if move[3]]
    assert flow == Counter((f"{move[2] - 1}:{move[3]}", f"{move[2]}:{move[4]}") for move in every)
    hard = {row.drill: row.cells[0].value for row in friction.sheet(asked(sam)).parts[1].rows}
    kinds = Counter(kind for each in found for kind in each["frictions"])
    assert hard == {f"what=kind&kind={kind}": count for kind, count in kinds.items()}


OUTCOMES = ("back", "refunded", "cancelled", "returned", "bought", "kept", "silent")
CODES = {
    "email": "em", "chat": "ch", "voice": "vo", "bot": "bo", "site": "si", "app": "mo", "cart": "ca", "shop": "sh",
    "order": "or", "delivery": "de", "return": "re", "arrived": "ra", "refund": "rf", "cancel": "cn",
}  # fmt: skip


def facts(found, segment):
    """Of each stream its facts, by Python alone; `segment` holds every other customer."""
    streams = {name: [] for name in ("move", "journey", "friction", "move_segment", "way_segment")}
    for pk, its in found.items():
        episode = Episode.objects.select_related("conversation").get(pk=pk)
        here = (its["at"], episode.team_id or 0, episode.medium)
        is_member = segment.memberships.filter(customer=episode.conversation.customer_id).exists()
        for *_pk, position, source, target, seconds, _end in _moves(pk, its):
            keys = {"move": f"{position}~{source}~{target}", "step": f"{source}~{target}"}
            numbers = {"moves": 1, "timed": int(seconds is not None)}
            _add(streams, "move", "move_segment", here, numbers, keys, {"seconds": seconds}, its, episode, is_member)
        first, last = CODES[its["contact"][0]], CODES[its["contact"][-1]]
        near = ["".join(CODES[place] for place in part) for part in (its["before"][-2:], its["after"][:2])]
        way = f"{near[0]}-{first if first == last else first + last}-{near[1]}"
        keys = {"way": way, "dropped": its["dropped_at"], "whole": ""}
        over = {f"over_{name}": int(its["is_over"] and its["outcome"] == name) for name in OUTCOMES}
        numbers = {
            "journeys": 1, "over": int(its["is_over"]), **over, "hard": int(bool(its["frictions"])),
            "worked": episode.worked, "answers": its["answers"], "good": its["good"],
        }  # fmt: skip
        spread = {"lasted": its["lasted"]}
        _add(streams, "journey", "way_segment", here, numbers, keys, spread, its, episode, is_member)
        for kind in its["frictions"]:
            numbers = {"frictions": 1, "worked": episode.worked, "answers": its["answers"], "good": its["good"]}
            cuts = {"kind": kind, "kind_of": f"{kind}~{episode.tier}"}
            streams["friction"].append(slow.Fact(*here, numbers, cuts))
    return streams


def _add(streams, name, by_segment, here, numbers, keys, spreads, its, episode, is_member):
    narrow = {f"{cut}_of": f"{its['outcome']}~{key}~{episode.tier}" for cut, key in keys.items()}
    streams[name].append(slow.Fact(*here, numbers, {**keys, **narrow}, spreads))
    if is_member:
        segment = Segment.objects.get().pk
        cuts = {cut: f"{segment}~{value}" for cut, value in narrow.items()}
        streams[by_segment].append(slow.Fact(*here, numbers, cuts, spreads))


def test_what_is_added_up_is_what_the_loops_add_up(few, sam):
    work_off()
    streams = facts(plain(timezone.now(), LEAST), few.segment)
    for stream in EVERY:
        rows = streams[stream.name]
        assert rows
        slow.compare(stream, rows, asked(sam), zones=(ZONE,))  # from the facts
        slow.roll(stream, timezone.now() - timedelta(days=6))
        slow.compare(stream, rows, asked(sam), zones=(ZONE,))  # from tallies, and the days after


def test_who_may_not_see_browsing_is_told_that_they_were_on_the_site(months, sam):
    work_off()
    sam.sees_browsing = False
    wanted = asked(sam, far="before")
    parts = journeys.sheet(wanted).parts
    told = {node.key.split(":")[1] for node in parts[1].nodes}
    assert "site" in told and not told & {"app", "cart"}
    for part in parts:
        for cell in cells_of(part):
            if cell.drill and cell.figure.unit == Unit.COUNT:
                assert journeys.behind(wanted, dict(parse_qsl(cell.drill))).rows.count() == cell.value
    row = Journey.objects.filter(before__contains=["cart"]).first()
    behind = journeys.behind(wanted, {"what": "journeys"})
    assert str(places.PLACES["cart"].label) not in str(behind.columns[0].take(row))
    hidden = ("dropped&place=cart", "node&at=0&place=cart", "link&at=0&from=cart&to=chat", "way&way=ca-ch-")
    for drill in hidden:  # by hand: no page of theirs leads there
        with pytest.raises(Http404):
            journeys.behind(wanted, dict(parse_qsl(f"what={drill}")))


WRONG = (
    "",
    "what=node&at=9&place=chat",
    "what=link&at=1&from=nowhere&to=chat",
    "what=way&way=zz-ch-",
    "what=outcome&is=rich",
    "what=dropped&place=end",
)


def test_what_is_no_number_is_not_found(sam):
    for drill in WRONG:
        with pytest.raises(Http404):
            journeys.behind(asked(sam), dict(parse_qsl(drill)))


def test_doing_it_again_writes_nothing_and_what_is_over_comes_due_by_itself(months):
    work_off()
    before = set(Move.objects.values_list("pk", flat=True))
    due.mark([each.pk for each in months.customers], kinds=[due.JOURNEYS])
    work_off()
    assert set(Move.objects.values_list("pk", flat=True)) == before
    later = Due.objects.filter(kind=due.JOURNEYS, at__gt=timezone.now())
    waiting = Journey.objects.filter(is_over=False, over_at__isnull=False)
    assert {each.over_at for each in waiting} == set(later.values_list("at", flat=True))


def test_of_some_teams_only_theirs_are_counted_and_shown(few, sam):
    work_off()
    found = plain(timezone.now(), LEAST)
    theirs = {few.teams[0].pk, 0}
    teams = dict(Episode.objects.values_list("pk", "team"))
    wanted = replace(asked(sam), teams=frozenset(theirs))
    for report in (journeys, friction):
        tile = report.sheet(wanted).parts[0].cells[0]
        assert tile.value == sum((teams[pk] or 0) in theirs for pk in found)
        assert report.behind(wanted, dict(parse_qsl(tile.drill))).rows.count() == tile.value


def test_the_pages_lead_to_the_conversations(client, few, sam, ada):
    work_off()
    client.force_login(sam)
    page = client.get("/reports/journeys/?for=12m&far=after").content.decode()
    assert "From place to place" in page and "The contact" in page
    assert "What makes it hard" in client.get("/reports/friction/?for=12m").content.decode()
    one = Journey.objects.exclude(frictions=[]).first()
    rows = client.get(f"/reports/friction/rows/?for=12m&cell=what%3Dkind%26kind%3D{one.frictions[0]}").content.decode()
    assert f"/conversations/{one.episode.conversation_id}/" in rows
    client.force_login(ada)
    assert client.get("/reports/journeys/").status_code == 404


def test_what_nobody_said_anything_in_is_no_journey():
    talk = Conversation.objects.create(customer=Customer.objects.create(name="Ann"))
    now = timezone.now()
    Episode.objects.create(conversation=talk, began_at=now - timedelta(days=2), ended_at=now, medium="")
    work_off()
    assert not Journey.objects.exists()


def test_a_hundred_customers_take_as_many_statements_as_some(months):
    """However much they did: visits are walked by index and limit."""
    customer = Customer.objects.create(name="Busy")
    identity = Identity.objects.create(customer=customer, kind="visitor", value="busy")
    now = timezone.now()
    Visit.objects.bulk_create(
        Visit(identity=identity, source=1, pages=1, page={"url": "/"}, started_at=at, ended_at=at)
        for at in (now - timedelta(minutes=40 * number) for number in range(2000))
    )
    talk = Conversation.objects.create(customer=customer)
    Episode.objects.create(conversation=talk, began_at=now - timedelta(days=20), ended_at=now, medium="chat")
    work_off()  # what is usual in each month is known from here on
    everybody = [customer.pk, *(each.pk for each in months.customers)]
    counts = []
    for some in (everybody[:4], everybody):
        Journey.objects.all().delete()
        with CaptureQueriesContext(connection) as asked_:
            deriving.derive(some)
        counts.append(len(asked_))
    assert counts[0] == counts[1] <= 24
    row = Journey.objects.get(episode__conversation=talk)
    assert (row.before, row.after) == (["site"], [])
