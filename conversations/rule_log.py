"""The log of rules of automation: of what did not hold, the last stay one by one and the rest are counted."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet

from conversations.models import Rule, RuleRun, RuleTally
from conversations.rule_words import code_of

KEPT = 200  # of each rule, those that did not hold
AT_ONCE = 2000
AT_A_TIME = 50

Outcome = RuleRun.Outcome


@dataclass(frozen=True)
class Page:
    runs: list[RuleRun]
    after: int  # the key that the next page begins behind; 0 on the last


def page(found: "QuerySet[RuleRun]", after: int) -> Page:
    """The newest first. `found` is what the reader may see."""
    found = found.select_related("rule", "conversation__customer").order_by("-pk")
    rows = list((found.filter(pk__lt=after) if after else found)[: AT_A_TIME + 1])
    return Page(rows[:AT_A_TIME], rows[AT_A_TIME - 1].pk if len(rows) > AT_A_TIME else 0)


def fold() -> int:
    """Gives how many were folded. Several workers may do this at once: each takes rows that no other holds."""
    rules = RuleRun.objects.filter(outcome=Outcome.DID_NOT_HOLD, rule__isnull=False).values("rule").distinct()
    return sum(_fold_of(pk) for pk in rules.values_list("rule", flat=True))


def _fold_of(rule: int) -> int:
    folded = 0
    while of_now := _fold_some(rule):
        folded += of_now
    return folded


@transaction.atomic
def _fold_some(rule: int) -> int:
    theirs = RuleRun.objects.filter(rule=rule, outcome=Outcome.DID_NOT_HOLD)
    newest = theirs.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
    last = next(iter(newest), None)
    if last is None:
        return 0
    old = theirs.filter(pk__lte=last).order_by("pk").select_for_update(skip_locked=True)[:AT_ONCE]
    rows = list(old)
    _count(rule, Counter((row.at.date(), code_of(row.why)) for row in rows))
    RuleRun.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _count(rule: int, counts: "Counter[tuple[date, str]]") -> None:
    for (day, code), count in sorted(counts.items()):
        tally, _made = RuleTally.objects.get_or_create(rule_id=rule, day=day, code=code)
        RuleTally.objects.filter(pk=tally.pk).update(count=F("count") + count)


def misses(rule: Rule) -> list[tuple[str, int]]:
    """Why it did not act, as often as that was so: of what is kept one by one and of what is only counted."""
    counts: Counter[str] = Counter()
    for code, count in rule.tallies.values_list("code", "count"):
        counts[code] += count
    for why in rule.runs.filter(outcome=Outcome.DID_NOT_HOLD).values_list("why", flat=True):
        counts[code_of(why)] += 1
    return counts.most_common()
