"""Which calls ring now, and at whom: kept in Redis for as long as they are of interest, and told to open pages.

A page is told that something changed, never what: each asks for the calls that its own agent is to see.
"""

import json
import time
from functools import partial
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from redis import RedisError

from conversations.live import groups
from conversations.live.memory import redis as _redis
from conversations.live.push import send
from conversations.models import Conversation, Message

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

# Seconds for which a call is shown: one of which no more is heard is forgotten.
SHOWN = {"ringing": 180, "answered": 4 * 3600, "ended": 6, "missed": 12}


def tell(message: Message) -> None:
    """After commit: notes how the call stands, and tells those whom it concerns."""
    call = message.details["call"]
    whom = _agents(message)
    entry: dict[str, object] = {"agents": whom, "until": time.time() + SHOWN.get(call["state"], 0)}
    transaction.on_commit(partial(_tell, message.pk, entry, whom), robust=True)


def calls_for(agent: "User") -> list[int]:
    """The messages of the calls that this agent is to see, in one look; none, where Redis does not answer."""
    try:
        found = _redis().hgetall(_key())
    except RedisError:
        log.warning("which calls ring is unknown: Redis does not answer")
        return []
    entries = {int(pk): json.loads(entry) for pk, entry in found.items()}
    return [pk for pk, entry in sorted(entries.items()) if _is_for(agent.pk, entry)]


def push_call_backs(conversation: Conversation) -> None:
    """The open threads of this conversation ask whom they are to ring."""
    frame: dict[str, object] = {"type": "desk.call_backs", "conversation": conversation.pk}
    transaction.on_commit(partial(send, [groups.of_conversation(conversation.pk)], frame), robust=True)


def _agents(message: Message) -> list[int] | None:
    """Whose telephone rings, or rang; else the team of the number that was called; None is everybody."""
    call = message.details["call"]
    theirs = [each["agent"] for each in [*call.get("tried", []), *call.get("answered", [])] if each["agent"]]
    if theirs:
        return sorted(set(theirs))
    team = message.channel.team_id if message.channel else None
    members = get_user_model().objects.filter(teams=team, is_active=True) if team else get_user_model().objects.none()
    return sorted(members.values_list("pk", flat=True)) or None


def _tell(pk: int, entry: dict[str, object], whom: list[int] | None) -> None:
    try:
        _note(pk, entry)
    except RedisError:
        log.warning("a call that rings was not noted: Redis does not answer")
    to = [groups.EVERYTHING, groups.TEAMLESS] if whom is None else [groups.of_agent(each) for each in whom]
    send(to, {"type": "desk.call", "call": pk})


def _note(pk: int, entry: dict[str, object]) -> None:
    """With all that are over taken out."""
    redis, now = _redis(), time.time()
    known = redis.hgetall(_key())
    over = [name for name, told in known.items() if json.loads(told)["until"] < now]
    with redis.pipeline(transaction=False) as pipeline:
        if over:
            pipeline.hdel(_key(), *over)
        pipeline.hset(_key(), str(pk), json.dumps(entry))
        pipeline.expire(_key(), max(SHOWN.values()))
        pipeline.execute()


def _is_for(agent: int, entry: dict[str, object]) -> bool:
    whom, until = entry["agents"], entry["until"]
    assert isinstance(until, float) and (whom is None or isinstance(whom, list))
    return until >= time.time() and (whom is None or agent in whom)


def _key() -> str:
    return f"{settings.REDIS_PREFIX}:ringing"
