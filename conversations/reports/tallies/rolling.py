"""Brings tallies up to date, a few days in a transaction of their own, by whoever comes first, as often as one likes.
An hour is closed once everybody who might still write into it unseen is through."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from conversations.models import StaleHour, Tally, TallyMark
from conversations.reports.tallies import adding, clock, marks, triggers
from conversations.reports.tallies.stream import Stream
from conversations.reports.tallies.stretches import DAYS, HOURS, TOGETHER

MARGIN = timedelta(minutes=5)  # after an hour's end, in which it is most often still written to
FINE = timedelta(days=15)  # for so long hours are kept of every cut, afterwards of the whole alone
AT_ONCE = 7  # days, in one transaction
MANY = 30  # days in one go, after which the table is vacuumed
LATE = timedelta(hours=2)  # that nothing goes on, after which an admin is told

log = structlog.get_logger(__name__)


def roll_up(streams: Sequence[Stream], *, seconds: float) -> int:
    """Goes on for so long; how many days it added up, or added up anew."""
    give_up_at, days = time.monotonic() + seconds, 0
    forget_others(streams)
    try:
        triggers.install(streams)
    except OperationalError as error:  # a table is written to for long; reports read what is there
        log.warning("tallies.triggers_wait", error=str(error).strip())
        return 0
    for stream in streams:
        zone = marks.zone_now()
        mark = begin_anew(stream, zone)
        target = watch(mark, timezone.now())
        if is_settled(mark):
            days += advance(stream, target, give_up_at=give_up_at)
        days += mend(stream, give_up_at=give_up_at)
    if days > MANY and not connection.in_atomic_block:
        vacuum()
    return days


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze) conversations_tally")


def forget_others(streams: Sequence[Stream]) -> None:
    """Of a stream that there is no more, nothing is kept."""
    for mark in TallyMark.objects.exclude(stream__in=[stream.name for stream in streams]):
        with transaction.atomic():
            Tally.objects.filter(stream=mark.stream).delete()
            StaleHour.objects.filter(stream=mark.stream).delete()
            mark.delete()


def begin_anew(stream: Stream, zone: ZoneInfo) -> TallyMark:
    """Where it is counted by another definition or clock now, what there was goes, and it begins at the first fact."""
    mark, _new = TallyMark.objects.get_or_create(stream=stream.name)
    sign = marks.signature(stream, zone)
    if mark.signature == sign:
        return mark
    with transaction.atomic():
        mark = TallyMark.objects.select_for_update().get(pk=mark.pk)
        Tally.objects.filter(stream=stream.name).delete()
        StaleHour.objects.filter(stream=stream.name).delete()
        mark.signature, mark.changed_at = sign, timezone.now()
        mark.until = mark.from_here = mark.settles_at = mark.fine_from = mark.days_from = None
        mark.save()
    log.info("tallies.anew", stream=stream.name)
    return mark


def watch(mark: TallyMark, now: datetime) -> int:
    """The hour that can be closed next. From now on whoever writes before it marks what they wrote stale; whoever began
    before that may not have known, and is waited for. Numbers of transactions, since clocks say nothing of commits."""
    target = clock.floor((now - MARGIN).timestamp(), marks.zone_now())
    if mark.watched is None or mark.watched < clock.moment(target):
        mark.watched, mark.settles_at = clock.moment(target), None
        TallyMark.objects.filter(pk=mark.pk).update(watched=mark.watched, settles_at=None)
    if mark.settles_at is None:  # asked after the commit of the line above, so that no later one is unaware of it
        with connection.cursor() as cursor:
            cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
            (mark.settles_at,) = cursor.fetchone()
        TallyMark.objects.filter(pk=mark.pk).update(settles_at=mark.settles_at)
    return target


def is_settled(mark: TallyMark) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from pg_snapshot_xip(pg_current_snapshot()) x where x::text::bigint < %s)",
            [mark.settles_at],
        )
        (answer,) = cursor.fetchone()
    return bool(answer)


def advance(stream: Stream, target: int, *, give_up_at: float = float("inf")) -> int:
    """Adds up to there what is not yet; how many days that were. Where another process is at it, it goes on alone."""
    days = 0
    while time.monotonic() < give_up_at:
        with transaction.atomic():
            added = _one_step(stream, target)
        days += added
        if not added:
            break
    return days


def _one_step(stream: Stream, target: int) -> int:
    zone = marks.zone_now()
    mark = _own(stream, zone)
    if mark is None:
        return 0
    if mark.until is None:  # not before the first is known, now that nobody writes unseen
        mark.from_here = _first(stream)
    begin = int((mark.until or mark.from_here or clock.moment(target)).timestamp())
    days = _days(zone, begin, target)
    begin = begin if mark.until else days[0]
    end = min(clock.end_of(zone, "day", days[-1]), target)
    if begin < end:
        _add(stream, zone, mark, days, (begin, end), target)
    mark.until = max(filter(None, (mark.until, clock.moment(end if begin < end else target))))
    mark.changed_at = timezone.now()
    mark.save(update_fields=["until", "fine_from", "days_from", "from_here", "changed_at"])
    return len(days) if begin < end else 0


def _days(zone: ZoneInfo, begin: int, target: int) -> list[int]:
    """That one transaction adds up: the day that holds `begin`, and with it those after that are over by then, as far
    as its month and a week go; so that years do not take a statement for each day."""
    first = clock.begins(zone, "day", begin, begin + 1)[0]
    month = clock.begins(zone, "month", first, first + 1)[0]
    month_end = clock.end_of(zone, "month", month)
    those = clock.begins(zone, "day", first, min(month_end, target) + 1)[: AT_ONCE + 1]
    over = [day for day, end in zip(those, those[1:], strict=False) if end <= min(month_end, target)]
    return over or [first]


def _add(
    stream: Stream, zone: ZoneInfo, mark: TallyMark, days: Sequence[int], span: tuple[int, int], target: int
) -> None:
    """What will be kept finely once `target` is reached, and the rest by its whole alone."""
    begin, end = span
    has_hours, has_days = end > _fine_from(zone, target), end > _days_from(zone, target)
    _taken(stream, begin, end)
    adding.add_hours(stream, zone, begin, end, is_fine=has_hours)
    kept = int((mark.days_from or clock.moment(days[0])).timestamp())
    _close(stream, zone, days, until=end, days_from=kept if has_days else end)
    hours_from = _fine_from(zone, end) if has_hours else end
    mark.fine_from = _kept_from(stream, HOURS, mark.fine_from or clock.moment(begin), hours_from)
    days_from = _days_from(zone, end) if has_days else end
    mark.days_from = _kept_from(stream, DAYS, clock.moment(kept), days_from)


def _kept_from(stream: Stream, grain: str, kept: datetime, since: int) -> datetime:
    """From when on every cut is read now. What is older goes when this moves on the next time: nobody is in the middle
    of reading it by then."""
    if kept >= clock.moment(since):
        return kept
    whole = adding.whole_names(stream)
    cuts = [name for name in adding.names(stream) if name not in whole]
    for each in filter(None, (grain, TOGETHER.get(grain))):
        adding.drop(stream, each, cuts, clock.EVER[0], int(kept.timestamp()))
    return clock.moment(since)


def mend(stream: Stream, *, give_up_at: float = float("inf")) -> int:
    """Adds up anew the days with stale hours that were closed; those of hours that are open yet go when they close."""
    zone, days = marks.zone_now(), 0
    steps = marks.stale_steps(stream, zone)
    for day in dict.fromkeys(clock.begins(zone, "day", step, step + 1)[0] for step in steps):
        if time.monotonic() > give_up_at:
            break
        with transaction.atomic():
            days += _mend_day(stream, zone, day)
    return days


def _mend_day(stream: Stream, zone: ZoneInfo, day: int) -> bool:
    mark = _own(stream, zone)
    until = int(mark.until.timestamp()) if mark and mark.until else 0
    end = min(clock.end_of(zone, "day", day), until)
    if mark is None or end <= day:
        return False
    taken = {clock.floor(each.timestamp(), zone) for each in _taken(stream, day, end)}
    length, _phase = clock.step_of(zone)
    fine = marks.kept_from(mark.fine_from, until)
    for step in sorted(taken):
        adding.add_hours(stream, zone, step, step + length, is_fine=step >= fine)
    _close(stream, zone, [day], until=until, days_from=marks.kept_from(mark.days_from, until))
    if mark.from_here is None or mark.from_here > clock.moment(day):
        TallyMark.objects.filter(pk=mark.pk).update(from_here=clock.moment(day))
    return bool(taken)


def _own(stream: Stream, zone: ZoneInfo) -> TallyMark | None:
    """Ours until the transaction ends; None while another process has it, or where it is to begin anew."""
    mine = TallyMark.objects.select_for_update(skip_locked=True).filter(stream=stream.name)
    return mine.filter(signature=marks.signature(stream, zone)).first()


def _taken(stream: Stream, begin: int, end: int) -> list[datetime]:
    """Before the facts are read: whoever changes one after that marks its hour once more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from conversations_stalehour where stream = %s and hour >= %s and hour < %s returning hour",
            [stream.name, clock.moment(begin), clock.moment(end)],
        )
        return [hour for (hour,) in cursor.fetchall()]


