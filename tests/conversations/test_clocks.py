"""The clocks of an SLA, against a count of single minutes: over pauses, holidays and days on which the clock jumps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations import clocks
from conversations.clocks import Clock, Happening, Promise, State
from conversations.routing.hours import DAYS, Calendar, is_open

MINUTE = timedelta(minutes=1)
OFFICE = {day: (("09:00", "12:00"), ("13:00", "17:00")) for day in DAYS[:5]}
NIGHTS = {day: (("00:00", "03:30"), ("22:00", "24:00")) for day in DAYS}
CALENDARS = [
    Calendar(),
    Calendar("Europe/London", OFFICE, special={date(2026, 3, 30): (), date(2026, 10, 24): (("10:00", "14:00"),)}),
    Calendar("Europe/Berlin", NIGHTS),
    Calendar("America/New_York", NIGHTS),
    Calendar("Australia/Lord_Howe", {day: (("01:00", "02:45"), ("08:00", "09:00")) for day in DAYS}),
]
# Each of these nights, some clock of the calendars goes forward or back.
STARTS = [
    datetime(2026, 3, 28, 20, tzinfo=UTC),
    datetime(2026, 10, 24, 20, tzinfo=UTC),
    datetime(2026, 3, 7, 22, tzinfo=UTC),
    datetime(2026, 10, 31, 22, tzinfo=UTC),
    datetime(2026, 10, 3, 8, tzinfo=UTC),
]
WHATS = st.sampled_from(["asked", "asked", "answered", "answered", "bot", "solved", "opened"])
STEPS = st.lists(st.tuples(WHATS, st.integers(1, 900)), min_size=1, max_size=12)
PROMISES = st.builds(
    lambda calendar, first, after, solution, pauses, share, later: Promise(
        policy=1,
        name="Gold",
        within={
            kind: timedelta(minutes=much)
            for kind, much in (("first", first), ("next", after), ("resolution", solution))
            if much
        },
        calendar=calendar,
        pauses=pauses,
        warn_at=share / 100,
        escalate_after=timedelta(minutes=later),
        key="k",
    ),
    st.sampled_from(CALENDARS),
    st.integers(0, 300),
    st.integers(0, 120),
    st.integers(0, 900),
    st.booleans(),
    st.integers(1, 99),
    st.integers(0, 60),
)


def told_of(start, steps):
    at, found = start, []
    for what, minutes in steps:
        at += timedelta(minutes=minutes)
        found.append(Happening(at, what, 7 if what in ("answered", "solved") else None))
    return found


def by_minutes(happenings, promise, end):
    """What a person with a stop-watch would write down: of each clock, the minutes used and when it was up."""
    clocks_, is_solved, had_first, ended = {}, False, False, {}
    queue, at = list(happenings), happenings[0].at
    while at <= end:
        while queue and queue[0].at == at:
            happening = queue.pop(0)
            if happening.what == "asked":
                if is_solved:
                    had_first, is_solved = True, False
                    clocks_ = {key: clock for key, clock in clocks_.items() if key[0] == "resolution"}
                    ended = {key: each for key, each in ended.items() if key not in clocks_}
                if not any(kind != "resolution" for kind, _since in clocks_):
                    clocks_["next" if had_first else "first", at] = [0, None, True]
                if not any(kind == "resolution" for kind, _since in clocks_):
                    clocks_["resolution", at] = [0, None, True]
                for clock in clocks_.values():
                    clock[2] = True
            elif happening.what in ("answered", "bot") and not is_solved:
                for key in [key for key in clocks_ if key[0] != "resolution"]:
                    if happening.what == "answered":
                        ended[key] = (at, *clocks_[key][:2])
                        had_first = True
                    del clocks_[key]
                if promise.pauses:
                    for clock in clocks_.values():
                        clock[2] = False
            elif happening.what == "solved" and not is_solved:
                is_solved = True
                for key, clock in clocks_.items():
                    ended[key] = (at, *clock[:2])
                    clock[2] = False
            elif happening.what == "opened" and is_solved:
                is_solved = False
                for key, clock in clocks_.items():
                    ended.pop(key, None)
                    clock[2] = True
        for (kind, _since), clock in clocks_.items():
            if clock[2] and is_open(promise.calendar, at):
                clock[0] += 1
                within = promise.within.get(kind)
                if within is not None and clock[1] is None and clock[0] * MINUTE >= within:
                    clock[1] = at + MINUTE
        at += MINUTE
    return clocks_, ended, is_solved


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STARTS), STEPS, PROMISES)
def test_clocks_are_exact_to_the_minute(start, steps, promise):
    happenings = told_of(start, steps)
    state, ended = clocks.run(happenings, promise)
    counted, over, is_solved = by_minutes(happenings, promise, happenings[-1].at)
    assert state.is_solved == is_solved
    assert {(each.kind, each.since) for each in ended} == set(over)
    for each in ended:
        done_at, minutes, up_at = over[each.kind, each.since]
        assert (each.done_at, each.took) == (done_at, minutes * MINUTE)
        assert each.is_met == (up_at is None or done_at <= up_at)
    last = happenings[-1].at
    assert {(clock.kind, clock.since) for clock in state.clocks} == set(counted)
    for clock in state.clocks:
        minutes, up_at, _runs = counted[clock.kind, clock.since]
        open_now = clock.runs_since is not None and is_open(promise.calendar, last)
        assert clocks.used(clock, promise, last) == (minutes - open_now) * MINUTE  # the count has begun one more
        if up_at and up_at <= last:
            assert clocks.due_at(clock, promise) == up_at


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STARTS), STEPS, PROMISES)
def test_what_is_due_is_up_at_that_minute_and_not_before(start, steps, promise):
    state, _ended = clocks.run(told_of(start, steps), promise)
    for clock in state.clocks:
        due, within = clocks.due_at(clock, promise), promise.within.get(clock.kind)
        if due is None or clock.over_at:
            continue
        assert clocks.used(clock, promise, due) == max(within, clock.ran)
        if due > clock.runs_since and within > clock.ran:
            assert clocks.used(clock, promise, due - MINUTE) < within
        soon = clocks.at_risk_at(clock, promise)
        assert soon <= due <= clocks.escalates_at(clock, promise)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STARTS), STEPS, PROMISES)
def test_step_by_step_and_written_down_between_is_the_same_as_from_the_beginning(start, steps, promise):
    happenings = told_of(start, steps)
    state, rows = State(key=promise.key), {}
    for happening in happenings:
        state = clocks.read(clocks.written(state)) if state.latest else state
        state, ended, revived = clocks.after(state, happening, promise)
        for clock in revived:
            rows.pop((clock.kind, clock.since), None)
        rows |= {(each.kind, each.since): each for each in ended}
    whole, ended = clocks.run(happenings, promise)
    assert state == whole
    assert sorted(rows.values(), key=lambda each: (each.done_at, each.since, each.kind)) == ended


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(STARTS), STEPS, PROMISES, st.lists(st.integers(0, 2000), min_size=1, max_size=8))
def test_nobody_is_told_twice_and_nothing_is_left_out(start, steps, promise, looks):
    happenings = told_of(start, steps)
    state, _ended = clocks.run(happenings, promise)
    now = happenings[-1].at
    heard = []
    for minutes in sorted(looks):
        at = now + timedelta(minutes=minutes)
        news = clocks.news(state, promise, at)
        heard += [(clock.kind, clock.since, level) for clock, level in news]
        state = clocks.told(state, news)
        for clock in state.clocks:
            assert state.is_solved or clock.told == clocks.reached(clock, promise, at)
        standing = clocks.standing(state, promise, at)
        assert standing.look_at is None or standing.look_at > at
    assert len(heard) == len(set(heard))


def at(text, zone="Europe/London"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-03-27T16:00:00", "2026-03-30T11:00:00"),  # Friday to Monday, over the night the clock goes forward
        ("2026-10-23T16:00:00", "2026-10-26T11:00:00"),
        ("2026-10-26T11:30:00", "2026-10-26T15:30:00"),  # over the break
        ("2026-10-24T11:00:00", "2026-10-26T12:00:00"),  # of a Saturday: from Monday on
    ],
)
def test_three_hours_of_an_office(asked, due):
    promise = Promise(1, "Office", {"first": 3 * HOUR}, Calendar("Europe/London", OFFICE))
    state, _ended = clocks.run([Happening(at(asked), "asked")], promise)
    assert clocks.standing(state, promise, at(asked)).due_at == at(due)


def test_round_the_clock_an_hour_is_an_hour_in_the_night_that_has_one_twice():
    promise = Promise(1, "Always", {"first": 4 * HOUR})
    asked = at("2026-10-25T00:30:00")
    state, _ended = clocks.run([Happening(asked, "asked")], promise)
    assert clocks.standing(state, promise, asked).due_at == asked + 4 * HOUR == at("2026-10-25T03:30:00")


def test_the_solution_rests_while_the_customer_has_the_word():
    promise = Promise(1, "Gold", {"resolution": 5 * HOUR})
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    said = [Happening(noon, "asked"), Happening(noon + 2 * HOUR, "answered"), Happening(noon + 40 * HOUR, "asked")]
    state, _ended = clocks.run(said[:2], promise)
    assert clocks.standing(state, promise, noon + 3 * HOUR) == clocks.Standing()
    state, _ended = clocks.run(said, promise)
    assert clocks.standing(state, promise, noon + 41 * HOUR).due_at == noon + 43 * HOUR


def test_a_solution_that_was_late_stays_late_while_it_rests():
    promise = Promise(1, "Gold", {"resolution": HOUR})
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    state, _ended = clocks.run([Happening(noon, "asked"), Happening(noon + 2 * HOUR, "answered")], promise)
    standing = clocks.standing(state, promise, noon + 3 * HOUR)
    assert (standing.due_at, standing.is_late) == (noon + HOUR, True)


def test_the_bots_word_is_no_answer_of_ours():
    promise = Promise(1, "Gold", {"first": HOUR, "next": HOUR})
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    said = [Happening(noon, "asked"), Happening(noon + HOUR / 60, "bot"), Happening(noon + 2 * HOUR, "asked")]
    state, ended = clocks.run(said, promise)
    assert not ended and state.clock("first") == Clock("first", noon + 2 * HOUR, runs_since=noon + 2 * HOUR)


@pytest.mark.parametrize("kept", [{"clocks": 3}, {"key": "x"}, {"clocks": [{}], "channel": None}])
def test_what_cannot_be_read_says_so(kept):
    with pytest.raises(clocks.UNREADABLE):
        clocks.read(kept)
