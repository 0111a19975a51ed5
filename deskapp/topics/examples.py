"""The examples of a topic: pasted line by line, deleted, moved to another topic, and given a language."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit
from conversations.bots.languages import AMONG, language_of
from conversations.models import Topic, TopicExample
from conversations.person import language_name
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from deskapp.topics.learning import MINE
from deskapp.topics.page import LinesForm, topic_page
from integrations.views.admins import needs


@needs(MINE)
@require_POST
def examples(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `lines` and `language`. What is there already is not added again."""
    topic, form = get_object_or_404(Topic, pk=pk), LinesForm(request.POST)
    if not form.is_valid():
        return topic_page(request, topic, lines=form)
    lines, language = form.cleaned_data["lines"], form.cleaned_data["language"]
    with transaction.atomic():
        known = set(TopicExample.objects.filter(topic=topic, text__in=lines).values_list("text", flat=True))
        new = [line for line in lines if line not in known]
        rows = [TopicExample(topic=topic, text=line, language=language or language_of(line)) for line in new]
        TopicExample.objects.bulk_create(rows, ignore_conflicts=True)
        if new:
            audit.record(agent_of(request), topic, before={}, after={}, note=_added(len(new)))
    said = _added(len(new)) + "."
    if known:
        said += " " + ngettext("%(n)d was there already.", "%(n)d were there already.", len(known)) % {"n": len(known)}
    messages.success(request, said)
    return redirect("topic_settings", pk)


def _added(count: int) -> str:
    return ngettext("%(n)d example added", "%(n)d examples added", count) % {"n": count}


@needs(MINE)
@require_http_methods(["POST", "DELETE"])
def example(request: HttpRequest, pk: int, example_pk: int) -> HttpResponse:
    """POST `to`: the topic that it belongs to; `language`. The audit log keeps no words: they may be a customer's."""
    one = get_object_or_404(TopicExample.objects.select_related("topic"), pk=example_pk, topic=pk)
    topic, agent = one.topic, agent_of(request)
    with transaction.atomic():
        if is_delete(request):
            one.delete()
            said = _("An example was deleted.")
        else:
            said = _change(request, one)
        if said:
            audit.record(agent, topic, before={}, after={}, note=said)
    messages.success(request, said or _("Nothing was changed."))
    return redirect(_back(request, pk))


def _change(request: HttpRequest, one: TopicExample) -> str:
    """Moves it, or changes its language; "" where nothing changes."""
    to, language = whole_number(request.POST.get("to", "")), request.POST.get("language", one.language)
    if to is not None and to != one.topic_id:
        other = get_object_or_404(Topic, pk=to)
        if TopicExample.objects.filter(topic=other, text=one.text).exists():
            one.delete()
        else:
            TopicExample.objects.filter(pk=one.pk).update(topic=other)
        return _("An example was moved to “%(topic)s”.") % {"topic": other}
    if language != one.language and language in {"", *AMONG}:
        TopicExample.objects.filter(pk=one.pk).update(language=language)
        return _("An example is in %(language)s.") % {"language": language_name(language) if language else "—"}
    return ""


def _back(request: HttpRequest, pk: int) -> str:
    """To the page of the list on which it stood."""
    after = request.POST.get("after", "")
    where = reverse("topic_settings", args=[pk])
    return f"{where}#examples" if whole_number(after) is None else f"{where}?after={after}#examples"
