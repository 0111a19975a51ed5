"""Work that goes back to the queue, with a note that says why: its agent went, fell silent, or gave it back."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Func, QuerySet, TextField

from conversations import rules
from conversations.live import groups
from conversations.live.push import push_changed
from conversations.models import Activity, Conversation
from conversations.routing.facts import Trigger
from conversations.routing.waiting import enqueue_each, freed


class LastMedium(Func):
    """The medium spoken last; null where nothing was said."""

    template = "(%(expressions)s)[array_upper(%(expressions)s, 1)]"
    output_field = TextField()


def of_media(rows: "QuerySet[Conversation]", media: Iterable[str]) -> "QuerySet[Conversation]":
    return rows.annotate(last_medium=LastMedium("media")).filter(last_medium__in=list(media))


@transaction.atomic
def give_back(
    rows: "QuerySet[Conversation]", *, agent_id: int, trigger: Trigger, reason: str, passed: Sequence[int] = ()
) -> int:
    """Frees those of `rows` that this agent still has, and has somebody else chosen: how many there were."""
    mine = Conversation.objects.filter(pk__in=list(rows.values_list("pk", flat=True)), assignee=agent_id)
    held = list(mine.select_for_update(of=("self",), no_key=True).order_by("pk"))
    still = set(rows.filter(pk__in=[each.pk for each in held]).values_list("pk", flat=True))
    found = [each for each in held if each.pk in still]  # without what was answered or solved while we waited for it
    if not found:
        return 0
    watched = [groups.watching(conversation) for conversation in found]
    for conversation in found:
        conversation.assignee = None
    Conversation.objects.bulk_update(found, ["assignee"])
    activities = Activity.objects.bulk_create(
        Activity(conversation=each, verb=Activity.Verb.DECLINED, by_id=agent_id, reason=reason[:400]) for each in found
    )
    push_changed(list(zip(found, watched, strict=True)), activities)
    rules.happened_each([(rules.OF_VERBS[Activity.Verb.ASSIGNED], each) for each in found])
    freed()
    enqueue_each(found, trigger, passed=passed)
    return len(found)
