"""Rules that the clock sets off: a customer has waited so long, or nothing was said for so long after our answer."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from conversations import rules
from conversations.models import Conversation, Rule, RuleEvent, Status
from conversations.models.rule import TIMED, RuleEventKind

AT_ONCE = 500
LOOKS_BACK = timedelta(days=2)  # a desk that was switched off for longer does not catch up with moments long gone
FORGOTTEN_AFTER = timedelta(days=7)  # more than LOOKS_BACK, or a moment would be seen twice


def sweep() -> int:
    """Writes an event for each moment that has come since its rule was last changed. Once for each, whoever sweeps."""
    found = 0
    for rule in Rule.objects.filter(is_active=True, event__in=TIMED):
        found += _look(rule, timezone.now())
    RuleEvent.objects.filter(done_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    return found


def _look(rule: Rule, now: datetime) -> int:
    after = timedelta(minutes=rule.after_minutes or 0)
    until, since = now - after, max(rule.changed_at, now - LOOKS_BACK) - after
    column = _COLUMNS[RuleEventKind(rule.event)]
    rows = _counting(rule.event).filter(**{f"{column}__gt": since, f"{column}__lte": until}).order_by(column, "pk")
    known = set(RuleEvent.objects.filter(rule=rule, since__gt=since).values_list("conversation", "since"))
    found = rows.values_list("pk", column)[: AT_ONCE + len(known)]
    moments = [(key, at) for key, at in found if (key, at) not in known][:AT_ONCE]
    events = [RuleEvent(rule=rule, conversation_id=key, event=rule.event, since=at) for key, at in moments]
    RuleEvent.objects.bulk_create(events, ignore_conflicts=True)
    for key, _at in moments:
        rules.run_soon(key)
    return len(moments)


# What each counts from.
_COLUMNS = {RuleEventKind.WAITING: "waiting_since", RuleEventKind.QUIET: "last_message_at"}


def _counting(event: str) -> "QuerySet[Conversation]":
    """Those of which the time counts now."""
    if event == RuleEventKind.WAITING:
        return Conversation.objects.open().filter(waiting_since__isnull=False)
    return Conversation.objects.here().filter(status=Status.OPEN, waiting_since=None, last_inbound_at__isnull=False)


def is_over(event: RuleEvent, conversation: Conversation) -> bool:
    """Whether what it counts from is no more."""
    if event.rule_id is None:
        return False
    column = _COLUMNS[RuleEventKind(event.event)]
    return not _counting(event.event).filter(pk=conversation.pk, **{column: event.since}).exists()
