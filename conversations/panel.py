"""What the action buttons and the panel's forms show for one conversation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.declining import REASONS
from conversations.bots.understanding import likeliest_first
from conversations.models import (
    Conversation,
    ConversationMerge,
    Draft,
    Message,
    Participant,
    Priority,
    Tag,
    Team,
    Topic,
)
from conversations.opening import Opened
from customers.models import Identity, MergeEntry

if TYPE_CHECKING:
    from deskapp.models import User


SPLITTABLE = 30


@dataclass(frozen=True)
class Actions:
    """What is seen before a menu is opened."""

    tags: list[Tag]
    participants: list[Participant]
    is_mine: bool
    is_followed: bool


@dataclass(frozen=True)
class Menus:
    """What the menus hold; each asks the database when it is shown."""

    agent: "User"
    conversation: Conversation

    def agents(self) -> "list[User]":
        return list(get_user_model().objects.filter(is_active=True).order_by("name")[:200])

    def teams(self) -> list[Team]:
        return list(Team.objects.order_by("name"))

    def declines(self) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in REASONS.items()]

    def has_draft(self) -> bool:
        return Draft.objects.filter(conversation=self.conversation, agent=self.agent).exists()

    def known_tags(self) -> list[str]:
        return list(Tag.objects.order_by("name").values_list("name", flat=True)[:200])

    def topics(self) -> list[Topic]:
        """The likeliest first, as far as anything was learnt; then by name."""
        return likeliest_first(self.conversation, list(Topic.objects.filter(is_active=True).order_by("name")[:200]))

    def identities(self) -> list[Identity]:
        return list(Identity.objects.filter(customer=self.conversation.customer_id).order_by("pk"))

    def merges(self) -> list[ConversationMerge]:
        seen = Conversation.objects.visible_to(self.agent)
        merges = ConversationMerge.objects.filter(kept=self.conversation, undone_at=None, absorbed__in=seen)
        return list(merges.select_related("absorbed").order_by("-pk"))

    def customer_merges(self) -> list[MergeEntry]:
        merges = MergeEntry.objects.filter(kept=self.conversation.customer_id, undone_at=None)
        found = merges.select_related("absorbed").order_by("-pk")[:5]
        return [entry for entry in found if sees_both(self.agent, entry)]

    def others(self) -> list[Conversation]:
        """Of the same customer, that this one can be merged with."""
        return others(self.agent, self.conversation)

    def splittable(self) -> list[Message]:
        """The newest that could go into a conversation of their own."""
        newest = self.conversation.messages.only("text", "created_at", "conversation").order_by("-created_at", "-pk")
        return list(newest[:SPLITTABLE])[::-1]

    def snoozes(self) -> list[tuple[str, datetime]]:
        return snoozes(timezone.localtime())

    def priorities(self) -> list[tuple[int, str]]:
        return [(int(value), str(label)) for value, label in Priority.choices]


def actions(agent: "User", known: Opened) -> Actions:
    is_mine = known.conversation.assignee_id == agent.pk
    return Actions(known.tags, known.participants, is_mine=is_mine, is_followed=known.is_followed)


def others(agent: "User", conversation: Conversation) -> list[Conversation]:
    theirs = Conversation.objects.visible_to(agent).here().filter(customer=conversation.customer_id)
    return list(theirs.exclude(pk=conversation.pk).order_by("-last_message_at")[:10])


def sees_both(agent: "User", entry: MergeEntry) -> bool:
    """Who may take two customers apart: who could have merged them, seeing a conversation of each half that has any."""
    moved = entry.items.filter(model="conversations.conversation").values("row")
    both = Conversation.objects.filter(customer__in=[entry.kept_id, entry.absorbed_id])
    halves = (both.filter(pk__in=moved), both.exclude(pk__in=moved))
    return all(half.visible_to(agent).exists() or not half.exists() for half in halves)


def snoozes(now: datetime) -> list[tuple[str, datetime]]:
    """Times worth a button, in the agent's zone: later today, tomorrow and Monday at nine."""
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    monday = nine + timedelta(days=7 - now.weekday())
    times = [
        (_("In an hour"), now.replace(second=0, microsecond=0) + timedelta(hours=1)),
        (_("In four hours"), now.replace(second=0, microsecond=0) + timedelta(hours=4)),
        (_("Tomorrow morning"), nine + timedelta(days=1)),
        (_("Monday morning"), monday),
    ]
    return times if monday != times[2][1] else times[:3]  # on a Sunday they are one
