"""Which rules hold now: the published version and, for one conversation in so many, the one on trial."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from conversations.models import RoutingPolicy
from conversations.routing import kept
from conversations.routing.facts import Policy

_read: dict[tuple[int, datetime], Policy] = {}  # a version that is in force never changes


@dataclass(frozen=True)
class InForce:
    published: RoutingPolicy | None = None
    trial: RoutingPolicy | None = None

    @classmethod
    def read(cls) -> Self:
        rows = RoutingPolicy.objects.filter(state__in=[RoutingPolicy.State.PUBLISHED, RoutingPolicy.State.TRIAL])
        rows = rows.defer("body")  # of a version that this process knows, it is not asked for
        by_state = {row.state: row for row in rows}
        return cls(by_state.get("published"), by_state.get("trial"))

    @property
    def policy(self) -> Policy:
        return policy_of(self.published)

    def of(self, conversation: int, at: datetime) -> tuple[RoutingPolicy | None, Policy]:
        """One conversation always has the same answer, however often it is looked at."""
        trial = self.trial
        if trial and (trial.trial_until is None or at < trial.trial_until) and not conversation % max(1, trial.one_in):
            return trial, policy_of(trial)
        return self.published, policy_of(self.published)


def policy_of(version: RoutingPolicy | None) -> Policy:
    """The same object for the same version, so that what is made ready of it is made once."""
    if version is None:
        return kept.BUILT_IN
    key = (version.pk, version.changed_at)
    if key not in _read:
        if len(_read) > 16:
            _read.clear()
        _read[key] = kept.policy_of(version)
    return _read[key]
