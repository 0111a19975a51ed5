"""Calls a brain within the patience that is left; what it answers is JSON, or it is rude."""

import time
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters import calling
from integrations.adapters.base import AwayError, UncertainError
from integrations.adapters.bots.base import LARGEST, RudeError, SilentBrainError
from integrations.adapters.calling import Answer
from integrations.adapters.media.provider import Fault, Provider

# Whatever else it says of a question is not for the admins' eyes: the customer's own words may stand in it.
REFUSALS = {
    str(status): Fault(gettext_lazy("%(name)s refused the question."))
    for status in (400, 402, 405, 406, 411, 413, 414, 415, 421, 422, 424, 426, 428, 431, 451)
}
CONNECTING = 5.0  # seconds
SOONEST = 0.5  # seconds that a call is given at the least


class Patience:
    """Of one question: every call of it gets what the others have left."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())


def ask(provider: Provider, patience: Patience, method: str, url: str, **given: Any) -> Answer:
    """Raises AwayError where nobody answers in time, CredentialError, or AdapterError."""
    seconds = max(SOONEST, patience.left)
    within = replace(provider, name=_(provider.name), timeout=(min(CONNECTING, seconds), seconds))
    try:
        answer = within.ask(method, url, largest=LARGEST, **given)
    except UncertainError as error:
        raise AwayError(str(error), said=error.said) from error
    except AwayError as error:
        if calling.TOO_LARGE in error.said:
            raise RudeError(provider.name, error.said) from error
        if patience.left <= 0:
            raise silent(provider.name) from error
        raise
    if patience.left <= 0:
        raise silent(provider.name)
    return answer


def json_of(provider: Provider, answer: Answer) -> Any:
    """Raises RudeError."""
    try:
        return answer.json
    except ValueError as error:
        raise RudeError(provider.name, str(error)) from error


def object_of(provider: Provider, answer: Answer) -> dict[str, Any]:
    found = json_of(provider, answer)
    if not isinstance(found, dict):
        raise RudeError(provider.name, f"a {type(found).__name__} where an object belongs")
    return found


def silent(name: str) -> SilentBrainError:
    return SilentBrainError(_("%(name)s said nothing in time.") % {"name": _(name)})
