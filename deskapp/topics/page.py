"""The page of one topic: its form, its examples page by page, and the form that takes more of them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.bots import judging
from conversations.bots.deeds import OFFERED
from conversations.bots.languages import AMONG
from conversations.bots.suggesting import LONGEST, one_line
from conversations.models import Conversation, Topic, TopicExample
from conversations.models.routing import PEOPLE
from conversations.person import language_name
from conversations.typed import whole_number
from conversations.views.acting import agent_of
from deskapp.topics.learning import state

PAGE = 50
MOST_LINES = 2000
MOST_TOPICS = 300


class TopicForm(forms.ModelForm):
    complexity = forms.TypedChoiceField(
        label=gettext_lazy("How hard"),
        coerce=int,
        choices=[(1, gettext_lazy("Simple")), (2, gettext_lazy("Ordinary")), (3, gettext_lazy("Hard"))],
        help_text=gettext_lazy("Rules of routing may send what is hard to whom it suits."),
    )

    bot_does = forms.ChoiceField(
        label=gettext_lazy("What the bot does"),
        required=False,
        help_text=gettext_lazy("It asks for what it needs, and does nothing before the customer said yes."),
    )

    class Meta:
        model = Topic
        fields = ["name", "about", "complexity", "bot_does", "is_active"]
        labels = {
            "name": gettext_lazy("Name"),
            "about": gettext_lazy("In a sentence"),
            "is_active": gettext_lazy("In use"),
        }
        help_texts = {"about": gettext_lazy("For colleagues: what belongs here, and what does not.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bot_does"].choices = deeds()  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Topic.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a topic of this name already."))
        return name


def deeds() -> list[tuple[str, str]]:
    """What a bot may do about a topic, by the words of Topic.bot_does."""
    offered = [(key, str(deed.name)) for key, deed in OFFERED.items()]
    return [("", _("Answers out of its articles")), *offered, (PEOPLE, _("Hands it to people"))]


def languages() -> list[tuple[str, str]]:
    return sorted(((code, language_name(code)) for code in AMONG), key=lambda pair: pair[1])


class LinesForm(forms.Form):
    lines = forms.CharField(
        label=gettext_lazy("Add examples, one a line"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        max_length=400_000,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["language"].choices = [("", _("Told by itself")), *languages()]  # type: ignore[attr-defined]

    def clean_lines(self) -> list[str]:
        lines = list(dict.fromkeys(filter(None, map(one_line, str(self.cleaned_data["lines"]).splitlines()))))
        if not lines:
            raise forms.ValidationError(_("Write what a customer would say."))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("At most %(most)d lines at once.") % {"most": MOST_LINES})
        return lines


def page_of(request: HttpRequest, topic: Topic) -> dict[str, object]:
    """The newest first. Links to their conversations only where this agent may see them."""
    words, after = request.GET.get("q", "").replace("\x00", "").strip(), request.GET.get("after", "")
    found: QuerySet[TopicExample] = TopicExample.objects.filter(topic=topic).order_by("-pk")
    found = found.filter(text__icontains=words) if words else found
    size = found.count()
    if (last := whole_number(after)) is not None:
        found = found.filter(pk__lt=last)
    rows = list(found[: PAGE + 1])
    theirs = [row.conversation_id for row in rows if row.conversation_id]
    seen = set(Conversation.objects.visible_to(agent_of(request)).filter(pk__in=theirs).values_list("pk", flat=True))
    return {
        "examples": [{"example": row, "is_seen": row.conversation_id in seen} for row in rows[:PAGE]],
        "after": rows[PAGE - 1].pk if len(rows) > PAGE else 0,
        "q": words,
        "size": size,
        "languages": languages(),
        "longest": LONGEST,
    }


def topic_page(
    request: HttpRequest, one: Topic, *, form: TopicForm | None = None, lines: LinesForm | None = None
) -> HttpResponse:
    judged = judging.judged()
    form, lines = form or TopicForm(instance=one), lines or LinesForm()
    context: dict[str, Any] = {
        "topic": one,
        "form": form,
        "lines": lines,
        "others": Topic.objects.exclude(pk=one.pk).order_by("name")[:MOST_TOPICS],
        "tried": judged.by_topic.get(one.pk),
        "mistaken": judging.of_topic(judged.mistaken, one),
        **page_of(request, one),
        **state(),
    }
    return render(request, "deskapp/topics/topic.html", context, status=422 if form.errors or lines.errors else 200)
