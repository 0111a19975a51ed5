"""The address under which one customer answers one survey: signed, so that nobody can answer for another."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from conversations.models import SurveyAsk

_SIGNER = signing.Signer(salt="conversations.surveys", sep="~")


def token_of(ask: SurveyAsk) -> str:
    return _SIGNER.sign(str(ask.pk))


def address_of(ask: SurveyAsk, *, score: int | None = None) -> str:
    """The page where it is answered; with `score`, that one is chosen there when it opens."""
    page = settings.SITE_URL + reverse("survey", args=[token_of(ask)])
    return page if score is None else f"{page}?score={score}"


def stop_address_of(ask: SurveyAsk) -> str:
    return settings.SITE_URL + reverse("survey_stop", args=[token_of(ask)])


def ask_of(token: str) -> SurveyAsk | None:
    """None for one that we did not make."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return SurveyAsk.objects.select_related("version", "survey", "customer", "conversation").filter(pk=pk).first()
