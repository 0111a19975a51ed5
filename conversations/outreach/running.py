"""Rules go round: whoever waits on a rule's list is written to, or held out, once for each occasion."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from conversations.keyset import beyond, cursor_of
from conversations.models import Delivery, Occasion, OutreachRecord, OutreachRule
from conversations.outbound import outbox
from conversations.outreach import lists, ways
from conversations.outreach.judging import Verdict, judge, judge_each, room_today, waiting
from conversations.outreach.knowing import Known, known_of
from conversations.outreach.saying import say
from customers.models import Customer

AT_ONCE, MOST = 100, 500  # occasions that one round of a rule looks at: the next goes on behind them
TAKES_BACK = timedelta(days=5)  # as long as a provider may be away

log = structlog.get_logger(__name__)


def go_round() -> int:
    """Every rule that is on; says how many were written to or held out."""
    take_back()
    return sum(_round(rule) for rule in OutreachRule.objects.filter(is_active=True).order_by("pk"))


def _round(rule: OutreachRule) -> int:
    done, cursor = 0, rule.cursor
    for _chunk in range(MOST // AT_ONCE):
        some = list(beyond(waiting(rule), "at", cursor)[:AT_ONCE])
        done += sum(_try(rule, each) for each in judge_each(rule, some) if each.why is None)
        cursor = cursor_of(some[-1], "at") if len(some) == AT_ONCE else ""
        if not cursor:
            break  # the next round begins at the newest again
    OutreachRule.objects.filter(pk=rule.pk).update(cursor=cursor)
    return done


def _try(rule: OutreachRule, verdict: Verdict) -> bool:
    try:
        return reach_out(rule.pk, verdict.occasion)
    except Exception:  # one that cannot be written to holds up nobody
        log.exception("a rule could not write", rule=rule.pk, occasion=verdict.occasion.key)
        return False


@transaction.atomic
def reach_out(rule_id: int, occasion: Occasion) -> bool:
    """Everything is looked at again, as it is at this moment and under locks: the customer's, then the rule's, so that
    no cap is passed by two workers. False where they are not written to after all. The record's key makes it once; it
    is committed with the message and its delivery, or not at all."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=occasion.customer_id)
    rule = OutreachRule.objects.select_for_update(no_key=True).get(pk=rule_id)
    now = timezone.now()
    still = lists.fresh(occasion)
    if not rule.is_active or still is None or not waiting(rule).filter(pk=still.pk).exists():
        return False
    one = known_of([customer.pk]).get(customer.pk)
    verdict = judge(rule, still, one, ways.means_of(rule), now, room=room_today(rule, now))
    if verdict.why is not None or verdict.way is None:
        return False
    record = OutreachRecord.objects.create(
        rule=rule,
        customer=customer,
        key=still.key,
        is_held_out=verdict.is_held_out,
        medium=verdict.way.choice.channel.medium,
        language=verdict.language,
        product=str(still.about.get("id", ""))[:160],
        goal=rule.goal,
        at=now,
        until=now + timedelta(days=rule.goal_days),
    )
    if not verdict.is_held_out:
        record.message = say(rule, verdict, record, customer)
        record.save(update_fields=["message"])
    return True


def take_back() -> int:
    """What waits in the outbox, since its provider was away, and is over or refused by now: it does not go."""
    queued = OutreachRecord.objects.filter(
        at__gte=timezone.now() - TAKES_BACK, message__delivery__status=Delivery.Status.QUEUED
    ).select_related("rule", "message__delivery", "message__identity")
    records = list(queued.order_by("pk")[:MOST])
    known = known_of({record.customer_id for record in records})
    return sum(_take_back(record, known.get(record.customer_id)) for record in records)


def _take_back(record: OutreachRecord, one: Known | None) -> bool:
    assert record.message is not None
    occasion = Occasion.objects.filter(key=record.key).first()
    holds = occasion is not None and lists.fresh(occasion) is not None
    to = record.message.identity
    if holds and one and to and not one.is_going and ways.may(record.rule, one, record.medium, to):
        return False
    return _give_up(record.message.delivery)


def _give_up(delivery: Delivery) -> bool:
    """Before its first try it is as if nobody had said it; later it stays, folded, as one that was given up."""
    if outbox.undo(delivery):
        return True
    waiting_ = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.QUEUED)
    return bool(waiting_.update(status=Delivery.Status.CANCELLED, settled_at=timezone.now()))
