"""Open, snoozed, solved: resolve, reopen, snooze, and waking when the time has come."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations import required
from conversations.actions import call_backs
from conversations.actions.change import NotPossibleError, locked, log, save, waiting_since
from conversations.handoff import stepping_in
from conversations.models import Activity, Conversation, Status
from conversations.reports import episode_steps, episodes
from conversations.routing import waiting
from conversations.surveys import touching

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def resolve(conversation: Conversation, *, by: "User | None", reason: str = "") -> Conversation:
    """Solved: it waits no more. The customer's next word within the reopen window opens it again. Raises
    required.LackingError where something must be known first."""
    conversation = locked(conversation)
    if conversation.status == Status.RESOLVED:
        return conversation
    required.check(conversation)
    stepping_in.step_in(conversation, by=by)
    conversation.status, conversation.snoozed_until = Status.RESOLVED, None
    conversation.resolved_at, conversation.waiting_since = timezone.now(), None
    call_backs.end_all(conversation, by=by, outcome=_("Solved."))
    solved = log(conversation, Activity.Verb.RESOLVED, by=by, reason=reason or required.told(conversation))
    save(conversation)
    episodes.refresh(conversation)
    touching.resolved(conversation, activity=solved.pk)
    waiting.leave(conversation.pk)
    return conversation


@transaction.atomic
def reopen(conversation: Conversation, *, by: "User | None", reason: str = "") -> Conversation:
    """Open again, waiting since the customer's first unanswered word."""
    conversation = locked(conversation)
    if conversation.is_open:
        return conversation
    verb = Activity.Verb.WOKE if conversation.status == Status.SNOOZED else Activity.Verb.REOPENED
    touching.withdraw([conversation.pk])
    if verb == Activity.Verb.REOPENED:
        episode_steps.begin_again(conversation, None)
    log(conversation, verb, by=by, reason=reason)
    _open(conversation)
    if conversation.assignee_id is None:
        waiting.enqueue(conversation, "replied")
    return conversation


def _open(conversation: Conversation) -> None:
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.OPEN, None, None
    conversation.waiting_since = waiting_since(conversation)
    save(conversation)


@transaction.atomic
def snooze(conversation: Conversation, *, until: datetime, by: "User | None") -> Conversation:
    """Out of the way until then, or until the customer writes."""
    if until <= timezone.now():
        raise NotPossibleError(_("That time has passed. Choose one that is still to come."))
    conversation = locked(conversation)
    if conversation.status == Status.SNOOZED and conversation.snoozed_until == until:
        return conversation
    stepping_in.step_in(conversation, by=by)
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.SNOOZED, until, None
    save(conversation)
    log(conversation, Activity.Verb.SNOOZED, by=by, to=_in_words(until, by))
    waiting.leave(conversation.pk)
    return conversation


def _in_words(until: datetime, by: "User | None") -> str:
    """On the clock of who snoozed it: the log is read by people. A rule has the desk's."""
    zone = ZoneInfo(by.get_timezone()) if by else timezone.get_default_timezone()
    return date_format(until.astimezone(zone), "D j N Y H:i")


def wake_snoozed() -> int:
    """Opens what was snoozed until now. Several workers may do this at once: each takes rows that no other holds."""
    woken = 0
    while _wake_one():
        woken += 1
    return woken


@transaction.atomic
def _wake_one() -> bool:
    due = Conversation.objects.filter(status=Status.SNOOZED, snoozed_until__lte=timezone.now())
    conversation = due.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("snoozed_until").first()
    if conversation is None:
        return False
    _open(conversation)
    log(conversation, Activity.Verb.WOKE, by=None, reason=_("the time has come"))
    if conversation.assignee_id is None:
        waiting.enqueue(conversation, "overdue")
    return True
