"""What the keys of every dimension are called: "3" is Returns, "email" is Email, 0 is Monday. Read once a sheet."""

from collections.abc import Callable, Iterable, Mapping

from django.contrib.auth import get_user_model
from django.utils import dates
from django.utils.translation import gettext as _

from conversations.models import Medium, Team, Topic
from conversations.models.fact import Handler, Outcome
from conversations.models.survey import SurveyKind, Touchpoint
from conversations.person import language_name
from conversations.typed import whole_numbers


def names(dimension: str, keys: Iterable[object]) -> dict[str, str]:
    """By the text of the key. What nobody knows any more keeps its key; "" and "0" are of none."""
    wanted = list(dict.fromkeys("" if key is None else str(key) for key in keys))
    known = _LOOKED_UP[dimension](wanted) if dimension in _LOOKED_UP else {}
    return {key: known.get(key) or _plain(dimension, key) for key in wanted}


def name(dimension: str, key: object) -> str:
    return names(dimension, [key])["" if key is None else str(key)]


def _plain(dimension: str, key: str) -> str:
    if dimension == "hour" and key.isdecimal():
        return f"{int(key):02}:00"
    if dimension == "weekday" and key.isdecimal():
        return str(dates.WEEKDAYS.get(int(key), key))
    if dimension == "language" and key:
        return language_name(key)
    if dimension in _CHOICES and key in _CHOICES[dimension]():
        return str(_CHOICES[dimension]()[key])
    return _none(dimension) if key in ("", "0") else _gone(dimension, key)


def _none(dimension: str) -> str:
    return {
        "team": _("no team"),
        "agent": _("nobody"),
        "topic": _("no topic"),
        "language": _("no language"),
        "tier": _("no tier"),
        "medium": _("no channel"),
    }.get(dimension, _("none"))


def _gone(dimension: str, key: str) -> str:
    """A number that no row has any more says nothing to anybody."""
    return {
        "team": _("a team that was deleted"),
        "agent": _("an agent who was deleted"),
        "topic": _("a topic that was deleted"),
    }.get(dimension, key)


def _keyed(keys: Iterable[str]) -> list[int]:
    return whole_numbers(keys)


def _teams(keys: list[str]) -> dict[str, str]:
    return {str(pk): text for pk, text in Team.objects.filter(pk__in=_keyed(keys)).values_list("pk", "name")}


def _topics(keys: list[str]) -> dict[str, str]:
    return {str(topic.pk): str(topic) for topic in Topic.objects.filter(pk__in=_keyed(keys))}


def _agents(keys: list[str]) -> dict[str, str]:
    return {str(agent.pk): str(agent) for agent in get_user_model().objects.filter(pk__in=_keyed(keys))}


_LOOKED_UP: Mapping[str, Callable[[list[str]], dict[str, str]]] = {"team": _teams, "topic": _topics, "agent": _agents}
_CHOICES: Mapping[str, Callable[[], Mapping[str, object]]] = {
    "medium": lambda: dict(Medium.choices),
    "handler": lambda: {**dict(Handler.choices), "": _("nobody")},
    "outcome": lambda: dict(Outcome.choices),
    "touchpoint": lambda: dict(Touchpoint.choices),
    "kind": lambda: dict(SurveyKind.choices),
}
