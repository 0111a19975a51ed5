"""Who looks at a conversation now, and who writes in it: kept in Redis, forgotten when a browser falls silent."""

import json
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

import structlog
from django.conf import settings
from redis import RedisError

from conversations.live.memory import redis as _redis

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

HERE_FOR = 45  # seconds; an open browser says every 20 that it is there


class Viewer(TypedDict):
    id: int
    name: str
    short: str
    initials: str
    hue: int
    writing: bool


def look(conversation: int, agent: "User", *, tab: str, writing: bool = False) -> None:
    """`tab` is one socket: an agent with two tabs is there until both have left."""
    seen = {
        "id": agent.pk,
        "name": str(agent),
        "short": agent.short_name,
        "initials": agent.initials,
        "hue": agent.hue,
        "writing": writing,
        "at": time.time(),
    }
    pipe = _redis().pipeline()
    pipe.hset(_key(conversation), tab, json.dumps(seen))
    pipe.expire(_key(conversation), HERE_FOR * 2)
    pipe.execute()


def leave(conversation: int, *, tab: str) -> None:
    _redis().hdel(_key(conversation), tab)


def in_conversations(conversations: Sequence[int]) -> dict[int, list[Viewer]]:
    """In one round trip. Without Redis nobody is seen, and the desk goes on."""
    if not conversations:
        return {}
    pipe = _redis().pipeline(transaction=False)
    for pk in conversations:
        pipe.hvals(_key(pk))
    try:
        found = pipe.execute()
    except RedisError:
        log.warning("presence is unknown: Redis does not answer")
        return {}
    return {pk: people for pk, values in zip(conversations, found, strict=True) if (people := _alive(values))}


def _alive(values: Iterable[bytes]) -> list[Viewer]:
    """One entry for each agent; writing in any tab is writing."""
    by_agent: dict[int, Viewer] = {}
    for value in values:
        seen = json.loads(value)
        if seen.pop("at") < time.time() - HERE_FOR:
            continue
        known = by_agent.setdefault(seen["id"], seen)
        known["writing"] = known["writing"] or seen["writing"]
    return sorted(by_agent.values(), key=lambda viewer: viewer["id"])


def _key(conversation: int) -> str:
    return f"{settings.REDIS_PREFIX}:looking:{conversation}"
