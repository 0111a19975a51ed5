"""What is asked in a contact form, and how it is checked."""

import base64
import hashlib
import json
import time
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.file_kinds import LONGEST_SIGN, kind_of
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

SALT = "contact form"
SHOWN_FOR = 24 * 3600  # seconds
QUICKEST = 2.0  # seconds in which no person has filled it in
MOST_FILES, MOST_BYTES = 5, 10_000_000


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """As Django's manual has it: each file is cleaned by itself."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: object = None) -> list[UploadedFile]:
        given = data if isinstance(data, list) else [data] if data else []
        files = [super(FilesField, self).clean(each, initial) for each in given]
        if len(files) > MOST_FILES:
            raise ValidationError(
                ngettext("At most %(n)d file.", "At most %(n)d files.", MOST_FILES) % {"n": MOST_FILES}
            )
        if sum(file.size or 0 for file in files) > MOST_BYTES:
            raise ValidationError(_("Together they may have %(mb)d MB.") % {"mb": MOST_BYTES // 1_000_000})
        return files


class WriteToUs(forms.Form):
    """`website` is for robots: nobody sees it. `shown` says, signed, when the form was made."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("Your email"), max_length=254)
    topic = forms.ChoiceField(label=gettext_lazy("What is it about?"), required=False)
    order = forms.CharField(label=gettext_lazy("Order number, if there is one"), max_length=80, required=False)
    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    uploads = FilesField(label=gettext_lazy("Photos or files"), required=False)
    website = forms.CharField(required=False)
    identity = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    page = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, connector: Connector, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.connector = connector
        lines = str(connector.settings.get("topics", "")).splitlines()
        topics = [line.strip() for line in lines if line.strip()]
        if topics:
            choices = [("", _("Something else")), *((topic, topic) for topic in topics)]
            self.fields["topic"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["topic"]
        for name, autocomplete in (("name", "name"), ("email", "email")):
            self.fields[name].widget.attrs["autocomplete"] = autocomplete

    def clean_shown(self) -> str:
        try:
            age = time.time() - float(signing.loads(self.cleaned_data["shown"], salt=SALT, max_age=SHOWN_FOR))
        except (signing.BadSignature, TypeError, ValueError):
            raise ValidationError(_("This form was open for long. Please send it once more.")) from None
        if age < QUICKEST:
            raise ValidationError(_("That was very quick. Please send it once more."))
        return str(self.cleaned_data["shown"])

    def anew(self) -> "WriteToUs":
        """With what was written, to be sent once more."""
        self.data = {**self.data.dict(), "shown": fresh()} if hasattr(self.data, "dict") else self.data
        return self

    @property
    def is_by_robot(self) -> bool:
        return bool(self.data.get("website"))

    def arrival(self, language: str) -> Arrival:
        """To be kept. The same form sent twice, by a double click or a page that is loaded anew, is one."""
        given = self.cleaned_data
        said = {
            **{
                name: str(given.get(name) or "").replace("\x00", "")
                for name in ("name", "email", "topic", "order", "text")
            },
            "identity": given["identity"],
            "page": given["page"],
            "language": language,
            "files": [_kept(file) for file in given["uploads"]],
        }
        body = json.dumps(said).encode()
        digest = hashlib.sha256(given["shown"].encode() + body).hexdigest()
        return Arrival("", digest, body)


def fresh() -> str:
    """The value of `shown`."""
    return signing.dumps(time.time(), salt=SALT)


def _kept(file: UploadedFile) -> dict[str, str]:
    body = file.read()
    name = (file.name or "").replace("\x00", "").rpartition("/")[2][-255:] or str(_("file"))
    content_type = kind_of(file.content_type or "", body[:LONGEST_SIGN])
    return {"name": name, "content_type": content_type, "content": base64.b64encode(body).decode()}
