"""Lends a file of ours to a provider that takes files by their address only: signed, and for a while."""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from conversations.models import Attachment

LENT_FOR = timedelta(days=7)  # a link in a text message is opened days later, too

_SIGNER = TimestampSigner(salt="lent file")


def lent_address(attachment: Attachment) -> str:
    """Where anybody who is told the address can fetch the file. It ends in its name, which tells its kind."""
    path = reverse("lent_file", args=[_SIGNER.sign(str(attachment.pk)), quote(attachment.name, safe="") or "file"])
    return settings.SITE_URL + path


def lent_file(signed: str) -> Attachment | None:
    """None where the address was never made, is too old, or the file is gone."""
    try:
        pk = _SIGNER.unsign(signed, max_age=LENT_FOR)
    except BadSignature:
        return None
    return Attachment.objects.filter(pk=pk, state=Attachment.State.WHOLE).exclude(file="").first()
