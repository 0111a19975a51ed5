"""How can this customer be reached now? Channels and addresses in order, the first proposed, each with its reason."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.media import Carries, carries
from conversations.models import Channel, Conversation, Medium, Message
from conversations.models.message import MessageKind
from conversations.prepared import Tuples, blank
from customers.models import Consent, Identity, Purpose
from customers.models.consent import OLDEST_FIRST
from customers.models.identity import Kind

WORDS = 200  # messages looked through for the customer's last words
SOON = timedelta(hours=2)
STOPPED = gettext_lazy("They asked for no more messages there (STOP). They can write START to allow them again.")


@dataclass(frozen=True)
class LastWord:
    """The customer's newest message by one channel and identity."""

    channel_id: int
    identity_id: int
    at: datetime
    is_public: bool = False


@dataclass(frozen=True)
class Choice:
    """One way to the customer. `reason` says what to know of it, `why` in a sentence why it is proposed; `blocked` why
    it cannot be used. `left`: how long one may answer. `needs_template`: that is over, or has never begun, and a text
    that was allowed beforehand is the way out. `was_public`: what they said last here, everybody can read."""

    channel: Channel
    identity: Identity
    reason: str = ""
    warning: str = ""
    blocked: str = ""
    is_here: bool = False
    why: str = ""
    left: timedelta | None = None
    needs_template: bool = False
    was_public: bool = False
    was_last: bool = False

    @property
    def value(self) -> str:
        return f"{self.channel.pk}:{self.identity.pk}"

    @property
    def carries(self) -> Carries:
        return carries(self.channel.medium)

    @property
    def can_be_used(self) -> bool:
        return not self.blocked

    @property
    def is_urgent(self) -> bool:
        return self.left is not None and self.left < SOON

    def longest(self, *, is_public: bool) -> int:
        return self.carries.longest_public if is_public and self.can_go_public else self.carries.longest

    @property
    def can_go_public(self) -> bool:
        """Only where the customer spoke in public: what was said between us stays so."""
        return self.was_public and self.carries.can_be_public


def reach(
    conversation: Conversation,
    *,
    now: datetime,
    words: Sequence[LastWord] | None = None,
    closed_to: Collection[int] | None = None,
) -> list[Choice]:
    """The choices for this conversation. `words`: its last words, `closed_to`: the identities that refused; where they
    are known."""
    words = last_words(conversation) if words is None else words
    identities = sorted(conversation.customer.identities.all(), key=lambda identity: identity.pk)
    if closed_to is None:
        said = said_of_messages(identity__in=identities).values_list("identity", "is_granted")
        closed_to = refused(said)
    channels = list(Channel.objects.filter(is_active=True).select_related("fallback").order_by("pk"))
    here = here_now(identities)
    choices = ordered(identities, channels, words, team_id=conversation.team_id, here=here, now=now)
    return _without_the_refused(choices, closed_to)


def said_of_messages(**whose: object) -> "QuerySet[Consent]":
    """Oldest first: STOP and START by text message, and the like."""
    said = Consent.objects.filter(purpose=Purpose.ANY_MESSAGE, **whose)
    return said.order_by(*OLDEST_FIRST)


_NEWEST_WORD = Tuples(lambda: said_of_messages(identity=blank(0)).reverse().values_list("is_granted")[:1])


def refused(said: Iterable[tuple[int, bool]]) -> frozenset[int]:
    """The newest word of each identity holds."""
    return frozenset(identity for identity, is_granted in dict(said).items() if not is_granted)


def has_refused(identity: Identity) -> bool:
    """Whether nothing may go there: its newest word, asked for with each answer of a bot."""
    return any(not is_granted for (is_granted,) in _NEWEST_WORD.find(identity.pk))


def closed(message: Message, *, now: datetime) -> str:
    """Why `message` may not go out now after all, in the agent's words: asked at the very moment of sending, hours
    after it was written perhaps. "" where it may."""
    identity, channel = message.identity, message.channel
    if identity is None or channel is None:
        return ""
    if has_refused(identity):
        return str(STOPPED)
    window = carries(channel.medium).answer_within
    if window is None or message.details.get("template"):
        return ""
    heard = heard_at(message)
    return "" if heard and heard + window > now else _("The time to answer here is over: they must write first.")


