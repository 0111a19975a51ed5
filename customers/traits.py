"""Traits: what is known of a person, by name; the newest word on each stands, whichever comes first."""

from collections.abc import Sequence

from django.db import connection, transaction

from customers.event_names import PROFILE_CHANGED
from customers.events import record_own
from customers.facts import TraitsFact
from customers.models import Identity, Trait
from customers.stored import as_json
from customers.whose import whose

MOST_TRAITS = 200  # of one identity: more is somebody's mistake
NAME_LENGTH = 80


def know(fact: TraitsFact) -> set[int]:
    return know_many([fact])


@transaction.atomic
def know_many(facts: Sequence[TraitsFact]) -> set[int]:
    """Gives the customers of whom something is known that was not. A fact without traits says only whose handles they
    are, and that too is heard. Raises ValueError for somebody of whom absurdly much is said."""
    identities = whose(fact.handles for fact in facts)
    touched: set[int] = set()
    for fact in sorted(facts, key=lambda each: (identities[each.handles].pk, each.said_at)):
        identity = identities[fact.handles]
        changed = _keep(identity, fact)
        if changed:
            touched.add(identity.customer_id)
            _tell(identity, fact, changed)
    return touched


def _keep(identity: Identity, fact: TraitsFact) -> list[str]:
    """The names whose value is another now. Of two words of one moment the one stands that sorts last, so that the
    order of their arrival changes nothing."""
    traits = {name[:NAME_LENGTH]: as_json(value) for name, value in fact.traits.items() if name}
    if not traits:
        return []
    _hold(identity)
    known = set(Trait.objects.filter(identity=identity).values_list("name", flat=True))
    if len(known | set(traits)) > MOST_TRAITS:
        raise ValueError(f"More than {MOST_TRAITS} different traits of one person.")
    with connection.cursor() as cursor:
        cursor.execute(
            "with before as (select name, value from customers_trait where identity_id = %s and name = any(%s)),"
            " kept as (insert into customers_trait (identity_id, name, value, source, said_at)"
            " select %s, name, value, %s, %s from unnest(%s::text[], %s::jsonb[]) as told (name, value)"
            " on conflict (identity_id, name) do update"
            " set value = excluded.value, source = excluded.source, said_at = excluded.said_at"
            " where (customers_trait.said_at, customers_trait.value) < (excluded.said_at, excluded.value)"
            " returning name, value)"
            " select kept.name from kept left join before using (name)"
            " where before.value is distinct from kept.value order by 1",
            [
                identity.pk,
                list(traits),
                identity.pk,
                fact.source,
                fact.said_at,
                list(traits),
                list(traits.values()),
            ],
        )
        return [name for (name,) in cursor.fetchall()]


def _hold(identity: Identity) -> None:
    Identity.objects.select_for_update(no_key=True).filter(pk=identity.pk).values_list("pk").first()


def _tell(identity: Identity, fact: TraitsFact, changed: list[str]) -> None:
    """The line in the timeline."""
    record_own(
        identity,
        PROFILE_CHANGED,
        source=fact.source,
        external_id=f"traits:{fact.external_id or fact.said_at.isoformat()}:{identity.pk}"[:200],
        occurred_at=fact.said_at,
        properties={"changed": {name: fact.traits.get(name) for name in changed}},
    )
