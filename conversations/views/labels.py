"""Tags, priority, topic, subject and spam of a conversation."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.actions.change import NotPossibleError
from conversations.actions.labels import prioritise, rename, tag, untag
from conversations.actions.spam import mark_spam, unmark_spam
from conversations.actions.topics import guess_topic, set_topic
from conversations.models import Priority, Tag, Topic
from conversations.typed import whole_number
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_delete, refused


@login_required
@require_POST
def tags(request: HttpRequest, pk: int) -> HttpResponse:
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    try:
        mark = tag(conversation, name=request.POST.get("name", ""), by=agent)
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="tag")
    undo = reverse("conversation_tag", args=[pk, mark.pk])
    return done(request, conversation, Toast(_("Tagged %(tag)s.") % {"tag": mark}, undo, {"_method": "DELETE"}))


@login_required
@require_http_methods(["POST", "DELETE"])
def conversation_tag(request: HttpRequest, pk: int, tag_pk: int) -> HttpResponse:
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    mark = get_object_or_404(Tag, pk=tag_pk)
    if not is_delete(request):
        tag(conversation, name=mark.name, by=agent)
        return done(request, conversation)
    untag(conversation, mark=mark, by=agent)
    undo = reverse("tags", args=[pk])
    return done(request, conversation, Toast(_("%(tag)s taken off.") % {"tag": mark}, undo, {"name": mark.name}))


@login_required
@require_POST
def priority(request: HttpRequest, pk: int) -> HttpResponse:
    conversation = conversation_or_404(request, pk)
    value = request.POST.get("priority", "")
    if value not in {str(number) for number in Priority.values}:
        return refused(request, conversation, _("Choose one of the four."), where="priority")
    before = str(conversation.priority)
    prioritise(conversation, priority=int(value), by=agent_of(request))
    text = _("Priority: %(name)s.") % {"name": Priority(int(value)).label}
    return done(request, conversation, Toast(text, reverse("priority", args=[pk]), {"priority": before}))


@login_required
@require_http_methods(["POST", "DELETE"])
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `topic`: its key. DELETE: what the desk thinks holds again."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    where, before = reverse("topic", args=[pk]), conversation.topic_id
    undo = Toast("", where, {"_method": "DELETE"})
    if before and conversation.certainty is None:
        undo = Toast("", where, {"topic": str(before)})
    if is_delete(request):
        name = guess_topic(conversation, by=agent).topic or _("not known")
        return done(request, conversation, replace(undo, text=_("About: %(topic)s, by the desk.") % {"topic": name}))
    one = Topic.objects.filter(pk=whole_number(request.POST.get("topic", "")) or 0).first()
    if one is None:
        return refused(request, conversation, _("Choose a topic of the list."), where="topic")
    try:
        set_topic(conversation, topic=one, by=agent)
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="topic")
    return done(request, conversation, replace(undo, text=_("About: %(topic)s.") % {"topic": one}))


@login_required
@require_POST
def subject(request: HttpRequest, pk: int) -> HttpResponse:
    conversation = conversation_or_404(request, pk)
    before = conversation.subject
    rename(conversation, subject=request.POST.get("subject", ""), by=agent_of(request))
    return done(request, conversation, Toast(_("Renamed."), reverse("subject", args=[pk]), {"subject": before}))


@login_required
@require_http_methods(["POST", "DELETE"])
def spam(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `block`: "", "sender" or "domain"."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    if is_delete(request):
        unmark_spam(conversation, by=agent)
        return done(request, conversation, Toast(_("Not spam."), seconds=4), happened="conversation:trusted")
    block = request.POST.get("block", "")
    try:
        mark_spam(conversation, by=agent, block=block if block in ("sender", "domain") else "")
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="spam")
    toast = Toast(_("Filed as spam."), reverse("spam", args=[pk]), {"_method": "DELETE"})
    return done(request, conversation, toast, happened="conversation:resolved")
