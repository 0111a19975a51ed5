"""What the customer wants, in one sentence of ours with their own values: never their story told anew."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.bots.memory import Memory
from conversations.handoff.packet import Fact, Guess
from conversations.models import Conversation, Topic
from conversations.models.message import MessageKind

SURE = 0.6  # from which a topic says what they want; below, they say it themselves
MOST_SIGNS = 160  # of the customer's words, where nothing else says what they want

# By deed, each with the details that are named where they are known.
WANTS = {
    "status": (gettext_lazy("Wants to know how the order stands"), ("order",)),
    "tracking": (gettext_lazy("Wants to know where the parcel is"), ("order",)),
    "delivery": (gettext_lazy("Wants it delivered another way"), ("order", "wish", "date")),
    "address": (gettext_lazy("Wants the order sent to another address"), ("order", "address")),
    "return": (gettext_lazy("Wants to send something back"), ("item", "size", "order", "wish")),
    "stock": (gettext_lazy("Asks what there is in the shops"), ("product", "item", "size", "shop", "date")),
    "hours": (gettext_lazy("Asks when a shop is open"), ("shop", "date")),
    "invoice": (gettext_lazy("Wants a copy of the invoice"), ("order",)),
    "cancel": (gettext_lazy("Wants to cancel an order"), ("order",)),
}


def sentence(
    conversation: Conversation, memory: Memory, topic: Guess | None, told: Sequence[Fact], *, first: int | None
) -> tuple[str, int | None]:
    """In the desk's language, with the message that says so; their own words, of the line that they began with, where
    nobody is sure enough what it is about. "" where nothing was said."""
    with translation.override(settings.LANGUAGE_CODE):
        if memory.task in WANTS:
            wants, details = WANTS[memory.task]
            return _with_values(str(wants), details, told), _source_of(memory, topic)
        if topic and topic.certainty >= SURE and (about := _about(topic)):
            return _with_values(about, ("item", "product", "order"), told), _source_of(memory, topic)
        return _their_words(conversation, first)


def _with_values(wants: str, details: Sequence[str], told: Sequence[Fact]) -> str:
    values = [fact.shown or fact.value for detail in details for fact in told if fact.label == detail]
    if not values:
        return f"{wants.rstrip('.')}."
    return _("%(wants)s: %(values)s.") % {"wants": wants.rstrip("."), "values": ", ".join(dict.fromkeys(values))}


def _about(topic: Guess) -> str:
    found = Topic.objects.filter(pk=topic.topic or 0).values_list("about", "name").first()
    return (found[0] or found[1]) if found else topic.name


def _source_of(memory: Memory, topic: Guess | None) -> int | None:
    """The first line that was taken for it."""
    heard = [each for each in memory.heard if topic and each.topic == topic.topic] or list(memory.heard)
    return heard[0].source if heard else None


def _their_words(conversation: Conversation, first: int | None) -> tuple[str, int | None]:
    said = conversation.messages.filter(kind=MessageKind.INBOUND, is_automatic=False).exclude(text="")
    lines = said.values_list("pk", "text")
    line = lines.filter(pk=first or 0).first() or lines.order_by("-created_at", "-pk").first()
    if line is None:
        return conversation.subject, None
    words = " ".join(line[1].split())
    short = words if len(words) <= MOST_SIGNS else f"{words[:MOST_SIGNS].rstrip()}…"
    return f"“{short}”", line[0]
