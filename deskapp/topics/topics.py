"""/settings/topics/: every topic with its examples; one with its sentence, how hard it is, and what it is taken for."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.bots import judging, learning
from conversations.models import Topic
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.topics.learning import MINE, state
from deskapp.topics.page import MOST_TOPICS, TopicForm, deeds, topic_page
from integrations.views.admins import needs


@needs(MINE)
@require_http_methods(["GET", "POST"])
def topic_list(request: HttpRequest) -> HttpResponse:
    """`q` looks among the names; POST adds one."""
    form = TopicForm(request.POST or None)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), form.instance):
            form.save()
        messages.success(request, _("Added. Give it examples now."))
        return redirect("topic_settings", form.instance.pk)
    words, judged = request.GET.get("q", "").replace("\x00", "").strip(), judging.judged()
    found = Topic.objects.annotate(size=Count("examples")).order_by("name")
    found = found.filter(name__icontains=words) if words else found
    does = dict(deeds())
    context: dict[str, Any] = {
        "rows": [
            {"topic": one, "tried": judged.by_topic.get(one.pk), "does": does.get(one.bot_does, one.bot_does)}
            for one in found[:MOST_TOPICS]
        ],
        "form": form,
        "q": words,
        "shares": judging.shares(),
        "judged": judged,
        **state(),
    }
    return render(request, "deskapp/topics/list.html", context, status=422 if form.errors else 200)


@needs(MINE)
@require_http_methods(["GET", "POST", "DELETE"])
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """`after` and `q` page and search its examples. DELETE: with its examples."""
    one = get_object_or_404(Topic, pk=pk)
    if is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
            learning.ask()
        messages.success(request, _("Deleted."))
        return redirect("topics")
    form = TopicForm(request.POST or None, instance=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("topic_settings", pk)
    return topic_page(request, get_object_or_404(Topic, pk=pk), form=form)
