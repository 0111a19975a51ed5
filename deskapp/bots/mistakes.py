"""Answers of a bot that a person called wrong: said in the thread, gathered for whoever teaches, and learnt from."""

from collections.abc import Iterable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from conversations import audit
from conversations.bots import learning
from conversations.bots.languages import language_of
from conversations.bots.suggesting import one_line
from conversations.models import BotMistake, BotTalk, Conversation, Message, Topic, TopicExample
from conversations.models.message import MessageKind
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.bots.bots import MINE
from integrations.views.admins import needs

PAGE = 30
MOST_TOPICS = 300


class MistakeForm(forms.ModelForm):
    class Meta:
        model = BotMistake
        fields = ["right", "why"]
        labels = {"right": gettext_lazy("What it was about"), "why": gettext_lazy("What was wrong with it")}
        help_texts = {"why": gettext_lazy("For those who teach it. The customer sees nothing of this.")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["right"].queryset = topics()  # type: ignore[attr-defined]
        self.fields["right"].empty_label = _("I cannot say")  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def mistake(request: HttpRequest, pk: int) -> HttpResponse:
    """Of one message of a bot's that this agent may see. POST `right` and `why`. DELETE: it was right after all."""
    theirs = Message.objects.visible_to(agent_of(request)).filter(is_bot=True, kind=MessageKind.OUTBOUND)
    message = get_object_or_404(theirs.select_related("conversation__customer"), pk=pk)
    talk = _talk_of(message)
    one = BotMistake.objects.filter(message=message).first()
    where = f"{reverse('conversation', args=[message.conversation_id])}#message-{message.pk}"
    if is_delete(request):
        BotMistake.objects.filter(message=message).delete()
        messages.success(request, _("It is not called wrong any more."))
        return redirect(where)
    form = MistakeForm(request.POST or None, instance=one or BotMistake(message=message, talk=talk))
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        form.instance.by = agent_of(request)
        form.save()
        messages.success(request, _("Noted: whoever teaches it will see that."))
        return redirect(where)
    context = {"form": form, "message": message, "stored": one, "asked": asked_before([message]).get(message.pk)}
    return render(request, "deskapp/bots/mistake.html", context, status=422 if form.errors else 200)


@needs(MINE)
@require_safe
def mistake_list(request: HttpRequest) -> HttpResponse:
    """The newest first, of what this agent may see; `after`: the next page, `q` looks in why and in the answer."""
    words, after = request.GET.get("q", "").replace("\x00", "").strip(), request.GET.get("after", "")
    theirs = Conversation.objects.visible_to(agent_of(request))
    found = BotMistake.objects.filter(message__conversation__in=theirs).order_by("-pk")
    if words:
        found = found.filter(why__icontains=words) | found.filter(message__text__icontains=words)
    if (last := whole_number(after)) is not None:
        found = found.filter(pk__lt=last)
    rows = list(found.select_related("message__conversation__customer", "right", "by", "talk__topic")[: PAGE + 1])
    asked = asked_before([row.message for row in rows[:PAGE]])
    context = {
        "rows": [{"mistake": row, "asked": asked.get(row.message_id)} for row in rows[:PAGE]],
        "after": rows[PAGE - 1].pk if len(rows) > PAGE else 0,
        "topics": topics(),
        "q": words,
        "tab": "bots",
    }
    return render(request, "deskapp/bots/mistakes.html", context)


@needs(MINE)
@require_http_methods(["POST", "DELETE"])
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `topic`: what the customer had written is an example of it from now on. DELETE: it was right after all."""
    theirs = Conversation.objects.visible_to(agent_of(request))
    one = get_object_or_404(BotMistake.objects.select_related("message"), pk=pk, message__conversation__in=theirs)
    if is_delete(request):
        one.delete()
        messages.success(request, _("It is not called wrong any more."))
        return redirect("bot_mistakes")
    wanted = request.POST.get("topic", "")
    known = Topic.objects.filter(is_active=True, pk=whole_number(wanted) or 0)
    if (topic := known.first()) is None:
        messages.error(request, _("Choose what it was about."))
        return redirect("bot_mistakes")
    asked = asked_before([one.message]).get(one.message_id)
    if asked is None or not (text := one_line(asked.text)):
        messages.error(request, _("The customer had written no words before it."))
        return redirect("bot_mistakes")
    _teach(request, one, topic, text)
    messages.success(request, _("An example of “%(topic)s” now, and learnt in a moment.") % {"topic": topic})
    return redirect("bot_mistakes")


@transaction.atomic
def _teach(request: HttpRequest, one: BotMistake, topic: Topic, text: str) -> None:
    """The audit log keeps no words: they are a customer's."""
    TopicExample.objects.filter(text=text).exclude(topic=topic).delete()
    facts = {"language": language_of(text)[:12], "conversation": one.message.conversation}
    TopicExample.objects.get_or_create(topic=topic, text=text, defaults=facts)
    BotMistake.objects.filter(pk=one.pk).update(right=topic)
    note = _("a wrong answer in #%(conversation)d became an example") % {"conversation": one.message.conversation_id}
    audit.record(agent_of(request), topic, before={}, after={}, note=note)
    learning.ask()


def asked_before(answers: Iterable[Message]) -> dict[int, Message]:
    """By answer, the customer's last line before it."""
    found = {}
    for answer in answers:
        said = Message.objects.filter(
            conversation=answer.conversation_id, kind=MessageKind.INBOUND, created_at__lte=answer.created_at
        )
        if last := said.exclude(text="").order_by("-created_at", "-pk").only("pk", "text", "conversation").first():
            found[answer.pk] = last
    return found


def topics() -> QuerySet[Topic]:
    return Topic.objects.filter(is_active=True).order_by("name")[:MOST_TOPICS]


def _talk_of(message: Message) -> BotTalk:
    """In which it was said; 404 for words of a bot that had no talk, such as those brought in from elsewhere."""
    talks = BotTalk.objects.filter(conversation=message.conversation_id, began_at__lte=message.created_at)
    talk = talks.order_by("-began_at", "-pk").first()
    return talk or get_object_or_404(BotTalk, pk=0)
