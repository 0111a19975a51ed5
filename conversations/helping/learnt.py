"""What was offered is written down, and what agents took and refused changes what is offered next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from conversations.models import Conversation, Hint
from conversations.models.help import HintKind, Verdict

if TYPE_CHECKING:
    from deskapp.models import User

WEIGHT = 0.15  # of all that was learnt, against a likeness from 0 to 1
OF_TOPIC = 2  # what was said in conversations of the same topic counts so often


@dataclass(frozen=True)
class Shown:
    kind: HintKind
    of: int
    likeness: float = 0.0


def learnt(kind: HintKind, of: Sequence[int], topic: int | None) -> dict[int, float]:
    """From -WEIGHT, always refused, to WEIGHT, always taken; one answer says little, many say nearly all of it."""
    rows = Hint.objects.filter(kind=kind, of__in=list(of)).exclude(verdict="").values("of")
    taken, here = Q(verdict=Verdict.TAKEN), Q(topic=topic) if topic else Q(pk=None)
    counted = rows.annotate(n=Count("pk"), yes=Count("pk", filter=taken), n_here=Count("pk", filter=here),
                            yes_here=Count("pk", filter=taken & here))  # fmt: skip
    found = {}
    for row in counted.order_by():
        often = row["n"] + (OF_TOPIC - 1) * row["n_here"]
        yes = row["yes"] + (OF_TOPIC - 1) * row["yes_here"]
        found[row["of"]] = WEIGHT * (2 * yes - often) / (often + 2)
    return found


def refused(conversation: Conversation, agent: "User") -> set[tuple[str, int]]:
    """What this agent wants to see here no more."""
    rows = Hint.objects.filter(conversation=conversation, agent=agent, verdict=Verdict.REFUSED)
    return set(rows.values_list("kind", "of"))


def show(conversation: Conversation, agent: "User", shown: Iterable[Shown]) -> dict[tuple[str, int], Hint]:
    """Writes them down, once however often they are shown; gives the rows, by which verdicts come."""
    wanted = list(shown)
    if not wanted:
        return {}
    rows = [
        Hint(
            conversation=conversation,
            agent=agent,
            kind=each.kind,
            of=each.of,
            likeness=each.likeness,
            topic_id=conversation.topic_id,
        )
        for each in wanted
    ]
    Hint.objects.bulk_create(rows, ignore_conflicts=True)
    kept = Hint.objects.filter(conversation=conversation, agent=agent)
    keys = {(str(each.kind), each.of) for each in wanted}
    return {(row.kind, row.of): row for row in kept if (row.kind, row.of) in keys}


def say(hint: Hint, verdict: Verdict) -> None:
    """The last word counts: what was taken by mistake can be refused."""
    hint.verdict, hint.said_at = verdict, timezone.now()
    hint.save(update_fields=["verdict", "said_at"])
