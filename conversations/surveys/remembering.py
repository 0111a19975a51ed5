"""What surveys keep of a customer: told when they ask for it, and forgotten with them. Scores stay, as figures."""

from collections.abc import Iterable

from conversations.models import SurveyAsk, SurveyResponse

_TOLD = ("conversation", "answered_at", "survey__name", "touchpoint", "score", "answers", "language", "way")


def told(customers: Iterable[int]) -> list[dict[str, object]]:
    rows = SurveyResponse.objects.filter(ask__customer__in=customers).order_by("pk")
    return [dict(row) for row in rows.values(*_TOLD)]


def forget(customers: Iterable[int]) -> None:
    theirs = SurveyResponse.objects.filter(ask__customer__in=customers)
    theirs.update(answers={}, comment="", mood=None, tags=[])
    SurveyAsk.objects.filter(customer__in=customers).update(reason="")
