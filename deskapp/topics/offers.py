"""Examples offered from resolved conversations and from what people named: taken with one key, or refused for good."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.bots import suggesting
from conversations.models import Conversation, Topic
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_htmx
from deskapp.models import User
from deskapp.topics.learning import MINE, state
from integrations.views.admins import needs


@needs(MINE)
@require_http_methods(["GET", "POST"])
def offers(request: HttpRequest) -> HttpResponse:
    """`after`: the next page. POST `conversation`, and `topic` where it is taken; without one it is refused."""
    after = whole_number(request.GET.get("after", "")) or 0
    said = ""
    if request.method == "POST":
        after, said = whole_number(request.POST.get("after", "")) or 0, _answer(request)
        if not is_htmx(request):
            return redirect(f"{request.path}?after={after}" if after else request.path)
    found = suggesting.offers(agent_of(request), after=after)
    context: dict[str, object] = {
        "offers": found.offers,
        "next": found.after,
        "here": after,
        "said": said,
        "topics": Topic.objects.filter(is_active=True).order_by("name")[:300],
        **state(),
    }
    name = "deskapp/topics/offered.html" if is_htmx(request) else "deskapp/topics/offers.html"
    return render(request, name, context)


def _answer(request: HttpRequest) -> str:
    agent = agent_of(request)
    conversation = suggesting.offered(agent, whole_number(request.POST.get("conversation", "")) or 0)
    if conversation is None:
        return _("Somebody has answered that already.")
    if request.POST.get("answer") == "refuse":
        suggesting.refuse(conversation, by=agent)
        return _("Refused: it is not offered again.")
    topic = get_object_or_404(Topic, pk=whole_number(request.POST.get("topic", "")) or 0, is_active=True)
    return _take(conversation, topic, agent)


@transaction.atomic
def _take(conversation: Conversation, topic: Topic, agent: User) -> str:
    if suggesting.take(conversation, topic, by=agent) is None:
        return _("Somebody has answered that already.")
    note = _("the beginning of #%(conversation)d is an example") % {"conversation": conversation.pk}
    audit.record(agent, topic, before={}, after={}, note=note)
    return _("An example of “%(topic)s” now.") % {"topic": topic}
