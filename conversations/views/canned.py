"""Canned replies: the list that "#" opens in the composer, and the page where they are kept."""

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import linebreaks
from django.views.decorators.http import require_GET, require_http_methods

from conversations.actions import macros
from conversations.canned_words import changeable_by, filled, usable_by
from conversations.models import CannedReply
from conversations.typed import whole_number
from conversations.views.acting import agent_of, conversation_or_404, is_delete
from conversations.views.keeping import deleted, kept
from conversations.writing_forms import CannedReplyForm

if TYPE_CHECKING:
    from deskapp.models import User

MOST_ROWS = 500


@login_required
@require_GET
def insertable(request: HttpRequest) -> HttpResponse:
    """Macros whose name holds `q`, and up to twelve canned replies whose name or words do, for `conversation`."""
    agent, asked = agent_of(request), request.GET.get("q", "").replace("\x00", "").strip()
    number = whole_number(request.GET.get("conversation", ""))
    if number is None:
        raise Http404
    conversation = conversation_or_404(request, number)
    named = usable_by(agent).filter(name__icontains=asked)
    others = usable_by(agent).filter(text__icontains=asked).exclude(name__icontains=asked)
    found = [*named[:12], *others[:12]][:12]
    options = []
    for canned in found:
        text = filled(canned.text, conversation, agent)
        options.append({"canned": canned, "text": text, "html": linebreaks(text, autoescape=True)})
    context = {"options": options, "macros": _macros(agent, asked), "conversation": conversation}
    return render(request, "conversations/composer/insertable.html", context)


def _macros(agent: "User", asked: str) -> list[dict[str, object]]:
    found = macros.usable_by(agent).filter(name__icontains=asked).select_related("assignee", "team", "canned")
    return [
        {"macro": macro, "deeds": macros.deeds(macro)} for macro in found.prefetch_related("add_tags", "drop_tags")[:6]
    ]


@login_required
@require_http_methods(["GET", "POST"])
def canned_replies(request: HttpRequest) -> HttpResponse:
    """The page; POST adds one. `q` looks among names and words."""
    form = CannedReplyForm(request.POST or None, agent=agent_of(request))
    return kept(request, form, page="canned_replies") or _page(request, form, None)


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def canned_reply(request: HttpRequest, pk: int) -> HttpResponse:
    agent = agent_of(request)
    canned = get_object_or_404(changeable_by(agent), pk=pk)
    if is_delete(request):
        return deleted(request, canned, page="canned_replies")
    form = CannedReplyForm(request.POST or None, instance=canned, agent=agent)
    return kept(request, form, page="canned_replies") or _page(request, form, canned)


def _page(request: HttpRequest, form: CannedReplyForm, edited: CannedReply | None) -> HttpResponse:
    agent = agent_of(request)
    asked = request.GET.get("q", "").replace("\x00", "").strip()
    found = usable_by(agent).filter(Q(name__icontains=asked) | Q(text__icontains=asked)) if asked else usable_by(agent)
    changeable = set(changeable_by(agent).values_list("pk", flat=True))
    rows = [{"canned": canned, "can_change": canned.pk in changeable} for canned in found[:MOST_ROWS]]
    context = {
        "rows": rows,
        "form": form,
        "edited": edited,
        "q": asked,
        "can_add": agent.may("words.share") or agent.teams.exists(),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "conversations/canned/page.html", context, status=status)
