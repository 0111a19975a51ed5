"""Traits: what is known of a person, by name; the newest word on each stands, whichever comes first."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from customers.event_names import PROFILE_CHANGED
from customers.events import Step, record_steps
from customers.facts import TraitsFact
from customers.models import Identity, Trait
from customers.stored import as_json
from customers.whose import whose

MOST_TRAITS = 200  # of one identity: more is somebody's mistake
NAME_LENGTH = 80

Known = dict[str, tuple[datetime, str]]  # when it was said, and the value as JSON in one spelling


def know(fact: TraitsFact) -> set[int]:
    return know_many([fact])


@transaction.atomic
def know_many(facts: Sequence[TraitsFact]) -> set[int]:
    """Gives the customers of whom something is known that was not. A fact without traits says only whose handles they
    are, and that too is heard. Raises ValueError for somebody of whom absurdly much is said."""
    identities = whose(fact.handles for fact in facts)
    telling = [fact for fact in facts if fact.traits]
    if not telling:
        return set()
    known = _known_and_locked({identities[fact.handles].pk for fact in telling})
    steps: list[Step] = []
    rows: dict[tuple[int, str], tuple[TraitsFact, object]] = {}
    for fact in sorted(telling, key=lambda each: each.said_at):
        identity = identities[fact.handles]
        changed = _hear(fact, known.setdefault(identity.pk, {}))
        rows |= {(identity.pk, name): (fact, value) for name, (value, _is_other) in changed.items()}
        if other := [name for name, (_value, is_other) in changed.items() if is_other]:
            steps.append(_step(identity, fact, other))
    _write(rows)
    record_steps(steps)
    return {step.identity.customer_id for step in steps}


def _known_and_locked(identities: Iterable[int]) -> dict[int, Known]:
    keys = sorted(identities)
    list(Identity.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    found: dict[int, Known] = {}
    rows = Trait.objects.filter(identity__in=keys).values_list("identity", "name", "said_at", "value")
    for identity, name, said_at, value in rows:
        found.setdefault(identity, {})[name] = (said_at, _spelled(value))
    return found


def _hear(fact: TraitsFact, known: Known) -> dict[str, tuple[object, bool]]:
    """What stands from now on, each with whether it is another value. Of two words of one moment the one stands that
    sorts last, so that the order of their arrival changes nothing."""
    changed: dict[str, tuple[object, bool]] = {}
    for name, value in fact.traits.items():
        name, said = name[:NAME_LENGTH], (fact.said_at, _spelled(value))
        before = known.get(name)
        if name and (before is None or before < said):
            known[name] = said
            changed[name] = (value, before is None or before[1] != said[1])
    if len(known) > MOST_TRAITS:
        raise ValueError(f"More than {MOST_TRAITS} different traits of one person.")
    return changed


def _spelled(value: object) -> str:
    """One spelling for one value, whatever the order of its keys."""
    return as_json(value, sort_keys=True)


def _step(identity: Identity, fact: TraitsFact, changed: Sequence[str]) -> Step:
    """The line in the timeline."""
    name = f"traits:{fact.external_id or fact.said_at.isoformat()}:{identity.pk}"[:200]
    about = {name: fact.traits.get(name) for name in changed}
    return Step(identity, PROFILE_CHANGED, fact.source, name, fact.said_at, {"changed": about})


def _write(rows: dict[tuple[int, str], tuple[TraitsFact, object]]) -> None:
    told = [
        {
            "identity_id": identity,
            "name": name,
            "value": value,
            "source": fact.source,
            "said_at": fact.said_at.isoformat(),
        }
        for (identity, name), (fact, value) in rows.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_trait (identity_id, name, value, source, said_at)"
            " select identity_id, name, coalesce(value, 'null'), source, said_at from json_to_recordset(%s)"
            " as (identity_id bigint, name text, value jsonb, source bigint, said_at timestamptz)"
            " on conflict (identity_id, name) do update"
            " set value = excluded.value, source = excluded.source, said_at = excluded.said_at",
            [as_json(told)],
        )