def heard_at(message: Message) -> datetime | None:
    """When its customer last wrote by its channel."""
    heard = Message.objects.filter(kind=MessageKind.INBOUND, channel=message.channel_id, identity=message.identity_id)
    return heard.aggregate(at=Max("created_at"))["at"]


def _without_the_refused(choices: Sequence[Choice], closed_to: Collection[int]) -> list[Choice]:
    """Those that nothing may go to come last."""
    said = [
        replace(choice, blocked=str(STOPPED), reason=_("said STOP")) if choice.identity.pk in closed_to else choice
        for choice in choices
    ]
    return sorted(said, key=lambda choice: not choice.can_be_used)


def here_now(identities: Sequence[Identity]) -> set[int]:
    """The ids of those whose widget is open now: its socket says so every 25 seconds under this key of the cache."""
    keys = {f"chat:here:{identity.value}": identity.pk for identity in identities if identity.kind == Kind.VISITOR}
    here = {keys[key] for key in cache.get_many(keys)} if keys else set()
    if here:  # who is signed in at the shop is known there by the shop's id
        here |= {identity.pk for identity in identities if identity.kind == Kind.SHOP}
    return here


def last_words(conversation: Conversation) -> list[LastWord]:
    """Newest first, one for each channel and identity."""
    said = said_by_customer(conversation).values_list("channel_id", "identity_id", "created_at", "is_public")
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
    can, left = carries(channel.medium), None
    needs_template = False
    if can.answer_within:
        left = word.at + can.answer_within - now if word else None
        if left is None or left.total_seconds() <= 0:
            left, needs_template = None, can.has_templates
            reason = _("closed: a template only") if needs_template else ""
            blocked = "" if needs_template else _("The time to answer here is over: they must write first.")
        else:
            is_tagged = can.freely_within is not None and left < can.answer_within - can.freely_within
            reason = _left_in_words(left, is_tagged=is_tagged)
    warning = "" if identity.is_verified else _("Not verified: nobody has proven that this is theirs.")
    return Choice(
        channel,
        identity,
        reason,
        warning,
        blocked,
        is_here,
        why=_why(channel, identity, word, last, is_here=is_here),
        left=left,
        needs_template=needs_template,
        was_public=word is not None and word.is_public,
        was_last=last is not None and (last.channel_id, last.identity_id) == (channel.pk, identity.pk),
    )


def _left_in_words(left: timedelta, *, is_tagged: bool) -> str:
    """`is_tagged`: by the rules of Messenger and Instagram, only what a person wrote may go by now, and no offer."""
    hours = int(left.total_seconds() // 3600)
    if hours < 1:
        minutes = max(1, int(left.total_seconds() // 60))
        return ngettext("%(minutes)d min left", "%(minutes)d min left", minutes) % {"minutes": minutes}
    if hours < 48:
        said = ngettext("%(hours)d h left", "%(hours)d h left", hours) % {"hours": hours}
    else:
        said = ngettext("%(days)d day left", "%(days)d days left", hours // 24) % {"days": hours // 24}
    return _("%(left)s, no advertising") % {"left": said} if is_tagged else said


def _why(channel: Channel, identity: Identity, word: LastWord | None, last: LastWord | None, *, is_here: bool) -> str:
    if is_here:
        return _("They are on the site now.")
    if last and (last.channel_id, last.identity_id) == (channel.pk, identity.pk):
        return _("They wrote here last.")
    if word:
        return _("They have written here before.")
    if identity.is_verified:
        return _("It is proven to be theirs.")
    return _("It is the only address there is, and nobody has proven that it is theirs.")


def _said_last(channel: Channel, identity: Identity, last: LastWord | None) -> str:
    if last and (last.channel_id, last.identity_id) == (channel.pk, identity.pk):
        return _("wrote here last")
    return ""


def _rank(
    choice: Choice, spoken: dict[tuple[int, int], LastWord], last: LastWord | None, now: datetime
) -> tuple[bool, bool, bool, bool, bool, float, int, int]:
    word = spoken.get((choice.channel.pk, choice.identity.pk))
    is_last = last is not None and (last.channel_id, last.identity_id) == (choice.channel.pk, choice.identity.pk)
    left = choice.channel.medium == Medium.CHAT and not choice.is_here
    return (
        not choice.can_be_used,
        choice.needs_template,
        left,
        not is_last and not choice.is_here,
        not choice.identity.is_verified,
        -word.at.timestamp() if word else 0.0,
        choice.identity.rank,
        choice.identity.pk,
    )
