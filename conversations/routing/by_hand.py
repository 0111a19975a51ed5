"""What a person chose is kept beside what routing did: a decision for every assignment, and where it goes against
routing's own, that one says so."""

from typing import TYPE_CHECKING

from django.utils import timezone

from conversations.live.push import push_decisions
from conversations.models import Conversation, RoutingDecision
from conversations.routing.facts import Decision, Matter, Trigger
from conversations.routing.written import plain

if TYPE_CHECKING:
    from deskapp.models import User


def note(
    conversation: Conversation, *, by: "User | None", reason: str = "", trigger: Trigger = "by_hand"
) -> RoutingDecision:
    """`conversation` as it is now, locked. Nothing was computed, so nothing is kept but what was chosen."""
    kind = "agent" if conversation.assignee_id else "team" if conversation.team_id else "stays"
    now = timezone.now()
    matter = Matter(
        at=now, trigger=trigger, conversation=conversation.pk, customer=conversation.customer_id,
        medium=conversation.channel, team=conversation.team_id, assignee=conversation.assignee_id,
        status=conversation.status, priority=conversation.priority,
    )  # fmt: skip
    chosen = Decision(kind, agent=conversation.assignee_id, team=conversation.team_id)  # type: ignore[arg-type]
    push_decisions([conversation], changed=_override(conversation, by, reason, now=matter.at))
    return RoutingDecision.objects.create(
        conversation=conversation,
        trigger=trigger,
        kind=kind,
        agent_id=conversation.assignee_id,
        team_id=conversation.team_id,
        by=by,
        matter=plain(matter),
        outcome=plain(chosen),
        created_at=now,
    )


def _override(conversation: Conversation, by: "User | None", reason: str, *, now: object) -> int:
    """Which choice it goes against: the last that routing made, if nobody has said another yet; 0 for none. Who
    carries out what it said changes nothing: the first to take what was given to a team's queue, say."""
    made = RoutingDecision.objects.filter(conversation=conversation, by=None).exclude(trigger="by_hand")
    last = made.order_by("-created_at", "-pk").only("agent", "team", "changed_at", "kind").first()
    if last is None or last.changed_at or by is None:
        return 0
    other_team = last.team_id is not None and conversation.team_id != last.team_id
    other_agent = last.agent_id is not None and conversation.assignee_id != last.agent_id
    if not (other_team or other_agent):
        return 0
    RoutingDecision.objects.filter(pk=last.pk, changed_at=None).update(
        changed_at=now,
        changed_by=by,
        changed_to=conversation.assignee_id,
        changed_team=conversation.team_id,
        changed_reason=reason[:400],
    )
    return last.pk
