"""How long each kind of data is kept: rules that beat carries out every night, and that can be tried without effect.

Each room knows its own kinds and adds them to KINDS when the app starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from customers.models import RetentionRule

SHORTEST_DAYS = 1


@dataclass(frozen=True)
class Kind:
    name: str
    label: object  # in the admin's words
    explains: object  # what exactly goes, and what stays
    days: int  # proposed
    is_on: bool  # proposed
    count: Callable[[datetime], int]  # how many rows are from before then
    drop: Callable[[datetime], int]  # drops some of them, a bounded number; 0 when none is left


@dataclass(frozen=True)
class Verdict:
    kind: Kind
    rule: RetentionRule
    before: datetime
    rows: int


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    KINDS.update({kind.name: kind for kind in kinds})


def rules() -> list[tuple[Kind, RetentionRule]]:
    """Every kind with its rule; one that nobody has set has the proposed one, unsaved."""
    known = {rule.kind: rule for rule in RetentionRule.objects.all()}
    return [
        (kind, known.get(kind.name) or RetentionRule(kind=kind.name, days=kind.days, is_on=kind.is_on))
        for kind in KINDS.values()
    ]


def tried(now: datetime | None = None) -> list[Verdict]:
    """What each rule would drop now, were it on. Nothing is touched."""
    now = now or timezone.now()
    return [Verdict(kind, rule, before, kind.count(before)) for kind, rule, before in _edges(now)]


def carry_out(now: datetime | None = None, *, rounds: int = 200) -> dict[str, int]:
    """Drops what the rules that are on say, in small transactions: {kind: rows}. What is too much for one night goes in
    the next."""
    dropped: dict[str, int] = {}
    for kind, rule, before in _edges(now or timezone.now()):
        if not rule.is_on:
            continue
        dropped[kind.name] = 0
        for _round in range(rounds):
            with transaction.atomic():
                rows = kind.drop(before)
            dropped[kind.name] += rows
            if not rows:
                break
        _write_down(rule, dropped[kind.name])
    return dropped


def _edges(now: datetime) -> list[tuple[Kind, RetentionRule, datetime]]:
    return [(kind, rule, now - timedelta(days=max(rule.days, SHORTEST_DAYS))) for kind, rule in rules()]


def _write_down(rule: RetentionRule, rows: int) -> None:
    kept, _made = RetentionRule.objects.get_or_create(kind=rule.kind, defaults={"days": rule.days, "is_on": rule.is_on})
    RetentionRule.objects.filter(pk=kept.pk).update(ran_at=timezone.now(), dropped=F("dropped") + rows)
