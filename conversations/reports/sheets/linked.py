"""Which conversation and which customer a row behind a number leads to, for one agent: none that they may not open."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Model

from conversations.models import Conversation
from conversations.reports.sheets.sheet import Behind
from conversations.sight import customers_seen_by

if TYPE_CHECKING:
    from deskapp.models import User

Leads = tuple[int | None, int | None]  # keys of a conversation and of a customer


def leads_of(agent: "User", behind: Behind, rows: Sequence[Model]) -> list[Leads]:
    """Of each row, in their order; whoever may read the conversation may see its customer. Two queries at most."""
    named = [(behind.conversation(row), behind.customer(row)) for row in rows]
    talks = _talks(agent, {talk for talk, _who in named if talk})
    others = {who for talk, who in named if who and talk not in talks}
    people = set(customers_seen_by(agent).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    return [(talk, talks[talk]) if talk in talks else (None, who if who in people else None) for talk, who in named]


def _talks(agent: "User", keys: set[int]) -> dict[int | None, int]:
    """With the customer of each."""
    seen = Conversation.objects.visible_to(agent).filter(pk__in=keys)
    return dict(seen.values_list("pk", "customer")) if keys else {}
