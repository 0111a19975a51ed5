"""What a rule of automation knows of conversations: the same Matter that routing decides by."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils import timezone

from conversations.models import Conversation, Waiting
from conversations.routing.facts import Matter
from conversations.routing.matters import Lookup
from conversations.routing.snapshot import World


def matter_now(conversation: Conversation, *, understands: bool) -> Matter:
    return matters_of([conversation.pk], World(timezone.now()), understands=understands)[conversation.pk]


def matters_of(keys: Sequence[int], world: World, *, understands: bool = False) -> dict[int, Matter]:
    """As they stand; a few queries, however many there are. `understands`: what their customers wrote is new, so that
    topic, language and mood are read from it, and kept, as routing does."""
    before = Conversation.objects.filter(customer=OuterRef("customer"), pk__lt=OuterRef("pk"))
    rows = Conversation.objects.filter(pk__in=keys).select_related("customer__profile", "topic")
    found = list(rows.annotate(came_before=Exists(before)))
    known = Lookup(found, world, understands=understands)
    return {each.pk: known.matter(_stands_for(each), world) for each in found}


def _stands_for(conversation: Conversation) -> Waiting:
    """Routing asks for conversations in its queue; most of these are not."""
    waiting = Waiting(conversation=conversation, trigger="changed", since=conversation.created_at)
    waiting.came_before = conversation.came_before  # type: ignore[attr-defined]
    return waiting
