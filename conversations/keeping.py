"""How long this room's rows are kept: spam, what was solved long ago, and files."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from conversations.leftovers import drop_files
from conversations.models import AgentState, Attachment, Conversation, Message, Roster, RoutingDecision, Status
from customers.retention import Kind

AT_ONCE = 50


def _spam(before: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(is_spam=True, last_message_at__lt=before)


def _solved(before: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(status=Status.RESOLVED, is_spam=False, last_message_at__lt=before)


def _files(before: datetime) -> QuerySet[Attachment]:
    return Attachment.objects.filter(created_at__lt=before, message__conversation__status=Status.RESOLVED)


def _drop_conversations(found: QuerySet[Conversation]) -> int:
    """Whole, with their messages and files. One into which others were merged goes after those."""
    free = found.filter(absorbed=None).order_by("pk")
    keys = list(free.values_list("pk", flat=True)[:AT_ONCE])
    drop_files(Attachment.objects.filter(message__conversation__in=keys))
    Message.objects.filter(conversation__in=keys).delete()
    return Conversation.objects.filter(pk__in=keys).delete()[1].get("conversations.Conversation", 0)


def _decisions(before: datetime) -> QuerySet[RoutingDecision]:
    return RoutingDecision.objects.filter(created_at__lt=before)


def _drop_decisions(found: QuerySet[RoutingDecision]) -> int:
    """With the rosters that no other decision was made from."""
    keys = list(found.order_by("pk").values_list("pk", flat=True)[: AT_ONCE * 10])
    rosters = set(RoutingDecision.objects.filter(pk__in=keys, roster__isnull=False).values_list("roster", flat=True))
    dropped = RoutingDecision.objects.filter(pk__in=keys).delete()[1].get("conversations.RoutingDecision", 0)
    needed = RoutingDecision.objects.filter(roster__in=rosters).values_list("roster", flat=True).distinct()
    Roster.objects.filter(pk__in=rosters - set(needed)).delete()
    return dropped


def _states(before: datetime) -> QuerySet[AgentState]:
    return AgentState.objects.filter(until__lt=before)


def _drop_states(found: QuerySet[AgentState]) -> int:
    keys = list(found.order_by("pk").values_list("pk", flat=True)[: AT_ONCE * 10])
    return AgentState.objects.filter(pk__in=keys).delete()[0]


KINDS = (
    Kind(
        "spam",
        _("Spam"),
        _("Conversations marked as spam, with their files."),
        days=60,
        is_on=True,
        count=lambda before: _spam(before).count(),
        drop=lambda before: _drop_conversations(_spam(before)),
    ),
    Kind(
        "solved",
        _("Solved conversations"),
        _("Conversations solved and silent since, whole."),
        days=3650,
        is_on=False,
        count=lambda before: _solved(before).count(),
        drop=lambda before: _drop_conversations(_solved(before)),
    ),
    Kind(
        "files",
        _("Files of solved conversations"),
        _("Attachments only; the messages stay."),
        days=1095,
        is_on=False,
        count=lambda before: _files(before).count(),
        drop=lambda before: drop_files(_files(before).order_by("pk")[: AT_ONCE * 10]),
    ),
    Kind(
        "decisions",
        _("Routing decisions"),
        _("Who was chosen and why, with all that was known then."),
        days=400,
        is_on=True,
        count=lambda before: _decisions(before).count(),
        drop=lambda before: _drop_decisions(_decisions(before)),
    ),
    Kind(
        "agent_states",
        _("Presence of agents"),
        _("When each agent was online, away or off line."),
        days=400,
        is_on=True,
        count=lambda before: _states(before).count(),
        drop=lambda before: _drop_states(_states(before)),
    ),
)
