"""What customers of the demo's shop write about, by topic and language: examples that its desk learns topics from."""

from collections.abc import Iterable, Iterator
from itertools import islice

from conversations.bots import learning
from conversations.bots.understanding import understand_each
from conversations.models import Conversation, Status, Topic, TopicExample
from conversations.routing.matters import last_said
from deskapp.demo.asked import de, en, es, fr, it, nl, no, pl

# By the key of its examples: name, sentence, how hard.
TOPICS: dict[str, tuple[str, str, int]] = {
    "return": ("Return", "They want to send something back, or ask how that goes.", 1),
    "size": ("Exchange for size", "The same thing, larger or smaller.", 1),
    "late": ("Where is my order", "It was sent, or should have been, and is not there.", 1),
    "address": ("Change of address", "Where it is to go, before it is sent or on its way.", 1),
    "delivery": ("Another delivery day", "Later, to a neighbour, or to a safe place, while nothing of it is sent.", 1),
    "refund": ("Refund", "Money that we owe them, and when it comes.", 2),
    "twice": ("Charged twice", "A payment that should not be, or not twice.", 3),
    "fault": ("Fault or warranty", "It broke, leaks or came damaged; repairs, too.", 3),
    "stock": ("Is it in stock", "Whether and where something can be had.", 1),
    "invoice": ("Copy of an invoice", "Invoices and receipts, sent again or corrected.", 1),
    "cancel": ("Cancel an order", "They want an order stopped before it is sent.", 1),
    "hours": ("Opening hours", "When shops, workshop and telephone are open.", 1),
}
NAMED = {"invoice": "invoice", "return": "return", "refund": "refund", "courier": "late", "zip": "fault"}  # by tag
AT_ONCE = 200
SAID = {module.__name__.rpartition(".")[2]: module.SAID for module in (en, de, fr, es, it, pl, no, nl)}


def build() -> None:
    """Once: topics that somebody changed since stay as they are. Learnt at once."""
    if Topic.objects.exists():
        return
    for key, (name, about, complexity) in TOPICS.items():
        topic = Topic.objects.create(name=name, about=about, complexity=complexity)
        TopicExample.objects.bulk_create(
            TopicExample(topic=topic, text=text, language=language)
            for language, said in SAID.items() for text in said[key]
        )  # fmt: skip
    learning.ask()
    learning.run()


def understand() -> None:
    """Topic, language and mood of the past, as routing would have understood them; and here and there an agent named
    what the desk did not know."""
    known = Conversation.objects.select_related("customer", "topic").order_by("pk")
    for batch in batched(known, AT_ONCE):
        said = last_said([each.pk for each in batch])
        understand_each((each, said[each.pk].words) for each in batch if each.pk in said)
    for tag, key in NAMED.items():
        topic = Topic.objects.get(name=TOPICS[key][0])
        unknown = Conversation.objects.filter(topic=None, tags__name=tag, status=Status.RESOLVED).order_by("pk")
        Conversation.objects.filter(pk__in=list(unknown.values_list("pk", flat=True)[::3])).update(topic=topic)


def batched(rows: Iterable[Conversation], size: int) -> Iterator[list[Conversation]]:
    each = iter(rows)
    while batch := list(islice(each, size)):
        yield batch
