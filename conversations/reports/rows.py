"""What stands behind a number of the live board: its rows, by the same words that it was counted by, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.deadline_words import length, spoken
from conversations.keyset import beyond, cursor_of
from conversations.models import Conversation, Deadline, Medium, Message, Status
from conversations.models.conversation import ConversationQuerySet
from conversations.reports import today
from conversations.reports.facts import NO_TEAM, SLOT, SOON, Scope
from conversations.templatetags.desk import hue

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User

PAGE = 50
LAST = 4_000_000_000  # seconds since 1970; nothing began later
M = TypeVar("M", Deadline, Message, Conversation)
Of = TypeVar("Of", Deadline, Message)  # a conversation


@dataclass(frozen=True)
class Row:
    conversation: Conversation
    at: datetime | None
    says: str = ""


@dataclass(frozen=True)
class Rows:
    title: "StrOrPromise"
    rows: list[Row]
    total: int
    after: str  # the cursor of the next page; "" at the end


@dataclass(frozen=True)
class Asked:
    """`scope`: the teams that are looked at, None for all there are. `number` is of an agent, or of a half hour;
    `hue` of its media."""

    what: str
    scope: Scope | None
    zone: str
    number: int = 0
    hue: str = ""


TITLES = {
    "waiting": gettext_lazy("Waiting now"),
    "soon": gettext_lazy("Due in 15 minutes"),
    "risk": gettext_lazy("At risk"),
    "late": gettext_lazy("Late"),
    "bot": gettext_lazy("With the bot"),
    "agent": gettext_lazy("Open conversations of an agent"),
    "answered": gettext_lazy("First answers today"),
    "answered-all": gettext_lazy("Answers today"),
    "answered-late": gettext_lazy("Answers that came late today"),
    "calls-missed": gettext_lazy("Calls missed today"),
    "chats-left": gettext_lazy("Chats left today before an answer"),
    "begun": gettext_lazy("Began in this half hour"),
}


def rows(agent: "User", asked: Asked, *, after: str = "") -> Rows:
    """Those that this agent may see. Raises Http404 for a number that is not on the board."""
    if asked.what not in TITLES:
        raise Http404
    if asked.what.startswith("answered"):
        return _page(asked, _answers(agent, asked), ("-done_at", "-pk"), after, _of_deadline)
    if asked.what == "calls-missed":
        return _page(asked, _calls(agent, asked), ("-created_at", "-pk"), after, _of_call)
    field = {"soon": "due_at", "risk": "due_at", "late": "due_at", "begun": "created_at"}.get(asked.what, "queue_at")
    return _page(asked, _conversations(agent, asked), (field, "pk"), after, _of_conversation)


def _conversations(agent: "User", asked: Asked) -> ConversationQuerySet:
    seen = Conversation.objects.visible_to(agent)
    seen = seen.filter(of_scope("team", asked.scope)).select_related("customer", "team", "assignee")
    seen = seen.prefetch_related("customer__identities")
    if asked.what == "begun":
        return _begun(seen.here(), asked)
    if asked.what == "chats-left":
        left = today.left_chats(today.midnight(timezone.now(), asked.zone))
        return seen.filter(pk__in=[pk for pk, _team in left])
    if asked.what == "bot":
        return seen.open().filter(status=Status.PENDING)
    rows, now = seen.open().filter(status=Status.OPEN), timezone.now()
    match asked.what:
        case "waiting":
            return rows.filter(waiting_since__isnull=False)
        case "soon":
            return rows.filter(due_at__gt=now, due_at__lte=now + SOON)
        case "risk":
            return rows.filter(due_at__gt=now, at_risk_at__lte=now)
        case "late":
            return rows.filter(due_at__lte=now)
    return rows.filter(assignee=asked.number)


def _begun(rows: ConversationQuerySet, asked: Asked) -> ConversationQuerySet:
    """`number`: when the half hour began, in seconds since 1970."""
    if not 0 <= asked.number < LAST:
        raise Http404
    since = datetime.fromtimestamp(asked.number, UTC)
    rows = rows.filter(created_at__gte=since, created_at__lt=since + SLOT)
    return rows.filter(_began_by(asked.hue)) if asked.hue else rows


def _began_by(wanted: str) -> Q:
    """`wanted`: the hue of media that are one in the chart."""
    first = Q(media__0__in=[medium for medium in Medium.values if hue(medium) == wanted])
    return first | Q(media=[]) if wanted == hue("") else first


def _answers(agent: "User", asked: Asked) -> QuerySet[Deadline]:
    """Of the team whose they were when they ended, as the board counts them."""
    since = today.midnight(timezone.now(), asked.zone)
    kinds = ["first"] if asked.what == "answered" else ["first", "next"]
    rows = Deadline.objects.filter(of_scope("team", asked.scope), done_at__gte=since, kind__in=kinds)
    if asked.what == "answered-late":
        rows = rows.filter(is_met=False)
    return _seen(rows, agent).select_related(*_SHOWN).prefetch_related("conversation__customer__identities")


def _calls(agent: "User", asked: Asked) -> QuerySet[Message]:
    since = today.midnight(timezone.now(), asked.zone)
    rows = Message.objects.filter(
        of_scope("conversation__team", asked.scope),
        Q(details__call__direction="in") | Q(details__call__direction__isnull=True),
        conversation__merged_into=None, conversation__is_spam=False, conversation__status__in=Status.values,
        conversation__last_message_at__gte=since, conversation__media__contains=["voice"],
        created_at__gte=since, kind=Message.Kind.CALL, details__call__state="missed",
    )  # fmt: skip
    return _seen(rows, agent).select_related(*_SHOWN).prefetch_related("conversation__customer__identities")


_SHOWN = ("conversation__customer", "conversation__team", "conversation__assignee")


def _seen(rows: QuerySet[Of], agent: "User") -> QuerySet[Of]:
    if agent.sees_all_teams:
        return rows
    return rows.filter(conversation__in=Conversation.objects.visible_to(agent))


def of_scope(field: str, scope: Scope | None) -> Q:
    """Of these teams, and of none where that is among them; all where `scope` is None."""
    if scope is None:
        return Q()
    named = Q(**{f"{field}__in": sorted(scope - {NO_TEAM})})
    return named | Q(**{f"{field}__isnull": True}) if NO_TEAM in scope else named


def _page(asked: Asked, found: QuerySet[M], order: tuple[str, str], after: str, shown: Callable[[M], Row]) -> Rows:
    field = order[0].removeprefix("-")
    ahead = beyond(found, field, after, is_newest_first=order[0].startswith("-"))
    here = list(ahead.order_by(*order)[: PAGE + 1])
    more, here = len(here) > PAGE, here[:PAGE]
    cursor = cursor_of(here[-1], field) if more else ""
    return Rows(TITLES[asked.what], [shown(each) for each in here], found.count(), cursor)


def _of_conversation(row: Conversation) -> Row:
    return Row(row, row.waiting_since or row.created_at)


def _of_deadline(row: Deadline) -> Row:
    took = {"what": spoken(row.kind), "time": length(timedelta(seconds=row.took))}
    words = _("%(what)s after %(time)s") if row.is_met else _("%(what)s after %(time)s, late")
    return Row(row.conversation, row.done_at, (words % took).capitalize())


def _of_call(row: Message) -> Row:
    return Row(row.conversation, row.created_at)
