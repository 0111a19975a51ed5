"""Speaks with a messaging provider: what it answers becomes an AdapterError by its own table of words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters import calling
from integrations.adapters.about import Words
from integrations.adapters.base import AdapterError, AwayError, CredentialError, UncertainError
from integrations.adapters.calling import Answer

GONE = (502, 503)  # whatever code stands in it, it is not said of one message


@dataclass(frozen=True)
class Fault:
    """What one of the provider's codes means for the agent who reads it, and for what is done next."""

    text: Words
    is_permanent: bool = True  # trying again cannot help
    is_credential: bool = False  # our key is refused: an admin must mend it, and what is to go out waits
    wait: float | None = None  # seconds until it will hear of it again, where it does not say so itself
    is_for_all: bool = False  # not of this message alone: nothing goes out by this connector for a while


@dataclass(frozen=True)
class Provider:
    """`faults` is the table of its codes; `code` finds them in its answer: the nearest first, "" for none."""

    name: str
    faults: Mapping[str, Fault]
    code: Callable[[calling.RefusedError], tuple[str, ...]]
    wait: Callable[[calling.RefusedError], float | None] = lambda refused: None
    timeout: tuple[float, float] = calling.TIMEOUT

    def ask(self, method: str, url: str, *, changes: bool = False, **given: Any) -> Answer:
        """`given` as calling.call takes it; `changes`: a message goes out, or the like. Raises CredentialError,
        UncertainError (it had the call and fell silent, so that it may be done) or AdapterError."""
        try:
            return calling.call(method, url, timeout=self.timeout, **given)
        except calling.UnreachedError as error:
            words = _("%(name)s does not answer. The desk tries again by itself.") % {"name": self.name}
            raise AwayError(words, said=error.said) from error
        except calling.SilentError as error:
            raise self._silent(error.said, changes) from error
        except calling.RefusedError as error:
            raise self._refused(error, changes) from error

    def json(self, answer: Answer) -> dict[str, Any]:
        """The object that it answered with. Raises AdapterError."""
        try:
            found = answer.json
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
        words = _("The answer of %(name)s cannot be read.") % {"name": self.name}
        raise AdapterError(words, said=answer.body[:400].decode(errors="replace"))

    def _silent(self, said: str, changes: bool) -> AdapterError:
        if not changes:
            return AwayError(_("%(name)s stopped in the middle of its answer.") % {"name": self.name}, said=said)
        words = _("%(name)s fell silent: it may have arrived. Look before you try again.") % {"name": self.name}
        return UncertainError(words, said=said)

    def _refused(self, refused: calling.RefusedError, changes: bool) -> AdapterError:
        said = f"{refused.status} {refused.said}"
        fault = next((self.faults[code] for code in self.code(refused) if code in self.faults), None)
        wait = self.wait(refused) or (refused.wait if refused.is_busy and "retry-after" in refused.headers else None)
        wait = None if wait is None else calling.bounded(wait)
        if fault is not None:
            text = str(fault.text) % {"name": self.name} if "%(name)s" in str(fault.text) else fault.text
            if fault.is_credential:
                return CredentialError(text, said=said)
            if fault.is_for_all or (refused.status in GONE and not fault.is_permanent):
                return AwayError(text, said=said, wait=wait or fault.wait)
            return AdapterError(text, permanent=fault.is_permanent, said=said, wait=wait or fault.wait)
        if refused.is_busy:
            return AwayError(_("%(name)s is busy.") % {"name": self.name}, said=said, wait=wait)
        if refused.status == 504 and changes:  # a gateway gave up waiting: what is behind it may have gone on
            return self._silent(said, changes)
        if refused.is_out_of_order:
            return AwayError(_("%(name)s is out of order.") % {"name": self.name}, said=said)
        if refused.status == 401:
            return CredentialError(
                _("%(name)s does not know the desk's key any more.") % {"name": self.name}, said=said
            )
        words = _("%(name)s refused it: %(said)s") % {"name": self.name, "said": refused.said[:200]}
        return AdapterError(words, permanent=True, said=said)
