"""Forms of the writing side: a reply, a note, a canned reply, a saved view."""

import re
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy as _

from conversations.models import Attachment, CannedReply, SavedView, Team
from conversations.outbound.reach import Choice
from conversations.plain import html_to_text
from conversations.sanitise import sanitise

if TYPE_CHECKING:
    from deskapp.models import User

_OUR_PICTURE = re.compile(r'(<img\b[^>]*?\bsrc=")(?:https?://[^"/]+)?/files/(\d+)/[^"]*(")')


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
        keys = [int(value) for value in chosen if value.isdecimal()]
        unsent = Attachment.objects.filter(message=None, uploaded_by=self.agent)
        inside = picture_ids(str(data.get("html", "")))
        return list(unsent.filter(pk__in=[*keys, *inside]).order_by("pk"))


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
    channel = forms.CharField()
    cc = forms.CharField(required=False)
    bcc = forms.CharField(required=False)
    quote = forms.BooleanField(required=False)
    signature = forms.BooleanField(required=False)
    send_at = forms.CharField(required=False)
    last_seen = forms.IntegerField(required=False)
    anyway = forms.BooleanField(required=False)
    then = forms.CharField(required=False)

    def __init__(self, data: object, *, agent: "User", choices: list[Choice]) -> None:
        super().__init__(data, agent=agent)
        self.choices = choices

    def clean_channel(self) -> Choice:
        chosen = next((each for each in self.choices if each.value == self.cleaned_data["channel"]), None)
        if chosen is None:
            raise forms.ValidationError(_("Choose how to send it."))
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
        cleaned = super().clean()
        chosen = cleaned.get("channel")
        if isinstance(chosen, Choice):
            self._check_media(chosen)
        return cleaned

    def _check_media(self, chosen: Choice) -> None:
        can, medium = chosen.carries, chosen.channel.get_medium_display()
        if len(self.said) > can.longest:
            words = _("%(medium)s carries %(longest)s characters; this has %(length)s.")
            self.add_error("html", words % {"medium": medium, "longest": can.longest, "length": len(self.said)})
        size = sum(file.size for file in self.attachments)
        if self.attachments and not can.has_files:
            self.add_error(
                "html", _("%(medium)s carries no files. Choose another way, or take them off.") % {"medium": medium}
            )
        elif size > can.largest:
            words = _("%(medium)s carries files of %(mb)s MB together; these are larger.")
            self.add_error("html", words % {"medium": medium, "mb": can.largest // 1024 // 1024})


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
        team.queryset = Team.objects.all() if agent.is_admin else agent.teams.all()
        team.required = not agent.is_admin
        team.empty_label = _("Everybody") if agent.is_admin else None


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "query", "is_shared"]
