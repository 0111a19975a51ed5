"""Forms of the writing side: a reply, a note, a canned reply, a saved view."""

import re
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import Template
from conversations.models import Attachment, CannedReply, Conversation, Message, MessageTemplate, SavedView, Team
from conversations.models.message import MessageKind
from conversations.outbound.reach import Choice
from conversations.outbound.way import KeptWay, Way, filled, places
from conversations.plain import html_to_text
from conversations.sanitise import sanitise
from conversations.segments import segments_of
from conversations.typed import whole_number, whole_numbers

if TYPE_CHECKING:
    from deskapp.models import User

_OUR_PICTURE = re.compile(r'(<img\b[^>]*?\bsrc=")(?:https?://[^"/]+)?/files/(\d+)/[^"]*(")')


PUBLIC, PRIVATE = "public", "private"
VISIBILITIES = ((PRIVATE, _("Private")), (PUBLIC, _("Public")))
MOST_BUTTONS = 20


class WritingForm(forms.Form):
    """What reply and note share: words as HTML from the editor or plain from the textarea, files, and the key."""

    html = forms.CharField(required=False, max_length=2_000_000)
    text = forms.CharField(required=False, max_length=500_000, strip=False)
    client_id = forms.UUIDField()

    def __init__(self, data: object, *, agent: "User") -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.agent = agent
        self.attachments: list[Attachment] = []

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        self.attachments = self._own_files()
        html = cleaned.get("html") or linebreaks(str(cleaned.get("text") or "").strip(), autoescape=True)
        cleaned["html"] = with_pictures(sanitise(str(html)), self.agent)
        self.said = html_to_text(str(cleaned["html"]))
        if not self.said and not self.attachments and "<img" not in str(cleaned["html"]):
            self.add_error("html", _("Write something first."))
        return cleaned

    def _own_files(self) -> list[Attachment]:
        data = self.data
        chosen = data.getlist("file") if hasattr(data, "getlist") else []
        unsent = Attachment.objects.filter(message=None, uploaded_by=self.agent)
        inside = picture_ids(str(data.get("html", "")))
        return list(unsent.filter(pk__in=[*whole_numbers(chosen), *inside]).order_by("pk"))


def picture_ids(html: str) -> list[int]:
    return [int(found[2]) for found in _OUR_PICTURE.finditer(html)]


def with_pictures(html: str, agent: "User") -> str:
    """Pictures pasted into the words are named by their Content-ID (RFC 2392), as a mail carries them."""
    keys = picture_ids(html)
    own = {file.pk: file for file in Attachment.objects.filter(pk__in=keys, uploaded_by=agent)} if keys else {}
    Attachment.objects.filter(pk__in=own, message=None).update(is_inline=True)

    def name(found: "re.Match[str]") -> str:
        file = own.get(int(found[2]))
        return f"{found[1]}cid:{file.content_id}{found[3]}" if file else ""

    return _OUR_PICTURE.sub(name, html)


