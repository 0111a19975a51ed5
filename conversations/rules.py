"""Rules of automation hear what happens: written down in the transaction of the deed, worked off in a task after it."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations.models.activity import Verb
from conversations.models.conversation import Conversation
from conversations.models.message import Message
from conversations.models.rule import Rule, RuleEvent, RuleEventKind

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

KNOWN_FOR = 2.0  # seconds that a process goes on with the events it knew to be listened to

# What an agent's or the desk's verb is to a rule (actions.change.log tells of every one).
OF_VERBS: Mapping[str, str] = {
    Verb.ASSIGNED: RuleEventKind.ASSIGNED,
    Verb.ROUTED: RuleEventKind.ROUTED,
    Verb.TAGGED: RuleEventKind.TAGGED,
    Verb.PRIORITISED: RuleEventKind.PRIORITISED,
    Verb.TOPIC: RuleEventKind.TOPIC,
    Verb.SNOOZED: RuleEventKind.SNOOZED,
    Verb.WOKE: RuleEventKind.WOKE,
    Verb.RESOLVED: RuleEventKind.RESOLVED,
    Verb.REOPENED: RuleEventKind.REOPENED,
    Verb.LATE: RuleEventKind.LATE,
}


@dataclass(frozen=True)
class Acting:
    """A rule is at work: what it does is known to be its doing. `chain`: the rules that led here, itself the last."""

    rule: Rule
    chain: tuple[int, ...]


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)
_known: dict[str, tuple[float, frozenset[str]]] = {}


def happened(event: str, conversation: Conversation, *, by: "User | None" = None) -> None:
    """Call in the transaction of the deed. Where no rule listens to it, it costs nothing; else a row, and a task after
    the commit."""
    happened_each([(event, conversation)], by=by)


def happened_each(events: Iterable[tuple[str, Conversation]], *, by: "User | None" = None) -> None:
    """`happened` for several, in one statement. Nothing is heard of spam, nor of what was merged away."""
    heard = listened()
    told = [(event, each) for event, each in events if event in heard and not (each.is_spam or each.merged_into_id)]
    if not told:
        return
    now = _acting.get()
    chain = list(now.chain) if now else []
    RuleEvent.objects.bulk_create(RuleEvent(conversation=each, event=event, by=by, chain=chain) for event, each in told)
    for key in {each.pk for _event, each in told}:
        run_soon(key)


def said(messages: Iterable[Message], *, new: Collection[Conversation]) -> None:
    """Customers wrote. What answers by itself (out of office) sets nothing off: two machines would never end."""
    theirs = [message for message in messages if not message.is_automatic]
    began = {each.pk for each in new}
    happened_each(
        (RuleEventKind.ARRIVED if each.conversation_id in began else RuleEventKind.WROTE, each.conversation)
        for each in theirs
    )


def run_soon(conversation_id: int) -> None:
    """After commit; beat is the net for a broker that is gone."""
    transaction.on_commit(lambda: _run_soon(conversation_id), robust=True)


def _run_soon(conversation_id: int) -> None:
    try:
        current_app.send_task("conversations.run_rules", (conversation_id,), retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: the rules are left to the sweep", conversation_id=conversation_id)


def listened() -> frozenset[str]:
    """The events that rules listen to now: asked every KNOWN_FOR seconds, since every deed asks."""
    at, events = _known.get("events", (0.0, frozenset[str]()))
    if not at or time.monotonic() - at > KNOWN_FOR:
        events = frozenset(Rule.objects.filter(is_active=True).values_list("event", flat=True))
        _known["events"] = (time.monotonic(), events)
    return events


def forget() -> None:
    """After rules have changed: this process asks again at once, the others within KNOWN_FOR."""
    _known.clear()


@contextmanager
def acting(rule: Rule, chain: tuple[int, ...]) -> Iterator[None]:
    token = _acting.set(Acting(rule, (*chain, rule.pk)))
    try:
        yield
    finally:
        _acting.reset(token)


def reason_now() -> str:
    """For the log of a conversation: the rule whose doing it is; "" where no rule is at work."""
    now = _acting.get()
    return _("rule “%(name)s”") % {"name": now.rule.name} if now else ""
