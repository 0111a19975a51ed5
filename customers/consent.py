"""Consent: a history of what customers allowed and refused; the newest word on each purpose holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from customers.event_names import CONSENT_CHANGED
from customers.facts import ConsentFact
from customers.identify import normalise
from customers.models import Category, Consent, Identity, Purpose
from customers.models.consent import OLDEST_FIRST
from customers.models.identity import Kind
from customers.whose import whose

if TYPE_CHECKING:
    from customers.events import Row

Word = tuple[Identity, datetime, bool]  # who said it, when, and whether it was a yes
_ACCOUNTS = frozenset({Kind.SHOP, Kind.VISITOR, Kind.LOYALTY})  # who somebody is at a shop, or in a browser: no address


def say(fact: ConsentFact) -> set[int]:
    return say_many([fact])


@transaction.atomic
def say_many(facts: Sequence[ConsentFact]) -> set[int]:
    """Keeps each word that changes something, by its own clock: saying the same with every page is said once. Gives
    the customers of whom something else holds now. Raises ValueError for a purpose that there is not.

    A browser that nobody knows and that refuses stays unknown: there is nothing to refuse yet.
    """
    if unknown := {fact.purpose for fact in facts} - set(Purpose.values):
        raise ValueError(f"“{sorted(unknown)[0][:40]}” is no purpose that somebody can consent to.")
    facts = _of_the_known(facts)
    identities = whose(fact.handles for fact in facts)
    history = _history({identity.pk for identity in identities.values()})
    touched: set[int] = set()
    new: list[tuple[Identity, ConsentFact]] = []
    for fact in sorted(facts, key=lambda each: (identities[each.handles].pk, each.said_at)):
        identity = identities[fact.handles]
        said = history.setdefault((identity.pk, fact.purpose), [])
        earlier = [granted for at, granted in said if at <= fact.said_at]
        if earlier and earlier[-1] == fact.is_granted:
            continue
        new.append((identity, fact))
        said.append((fact.said_at, fact.is_granted))
        said.sort(key=_by_moment)
        if said[-1] == (fact.said_at, fact.is_granted):
            touched.add(identity.customer_id)
    _keep(new)
    return touched


def holds(identities: Iterable[int]) -> dict[tuple[int, str], bool]:
    """What holds now, by identity and purpose; what was never said is not there."""
    return {key: said[-1][1] for key, said in _history(identities).items()}


def of_customer(customer: int) -> dict[str, Consent]:
    """The newest word on each purpose of all their identities."""
    rows = Consent.objects.filter(identity__customer=customer).order_by(*OLDEST_FIRST)
    return {row.purpose: row for row in rows}


def goes_for(identity: Identity, said: Iterable[Word]) -> bool | None:
    """Whether what a customer said of one purpose lets us write to this address of theirs; None: nothing of it does.

    A yes goes for the address of which it was said, or for all where it was said with their account; a no goes for all,
    whoever of their addresses said it. The newest holds; of the same moment, the no.
    """
    kept = list(said)
    covers = [at for owner, at, granted in kept if granted and (owner.pk == identity.pk or owner.kind in _ACCOUNTS)]
    refused = max((at for _owner, at, granted in kept if not granted), default=None)
    if refused is not None and all(at <= refused for at in covers):
        return False
    return True if covers else None


def without_the_refused(rows: "list[Row]") -> "list[Row]":
    """Leaves out behaviour that came without a word on consent, of somebody who refused it before."""
    asked = {
        row.identity.pk
        for row in rows
        if row.category == Category.BEHAVIOURAL and not isinstance(row.context.get("consent"), dict)
    }
    if not asked:
        return rows
    refused = {pk for (pk, purpose), granted in holds(asked).items() if purpose == Purpose.ANALYTICS and not granted}
    return [row for row in rows if row.identity.pk not in refused or row.category != Category.BEHAVIOURAL]


def _history(identities: Iterable[int]) -> dict[tuple[int, str], list[tuple[datetime, bool]]]:
    found: dict[tuple[int, str], list[tuple[datetime, bool]]] = {}
    rows = Consent.objects.filter(identity__in=list(identities)).order_by(*OLDEST_FIRST)
    for identity, purpose, at, granted in rows.values_list("identity", "purpose", "said_at", "is_granted"):
        found.setdefault((identity, purpose), []).append((at, granted))
    return found


def _by_moment(word: tuple[datetime, bool]) -> tuple[datetime, bool]:
    at, is_granted = word
    return at, not is_granted


def _of_the_known(facts: Sequence[ConsentFact]) -> list[ConsentFact]:
    doubtful = {
        normalise(fact.handles[0].kind, fact.handles[0].value)
        for fact in facts
        if not fact.is_granted and fact.handles[0].kind == Kind.VISITOR
    }
    if not doubtful:
        return list(facts)
    granting = {fact.handles for fact in facts if fact.is_granted}
    known = set(Identity.objects.filter(kind=Kind.VISITOR, value__in=doubtful).values_list("value", flat=True))
    return [
        fact
        for fact in facts
        if fact.is_granted
        or fact.handles in granting
        or fact.handles[0].kind != Kind.VISITOR
        or normalise(Kind.VISITOR, fact.handles[0].value) in known
    ]


def _keep(new: Sequence[tuple[Identity, ConsentFact]]) -> None:
    from customers.events import Step, record_steps  # events asks us what is refused

    rows = [
        Consent(
            identity=identity,
            purpose=fact.purpose,
            is_granted=fact.is_granted,
            said_at=fact.said_at,
            source=fact.source,
            evidence=fact.evidence[:400],
        )
        for identity, fact in new
    ]
    Consent.objects.bulk_create(rows, ignore_conflicts=True)
    record_steps(
        [
            Step(
                row.identity,
                CONSENT_CHANGED,
                row.source,
                f"consent:{row.identity_id}:{row.purpose}:{row.is_granted}:{row.said_at.isoformat()}",
                row.said_at,
                {"purpose": row.purpose, "granted": row.is_granted, "evidence": row.evidence},
            )
            for row in rows
        ]
    )