class ReplyForm(WritingForm):
    channel = forms.CharField(required=False)  # none can be chosen where each is blocked
    cc = forms.CharField(required=False)
    bcc = forms.CharField(required=False)
    quote = forms.BooleanField(required=False)
    signature = forms.BooleanField(required=False)
    send_at = forms.CharField(required=False)
    last_seen = forms.IntegerField(required=False)
    anyway = forms.BooleanField(required=False)
    then = forms.CharField(required=False)
    visibility = forms.ChoiceField(choices=VISIBILITIES, required=False)
    publicly = forms.BooleanField(required=False)  # pressed "Post publicly"
    answers = forms.IntegerField(required=False)  # the id of a message
    template = forms.IntegerField(required=False)

    def __init__(self, data: object, *, agent: "User", choices: list[Choice], conversation: Conversation) -> None:
        super().__init__(data, agent=agent)
        self.choices, self.conversation = choices, conversation
        self.way = Way()

    def clean_channel(self) -> Choice:
        chosen = next((each for each in self.choices if each.value == self.cleaned_data["channel"]), None)
        if chosen is None:
            can_choose = not self.choices or any(each.can_be_used for each in self.choices)
            raise forms.ValidationError(_("Choose how to send it.") if can_choose else self.choices[0].blocked)
        if chosen.blocked:
            raise forms.ValidationError(chosen.blocked)
        return chosen

    def clean_cc(self) -> list[str]:
        return addresses(self.cleaned_data["cc"])

    def clean_bcc(self) -> list[str]:
        return addresses(self.cleaned_data["bcc"])

    def clean_send_at(self) -> datetime | None:
        """As <input type=datetime-local> gives it, on the agent's own clock."""
        value = self.cleaned_data["send_at"]
        if not value:
            return None
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise forms.ValidationError(_("That is no date and time.")) from None
        if timezone.is_naive(at):
            at = at.replace(tzinfo=ZoneInfo(self.agent.get_timezone()))
        if at <= timezone.now():
            raise forms.ValidationError(_("That time has passed. Choose one that is still to come."))
        return at

    def clean(self) -> dict[str, object]:
        chosen = self.cleaned_data.get("channel")
        template = self._template(chosen) if isinstance(chosen, Choice) and chosen.needs_template else None
        cleaned = super().clean()
        if isinstance(chosen, Choice):
            self._check_media(chosen)
            self._check_time(chosen)
            answered = self._answered(chosen)
            self.way = Way(answered, self._is_public(chosen, answered), template, self._buttons(chosen))
        return cleaned

    def _template(self, chosen: Choice) -> Template | None:
        """The words are those of the template: what else was typed stays in the draft."""
        key = self.cleaned_data.get("template")
        usable = MessageTemplate.objects.filter(channel=chosen.channel, is_usable=True)
        template = usable.filter(pk=key).first() if key else None
        if template is None:
            self.add_error("template", _("The time to answer freely here is over. Choose a template, or another way."))
            return None
        asked = places(template)
        values = [value.strip() for value in self._list(f"value-{template.pk}")][: len(asked)]
        if len(values) < len(asked) or not all(values):
            self.add_error("template", _("Fill in every value of the template."))
            values += [""] * (len(asked) - len(values))
        sent, words = filled(template, values)
        self.cleaned_data["html"] = linebreaks(words, autoescape=True)
        return sent

    def _check_time(self, chosen: Choice) -> None:
        at = self.cleaned_data.get("send_at")
        if at and chosen.left is not None and at > timezone.now() + chosen.left:
            self.add_error("send_at", _("The time to answer there is over by then."))

    def _answered(self, chosen: Choice) -> Message | None:
        """What cannot be answered there by itself is answered as a whole. What is public, and every post, is one in
        a row, of those that are still there."""
        if not chosen.carries.has_answers:
            return None
        said = self.conversation.messages.filter(channel=chosen.channel).exclude(external_id="")
        if key := self.cleaned_data.get("answers"):
            return said.filter(pk=key).first()
        if not (chosen.carries.has_posts or self.cleaned_data.get("visibility") == PUBLIC):
            return None
        theirs = said.filter(kind=MessageKind.INBOUND, identity=chosen.identity, is_public=chosen.was_public)
        return theirs.filter(taken_back_at=None).order_by("-created_at", "-pk").first()

    def _is_public(self, chosen: Choice, answered: Message | None) -> bool:
        """Asked twice: by the choice, and by the button that says so. One without the other posts nothing."""
        wants, confirms = self.cleaned_data.get("visibility") == PUBLIC, bool(self.cleaned_data.get("publicly"))
        if wants and not (chosen.can_go_public and answered and answered.is_public):
            self.add_error("visibility", _("This cannot be answered in public. Nothing was sent."))
        elif wants and not confirms:
            self.add_error("visibility", _("Nothing was sent. Press “Post publicly” if everybody may read this."))
        elif confirms and not wants:
            self.add_error("visibility", _("Nothing was sent. Choose first whether everybody may read this."))
        return wants and confirms

    def _buttons(self, chosen: Choice) -> tuple[str, ...]:
        typed = lines(self._list("buttons"))
        can, medium = chosen.carries, chosen.channel.get_medium_display()
        if typed and not can.buttons:
            words = _("%(medium)s carries no buttons. Choose another way, or take them off.")
            self.add_error("html", words % {"medium": medium})
        elif len(typed) > can.buttons:
            words = _("%(medium)s carries %(most)s buttons at most.")
            self.add_error("html", words % {"medium": medium, "most": can.buttons})
        elif any(len(each) > can.button_longest for each in typed):
            words = _("A button on %(medium)s has %(longest)s characters at most.")
            self.add_error("html", words % {"medium": medium, "longest": can.button_longest})
        return tuple(typed)

    def _list(self, name: str) -> list[str]:
        return list(self.data.getlist(name)) if hasattr(self.data, "getlist") else []

    def _check_media(self, chosen: Choice) -> None:
        can, medium = chosen.carries, chosen.channel.get_medium_display()
        longest = chosen.longest(is_public=self.cleaned_data.get("visibility") == PUBLIC)
        if len(self.said) > longest:
            words = _("%(medium)s carries %(longest)s characters; this has %(length)s.")
            self.add_error("html", words % {"medium": medium, "longest": longest, "length": len(self.said)})
        elif can.segments and (count := segments_of(self.said).count) > can.segments:
            words = _("%(medium)s carries %(most)s messages in one; this is %(count)s, by its emoji or its letters.")
            self.add_error("html", words % {"medium": medium, "most": can.segments, "count": count})
        size = sum(file.size for file in self.attachments)
        if self.attachments and not can.has_files:
            self.add_error(
                "html", _("%(medium)s carries no files. Choose another way, or take them off.") % {"medium": medium}
            )
        elif size > can.largest:
            words = _("%(medium)s carries files of %(mb)s MB together; these are larger.")
            self.add_error("html", words % {"medium": medium, "mb": can.largest // 1024 // 1024})


def kept_way(data: QueryDict) -> KeptWay:
    """What a draft keeps of the composer's other fields: as they are, to be checked when it is sent."""
    way = KeptWay()
    if channel := data.get("channel", "")[:60]:
        way["channel"] = channel
    if visibility := next((each for each, _label in VISIBILITIES if each == data.get("visibility")), ""):
        way["visibility"] = visibility
    if (answers := whole_number(data.get("answers", ""))) is not None:
        way["answers"] = answers
    if buttons := [each[:200] for each in lines(data.getlist("buttons"))][:MOST_BUTTONS]:
        way["buttons"] = buttons
    if (template := whole_number(data.get("template", ""))) is not None:
        way["template"] = template
        way["values"] = [each[:2000] for each in data.getlist(f"value-{way['template']}")][:MOST_BUTTONS]
    return way


def lines(values: list[str]) -> list[str]:
    return [line.strip() for value in values for line in value.splitlines() if line.strip()]


def addresses(value: str) -> list[str]:
    """Split at commas and semicolons; raises ValidationError naming the one that is no address."""
    found = [part.strip() for part in re.split(r"[,;\n]", value) if part.strip()]
    for part in found:
        bare = part.rpartition("<")[2].rstrip("> ")
        try:
            validate_email(bare)
        except forms.ValidationError:
            raise forms.ValidationError(_("“%(part)s” is not an email address."), params={"part": part}) from None
    return found


class NoteForm(WritingForm):
    pass


class CannedReplyForm(forms.ModelForm):
    class Meta:
        model = CannedReply
        fields = ["name", "text", "team"]

    def __init__(self, *args: object, agent: "User", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = Team.objects.all() if agent.may("words.share") else agent.teams.all()
        team.required = not agent.may("words.share")
        team.empty_label = _("Everybody") if agent.may("words.share") else None


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "query", "is_shared"]
