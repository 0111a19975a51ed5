"""Tallies say what the facts say: read live, added up, added up once more, and after anything that happens later."""

import random
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Q

from conversations.models import AgentState, Conversation, Episode, StaleHour, Tally, TallyMark
from conversations.reports.sheets.sheet import Asked
from conversations.reports.streams_service import STATES
from conversations.reports.tallies import adding, clock, marks, rolling, triggers
from conversations.reports.tallies.reading import read
from conversations.reports.tallies.spreads import Spread, class_of
from conversations.reports.tallies.stream import BOUNDS, ROUND, Stream
from conversations.reports.tallies.stretches import Standing, Wish, plan
from customers.models import Customer
from tests.conversations.reports.plain import DESK, Fact, check, compare, roll

pytestmark = pytest.mark.django_db

BEGUN = Stream(
    name="tried",
    rows="""select began_at as at, coalesce(team_id, 0) as team, medium, language, agent_id, waited, took, 1 as count,
      said from conversations_episode where began_at >= %(since)s and began_at < %(until)s""",
    numbers=("count", "said"),
    cuts={"agent": "agent_id", "language": "language"},
    spreads={"waited": ("agent",), "took": ()},
    tables=(("conversations_episode", "began_at"),),
)
MARCH = (datetime(2026, 3, 1, tzinfo=DESK), datetime(2026, 5, 1, tzinfo=DESK))


def loops():
    for row in Episode.objects.all():
        yield Fact(
            row.began_at, row.team_id or 0, row.medium, {"count": 1, "said": row.said},
            {"agent": str(row.agent_id or ""), "language": row.language}, {"waited": row.waited, "took": row.took},
        )  # fmt: skip


def months_of(conversation, *, agents, teams, many=300):
    """Over two months with a change of the clock in them, and on its very hours; always the same ones."""
    chance = random.Random(3)
    begin = datetime(2026, 2, 27, tzinfo=UTC)
    moments = {begin + timedelta(seconds=chance.randrange(63 * 86_400)) for _each in range(many)}
    moments |= {datetime(2026, 3, 29, hour, minute, tzinfo=UTC) for hour in (0, 1, 23) for minute in (0, 29, 31, 59)}
    Episode.objects.bulk_create(
        Episode(
            conversation=conversation, began_at=at, said=chance.randrange(9), language=chance.choice(["en", "de", ""]),
            medium=chance.choice(["email", "chat"]), agent=chance.choice([*agents, None]),
            team=chance.choice([*teams, None]), waited=chance.choice([None, 0, 1, 60, chance.randrange(90_000)]),
            took=chance.randrange(900_000),
        )
        for at in sorted(moments)
    )  # fmt: skip


@pytest.fixture
def asked(ada, grace, linus, returns, billing):
    talk = Conversation.objects.create(customer=Customer.objects.create(name="Ann"), last_message_at=MARCH[0])
    months_of(talk, agents=[ada, grace, linus], teams=[returns, billing])
    return Asked(ada, *MARCH, DESK)


def test_live_added_up_and_added_up_again_say_what_loops_say(asked):
    assert check(BEGUN, loops, asked, until=datetime(2026, 4, 20, 15, 10, tzinfo=UTC)) > 100
    assert set(Tally.objects.values_list("grain", flat=True)) == {"h", "d", "m", "w", "D", "M"}


def test_tallies_added_up_in_any_order_of_parts_are_the_same(asked):
    def all_of_it():
        fields = ("grain", "cut", "at", "team", "medium", "value", "klass", "numbers")
        old = Q(grain="h", at__lt=TallyMark.objects.get().fine_from) & ~Q(cut__in=adding.whole_names(BEGUN))
        return sorted(map(str, Tally.objects.exclude(old).values_list(*fields)))

    end = datetime(2026, 4, 20, 15, tzinfo=UTC)
    roll(BEGUN, end)
    once = all_of_it()
    TallyMark.objects.all().delete()
    for until in sorted(random.Random(7).sample(range(int(MARCH[0].timestamp()), int(end.timestamp())), 4)):
        roll(BEGUN, clock.moment(until))
    roll(BEGUN, end)
    hours = list(Episode.objects.values_list("began_at", flat=True))
    random.Random(8).shuffle(hours)
    for some in range(0, len(hours), 150):
        StaleHour.objects.bulk_create(StaleHour(stream="tried", hour=hour) for hour in hours[some : some + 150])
        rolling.mend(BEGUN)
    assert all_of_it() == once and len(once) > 2000


