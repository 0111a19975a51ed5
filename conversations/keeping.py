"""How long this room's rows are kept: spam, what was solved long ago, and files."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from conversations.bots import learning
from conversations.leftovers import drop_files
from conversations.models import (
    AgentState,
    Attachment,
    Conversation,
    DryRun,
    Hint,
    Message,
    ProofCode,
    Replay,
    Roster,
    RoutingDecision,
    RuleRun,
    RuleTally,
    Status,
    WebhookCall,
)
from conversations.models.routing import ROSTER_OF_LIVE
from conversations.outreach import remembering as outreach
from customers.retention import Kind

AT_ONCE = 50


def _spam(before: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(is_spam=True, last_message_at__lt=before)


def _solved(before: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(status=Status.RESOLVED, is_spam=False, last_message_at__lt=before)


def _files(before: datetime) -> QuerySet[Attachment]:
    return Attachment.objects.filter(created_at__lt=before, message__conversation__status=Status.RESOLVED)


def _runs(before: datetime) -> QuerySet[RuleRun]:
    return RuleRun.objects.filter(at__lt=before)


def _drop_runs(before: datetime) -> int:
    return _drop_some(_runs(before)) + RuleTally.objects.filter(day__lt=before.date()).delete()[0]


def _calls(before: datetime) -> QuerySet[WebhookCall]:
    return WebhookCall.objects.filter(created_at__lt=before).exclude(state=WebhookCall.State.QUEUED)


def _dry_runs(before: datetime) -> QuerySet[DryRun]:
    return DryRun.objects.filter(created_at__lt=before, finished_at__isnull=False)


def _replays(before: datetime) -> QuerySet[Replay]:
    return Replay.objects.filter(created_at__lt=before).exclude(state=Replay.State.RUNNING)


def _codes(before: datetime) -> QuerySet[ProofCode]:
    return ProofCode.objects.filter(sent_at__lt=before)


def _drop_some(
    rows: QuerySet[RuleRun] | QuerySet[WebhookCall] | QuerySet[DryRun] | QuerySet[Replay] | QuerySet[ProofCode],
) -> int:
    """The oldest AT_ONCE × 20, by number: what hangs on them goes along and is not counted."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: AT_ONCE * 20])
    rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)


def _drop_conversations(found: QuerySet[Conversation]) -> int:
    """Whole, with their messages and files. One into which others were merged goes after those."""
    free = found.filter(absorbed=None).order_by("pk")
    keys = list(free.values_list("pk", flat=True)[:AT_ONCE])
    drop_files(Attachment.objects.filter(message__conversation__in=keys))
    learning.forget(keys)
    Hint.objects.filter(Hint.of_conversations(keys)).delete()
    Message.objects.filter(conversation__in=keys).delete()
    return Conversation.objects.filter(pk__in=keys).delete()[1].get("conversations.Conversation", 0)


def _decisions(before: datetime) -> QuerySet[RoutingDecision]:
    return RoutingDecision.objects.filter(created_at__lt=before)


@transaction.atomic
def _drop_decisions(before: datetime) -> int:
    """With the rosters that no other decision was made from, those among them to which decisions say the difference
    only, and those whose decisions went with their conversations."""
    found = _decisions(before).order_by("pk").annotate(base=ROSTER_OF_LIVE)
    rows = list(found.values_list("pk", "roster", "base")[: AT_ONCE * 10])
    dropped = RoutingDecision.objects.filter(pk__in=[pk for pk, _roster, _base in rows]).delete()[1]
    named = {roster for _pk, *rosters in rows for roster in rosters if roster}
    _drop_rosters(Roster.objects.filter(Q(pk__in=named) | Q(created_at__lt=before)))
    return dropped.get("conversations.RoutingDecision", 0)


def _drop_rosters(found: QuerySet[Roster]) -> None:
    """Whoever writes a decision holds its rosters (standing.is_kept): after that is committed, it is seen here."""
    keys = set(found.order_by("pk").select_for_update().values_list("pk", flat=True))
    named = RoutingDecision.objects.annotate(base=ROSTER_OF_LIVE)
    needed = set(named.filter(roster__in=keys).values_list("roster", flat=True).distinct())
    needed |= set(named.filter(base__in=keys).values_list("base", flat=True).distinct())
    Roster.objects.filter(pk__in=keys - needed).delete()


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
        "codes",
        _("One-time codes"),
        _("That a code was asked for, and whether it was given; the code itself is never kept."),
        days=30,
        is_on=True,
        count=lambda before: _codes(before).count(),
        drop=lambda before: _drop_some(_codes(before)),
    ),
    Kind(
        "decisions",
        _("Routing decisions"),
        _("Who was chosen and why, with all that was known then."),
        days=400,
        is_on=True,
        count=lambda before: _decisions(before).count(),
        drop=_drop_decisions,
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
    Kind(
        "rule_runs",
        _("Log of the rules"),
        _("What rules of automation did and why, and how often they did not."),
        days=90,
        is_on=True,
        count=lambda before: _runs(before).count(),
        drop=lambda before: _drop_runs(before),
    ),
    Kind(
        "webhook_calls",
        _("Calls of webhooks"),
        _("What rules told other programs, once it has arrived or was given up."),
        days=30,
        is_on=True,
        count=lambda before: _calls(before).count(),
        drop=lambda before: _drop_some(_calls(before)),
    ),
    Kind(
        "outreach",
        _("What rules wrote first"),
        _("To whom rules wrote by themselves or did not, and so what came of it; the messages themselves stay."),
        days=400,
        is_on=True,
        count=lambda before: outreach.old(before).count(),
        drop=lambda before: outreach.drop(before, AT_ONCE * 20),
    ),
    Kind(
        "dry_runs",
        _("Dry runs of rules"),
        _("What rules would have done; the rules themselves stay."),
        days=30,
        is_on=True,
        count=lambda before: _dry_runs(before).count(),
        drop=lambda before: _drop_some(_dry_runs(before)),
    ),
    Kind(
        "replays",
        _("Replays of routing rules"),
        _("What other routing rules would have done; the rules themselves stay."),
        days=90,
        is_on=True,
        count=lambda before: _replays(before).count(),
        drop=lambda before: _drop_some(_replays(before)),
    ),
)
