"""Decisions as supervisors read them: newest first, a page at a time, and what came since; each in a line."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, JSONField, Model, Q, QuerySet, prefetch_related_objects
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.keyset import beyond, cursor_of, edge_of
from conversations.models import Conversation, RoutingDecision
from conversations.routing import words
from conversations.routing.facts import Decision, Reason
from conversations.routing.written import built

if TYPE_CHECKING:
    from deskapp.models import User

PAGE = 40
OVERLAP = timedelta(seconds=30)  # what was decided at once is not stored in the same order
KINDS = {"unsure": Q(is_unsure=True), "changed": Q(changed_at__isnull=False), "fallback": Q(is_fallback=True)}


@dataclass(frozen=True)
class Line:
    """A decision in the list."""

    row: RoutingDecision
    who: str
    to: str
    why: str
    sure: int | None = None  # in per cent, where it is unsure


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: str = ""  # the cursor of the next page; "" at the end

    @property
    def newest(self) -> str:
        return (
            cursor_of(max((line.row for line in self.lines), key=lambda row: row.created_at), "created_at")
            if self.lines
            else ""
        )


def seen_by(agent: "User") -> QuerySet[RoutingDecision]:
    """Those of conversations that this agent may see."""
    if agent.sees_all_teams:
        return RoutingDecision.objects.all()
    return RoutingDecision.objects.filter(conversation__in=Conversation.objects.visible_to(agent).values("pk"))


def page(agent: "User", show: str, *, before: str = "") -> Page:
    """`show`: one of KINDS, or all. Two queries at most."""
    rows = _listed(_wanted(agent, show))
    found = list(beyond(rows, "created_at", before)[: PAGE + 1])
    older = cursor_of(found[PAGE - 1], "created_at") if len(found) > PAGE else ""
    return Page(_lines(found[:PAGE]), older)


def news(agent: "User", show: str, *, after: str, also: int = 0) -> list[Line]:
    """What was decided since that cursor, and a little before it; and `also`, one that somebody changed."""
    edge = edge_of(after)
    since = edge[0] - OVERLAP if edge else timezone.now() - OVERLAP
    newer = _listed(_wanted(agent, show).filter(created_at__gte=since))
    found = list(newer[:PAGE])
    if also and all(row.pk != also for row in found):
        found += _listed(_wanted(agent, show).filter(pk=also))
    return _lines(found)


def today(agent: "User") -> dict[str, int]:
    """How many since midnight by the agent's clock, and how many of them a person changed."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = seen_by(agent).filter(created_at__gte=midnight)
    changed = Count("pk", filter=Q(changed_at__isnull=False))
    return rows.aggregate(decided=Count("pk", filter=Q(by=None) & ~Q(trigger="by_hand")), changed=changed)


def _wanted(agent: "User", show: str) -> QuerySet[RoutingDecision]:
    return seen_by(agent).filter(KINDS.get(show, Q()))


def _listed(rows: QuerySet[RoutingDecision]) -> QuerySet[RoutingDecision]:
    """What a line needs, without all that was known."""
    certainty = Cast(KeyTransform("certainty", "matter"), JSONField())
    rows = rows.annotate(reasons=KeyTransform("reasons", "outcome"), certainty=certainty)
    rows = rows.defer("matter", "live", "outcome", "conversation__snippet")
    people = ("agent", "by", "changed_by", "changed_to")
    rows = rows.select_related("conversation__customer", "team", "changed_team", *people)
    return rows.order_by("-created_at", "-pk")


def _lines(rows: list[RoutingDecision]) -> list[Line]:
    nameless: list[Model] = [row.conversation.customer for row in rows if not row.conversation.customer.name]
    prefetch_related_objects(nameless, "identities")
    return [_line(row) for row in rows]


def _line(row: RoutingDecision) -> Line:
    written = vars(row)["reasons"] or ()
    reasons = tuple(built(Reason, each) for each in written)
    certainty = vars(row)["certainty"]
    sure = round(100 * float(certainty or 0)) if row.is_unsure else None
    return Line(row, row.conversation.customer.label, given_to(row), _why(row, reasons), sure)


def _why(row: RoutingDecision, reasons: tuple[Reason, ...]) -> str:
    """In the fewest words; of one that was changed, what it was and what the other says."""
    if row.changed_at:
        said = {"was": row.agent.short_name if row.agent else row.team or _("the bot"), "who": row.changed_by or "–"}
        moved = _("Was %(was)s; %(who)s moved it.") % said
        return f"{moved} “{row.changed_reason}”" if row.changed_reason else moved
    if is_by_person(row):
        if row.by is None:
            return _("A person chose.")
        return (_("%(who)s took it.") if row.by_id == row.agent_id else _("%(who)s chose.")) % {
            "who": row.by.short_name
        }
    made = Decision(row.kind, reasons=reasons)  # type: ignore[arg-type]
    why = words.shortly(made)
    team = f"{row.team}. " if row.team and row.kind == "agent" else ""
    return f"{team}{why[:1].upper()}{why[1:]}." if why else str(row.team or "")


def is_by_person(row: RoutingDecision) -> bool:
    """A person chose: nothing was computed."""
    return row.trigger == "by_hand" or row.by_id is not None


def given_to(row: RoutingDecision) -> str:
    """Who has it by this decision, or by who changed it."""
    agent, team = (row.changed_to, row.changed_team) if row.changed_at else (row.agent, row.team)
    if agent:
        return agent.short_name
    if row.kind == "bot" and not row.changed_at:
        return _("the bot")
    if row.kind == "stays" and not row.changed_at:
        return _("nobody else")
    return _("%(team)s queue") % {"team": team} if team else _("nobody yet")