def test_what_comes_changes_and_goes_later_is_read_at_once_and_added_up_after(asked, ada):
    roll(BEGUN, MARCH[1])
    assert not StaleHour.objects.exists()
    talk = Conversation.objects.get()
    Episode.objects.create(conversation=talk, began_at=datetime(2026, 3, 29, 1, 30, 5, tzinfo=UTC), medium="sms")
    moved, gone = Episode.objects.filter(began_at__gte=datetime(2026, 3, 30, tzinfo=UTC)).order_by("pk")[:2]
    Episode.objects.filter(pk=moved.pk).update(began_at=datetime(2026, 3, 2, 9, 9, tzinfo=UTC), said=77)
    gone.delete()
    Episode.objects.create(
        conversation=talk, began_at=MARCH[1] + timedelta(hours=5)
    )  # in the open hour: writes nothing
    touched = {clock.floor(at.timestamp(), DESK) for at in (moved.began_at, gone.began_at)}
    touched |= {
        clock.floor(datetime(2026, 3, day, hour, tzinfo=UTC).timestamp(), DESK) for day, hour in ((29, 1), (2, 9))
    }
    assert set(marks.stale_steps(BEGUN, DESK)) == touched
    compare(BEGUN, list(loops()), asked)
    assert rolling.mend(BEGUN) == len({clock.begins(DESK, "day", step, step + 1)[0] for step in touched})
    assert not StaleHour.objects.exists()
    compare(BEGUN, list(loops()), asked)
    talk.delete()  # and all that hangs on it
    assert len(marks.stale_steps(BEGUN, DESK)) > 200
    rolling.mend(BEGUN)
    assert read(BEGUN, asked)[()]["count"] == 0 == Tally.objects.filter(at__lt=MARCH[1]).count()


def test_of_what_lasts_each_hour_is_marked_that_its_change_touches(ada):
    def stale():
        found = {clock.moment(step).hour for step in marks.stale_steps(STATES, DESK)}
        StaleHour.objects.all().delete()
        return found

    at = datetime(2026, 3, 9, tzinfo=UTC)
    roll(STATES, at + timedelta(hours=20))
    since = at + timedelta(hours=3)
    here = AgentState.objects.create(agent=ada, state="online", since=since, until=since + timedelta(hours=2))
    assert stale() == {3, 4, 5}
    AgentState.objects.filter(pk=here.pk).update(until=since + timedelta(hours=4))
    assert stale() == {5, 6, 7}
    AgentState.objects.filter(pk=here.pk).update(state="away")
    assert stale() == {3, 4, 5, 6, 7}
    here.delete()
    assert stale() == {3, 4, 5, 6, 7}
    AgentState.objects.create(agent=ada, state="online", since=at + timedelta(hours=21))
    AgentState.objects.update(until=at + timedelta(hours=22))
    assert stale() == set()


def test_another_definition_or_another_clock_counts_anew_and_is_right_meanwhile(asked):
    roll(BEGUN, MARCH[1])
    wider = Stream(**{**BEGUN.__dict__, "numbers": ("count",)})
    assert marks.standing(wider).until == 0 and marks.standing(BEGUN).until == int(MARCH[1].timestamp())
    mark = rolling.begin_anew(wider, DESK)
    assert not Tally.objects.exists()
    rolling.watch(mark, MARCH[1] + rolling.MARGIN)
    rolling.advance(wider, int(datetime(2026, 3, 14, 11, tzinfo=DESK).timestamp()))
    assert Tally.objects.exists() and read(wider, asked)[()]["count"] == sum(
        1 for each in loops() if MARCH[0] <= each.at < MARCH[1]
    )


def test_hours_of_each_cut_are_kept_for_a_fortnight(asked):
    roll(BEGUN, datetime(2026, 4, 20, 15, tzinfo=UTC))
    roll(BEGUN, datetime(2026, 4, 27, 15, tzinfo=UTC))
    hours = Tally.objects.filter(grain="h")
    oldest = hours.filter(cut="agent").order_by("at").values_list("at", flat=True)[0]
    assert datetime(2026, 4, 5, tzinfo=DESK) <= oldest < datetime(2026, 4, 14, tzinfo=DESK)
    assert hours.order_by("at").values_list("at", flat=True)[0] < datetime(2026, 3, 1, tzinfo=UTC)


