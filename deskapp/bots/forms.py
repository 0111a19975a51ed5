"""The form of a bot: its name, who thinks for it, where it answers, how far it goes and for whom people come first."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.bots.words import LANGUAGES
from conversations.media import carries
from conversations.models import Bot, Channel
from conversations.models.bot import Brain
from conversations.person import language_name
from integrations.adapters import ADAPTERS
from integrations.models import Connector

MOST_TIERS, LONGEST = 20, 40


def languages() -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in LANGUAGES]


def channels() -> QuerySet[Channel]:
    """Those on which an answer can be written."""
    media = [medium for medium in Channel._meta.get_field("medium").choices or () if carries(str(medium[0])).longest]
    return Channel.objects.filter(is_active=True, medium__in=[medium[0] for medium in media]).order_by("name")


def brains(bot: Bot) -> QuerySet[Connector]:
    """Connected ones that think for no other bot."""
    names = [name for name, path in ADAPTERS.items() if path.startswith("integrations.adapters.bots.")]
    found = Connector.objects.filter(adapter__in=names, is_active=True)
    return (found.filter(bot=None) | found.filter(bot=bot.pk or 0)).order_by("name")


class BotForm(forms.ModelForm):
    connector = forms.ModelChoiceField(
        label=gettext_lazy("The other brain"),
        queryset=Connector.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("Connected under Connectors. Whatever it does wrong, people take over."),
    )
    channels = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Answers on"),
        queryset=Channel.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: on every one of them. Rules of routing say what it is given."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Speaks"),
        choices=languages,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all of them. Whoever writes in another is handed to people."),
    )
    most_turns = forms.IntegerField(
        label=gettext_lazy("Answers in one conversation, at most"), min_value=1, max_value=50, initial=12
    )
    most_misunderstood = forms.IntegerField(
        label=gettext_lazy("Times in a row it may not understand"), min_value=1, max_value=5, initial=2
    )
    unsure_below = forms.IntegerField(
        label=gettext_lazy("Sure enough from, %"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("Below, it asks which of two is meant, or hands over."),
    )
    patience = forms.IntegerField(
        label=gettext_lazy("Seconds its brain may think"), min_value=2, max_value=120, initial=20
    )
    tiers = forms.CharField(
        label=gettext_lazy("People first for these tiers"),
        required=False,
        help_text=gettext_lazy("With commas between. It says hello and hands over."),
    )
    people_first_from = forms.DecimalField(
        label=gettext_lazy("… and for who has spent"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("In the currency of their orders. Empty: no sum decides."),
    )

    class Meta:
        model = Bot
        fields = [
            "name", "is_active", "brain", "channels", "languages", "most_turns", "most_misunderstood", "unsure_below",
            "patience", "people_first_from",
        ]  # fmt: skip
        labels = {
            "name": gettext_lazy("Name"),
            "is_active": gettext_lazy("It answers"),
            "brain": gettext_lazy("Who thinks for it"),
        }
        help_texts = {"name": gettext_lazy("It says so in its first line, and that it is a bot.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channels"].queryset = channels()  # type: ignore[attr-defined]
        self.fields["connector"].queryset = brains(self.instance)  # type: ignore[attr-defined]
        known = Connector.objects.filter(bot=self.instance.pk).first() if self.instance.pk else None
        self.initial = {
            **self.initial,
            "connector": known.pk if known else None,
            "unsure_below": round(100 * self.instance.unsure_below),
            "tiers": ", ".join(self.instance.people_first_tiers),
        }

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Bot.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a bot of this name already."))
        return name

    def clean_unsure_below(self) -> float:
        return float(self.cleaned_data["unsure_below"]) / 100

    def clean_tiers(self) -> list[str]:
        typed = (" ".join(tier.split()) for tier in str(self.cleaned_data["tiers"]).replace("\x00", "").split(","))
        tiers = list(dict.fromkeys(filter(None, typed)))
        if len(tiers) > MOST_TIERS or any(len(tier) > LONGEST for tier in tiers):
            raise forms.ValidationError(_("At most 20 tiers, of 40 letters each."))
        return tiers

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("brain") == Brain.CONNECTOR and not found.get("connector") and "connector" not in self.errors:
            self.add_error("connector", _("Choose one, or let the desk’s own brain think."))
        if found.get("is_active") and "channels" in found:
            self._refuse_two_on_one(found["channels"])
        self.instance.people_first_tiers = found.get("tiers") or []
        return found

    def _refuse_two_on_one(self, chosen: QuerySet[Channel]) -> None:
        """Only one bot can have the word on a channel; one that names none has those that no other names."""
        others = Bot.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        taken = others.filter(channels__in=chosen) if chosen else others.filter(channels=None)
        if bot := taken.order_by("pk").first():
            self.add_error("channels", _("“%(name)s” answers there already.") % {"name": bot.name})

    def save(self, commit: bool = True) -> Bot:
        """And whose brain the connector is."""
        bot: Bot = super().save(commit)
        chosen = self.cleaned_data["connector"] if bot.brain == Brain.CONNECTOR else None
        Connector.objects.filter(bot=bot).exclude(pk=chosen.pk if chosen else 0).update(bot=None)
        if chosen:
            Connector.objects.filter(pk=chosen.pk).update(bot=bot)
        return bot
