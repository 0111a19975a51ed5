"""The forms of an article: what it is about, and its text in one language."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.bots.words import LANGUAGES
from conversations.models import Article, ArticleText, Topic
from conversations.person import language_name

MOST_TOPICS = 300


class ArticleForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = ["name", "topic", "is_active"]
        labels = {
            "name": gettext_lazy("Name"),
            "topic": gettext_lazy("Answers what is about"),
            "is_active": gettext_lazy("In use"),
        }
        help_texts = {
            "name": gettext_lazy("For colleagues: customers read the title."),
            "topic": gettext_lazy("Without one, it is found by its likeness to what they write."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = Topic.objects.filter(is_active=True) | Topic.objects.filter(pk=self.instance.topic_id or 0)
        self.fields["topic"].queryset = topics.order_by("name")[:MOST_TOPICS]  # type: ignore[attr-defined]
        self.fields["topic"].empty_label = _("No topic")  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Article.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is an article of this name already."))
        return name


class TextForm(forms.ModelForm):
    """`languages`: those that may be chosen; of a text that is there, none."""

    language = forms.ChoiceField(label=gettext_lazy("Language"))

    class Meta:
        model = ArticleText
        fields = ["language", "title", "body"]
        labels = {"title": gettext_lazy("Title"), "body": gettext_lazy("Text, in Markdown")}
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "body": forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
        }
        help_texts = {"body": gettext_lazy("**bold**, - a list, 1. steps, [words](https://…) for a link.")}

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["language"]
        else:
            choices = [(code, language_name(code)) for code in languages]
            self.fields["language"].choices = choices  # type: ignore[attr-defined]


def unwritten(article: Article) -> list[str]:
    """The languages of the bot that it has no text in yet."""
    written = set(article.texts.values_list("language", flat=True)) if article.pk else set()
    return [code for code in LANGUAGES if code not in written]
