"""Months of events: made ahead and for old events, dropped whole, and no row lost on the way."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers import partitions
from customers.facts import EventFact
from customers.gather import gather_all
from customers.identify import Handle
from customers.models import Event, EventKey


def at(year, month, day=15):
    fact = (Handle("visitor", "a-visitor"),)
    return EventFact(1, f"{year}-{month}-{day}", fact, "Page Viewed", datetime(year, month, day, tzinfo=UTC))


def table_of(external_id):
    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text from customers_event where external_id = %s", [external_id])
        return cursor.fetchone()[0]


@pytest.fixture
def months(transactional_db):
    """Partitions outlive the flush after a test; these are gone when it ends."""
    before = set(partitions.existing())
    yield
    for name in set(partitions.existing()) - before:
        partitions._drop(name)


def test_the_coming_months_are_made_ahead_and_only_once(months):
    partitions.make_ahead()
    this_month = timezone.now().date().replace(day=1)
    assert this_month in partitions.existing().values()
    assert len([first for first in partitions.existing().values() if first > this_month]) >= partitions.AHEAD_MONTHS
    assert partitions.make_ahead() == []


def test_an_event_of_a_month_without_a_table_is_kept_and_moves_when_it_is_made(months):
    gather_all([at(2003, 5), at(2003, 5, 31), at(2003, 6, 1)])
    assert table_of("2003-5-15") == "customers_event_default"
    assert set(partitions.make_ahead()) >= {"customers_event_y2003m05", "customers_event_y2003m06"}
    assert table_of("2003-5-15") == table_of("2003-5-31") == "customers_event_y2003m05"
    assert table_of("2003-6-1") == "customers_event_y2003m06"
    assert Event.objects.count() == 3


def test_whole_months_are_dropped_and_a_month_that_is_not_over_stays(months):
    partitions.make_for([date(2004, 1, 1), date(2004, 2, 1)])
    gather_all([at(2004, 1), at(2004, 2), at(2003, 9)])
    EventKey.objects.filter(external_id="2004-1-15").update(received_at=datetime(2004, 1, 15, tzinfo=UTC))
    assert partitions.drop_before(date(2004, 2, 20)) == ["customers_event_y2004m01"]
    assert list(Event.objects.values_list("external_id", flat=True)) == ["2004-2-15"]
    assert set(EventKey.objects.values_list("external_id", flat=True)) == {"2004-2-15", "2003-9-15"}


def test_a_month_made_among_arriving_events_loses_none_of_them(months):
    done = []

    def arrive(number):
        try:
            for day in range(1, 25):
                fact = (Handle("visitor", f"visitor-{number}"),)
                moment = datetime(2005, 7, day, tzinfo=UTC) + timedelta(seconds=number)
                done.extend(gather_all([EventFact(1, f"{number}-{day}", fact, "Page Viewed", moment)]))
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    made = []
    while any(thread.is_alive() for thread in threads) and not made:
        made = partitions.make_for([date(2005, 7, 1)])
    for thread in threads:
        thread.join()
    assert made == ["customers_event_y2005m07"]
    partitions.make_ahead()
    assert len(done) == Event.objects.count() == 72
    assert table_of("1-1") == "customers_event_y2005m07"


def test_two_processes_that_make_one_month_make_it_once(months):
    made = []

    def make():
        try:
            made.extend(partitions.make_for([date(2006, 3, 1)]))
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["customers_event_y2006m03"]


def test_the_rule_of_retention_drops_whole_months_and_says_how_many_rows(months):
    from customers import keeping

    rule = next(kind for kind in keeping.KINDS if kind.name == "events")
    partitions.make_for([date(2007, 1, 1), date(2007, 2, 1)])
    gather_all([at(2007, 1), at(2007, 1, 20), at(2007, 2, 2)])
    before = datetime(2007, 2, 20, tzinfo=UTC)
    assert rule.count(before) == rule.drop(before) == 2
    assert rule.drop(before) == 0
    assert "customers_event_y2007m01" not in partitions.existing()
    assert Event.objects.get().external_id == "2007-2-2"
