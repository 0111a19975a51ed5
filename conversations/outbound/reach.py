"""How can this customer be reached now? Channels and addresses in order, the first proposed, each with its reason."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.media import Carries, carries
from conversations.models import Channel, Conversation, Medium, Message
from conversations.models.message import MessageKind
from customers.models import Identity
from customers.models.identity import Kind

WORDS = 200  # messages looked through for the customer's last words


@dataclass(frozen=True)
class LastWord:
    """The customer's newest message by one channel and identity."""

    channel_id: int
    identity_id: int
    at: datetime


@dataclass(frozen=True)
class Choice:
    """One way to the customer. `reason` says why it is proposed or what to know; `blocked` why it cannot be used."""

    channel: Channel
    identity: Identity
    reason: str = ""
    warning: str = ""
    blocked: str = ""
    is_here: bool = False

    @property
    def value(self) -> str:
        return f"{self.channel.pk}:{self.identity.pk}"

    @property
    def carries(self) -> Carries:
        return carries(self.channel.medium)

    @property
    def can_be_used(self) -> bool:
        return not self.blocked


def reach(conversation: Conversation, *, now: datetime, words: Sequence[LastWord] | None = None) -> list[Choice]:
    """The choices for this conversation. `words`: its last words, where they are known."""
    words = last_words(conversation) if words is None else words
    identities = sorted(conversation.customer.identities.all(), key=lambda identity: identity.pk)
    channels = list(Channel.objects.filter(is_active=True).select_related("fallback").order_by("pk"))
    here = here_now(identities)
    return ordered(identities, channels, words, team_id=conversation.team_id, here=here, now=now)


def here_now(identities: Sequence[Identity]) -> set[int]:
    """The ids of those whose widget is open now: its socket says so every 25 seconds under this key of the cache."""
    keys = {f"chat:here:{identity.value}": identity.pk for identity in identities if identity.kind == Kind.VISITOR}
    here = {keys[key] for key in cache.get_many(keys)} if keys else set()
    if here:  # who is signed in at the shop is known there by the shop's id
        here |= {identity.pk for identity in identities if identity.kind == Kind.SHOP}
    return here


def last_words(conversation: Conversation) -> list[LastWord]:
    """Newest first, one for each channel and identity."""
    said = said_by_customer(conversation).values_list("channel_id", "identity_id", "created_at")
    return newest_of_each(LastWord(*word) for word in said[:WORDS])


def said_by_customer(conversation: Conversation | int) -> "QuerySet[Message]":
    """Newest first, what came by a channel from an identity that are known; WORDS of them are enough."""
    said = Message.objects.filter(conversation=conversation, kind=MessageKind.INBOUND)
    return said.exclude(identity=None).exclude(channel=None).order_by("-created_at", "-pk")


def newest_of_each(words: Iterable[LastWord]) -> list[LastWord]:
    newest: dict[tuple[int, int], LastWord] = {}
    for word in words:
        newest.setdefault((word.channel_id, word.identity_id), word)
    return list(newest.values())


def ordered(
    identities: Sequence[Identity],
    channels: Sequence[Channel],
    words: Sequence[LastWord],
    *,
    team_id: int | None,
    here: Collection[int],
    now: datetime,
) -> list[Choice]:
    """Pure: every pair that fits, the best first. What the customer used last leads; a chat that they have left comes
    after the mail it falls back to; unverified addresses come after verified ones, those that cannot be used last."""
    spoken = {(word.channel_id, word.identity_id): word for word in words}
    last = words[0] if words else None
    pairs = list(_pairs(identities, channels, spoken, team_id, here))
    choices = [_choice(channel, identity, spoken, last, here, now) for channel, identity in pairs]
    return sorted(choices, key=lambda choice: _rank(choice, spoken, last, now))


def _pairs(
    identities: Sequence[Identity],
    channels: Sequence[Channel],
    spoken: dict[tuple[int, int], LastWord],
    team_id: int | None,
    here: Collection[int],
) -> Iterable[tuple[Channel, Identity]]:
    """One channel for each identity: the one they spoke by, else one of the team's, else the first of its medium. Chat
    is for who chatted there, and for the browser that is on the site now."""
    for identity in identities:
        for medium in Medium:
            fitting = [ch for ch in channels if ch.medium == medium and identity.kind in carries(medium).kinds]
            is_chat = medium == Medium.CHAT
            is_there = identity.kind == Kind.VISITOR and identity.pk in here
            if not fitting or (is_chat and not is_there and not any((ch.pk, identity.pk) in spoken for ch in fitting)):
                continue
            yield min(fitting, key=lambda ch: _preference(ch, identity, spoken, team_id)), identity


def _preference(
    channel: Channel, identity: Identity, spoken: dict[tuple[int, int], LastWord], team_id: int | None
) -> tuple[float, bool, int]:
    word = spoken.get((channel.pk, identity.pk))
    return -word.at.timestamp() if word else 0.0, channel.team_id != team_id, channel.pk


def _choice(
    channel: Channel,
    identity: Identity,
    spoken: dict[tuple[int, int], LastWord],
    last: LastWord | None,
    here: Collection[int],
    now: datetime,
) -> Choice:
    is_here = channel.medium == Medium.CHAT and identity.pk in here
    word = spoken.get((channel.pk, identity.pk))
    reason, blocked = _said_last(channel, identity, last), ""
    if is_here:
        reason = _("here now")
    elif channel.medium == Medium.CHAT:
        reason = _("has left; goes by mail after a while") if channel.fallback_id else _("has left")
    window = carries(channel.medium).answer_within
    if window:
        left = word.at + window - now if word else None
        if left is None or left.total_seconds() <= 0:
            blocked = _("The time to answer here is over: they must write first.")
        else:
            hours = int(left.total_seconds() // 3600)
            reason = ngettext("%(hours)d h left", "%(hours)d h left", hours) % {"hours": hours}
    warning = "" if identity.is_verified else _("Not verified: nobody has proven that this is theirs.")
    return Choice(channel, identity, reason, warning, blocked, is_here)


def _said_last(channel: Channel, identity: Identity, last: LastWord | None) -> str:
    if last and (last.channel_id, last.identity_id) == (channel.pk, identity.pk):
        return _("wrote here last")
    return ""


def _rank(
    choice: Choice, spoken: dict[tuple[int, int], LastWord], last: LastWord | None, now: datetime
) -> tuple[bool, bool, bool, bool, float, int, int]:
    word = spoken.get((choice.channel.pk, choice.identity.pk))
    is_last = last is not None and (last.channel_id, last.identity_id) == (choice.channel.pk, choice.identity.pk)
    left = choice.channel.medium == Medium.CHAT and not choice.is_here
    return (
        not choice.can_be_used,
        left,
        not is_last and not choice.is_here,
        not choice.identity.is_verified,
        -word.at.timestamp() if word else 0.0,
        choice.identity.rank,
        choice.identity.pk,
    )
