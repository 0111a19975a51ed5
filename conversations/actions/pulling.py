"""An agent takes the next one that waits and that they can answer, without looking for it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError
from conversations.models import Conversation, Status, Waiting
from conversations.routing.drain import Choice, choose, in_order, is_to_route, locked, take_turn
from conversations.routing.in_force import InForce
from conversations.routing.matters import matters_of
from conversations.routing.snapshot import World
from conversations.routing.writing import write

if TYPE_CHECKING:
    from deskapp.models import User

MOST_TRIED = 25  # the first of the queue of whom the agent may be able to answer one


@transaction.atomic
def pull_next(agent: "User") -> Conversation:
    """In the order of the queue. Raises NotPossibleError where there is none, or no room for another."""
    take_turn()
    world, policies = World(timezone.now()), InForce.read()
    if policies.published is None:
        return _longest_waiting(agent)
    seen = Conversation.objects.visible_to(agent).filter(assignee=None)
    rows = list(locked(in_order(Waiting.objects.filter(conversation__in=seen.values("pk"))))[:MOST_TRIED])
    rows = [row for row in rows if is_to_route(row) and row.conversation.assignee_id is None]
    matters = matters_of(rows, world)
    why: set[str] = set()
    for row in rows:
        row.trigger = "pulled"
        only = replace(matters[row.pk], trigger="pulled")
        choice = choose(row, only, world, policies, among=agent.pk)
        if choice.decision.kind == "agent" and choice.decision.agent == agent.pk:
            write([choice])
            return row.conversation
        why |= _obstacles(choice, agent)
    raise NotPossibleError(_why_none(why))


def _longest_waiting(agent: "User") -> Conversation:
    """Where no rules are published, agents pull from what nobody has."""
    rows = Conversation.objects.visible_to(agent).unassigned().filter(status=Status.OPEN, waiting_since__isnull=False)
    found = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("queue_at", "pk").first()
    if found is None:
        raise NotPossibleError(_why_none(set()))
    return assign(found, to=agent, by=agent, trigger="pulled")


def _obstacles(choice: Choice, agent: "User") -> set[str]:
    theirs = (verdict for verdict in choice.decision.verdicts if verdict.agent == agent.pk)
    return {reason.code for verdict in theirs for reason in verdict.out}


def _why_none(why: set[str]) -> str:
    if why & {"away", "offline"}:
        return _("Say that you are online first: then you can take the next one.")
    if "full" in why:
        return _("You have as much as you can take. Solve or snooze one first.")
    if why:
        return _("Nobody is waiting whom you can answer.")
    return _("Nobody is waiting for you or your teams.")
