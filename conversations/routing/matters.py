"""What is known of conversations when somebody is chosen for them: a Matter for each, in a few queries for all."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from conversations.bots.understanding import as_kept, understand_each
from conversations.models import Conversation, Handoff, Waiting
from conversations.routing.facts import Known, Matter
from conversations.routing.snapshot import World
from customers.models import Customer
from customers.models.order import OrderStatus, ReturnStatus

Value = TypeVar("Value")

MOST_WORDS = 4000
DONE_FOR = timedelta(days=30)  # an order that ended longer ago says nothing about today's question
RETURNING = "return"  # as conversations.condition_lists offers it
_DONE = (OrderStatus.DELIVERED, OrderStatus.COLLECTED, OrderStatus.CANCELLED, OrderStatus.REFUNDED)
_ON_ITS_WAY = (ReturnStatus.OPENED, ReturnStatus.APPROVED, ReturnStatus.SENT, ReturnStatus.RECEIVED)

_SAID = """
select c.id, said.text, said.channel_id, said.is_public, (
    exists (select 1 from conversations_handoff h
            where h.conversation_id = c.id and h.to_people and h.created_at > solved.at)
    or exists (select 1 from conversations_message a
               where a.conversation_id = c.id and a.created_at > solved.at and a.kind in ('outbound', 'call')
                 and (a.author_id is not null or (a.is_bot and a.is_automatic)))
) as has_people
from conversations_conversation c cross join lateral (
    select left(text, 4000) as text, channel_id, is_public, created_at, id
    from conversations_message
    where conversation_id = c.id and kind in ('inbound', 'call') and not is_automatic
    order by created_at desc, id desc limit 3
) said cross join lateral (
    select coalesce(max(created_at), '-infinity') as at from conversations_activity
    where conversation_id = c.id and verb = 'resolved'
) solved
where c.id = any(%s) order by said.created_at desc, said.id desc
"""
_KNOWN = """
select c.customer_id, m.author_id, count(distinct m.conversation_id), max(m.created_at)
from conversations_conversation c join conversations_message m on m.conversation_id = c.id
where c.customer_id = any(%s) and m.author_id is not null and m.kind in ('outbound', 'call')
group by 1, 2 order by 4 desc
"""
_WHOSE = """
select c.id,
    array(select m.segment_id from customers_membership m where m.customer_id = c.id order by m.segment_id),
    exists (select from customers_return r join customers_identity i on i.id = r.identity_id
            where i.customer_id = c.id and r.status = any(%(under_way)s)),
    array(select o.status from customers_order o join customers_identity i on i.id = o.identity_id
          where i.customer_id = c.id and (o.status <> all(%(done)s) or o.changed_at > %(before)s)
          order by o.placed_at desc, o.id desc)
from customers_customer c where c.id = any(%(customers)s)
"""
_TAGGED = """
select tagged.conversation_id, tag.name
from conversations_conversation_tags tagged join conversations_tag tag on tag.id = tagged.tag_id
where tagged.conversation_id = any(%s) order by tag.name
"""


@dataclass
class Said:
    """The customer's last words, the newest first."""

    words: list[str]
    channel: int | None
    is_public: bool
    has_people: bool = False  # it was theirs since it was last solved, or they were told that it is

    @property
    def first(self) -> str:
        return self.words[0] if self.words else ""

    def all(self, subject: str) -> str:
        return "\n".join([subject, *self.words])[:MOST_WORDS]


def with_all(rows: QuerySet[Waiting]) -> QuerySet[Waiting]:
    """Their conversations with what a Matter needs of them at hand."""
    before = Conversation.objects.filter(customer=OuterRef("conversation__customer"), pk__lt=OuterRef("conversation"))
    rows = rows.select_related("conversation__customer__profile", "conversation__topic")
    return rows.annotate(came_before=Exists(before))


def matters_of(rows: Sequence[Waiting], world: World) -> dict[int, Matter]:
    """By conversation; `rows` are of `with_all`. Nine queries at most, however many there are."""
    known = Lookup([waiting.conversation for waiting in rows], world, understands=True)
    return {waiting.conversation_id: known.matter(waiting, world) for waiting in rows}


