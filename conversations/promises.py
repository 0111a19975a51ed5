"""Which SLA policy a conversation stands under, and whose hours count: kept by each process for two seconds, so that a
mail that arrives asks for none of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from django.core.exceptions import ObjectDoesNotExist
from django.utils.functional import cached_property

from conversations.clocks import Kind, Promise
from conversations.conditions import holds, rules_of
from conversations.models import Channel, Conversation, Hours, SlaPolicy, Team
from conversations.routing.facts import Matter
from conversations.routing.hours import calendar_of

KEPT = 2.0  # seconds; a change is reckoned everywhere after them (conversations.recounting)
KINDS: tuple[tuple[Kind, str], ...] = (
    ("first", "first_response"),
    ("next", "next_response"),
    ("resolution", "resolution"),
)
# What conditions of a policy may ask: what changes by a deed of somebody, and not while one looks on.
FIELDS = ("medium", "channel", "team", "topic", "language", "segment", "tier", "value", "priority", "tag", "attribute")


@dataclass(frozen=True)
class Book:
    """All of it as values. Without policies, nothing else was asked for."""

    policies: tuple[SlaPolicy, ...] = ()
    hours: Mapping[int, Hours] = field(default_factory=dict)
    default: int | None = None
    teams: Mapping[int, int | None] = field(default_factory=dict)  # Team → its Hours
    channels: Mapping[int, tuple[str, int | None, int | None]] = field(default_factory=dict)  # medium, Hours, Team

    @cached_property
    def fields(self) -> frozenset[str]:
        """What any of them asks."""
        return frozenset(str(rule.get("field")) for policy in self.policies for rule in rules_of(policy.conditions))

    @cached_property
    def _promises(self) -> dict[tuple[int, int | None], Promise]:
        return {}

    def promise(self, policy: SlaPolicy, hours: int | None) -> Promise:
        known = self._promises
        if (policy.pk, hours) not in known:
            known[policy.pk, hours] = promise_of(policy, self.hours.get(hours or 0))
        return known[policy.pk, hours]

    def hours_for(self, policy: SlaPolicy, channel: int | None, team: int | None) -> int | None:
        """The policy's own; else those of the channel, of the conversation's team, of the channel's, of the desk."""
        if policy.is_round_the_clock:
            return None
        _medium, of_channel, channel_team = self.channels.get(channel or 0, ("", None, None))
        of_team = self.teams.get(team or channel_team or 0)
        return policy.hours_id or of_channel or of_team or self.default


@dataclass
class _Shelf:
    book: Book | None = None
    until: float = 0.0


_shelf = _Shelf()


def book() -> Book:
    """One query every two seconds where there is no policy; else five."""
    if _shelf.book is None or monotonic() > _shelf.until:
        _shelf.book, _shelf.until = _read(), monotonic() + KEPT
    return _shelf.book


def forget() -> None:
    """What this process keeps; the others' grows old by itself."""
    _shelf.book = None


def _read() -> Book:
    policies = tuple(SlaPolicy.objects.filter(is_active=True).order_by("order", "pk"))
    if not policies:
        return Book()
    hours = {one.pk: one for one in Hours.objects.prefetch_related("closures")}
    channels = Channel.objects.values_list("pk", "medium", "hours", "team")
    return Book(
        policies=policies,
        hours=hours,
        default=next((pk for pk, one in hours.items() if one.is_default), None),
        teams=dict(Team.objects.values_list("pk", "hours")),
        channels={pk: (medium, own, team) for pk, medium, own, team in channels},
    )


def promise_of(policy: SlaPolicy, hours: Hours | None) -> Promise:
    calendar = calendar_of(hours)
    within: dict[str, timedelta] = {
        kind: timedelta(minutes=much) for kind, name in KINDS if (much := getattr(policy, name))
    }
    counted = (policy.pk, sorted(within.items()), calendar, policy.pauses, policy.warn_at, policy.escalate_after)
    return Promise(
        policy=policy.pk,
        name=policy.name,
        within=within,
        calendar=calendar,
        hours="" if calendar.is_always_open or hours is None else hours.name,
        pauses=policy.pauses,
        warn_at=policy.warn_at / 100,
        escalate_after=timedelta(minutes=policy.escalate_after),
        key=hashlib.sha256(repr(counted).encode()).hexdigest()[:16],
    )


def promise_for(conversation: Conversation, channel: int | None) -> Promise | None:
    """Of the first policy whose conditions hold. `channel`: the one by which they wrote last."""
    known = book()
    if not known.policies:
        return None
    matter = _Facts(conversation, channel, known).matter()
    for policy in known.policies:
        if holds(policy.conditions, matter):
            return known.promise(policy, known.hours_for(policy, channel, conversation.team_id))
    return None


@dataclass
class _Facts:
    """As much of a Matter as the policies ask; what none of them asks is not looked up."""

    conversation: Conversation
    channel: int | None
    book: Book

    def matter(self) -> Matter:
        conversation, asked = self.conversation, self.book.fields
        medium, _hours, team = self.book.channels.get(self.channel or 0, (conversation.channel, None, None))
        return Matter(
            at=conversation.last_message_at,
            trigger="changed",
            conversation=conversation.pk or 0,
            customer=conversation.customer_id,
            medium=medium,
            channel=self.channel,
            channel_team=team,
            team=conversation.team_id,
            priority=conversation.priority,
            language=(conversation.language or conversation.customer.language) if "language" in asked else "",
            topic=conversation.topic.name if "topic" in asked and conversation.topic else "",
            tier=self._tier() if "tier" in asked else "",
            value=self._value() if "value" in asked else 0.0,
            segments=self._segments() if "segment" in asked else (),
            tags=self._tags() if "tag" in asked else (),
            attributes=self._attributes() if "attribute" in asked else {},
        )

    def _tier(self) -> str:
        return self.conversation.customer.tier or str(self._of_profile("tier") or "")

    def _value(self) -> float:
        return float(str(self._of_profile("lifetime_value") or 0))

    def _of_profile(self, name: str) -> object:
        if self.conversation.customer.is_new:
            return None
        try:
            return getattr(self.conversation.customer.profile, name)
        except ObjectDoesNotExist:
            return None

    def _segments(self) -> tuple[int, ...]:
        return tuple(self.conversation.customer.memberships.order_by("segment").values_list("segment", flat=True))

    def _tags(self) -> tuple[str, ...]:
        tags = self.conversation.tags.order_by("name") if self.conversation.pk else ()
        return tuple(tag.name for tag in tags)

    def _attributes(self) -> dict[str, str]:
        customer, traits = self.conversation.customer, self._of_profile("attributes")
        found = {"city": customer.city} if customer.city else {}
        return found | (
            {str(name): str(value)[:200] for name, value in traits.items()} if isinstance(traits, dict) else {}
        )