def _close(stream: Stream, zone: ZoneInfo, days: Sequence[int], *, until: int, days_from: int) -> None:
    """The days, which are one after the other, and their month, where they are over by then."""
    end = clock.end_of(zone, "day", days[-1])
    if end > until:
        return
    adding.add_days(stream, days, end, is_fine=days[0] >= days_from)
    month = clock.begins(zone, "month", days[0], days[0] + 1)[0]
    month_end = clock.end_of(zone, "month", month)
    if month_end <= until:
        adding.add_month(stream, zone, month, month_end, is_fine=month >= days_from)


def _fine_from(zone: ZoneInfo, until: int) -> int:
    ago = until - int(FINE.total_seconds())
    return clock.begins(zone, "day", ago, ago + 1)[0]


def _days_from(zone: ZoneInfo, until: int) -> int:
    """The month before the last, so that months and days leave no gap."""
    month = until
    for _back in range(3):
        month = clock.begins(zone, "month", month - 1, month)[0]
    return month


def _first(stream: Stream) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"select min(at) from ({stream.rows}) fact",  # noqa: S608 - a stream's own
            {"since": clock.moment(clock.EVER[0]), "until": clock.moment(clock.EVER[1])},
        )
        (first,) = cursor.fetchone()
    return first


def behind(streams: Sequence[Stream], now: datetime) -> timedelta:
    """For how long the one that stands still longest has not gone on, as each does every hour; nothing before any has
    begun. Where all is counted anew it goes on all the time: reports are right meanwhile, if slower."""
    named = [stream.name for stream in streams]
    last = TallyMark.objects.filter(stream__in=named).exclude(signature="").values_list("changed_at", flat=True)
    return max((now - at for at in last), default=timedelta())