def test_days_of_each_cut_are_kept_for_two_months_and_older_ones_read_from_months_and_facts(asked):
    roll(BEGUN, datetime(2026, 4, 27, 15, tzinfo=UTC))
    roll(BEGUN, datetime(2026, 6, 27, 15, tzinfo=UTC))
    compare(BEGUN, list(loops()), asked)
    assert not Tally.objects.filter(grain__in="dD", cut="agent", at__lt=datetime(2026, 3, 1, tzinfo=DESK)).exists()
    TallyMark.objects.all().delete()
    roll(BEGUN, datetime(2026, 6, 27, 15, tzinfo=UTC))
    old = Episode.objects.filter(began_at__lt=datetime(2026, 3, 20, tzinfo=UTC)).order_by("pk")[10]
    Episode.objects.filter(pk=old.pk).update(said=99, language="fi")
    compare(BEGUN, list(loops()), asked)
    assert rolling.mend(BEGUN) == 1
    compare(BEGUN, list(loops()), asked)
    kept = Tally.objects.filter(cut="agent", grain="d").order_by("at").values_list("at", flat=True)[0]
    assert kept >= datetime(2026, 4, 1, tzinfo=DESK) and Tally.objects.filter(grain="m", cut="waited/agent").exists()


@pytest.mark.django_db(transaction=True)
def test_an_hour_closes_once_whoever_wrote_unaware_of_it_is_through(mail):
    hour = datetime(2026, 3, 9, 10, 20, tzinfo=UTC)
    talk = Conversation.objects.create(customer=Customer.objects.create(name="Ann"), last_message_at=hour)
    Episode.objects.create(conversation=talk, began_at=hour, said=1)
    other = connection.copy()
    try:
        triggers.install([BEGUN])
        other.set_autocommit(False)
        other.cursor().execute("update conversations_episode set said = said + 4")
        mark = rolling.begin_anew(BEGUN, DESK)
        target = rolling.watch(mark, hour + timedelta(hours=1))
        assert not rolling.is_settled(mark) and not StaleHour.objects.exists()
        other.commit()
        assert _comes_true(lambda: rolling.is_settled(mark))
        rolling.advance(BEGUN, target)
        assert [tally.numbers for tally in Tally.objects.filter(grain="h", cut="")] == [[1, 5]]
        other.cursor().execute("update conversations_episode set said = said + 1")
        other.commit()
        assert marks.stale_steps(BEGUN, DESK) == [clock.floor(hour.timestamp(), DESK)]
        rolling.mend(BEGUN)
        assert Tally.objects.get(grain="h", cut="").numbers == [1, 6]
    finally:
        other.close()
        triggers.install([])
        StaleHour.objects.all().delete()


def _comes_true(claim):
    """Other tests write on the same server, each in a moment."""
    until = time.monotonic() + 20
    while not claim() and time.monotonic() < until:
        time.sleep(0.05)
    return claim()


def test_a_year_is_read_by_months_and_its_edges_by_days_and_hours():
    begin, end = (int(datetime(*day, tzinfo=DESK).timestamp()) for day in ((2025, 3, 15), (2026, 3, 15, 10, 30)))
    until = int(datetime(2026, 3, 15, 9, tzinfo=DESK).timestamp())
    stretches = plan(Wish(DESK, frozenset()), Standing(DESK, until), begin, end)
    assert [each.source for each in stretches] == ["d", "m", "d", "h", ""]
    assert (stretches[0].begin, stretches[-1].end) == (begin, end)
    by_day = plan(
        Wish(DESK, frozenset({"at"}), clock.begins(DESK, "day", begin, end)), Standing(DESK, until), begin, end
    )
    assert [each.source for each in by_day] == ["d", "h", ""]
    assert "w" in {each.source for each in plan(Wish(DESK, frozenset({"hour"})), Standing(DESK, until), begin, end)}
    far = Wish(ZoneInfo("Asia/Kolkata"), frozenset({"hour"}))
    assert {each.source for each in plan(far, Standing(DESK, until), begin, end)} == {""}


@pytest.mark.parametrize("zone", ["Atlantic/Azores", "America/Havana", "America/Santiago", "Australia/Lord_Howe"])
def test_days_of_zones_that_change_at_midnight_have_no_gap_and_no_overlap(zone):
    there, begin = ZoneInfo(zone), int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
    days = clock.begins(there, "day", begin, begin + 366 * 86_400)
    assert all(clock.end_of(there, "day", day) == later for day, later in zip(days, days[1:], strict=False))
    assert len(days) in (366, 367) and all(clock.floor(day, there) == day for day in days)


def test_a_median_is_right_to_a_twentieth_and_a_promise_exactly():
    took = sorted(random.Random(5).choices(range(200_000), k=999))
    spread = sum((Spread({class_of(each): 1}) for each in took), Spread())
    assert spread.median == pytest.approx(took[499], rel=0.05) and spread.count == 999
    assert spread.within(3600) == sum(each <= 3600 for each in took) / 999
    assert Spread({class_of(10): 1, class_of(1000): 1}).median == pytest.approx(505, rel=0.05)
    assert Spread().median is None and set(ROUND) <= set(BOUNDS) and len(BOUNDS) < 1000
