"""/settings/bots/: every bot with what became of its talks this week; one with its form and its newest talks."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from conversations import audit
from conversations.models import Bot, BotTalk, Channel, Conversation, Handoff, RoutingPolicy
from conversations.models.bot import TalkEnd
from conversations.person import language_name
from conversations.routing import kept
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.bots.forms import BotForm
from integrations.views.admins import needs

MINE = "settings.bots"
MOST_ROWS = 100
LATELY = timedelta(days=7)
NEWEST = 12  # talks on the page of one


@needs(MINE)
@require_safe
def bot_list(request: HttpRequest) -> HttpResponse:
    """`q` looks among the names."""
    words = request.GET.get("q", "").replace("\x00", "").strip()
    lately = Q(talks__began_at__gt=timezone.now() - LATELY)
    ends = {end: Count("talks", filter=lately & Q(talks__end=end)) for end in TalkEnd.values}
    found = Bot.objects.annotate(had=Count("talks", filter=lately), **ends).select_related("connector")
    found = found.prefetch_related(Prefetch("channels", Channel.objects.order_by("name")))
    found = found.filter(name__icontains=words) if words else found
    rows = [
        {"bot": one, "languages": [language_name(code) for code in one.languages], "ends": _ends(one)}
        for one in found.order_by("name")[:MOST_ROWS]
    ]
    context = {"rows": rows, "q": words, "is_asked": is_asked(), "tab": "bots"}
    return render(request, "deskapp/bots/list.html", context)


@needs(MINE)
@require_http_methods(["GET", "POST", "DELETE"])
def bot(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of one, or of a new one. DELETE: its talks stay, and are nobody's."""
    one = get_object_or_404(Bot, pk=pk) if pk else Bot()
    if pk and is_delete(request):
        return _deleted(request, one)
    form = BotForm(request.POST or None, instance=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("bot", pk=one.pk)
    context = {"form": form, "tab": "bots", "stored": Bot.objects.filter(pk=pk).first() if pk else None}
    if pk:
        context |= {"talks": _newest(request, pk), "is_asked": is_asked()}
    return render(request, "deskapp/bots/bot.html", context, status=422 if form.errors else 200)


def _deleted(request: HttpRequest, one: Bot) -> HttpResponse:
    """Not while it has the word: somebody would be left without anybody who answers."""
    if BotTalk.objects.filter(bot=one, ended_at=None).exists():
        messages.error(request, _("It is talking with customers: let it answer no more, and wait until it is done."))
        return redirect("bot", pk=one.pk)
    with audit.watched(agent_of(request), one):
        one.delete()
    messages.success(request, _("Deleted."))
    return redirect("bots")


def is_asked() -> bool:
    """Whether a rule of routing that holds gives anything to a bot."""
    published = RoutingPolicy.objects.filter(state=RoutingPolicy.State.PUBLISHED).first()
    policy = kept.policy_of(published)
    return any(outcome.to == "bot" for outcome in (*(rule.outcome for rule in policy.rules), policy.otherwise))


def _ends(one: Bot) -> list[tuple[str, int]]:
    """How talks of this week ended, in words."""
    counted = ((label, getattr(one, str(end))) for end, label in TalkEnd.choices)
    return [(str(label), count) for label, count in counted if count]


def _newest(request: HttpRequest, pk: int) -> list[BotTalk]:
    """Of what this agent may see."""
    theirs = Conversation.objects.visible_to(agent_of(request))
    given = Handoff.objects.filter(to_people=True).order_by("-pk")
    found = BotTalk.objects.filter(bot=pk, conversation__in=theirs).select_related("conversation__customer", "topic")
    return list(found.prefetch_related(Prefetch("handoffs", given)).order_by("-began_at", "-pk")[:NEWEST])
