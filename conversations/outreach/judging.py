"""Whether a rule writes to somebody now, and by which way, or why not: the same for a dry run and for the message."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from conversations.models import Occasion, OutreachRecord, OutreachRule
from conversations.outreach import ways
from conversations.outreach.filters import filters_of, narrowed
from conversations.outreach.knowing import Known, known_of
from conversations.outreach.ways import Means, Way
from conversations.outreach.why import Why
from conversations.outreach.words import language_for
from conversations.quiet_hours import quiet_until
from conversations.routing.candidates import ANGRY


@dataclass(frozen=True)
class Verdict:
    """`why` None: they are written to by `way`, or held out, in `language`."""

    occasion: Occasion
    why: Why | None = None
    way: Way | None = None
    language: str = ""
    is_held_out: bool = False


def waiting(rule: OutreachRule) -> QuerySet[Occasion]:
    """Those of the rule's list to whom it has not come for this occasion; the newest first."""
    rows = narrowed(Occasion.objects.filter(kind=rule.kind), filters_of(rule.filters))
    come = OutreachRecord.objects.filter(rule=rule, key=OuterRef("key"))
    return rows.exclude(Exists(come)).order_by("-at", "-pk") if rule.pk else rows.order_by("-at", "-pk")


def judge_each(rule: OutreachRule, occasions: Sequence[Occasion], *, now: datetime | None = None) -> list[Verdict]:
    """In their order. The day's room is counted down by those among them who are written to."""
    now = now or timezone.now()
    known = known_of({each.customer_id for each in occasions})
    means, room, found = ways.means_of(rule), room_today(rule, now), []
    for occasion in occasions:
        verdict = judge(rule, occasion, known.get(occasion.customer_id), means, now, room=room)
        if verdict.why is None:
            room -= not verdict.is_held_out
            known[occasion.customer_id].reached[rule.pk or 0] = now  # a second occasion of theirs rests
        found.append(verdict)
    return found


def judge(
    rule: OutreachRule, occasion: Occasion, one: Known | None, means: Means, now: datetime, *, room: int
) -> Verdict:
    if one is None:
        return Verdict(occasion, Why.GONE)
    if why := _of_the_person(one):
        return Verdict(occasion, why)
    if occasion.at + timedelta(minutes=rule.wait_minutes) > now:
        return Verdict(occasion, Why.EARLY)
    language = language_for(rule, one.customer)
    way = ways.way_to(rule, one, means, language, now)
    if isinstance(way, Why):
        return Verdict(occasion, way)
    is_held_out = holds_out(rule, one.customer.pk)
    if why := _not_now(rule, one, now, room=room):
        return Verdict(occasion, why, way, language)
    return Verdict(occasion, None, way, language, is_held_out)


def holds_out(rule: OutreachRule, customer: int) -> bool:
    """The same customer is always in the same group of a rule."""
    return zlib.crc32(f"{rule.pk}:{customer}".encode()) % 100 < rule.held_out


def room_today(rule: OutreachRule, now: datetime) -> int:
    """By the desk's day."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    written = OutreachRecord.objects.filter(rule=rule.pk, at__gte=midnight, is_held_out=False)
    return max(0, rule.daily_most - written.count())


def _of_the_person(one: Known) -> Why | None:
    reasons: Iterable[tuple[bool, Why]] = (
        (one.is_going, Why.GONE),
        (one.is_blocked, Why.BLOCKED),
        (one.is_spam, Why.SPAM),
        (one.is_talking, Why.TALKING),
        (one.mood is not None and one.mood <= ANGRY, Why.ANGRY),
    )
    return next((why for holds, why in reasons if holds), None)


def _not_now(rule: OutreachRule, one: Known, now: datetime, *, room: int) -> Why | None:
    """Of both groups alike, so that they differ in nothing but the message."""
    own = one.reached.get(rule.pk or 0)
    if own is not None and own + timedelta(days=rule.own_rest_days) > now:
        return Why.OWN_REST
    if one.written_at is not None and one.written_at + timedelta(days=rule.rest_days) > now:
        return Why.REST
    if quiet_until(one.customer, rule.quiet_from, rule.quiet_until, now):
        return Why.QUIET
    return Why.DAILY if room <= 0 else None
