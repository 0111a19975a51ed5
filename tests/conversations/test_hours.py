"""Business time, to the second: where clocks jump, on holidays, and against a count of single minutes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.models import Hours
from conversations.routing.hours import (
    ALL_DAY,
    DAYS,
    Calendar,
    add,
    between,
    calendar_of,
    holiday_on,
    is_open,
    next_closing,
    next_opening,
)

OFFICE = {day: (("09:00", "17:30"),) for day in DAYS[:5]}
LONDON = Calendar("Europe/London", OFFICE)
NIGHT = Calendar("Europe/Berlin", {day: (("00:00", "06:00"), ("22:00", "24:00")) for day in DAYS})


def at(text, zone="Europe/London"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T09:00:00", True),
        ("2026-11-23T17:29:59", True),
        ("2026-11-23T17:30:00", False),
        ("2026-11-22T12:00:00", False),
    ],
)
def test_an_office(moment, open_now):
    assert is_open(LONDON, at(moment)) is open_now


def test_when_it_opens_and_closes_next():
    assert next_opening(LONDON, at("2026-11-20T18:00:00")) == at("2026-11-23T09:00:00")  # over a weekend
    assert next_opening(LONDON, at("2026-11-23T10:00:00")) == at("2026-11-23T10:00:00")
    assert next_closing(LONDON, at("2026-11-23T10:00:00")) == at("2026-11-23T17:30:00")
    assert next_closing(LONDON, at("2026-11-22T10:00:00")) is None
    assert next_closing(NIGHT, at("2026-11-23T23:00:00", "Europe/Berlin")) == at("2026-11-24T06:00:00", "Europe/Berlin")


def test_without_hours_it_is_always_open():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert is_open(Calendar(), now) and next_opening(Calendar(), now) == now and next_closing(Calendar(), now) is None
    assert add(Calendar(), now, timedelta(hours=30)) == now + timedelta(hours=30)
    assert between(Calendar(), now, now + timedelta(days=2)) == timedelta(days=2)


def test_what_never_opens_ends():
    shut = Calendar("UTC", OFFICE, special={date(2026, 1, 1) + timedelta(days=n): () for n in range(5000)})
    assert next_opening(shut, datetime(2026, 6, 1, tzinfo=UTC)) is None
    assert add(shut, datetime(2026, 6, 1, tzinfo=UTC), timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-03-29", 23),  # 01:00 is followed by 02:00
        ("2026-10-25", 25),  # 01:00 to 02:00 comes twice
        ("2026-06-15", 24),
    ],
)
def test_days_on_which_the_clock_is_changed(day, hours):
    whole = Calendar("Europe/London", dict.fromkeys(DAYS, ALL_DAY))
    start = at(f"{day}T00:00:00")
    assert between(whole, start, start + timedelta(days=3)) == timedelta(days=3)
    assert between(Calendar("Europe/London", {DAYS[date.fromisoformat(day).weekday()]: ALL_DAY}),
                   start - timedelta(days=3), start + timedelta(days=3)) == timedelta(hours=hours)  # fmt: skip


def test_a_time_that_the_clock_skips_is_the_moment_of_the_skip():
    early = Calendar("Europe/London", {"sun": (("01:30", "03:00"),)})
    opens = next_opening(early, at("2026-03-28T12:00:00"))
    assert opens == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 02:00 by the new clock
    assert next_closing(early, opens) - opens == timedelta(hours=1)


def test_of_a_time_that_comes_twice_the_first_opens_and_the_last_closes():
    early = Calendar("Europe/London", {"sun": (("01:30", "01:45"),)})
    opens = next_opening(early, at("2026-10-24T12:00:00"))
    assert opens == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_closing(early, opens) == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)


def test_holidays_and_days_of_our_own():
    england = Calendar("Europe/London", OFFICE, "GB", "ENG")
    assert holiday_on("GB", "ENG", date(2026, 12, 25)) == "Christmas Day"
    assert not is_open(england, at("2026-12-25T10:00:00"))
    open_all_the_same = Calendar(
        "Europe/London", OFFICE, "GB", "ENG", {date(2026, 12, 25): (("10:00", "12:00"),), date(2026, 12, 24): ()}
    )
    assert is_open(open_all_the_same, at("2026-12-25T10:00:00"))
    assert not is_open(open_all_the_same, at("2026-12-24T10:00:00"))
    assert holiday_on("XX", "", date(2026, 1, 1)) == ""


@pytest.mark.django_db
def test_a_row_as_values(django_assert_num_queries):
    hours = Hours.objects.create(name="Kendal", zone="Europe/London", week={"mon": [["09:00", "17:30"]]}, country="GB")
    hours.closures.create(day=date(2026, 11, 30), reason="Stocktaking")
    with django_assert_num_queries(1):
        calendar = calendar_of(hours)
    assert calendar.week["mon"] == (("09:00", "17:30"),) and calendar.spans_on(date(2026, 11, 30)) == ()
    assert calendar_of(None).is_always_open


minutes = st.integers(0, 1440)
spans = st.lists(st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]), max_size=1)
weeks = st.fixed_dictionaries({day: spans for day in DAYS})
zones = st.sampled_from(
    ["UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]
)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
    lambda d: d.replace(second=0, microsecond=0, tzinfo=UTC)
)


def _calendar(week, zone):
    def clock(minute):
        return f"{minute // 60:02}:{minute % 60:02}"

    return Calendar(zone, {day: tuple((clock(a), clock(b)) for a, b in some) for day, some in week.items()})


@settings(max_examples=60, deadline=None)
@given(weeks, zones, starts, st.integers(0, 3 * 1440))
def test_open_time_is_the_count_of_open_minutes(week, zone, start, length):
    calendar = _calendar(week, zone)
    end = start + timedelta(minutes=length)
    counted = sum(is_open(calendar, start + timedelta(minutes=n)) for n in range(0, length))
    assert between(calendar, start, end) == timedelta(minutes=counted)


@settings(max_examples=60, deadline=None)
@given(weeks, zones, starts, st.integers(1, 5 * 1440))
def test_adding_open_time_ends_where_so_much_has_passed(week, zone, start, much):
    calendar = _calendar(week, zone)
    end = add(calendar, start, timedelta(minutes=much))
    assert end is not None
    assert between(calendar, start, end) == timedelta(minutes=much)
    assert between(calendar, start, end - timedelta(minutes=1)) == timedelta(minutes=much - 1)


@settings(max_examples=60, deadline=None)
@given(weeks, zones, starts)
def test_the_next_opening_is_open_and_nothing_before_it_is(week, zone, start):
    calendar = _calendar(week, zone)
    opens = next_opening(calendar, start)
    assert opens is not None and is_open(calendar, opens)
    assert between(calendar, start, opens) == timedelta(0)
