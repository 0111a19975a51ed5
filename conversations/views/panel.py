"""What the action buttons and the panel's forms show for one conversation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import Conversation, ConversationMerge, Message, Participant, Priority, Tag, Team
from customers.models import Identity, MergeEntry

if TYPE_CHECKING:
    from deskapp.models import User


SPLITTABLE = 30


@dataclass(frozen=True)
class Actions:
    agents: list["User"]
    teams: list[Team]
    tags: list[Tag]
    known_tags: list[Tag]
    participants: list[Participant]
    identities: list[Identity]
    merges: list[ConversationMerge]
    customer_merges: list[MergeEntry]
    others: list[Conversation]  # of the same customer, that this one can be merged with
    splittable: list[Message]  # the newest that could go into a conversation of their own
    snoozes: list[tuple[str, datetime]]
    priorities: list[tuple[int, str]]
    is_followed: bool
    is_mine: bool


def actions(agent: "User", conversation: Conversation) -> Actions:
    visible = Conversation.objects.visible_to(agent)
    others = visible.here().filter(customer=conversation.customer_id).exclude(pk=conversation.pk)
    merges = ConversationMerge.objects.filter(kept=conversation, undone_at=None).select_related("absorbed")
    customer_merges = MergeEntry.objects.filter(kept=conversation.customer_id, undone_at=None)
    return Actions(
        agents=list(get_user_model().objects.filter(is_active=True).order_by("name")[:200]),
        teams=list(Team.objects.order_by("name")),
        tags=list(conversation.tags.order_by("name")),
        known_tags=list(Tag.objects.order_by("name")[:200]),
        participants=list(conversation.participants.order_by("email")),
        identities=list(Identity.objects.filter(customer=conversation.customer_id).order_by("pk")),
        merges=list(merges.order_by("-pk")),
        customer_merges=list(customer_merges.select_related("absorbed").order_by("-pk")[:5]),
        others=list(others.order_by("-last_message_at")[:10]),
        splittable=list(conversation.messages.order_by("-created_at", "-pk")[:SPLITTABLE])[::-1],
        snoozes=snoozes(timezone.localtime()),
        priorities=[(int(value), str(label)) for value, label in Priority.choices],
        is_followed=conversation.follows.filter(agent=agent).exists(),
        is_mine=conversation.assignee_id == agent.pk,
    )


def snoozes(now: datetime) -> list[tuple[str, datetime]]:
    """Times worth a button, in the agent's zone: later today, tomorrow and Monday at nine."""
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    monday = nine + timedelta(days=7 - now.weekday())
    return [
        (_("In an hour"), now.replace(second=0, microsecond=0) + timedelta(hours=1)),
        (_("In four hours"), now.replace(second=0, microsecond=0) + timedelta(hours=4)),
        (_("Tomorrow morning"), nine + timedelta(days=1)),
        (_("Monday morning"), monday),
    ]
