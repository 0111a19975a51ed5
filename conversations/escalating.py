"""Deadlines that come near or pass: routing, the agent and the supervisors hear of it, and it is escalated.

A task looks every few seconds at what is due to be looked at. Each is reckoned anew from its history before anybody is
told, and how far somebody was told is kept with the clock: running it twice tells nothing twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from conversations import clocks, sla
from conversations.actions.assigning import assign
from conversations.actions.change import locked, log
from conversations.actions.labels import prioritise
from conversations.clocks import LEVELS, Clock, Promise, Told
from conversations.deadline_words import late_reason, spoken, title_of
from conversations.live import groups, webpush, wire
from conversations.live.push import push_row
from conversations.models import Activity, Conversation, Priority, SlaPolicy
from conversations.routing import waiting

if TYPE_CHECKING:
    from deskapp.models import User

logger = structlog.get_logger(__name__)

AT_ONCE = 200
TRIED_AGAIN = timedelta(minutes=5)  # one that could not be looked at; the others do not wait for it


def watch() -> int:
    """How many were looked at. Several workers may do this at once: each takes rows that no other holds."""
    looked = 0
    while claimed := _claim():
        for pk in claimed:
            _look_or_leave(pk)
        looked += len(claimed)
        if len(claimed) < AT_ONCE:
            break
    return looked


@transaction.atomic
def _claim() -> list[int]:
    now = timezone.now()
    due = Conversation.objects.filter(sla_look_at__lte=now).order_by("sla_look_at")
    rows = due.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", flat=True)
    claimed = list(rows[:AT_ONCE])
    Conversation.objects.filter(pk__in=claimed).update(sla_look_at=now + TRIED_AGAIN)
    return claimed


def _look_or_leave(pk: int) -> None:
    """One at which something breaks comes again after TRIED_AGAIN, and keeps nobody else from being told."""
    try:
        _look(pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("a deadline could not be looked at", conversation_id=pk)


@transaction.atomic
def _look(pk: int) -> None:
    conversation = locked(Conversation(pk=pk))
    before = (conversation.due_at, conversation.is_late)
    sla.keep(conversation)
    promise, state = sla.promised(conversation), sla.state_of(conversation)
    news = clocks.news(state, promise, timezone.now()) if promise else []
    if promise and news:
        sla.show(conversation, clocks.told(state, news), promise)
    sla.save(conversation)
    for clock, level in news:
        assert promise is not None
        _tell(conversation, promise, clock, level)
    if news or before != (conversation.due_at, conversation.is_late):
        push_row(conversation)


def _tell(conversation: Conversation, promise: Promise, clock: Clock, level: Told) -> None:
    """Every level between the last that somebody was told and this one; of one that is late, nobody is warned."""
    passed = set(LEVELS[LEVELS.index(clock.told) + 1 : LEVELS.index(level) + 1])
    if "late" in passed:
        log(conversation, Activity.Verb.LATE, by=None, reason=late_reason(promise, clock.kind))
    if "escalated" in passed:
        _escalate(conversation, promise, clock)
        conversation.refresh_from_db()
    if conversation.assignee_id:
        told: Told = "late" if "late" in passed else "warned"
        _call([conversation.assignee_id], conversation, clock, told)
    elif not conversation.is_spam:
        waiting.enqueue(conversation, "overdue")


def _escalate(conversation: Conversation, promise: Promise, clock: Clock) -> None:
    policy = SlaPolicy.objects.select_related("escalate_to").get(pk=promise.policy)
    reason = _("late: %(deadline)s") % {"deadline": spoken(clock.kind)}
    if policy.raise_to is not None and conversation.priority < policy.raise_to:
        prioritise(conversation, priority=Priority(policy.raise_to), by=None)
    team = policy.escalate_to
    if team is not None and conversation.team_id != team.pk:
        is_in_it = conversation.assignee is not None and conversation.assignee.teams.filter(pk=team.pk).exists()
        assign(conversation, to=conversation.assignee if is_in_it else None, by=None, team=team, reason=reason)
    if policy.tells_supervisors:
        _call(_supervisors(conversation), conversation, clock, "escalated")


def _supervisors(conversation: Conversation) -> list[int]:
    """Who watches over the work and may see this; its own agent hears of it anyway."""
    people = get_user_model().objects.filter(is_active=True).exclude(pk=conversation.assignee_id or 0)
    watching = [person for person in people.prefetch_related("teams") if person.may("live.see")]
    return [person.pk for person in watching if _sees(person, conversation)]


def _sees(person: "User", conversation: Conversation) -> bool:
    return Conversation.objects.visible_to(person).filter(pk=conversation.pk).exists()


def _call(agents: Iterable[int], conversation: Conversation, clock: Clock, level: Told) -> None:
    """On their screens, and on their phones where no screen of theirs is open; after commit."""
    people = list(agents)
    kind, due = clock.kind, conversation.due_at
    transaction.on_commit(lambda: _tell_them(people, conversation.pk, kind, level, due), robust=True)


def _tell_them(people: list[int], pk: int, kind: str, level: str, due: datetime | None) -> None:
    conversation = Conversation.objects.select_related("customer", "assignee").get(pk=pk)
    for agent in get_user_model().objects.filter(pk__in=people, is_active=True):
        with override(agent.locale):
            title = title_of(conversation, kind, level)
            said = {"title": title, "conversation": conversation, "due": due, "level": level}
            html = render_to_string("conversations/live/deadline.html", said)
        wire.put([(groups.of_agent(agent.pk), {"type": "desk.deadline", "html": html, "conversation": pk})])
        webpush.notify(agent.pk, title=title, body=conversation.snippet[:120], conversation=pk)
