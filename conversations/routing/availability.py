"""Who is there: what agents say of themselves, and what their sockets tell. Each stretch of time is a row (AgentState);
the one without an end is how it is now, and all that routing goes by.

A browser that is reloaded changes nothing, several tabs count as one, and one that crashed is missed after a while.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.live import groups, sockets
from conversations.live.push import push_board, send
from conversations.models import AgentState, Conversation, RoutingDecision, Status
from conversations.routing import waiting
from conversations.routing.giving_back import give_back, of_media
from conversations.routing.in_force import InForce

if TYPE_CHECKING:
    from deskapp.models import User

STATES = ("online", "away", "offline")
REASONS = {
    "lunch": gettext_lazy("Lunch"),
    "break": gettext_lazy("Break"),
    "meeting": gettext_lazy("Meeting"),
    "training": gettext_lazy("Training"),
    "phone": gettext_lazy("On the phone"),
    "paperwork": gettext_lazy("Paperwork"),
}


@transaction.atomic
def choose(agent: "User", state: str, *, reason: str = "") -> None:
    """What an agent says of themselves holds for every tab and device. `reason`, of those who are away: a key of
    REASONS."""
    _locked(agent.pk)
    reason = reason if state == "away" else ""
    get_user_model().objects.filter(pk=agent.pk).update(presence=state, presence_reason=reason)
    _enter(agent.pk, state, reason=reason, is_chosen=True)
    frame: dict[str, object] = {"type": "desk.presence", "state": state, "reason": reason}
    transaction.on_commit(lambda: send([groups.of_agent(agent.pk)], frame), robust=True)


@transaction.atomic
def came(agent_id: int) -> None:
    """A socket of theirs is open: they are what they chose last. Nothing changes for who is there already."""
    if AgentState.objects.filter(agent=agent_id, until=None).exclude(state="offline").exists():
        return
    agent = _locked(agent_id)
    if agent.is_active and agent.presence != "offline":
        _enter(agent_id, agent.presence, reason=agent.presence_reason, is_chosen=False)


@transaction.atomic
def ended(agent_id: int) -> None:
    """They no longer work here."""
    _locked(agent_id)
    _enter(agent_id, "offline", is_chosen=False)


def look_round() -> None:
    """Who fell silent is off line, and their chats go to others; so does what an agent left unanswered for too long."""
    there = sockets.present()
    if there is not None:
        for agent_id in AgentState.objects.filter(until=None).exclude(state="offline").values_list("agent", flat=True):
            if agent_id not in there:
                _fell_silent(agent_id)
    _take_back_unanswered()


@transaction.atomic
def _fell_silent(agent_id: int) -> None:
    _locked(agent_id)
    there = sockets.present()  # again, under the lock: they may be back
    if there is not None and agent_id not in there:
        _enter(agent_id, "offline", is_chosen=False)


def _locked(agent_id: int) -> "User":
    """One change of somebody's state at a time."""
    return get_user_model().objects.select_for_update(no_key=True).get(pk=agent_id)


def _enter(agent_id: int, state: str, *, reason: str = "", is_chosen: bool) -> None:
    now = timezone.now()
    last = AgentState.objects.filter(agent=agent_id, until=None).first()
    if last and (last.state, last.reason) == (state, reason):
        return
    if last:
        AgentState.objects.filter(pk=last.pk).update(until=now)
    AgentState.objects.create(agent_id=agent_id, state=state, reason=reason, is_chosen=is_chosen, since=now)
    push_board(agent_id)
    if state == "online":
        transaction.on_commit(lambda: waiting.ask(room=True), robust=True)
    elif last and last.state == "online":
        _offer_back(agent_id, _why(state, reason, is_chosen=is_chosen))


def _why(state: str, reason: str, *, is_chosen: bool) -> str:
    if state == "away" and reason in REASONS:
        return _("went away: %(reason)s") % {"reason": REASONS[reason]}
    if state == "away":
        return _("went away")
    return _("went off line") if is_chosen else _("their browser fell silent")


def _offer_back(agent_id: int, why: str) -> None:
    """What cannot wait until they come back, by the rules' word: chats, say."""
    media = InForce.read().policy.away_gives_back
    theirs = of_media(Conversation.objects.open().filter(assignee=agent_id, status=Status.OPEN), media)
    give_back(theirs, agent_id=agent_id, trigger="left", reason=why)


def _take_back_unanswered() -> None:
    rules, now = InForce.read(), timezone.now()
    if rules.published is None:
        return
    for medium, minutes in rules.policy.silent_after.items():
        limit = now - timedelta(minutes=minutes)
        for agent_id, pk in list(_unanswered(medium, limit).values_list("assignee", "pk")):
            reason = _("no answer within %(minutes)g minutes") % {"minutes": minutes}
            give_back(
                _unanswered(medium, limit).filter(pk=pk), agent_id=agent_id, trigger="silent", reason=reason,
                passed=[agent_id],
            )  # fmt: skip


def _unanswered(medium: str, limit: datetime) -> QuerySet[Conversation]:
    """Whose customer waits since before the limit, and whose agent had it before, too, by routing's own choice."""
    given = RoutingDecision.objects.filter(conversation=OuterRef("pk"), agent=OuterRef("assignee"))
    last = given.order_by("-created_at", "-pk").values("created_at")[:1]
    rows = Conversation.objects.open().filter(assignee__isnull=False, status=Status.OPEN, waiting_since__lt=limit)
    return of_media(rows.annotate(given_at=Subquery(last)).filter(given_at__lt=limit), [medium])
