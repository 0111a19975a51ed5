"""/settings/branding/: how the widget and the mails of each channel look, tried beside the form while one types."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit, colours
from conversations.models import Branding, Channel, Medium
from conversations.views.acting import agent_of
from integrations.adapters.media.email.framing import data_address
from integrations.views.admins import needs

MOST_ROWS = 200
LARGEST = 100_000  # bytes of a logo: it is in every letter
USUAL = "#1a5a66"  # what the widget has of itself, nearly
# The first bytes of what every mail program can show. SVG can carry scripts, and few mail programs draw it.
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


class BrandingForm(forms.ModelForm):
    picture = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or GIF, at most 100 kB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif"}),
    )
    drop_logo = forms.BooleanField(label=gettext_lazy("Without a logo"), required=False)

    class Meta:
        model = Branding
        fields = ["colour", "title", "greeting", "mail_header", "mail_footer"]
        widgets = {
            "greeting": forms.Textarea(attrs={"rows": 2}),
            "mail_footer": forms.Textarea(attrs={"rows": 3}),
            "colour": forms.TextInput(attrs={"placeholder": USUAL}),
        }
        help_texts = {"colour": gettext_lazy("As #1f6f78; empty for the usual one.")}

    def __init__(self, *args: Any, medium: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("mail_header", "mail_footer") if medium == Medium.CHAT else ("title", "greeting"):
            del self.fields[name]

    def clean_colour(self) -> str:
        colour = str(self.cleaned_data["colour"]).strip().lower()
        if colour and not colours.is_colour(colour):
            raise forms.ValidationError(_("A colour is written as #1f6f78."))
        return colour

    def clean_picture(self) -> bytes:
        file = self.cleaned_data.get("picture")
        if not isinstance(file, UploadedFile):
            return b""
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("It is larger than 100 kB: a logo is small."))
        body: bytes = file.read()
        if not kind_of(body):
            raise forms.ValidationError(_("It is no PNG, JPEG or GIF."))
        return body

    def show(self) -> None:
        """Puts on the instance what is right, also where something else is wrong."""
        for name, value in self.cleaned_data.items():
            if name in self.Meta.fields:
                setattr(self.instance, name, value)
        if self.cleaned_data.get("drop_logo"):
            self.instance.logo, self.instance.logo_type = b"", ""
        if body := self.cleaned_data.get("picture"):
            self.instance.logo, self.instance.logo_type = body, kind_of(body)

    def save(self, commit: bool = True) -> Branding:
        self.show()
        saved: Branding = super().save(commit)
        return saved


def kind_of(body: bytes) -> str:
    return next((kind for start, kind in KINDS.items() if body.startswith(start)), "")


@needs("settings.branding")
def branding_list(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()
    found = Channel.objects.filter(medium__in=[Medium.CHAT, Medium.EMAIL], is_active=True).select_related("branding")
    found = found.filter(name__icontains=words) if words else found
    context = {"channels": found.order_by("name")[:MOST_ROWS], "q": words, "tab": "branding"}
    return render(request, "deskapp/branding_list.html", context)


@needs("settings.branding")
@require_http_methods(["GET", "POST"])
def branding(request: HttpRequest, pk: int) -> HttpResponse:
    channel, one = _of(pk)
    form = BrandingForm(request.POST or None, request.FILES or None, instance=one, medium=channel.medium)
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("branding", pk=pk)
    context = {"form": form, "tab": "branding", **_shown(channel, one)}
    return render(request, "deskapp/branding.html", context, status=422 if form.errors else 200)


@needs("settings.branding")
@require_POST
def branding_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What is being typed, as customers would see it. Nothing is stored."""
    channel, one = _of(pk)
    form = BrandingForm(request.POST, request.FILES, instance=one, medium=channel.medium)
    form.is_valid()
    form.show()
    wrong = [error for errors in form.errors.values() for error in errors]
    return render(request, "deskapp/branding_preview.html", {**_shown(channel, one), "wrong": wrong})


def _of(pk: int) -> tuple[Channel, Branding]:
    channels = Channel.objects.filter(medium__in=[Medium.CHAT, Medium.EMAIL], is_active=True)
    channel = get_object_or_404(channels.select_related("team"), pk=pk)
    return channel, Branding.objects.filter(channel=channel).first() or Branding(channel=channel)


def _shown(channel: Channel, one: Branding) -> dict[str, object]:
    colour = one.colour if colours.is_colour(one.colour) else USUAL
    ink = colours.on(colour)
    return {
        "channel": channel,
        "one": one,
        "is_chat": channel.medium == Medium.CHAT,
        "colour": colour,
        "ink": ink,
        "on_it": f"{colours.contrast(ink, colour):.1f}",
        "on_white": f"{colours.contrast(colour, colours.WHITE):.1f}",
        "is_seen": colours.contrast(colour, colours.WHITE) >= colours.ENOUGH_FOR_SHAPES,
        "ink_is_white": ink == colours.WHITE,
        "logo": data_address(one),
    }
