"""What people changed of routing's choices, counted by rule: a hint to whoever writes the rules."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.models import RoutingPolicy
from conversations.routing import kept
from conversations.routing.decisions import seen_by

if TYPE_CHECKING:
    from deskapp.models import User

WEEK = timedelta(days=7)
LEAST = 2  # times: once may be chance
MOST = 5  # hints

Row = tuple[str, str | None, str | None, str, int]  # rule, from which team, to which, the reason, how often


@dataclass(frozen=True)
class Hint:
    rule: str  # its key; "" where none held
    name: str
    says: str
    times: int


def hints(reader: "User", policy: RoutingPolicy | None) -> list[Hint]:
    """Of the last seven days, the most frequent first. `policy` knows the rules' names. One query, two where the
    reader does not see all."""
    since = timezone.now() - WEEK
    rows = seen_by(reader).filter(changed_at__gte=since, created_at__gte=since - WEEK)
    moved = Q(changed_team=F("team")) | Q(team=None)
    counted = rows.exclude(moved).values_list("rule", "team__name", "changed_team__name", "changed_reason")
    by_rule: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in counted.annotate(times=Count("pk")).order_by("-times"):
        by_rule[row[0], row[1] or ""].append(row)
    names = {rule.key: rule.name for rule in kept.policy_of(policy).rules}
    found = [_hint(key, team, each, names) for (key, team), each in by_rule.items()]
    return sorted((hint for hint in found if hint.times >= LEAST), key=lambda hint: -hint.times)[:MOST]


def _hint(key: str, team: str, rows: list[Row], names: dict[str, str]) -> Hint:
    times = sum(row[-1] for row in rows)
    says = ngettext(
        "Moved away from %(team)s %(n)s time this week", "Moved away from %(team)s %(n)s times this week", times
    )
    said = [says % {"team": team, "n": times}]
    to, reason = _most(rows, 2), _most(rows, 3)
    if to:
        said.append(_("mostly to %(team)s") % {"team": to})
    whole = ", ".join(said) + (f": “{reason}”" if reason else "")
    name = names.get(key) or (_("A rule that is gone") if key else _("When no rule holds"))
    return Hint(key, name, whole, times)


def _most(rows: list[Row], place: int) -> str:
    """The most frequent of what is in that place."""
    counts: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        counts[str(row[place] or "")] += row[-1]
    counts.pop("", None)
    return max(counts, key=lambda each: counts[each], default="")
