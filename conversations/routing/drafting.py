"""Versions of the rules: drafted, tried on some, published, rolled back. Each change is written into the audit log.

A version that was ever in force is never changed again, since decisions point at it: one drafts from it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from conversations import audit
from conversations.condition_lists import Lists
from conversations.models import RoutingPolicy
from conversations.routing import kept, waiting
from conversations.routing.checking import House, errors
from conversations.routing.facts import Policy, Rule

if TYPE_CHECKING:
    from deskapp.models import User

State = RoutingPolicy.State
MOST_DRAFTS = 50
_LOCK = "select pg_advisory_xact_lock(hashtext('routing policies'))"


class NotPossibleError(Exception):
    """The text is for whoever asked for it."""


def published() -> RoutingPolicy | None:
    return RoutingPolicy.objects.filter(state=State.PUBLISHED).first()


def policy_of(version: RoutingPolicy | None) -> Policy:
    """Its rules; those that were built in where nothing was ever published."""
    return kept.policy_of(version)


def new_key() -> str:
    return get_random_string(8, "abcdefghijkmnpqrstuvwxyz23456789")


def draft(policy: Policy, *, by: "User", name: str = "", based_on: RoutingPolicy | None = None) -> RoutingPolicy:
    with _one_at_a_time():
        if RoutingPolicy.objects.filter(state=State.DRAFT).count() >= MOST_DRAFTS:
            raise NotPossibleError(_("There are enough drafts: throw one away first."))
        number = (RoutingPolicy.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        version = RoutingPolicy(number=number, name=name[:120], by=by, based_on=based_on)
        version.body = kept.written_policy(policy)
        with audit.watched(by, version):
            version.save()
    return version


def change(pk: int, changing: Callable[[Policy], Policy], *, by: "User") -> RoutingPolicy:
    """Changes a draft's rules, as they are at this moment: two who change different rules lose nothing."""
    with transaction.atomic():
        version = _draft(pk)
        with audit.watched(by, version):
            version.body = kept.written_policy(changing(kept.policy_of(version)))
            version.save(update_fields=["body", "changed_at"])
    return version


def rename(pk: int, name: str, *, by: "User") -> RoutingPolicy:
    with transaction.atomic():
        version = _draft(pk)
        with audit.watched(by, version):
            version.name = name[:120]
            version.save(update_fields=["name", "changed_at"])
    return version


def throw_away(pk: int, *, by: "User") -> None:
    with transaction.atomic():
        version = _draft(pk)
        with audit.watched(by, version):
            version.delete()


def with_rule(policy: Policy, rule: Rule) -> Policy:
    """In the place of the one with this key; a new one comes last."""
    if any(each.key == rule.key for each in policy.rules):
        rules = tuple(rule if each.key == rule.key else each for each in policy.rules)
        return replace(policy, rules=rules)
    return replace(policy, rules=(*policy.rules, rule))


def without_rule(policy: Policy, key: str) -> Policy:
    return replace(policy, rules=tuple(rule for rule in policy.rules if rule.key != key))


def moved(policy: Policy, key: str, place: int) -> Policy:
    """The rule of this key at `place`, from 0; the others keep their order."""
    one = next((rule for rule in policy.rules if rule.key == key), None)
    if one is None:
        return policy
    rules = [rule for rule in policy.rules if rule.key != key]
    rules.insert(max(0, min(place, len(rules))), one)
    return replace(policy, rules=tuple(rules))


def publish(pk: int, *, by: "User") -> RoutingPolicy:
    """From now on these decide; an earlier version that is published again is rolled back to. What waits is decided
    anew. Raises NotPossibleError with what is wrong in it."""
    with _one_at_a_time():
        version = RoutingPolicy.objects.select_for_update(no_key=True).get(pk=pk)
        if version.state == State.PUBLISHED:
            return version
        _refuse_wrong(version)
        former = RoutingPolicy.objects.select_for_update(no_key=True).filter(state=State.PUBLISHED).first()
        if former is not None:
            _put(former, State.RETIRED, by=by)
        _put(version, State.PUBLISHED, by=by, published_at=timezone.now(), published_by=by)
        waiting.look_again()
    return version


def try_on(pk: int, *, one_in: int, until: datetime, by: "User") -> RoutingPolicy:
    """One conversation in so many is decided by these, until then."""
    with _one_at_a_time():
        version = RoutingPolicy.objects.select_for_update(no_key=True).get(pk=pk)
        if version.state == State.PUBLISHED:
            raise NotPossibleError(_("These rules hold already."))
        if not 2 <= one_in <= 1000:
            raise NotPossibleError(_("Try it on one of at least 2, and at most 1,000."))
        if until <= timezone.now():
            raise NotPossibleError(_("The end of the trial has passed."))
        _refuse_wrong(version)
        other = RoutingPolicy.objects.select_for_update(no_key=True).filter(state=State.TRIAL).exclude(pk=pk).first()
        if other is not None:
            _put(other, State.RETIRED, by=by)
        _put(version, State.TRIAL, by=by, one_in=one_in, trial_until=until)
        waiting.look_again()
    return version


def end_trial(pk: int, *, by: "User") -> RoutingPolicy:
    with _one_at_a_time():
        version = RoutingPolicy.objects.select_for_update(no_key=True).get(pk=pk)
        if version.state == State.TRIAL:
            _put(version, State.RETIRED, by=by, trial_until=None)
            waiting.look_again()
    return version


def _put(version: RoutingPolicy, state: str, *, by: "User", **values: object) -> None:
    with audit.watched(by, version):
        version.state = state
        for name, value in values.items():
            setattr(version, name, value)
        version.save(update_fields=["state", "changed_at", *values])


def _refuse_wrong(version: RoutingPolicy) -> None:
    wrong = errors(kept.policy_of(version), House.read(Lists()))
    if wrong:
        first = wrong[0]
        where = f"“{first.name}”: " if first.name else ""
        raise NotPossibleError(
            _("These rules cannot hold yet. %(where)s%(says)s") % {"where": where, "says": first.says}
        )


def _draft(pk: int) -> RoutingPolicy:
    version = RoutingPolicy.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if version is None:
        raise NotPossibleError(_("Somebody threw this draft away."))
    if version.state != State.DRAFT:
        raise NotPossibleError(_("This version was in force, so it stays as it was. Draft a new one from it."))
    return version


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Numbers count up, and only one version is published: two supervisors at once wait for each other."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK)
        yield