class Lookup:
    """What other tables say of several conversations and their customers, and what is understood of their words."""

    def __init__(self, conversations: Sequence[Conversation], world: World, *, understands: bool = False) -> None:
        """`understands`: reads their words anew and keeps what is new, instead of taking what was understood before."""
        ids = [conversation.pk for conversation in conversations]
        customers = sorted({conversation.customer_id for conversation in conversations})
        self.said = last_said(ids)
        settled = self._handed_over() if understands else set(ids)
        anew = [each for each in conversations if each.pk not in settled]
        self.understood = {each.pk: as_kept(each) for each in conversations if each.pk in settled}
        if anew:
            self.understood |= understand_each((each, self.words(each)) for each in anew)
        self.known = _known(customers)
        self.segments, self.orders = _whose(customers, before=world.at - DONE_FOR)
        self.tags = _tags(ids)

    def _handed_over(self) -> set[int]:
        """What the bot understood in its talk holds until a person answers: “a person, please” says less."""
        maybe = [pk for pk, said in self.said.items() if said.has_people]
        if not maybe:
            return set()
        rows = Handoff.objects.filter(conversation__in=maybe, to_people=True, answered_at=None, topic__isnull=False)
        return set(rows.values_list("conversation", flat=True))

    def words(self, conversation: Conversation) -> list[str]:
        return self.said[conversation.pk].words if conversation.pk in self.said else []

    def matter(self, waiting: Waiting, world: World) -> Matter:
        conversation = waiting.conversation
        customer, profile = conversation.customer, getattr(conversation.customer, "profile", None)
        said = self.said.get(conversation.pk, Said([], None, False))
        understood = self.understood[conversation.pk]
        channel = world.channels.get(said.channel or 0)
        known = self.known.get(conversation.customer_id, ())
        return Matter(
            at=world.at,
            trigger=waiting.trigger,  # type: ignore[arg-type]
            conversation=conversation.pk,
            customer=conversation.customer_id,
            medium=conversation.channel,
            channel=said.channel,
            channel_team=channel.team_id if channel else None,
            team=conversation.team_id,
            assignee=conversation.assignee_id,
            status=conversation.status,
            priority=conversation.priority,
            topic=understood.topic,
            certainty=understood.certainty,
            next_topic=understood.next_topic,
            next_certainty=understood.next_certainty,
            complexity=understood.complexity,
            language=conversation.language or customer.language,
            tier=customer.tier or (profile.tier if profile else ""),
            value=float(profile.lifetime_value) if profile else 0.0,
            mood=conversation.mood,
            segments=self.segments.get(conversation.customer_id, ()),
            order_states=self.orders.get(conversation.customer_id, ()),
            words=said.all(conversation.subject),
            attributes=_attributes(customer, profile.attributes if profile else {}),
            tags=self.tags.get(conversation.pk, ()),
            is_open=world.is_open(channel, conversation.team_id),
            is_new_customer=not waiting.came_before and not (profile and profile.orders),  # type: ignore[attr-defined]
            is_public=said.is_public,
            is_spam=conversation.is_spam,
            since=conversation.waiting_since,
            due_at=conversation.due_at,
            queued_at=waiting.since,
            step=waiting.step,
            asked_for=world.names.asked_for(conversation.subject, said.first, {each.agent for each in known}),
            known=known,
            passed=tuple(waiting.passed),
            call_back=conversation.call_back_at is not None,
            team_by_hand=waiting.is_by_hand,
            rating=conversation.rating,
            is_with_people=said.has_people,
        )


def _attributes(customer: Customer, traits: object) -> dict[str, str]:
    found = {"city": customer.city} if customer.city else {}
    if isinstance(traits, dict):
        found |= {str(name): str(value)[:200] for name, value in traits.items() if isinstance(value, str | int | float)}
    return found


def last_said(conversations: Sequence[int]) -> dict[int, Said]:
    found: dict[int, Said] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [list(conversations)])
        for conversation, text, channel, is_public, has_people in cursor.fetchall():
            here = found.setdefault(conversation, Said([], channel, is_public, has_people))
            here.words.append(text)
    return found


def _known(customers: Sequence[int]) -> dict[int, tuple[Known, ...]]:
    found: dict[int, list[Known]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(customers)])
        for customer, agent, talks, last_at in cursor.fetchall():
            found[customer].append(Known(agent, talks, last_at))
    return {customer: tuple(agents) for customer, agents in found.items()}


def _whose(
    customers: Sequence[int], *, before: datetime
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[str, ...]]]:
    """Their segments; and a return that is under way first, then how their orders stand, the newest first."""
    segments: dict[int, tuple[int, ...]] = {}
    orders: dict[int, tuple[str, ...]] = {}
    under_way, done = [*map(str, _ON_ITS_WAY)], [*map(str, _DONE)]
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, {"customers": list(customers), "under_way": under_way, "done": done, "before": before})
        for customer, theirs, is_returning, states in cursor.fetchall():
            segments[customer] = tuple(theirs)
            orders[customer] = tuple(dict.fromkeys([*([RETURNING] if is_returning else ()), *states]))
    return segments, orders


def _tags(conversations: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_TAGGED, [list(conversations)])
        for conversation, name in cursor.fetchall():
            found[conversation].append(name)
    return {conversation: tuple(names) for conversation, names in found.items()}
