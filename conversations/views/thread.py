"""One conversation: its page, its older part, and what was missed while the connection was away."""

from urllib.parse import unquote

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from conversations import timeline
from conversations.folding import folded
from conversations.handoff.card import card_of
from conversations.handoff.opening import opened as handoff_opened
from conversations.happened import interleaved
from conversations.live import groups, presence
from conversations.live.push import send, tell_visitor
from conversations.models import Conversation, Mention, ReadMark
from conversations.opening import Opened
from conversations.outbound.seen import tell_seen
from conversations.panel import others
from conversations.reading import Listed, listed, rail_of, with_viewers
from conversations.sight import verbs_hidden_from
from conversations.views.acting import agent_of, is_htmx, known_or_404
from conversations.views.inbox import REMEMBERED
from conversations.views.replies import composer_context

SEEN: dict[str, object] = {"type": "visitor.seen"}
_READ = (
    f"insert into {ReadMark._meta.db_table} (conversation_id, agent_id, read_at) values (%s, %s, %s)"  # noqa: S608
    " on conflict (agent_id, conversation_id) do update set read_at = excluded.read_at"
)


@login_required
@require_GET
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, or under htmx the thread with its panel; `before` and `since` answer a part of the timeline."""
    if not {"before", "since"} & request.GET.keys():
        return _whole(request, pk)
    found = _visible(request, pk)
    if "before" in request.GET:
        cursor = request.GET["before"]
        older = timeline.newest(found, before=cursor, hidden=verbs_hidden_from(agent_of(request)))
        older = interleaved(agent_of(request), found, older, until=timeline.ends_before(cursor))
        older = folded(found, older)
        return render(request, "conversations/thread/older.html", {"conversation": found, "timeline": older})
    return _missed(request, found)


def _whole(request: HttpRequest, pk: int) -> HttpResponse:
    known = known_or_404(request, pk)
    if known.conversation.merged_into_id:
        known = known_or_404(request, _visible(request, known.conversation.merged_into_id).pk)
    if known.has_handoffs:
        handoff_opened(known.conversation, by=agent_of(request))
    context = thread_context(request, known)
    mark_read(request, known.conversation, is_called=known.is_called)
    if known.visitor:
        send([groups.of_visitor(known.visitor)], SEEN)
    if is_htmx(request):
        return render(request, "conversations/thread/fragment.html", context)
    beside = _list(request)  # its rows come by themselves, after what was asked for
    context |= {"listed": beside, "rail": rail_of(agent_of(request), beside)}
    return render(request, "conversations/thread/page.html", context)


def _visible(request: HttpRequest, pk: int) -> Conversation:
    """A conversation that was merged away answers as the one it went into."""
    seen = Conversation.objects.visible_to(agent_of(request)).select_related("customer", "assignee", "team", "topic")
    found = get_object_or_404(seen, pk=pk)
    return _visible(request, found.merged_into_id) if found.merged_into_id else found


def thread_context(request: HttpRequest, known: Opened) -> dict[str, object]:
    found, agent = known.conversation, agent_of(request)
    with_viewers([found], but=agent.pk)
    stamp = timeline.stamped(known.newest_message, known.newest_activity)
    read = timeline.newest(found, known=stamp, hidden=verbs_hidden_from(agent))
    return {
        "timeline": folded(found, interleaved(agent, found, read)),
        "card": card_of(found, agent) if known.has_handoffs else None,
        "claims": known.claims,
        "others": others(agent, found) if known.has_others else [],
        "customer": found.customer,
        "now": timezone.now(),
        **composer_context(request, found, known=known),
    }


def _missed(request: HttpRequest, found: Conversation) -> HttpResponse:
    missed = timeline.since(found, request.GET["since"], hidden=verbs_hidden_from(agent_of(request)))
    if not missed.is_whole:
        return HttpResponse(status=205)  # too much: the browser opens the thread anew
    return render(request, "conversations/thread/missed.html", {"conversation": found, "timeline": missed})


@login_required
@require_POST
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """The agent saw what arrived while the thread was open."""
    found = _visible(request, pk)
    mark_read(request, found)
    handoff_opened(found, by=agent_of(request))
    tell_visitor(found, SEEN)
    return HttpResponse(status=204)


def mark_read(request: HttpRequest, found: Conversation, *, is_called: bool = True) -> None:
    """`is_called`: whether a colleague may have named this agent here since they last looked."""
    agent, now = agent_of(request), timezone.now()
    with connection.cursor() as cursor:  # one statement, where bulk_create takes three with its transaction
        cursor.execute(_READ, [found.pk, agent.pk, now])
    if is_called:
        Mention.objects.filter(conversation=found, agent=agent, read_at=None).update(read_at=now)
    tell_seen(found)


@login_required
@require_GET
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row, as the list shows it."""
    found = _visible(request, pk)
    found.viewers = presence.in_conversations([pk]).get(pk, [])  # type: ignore[attr-defined]
    return render(request, "conversations/inbox/row.html", {"conversation": found})


def _list(request: HttpRequest) -> Listed:
    """The list that stands beside the thread: the one last looked at."""
    key, _mark, query = unquote(request.COOKIES.get(REMEMBERED, "")).partition("?")
    try:
        return listed(agent_of(request), key or "mine", QueryDict(query))
    except Http404:
        return listed(agent_of(request), "mine", QueryDict())
