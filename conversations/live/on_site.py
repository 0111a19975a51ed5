"""Who is on the shop's site now: kept in Redis, forgotten when a browser falls silent. Nothing of it is stored."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from django.conf import settings
from redis import RedisError

from conversations.live.memory import redis as _redis

# Takes a browser out, unless it has told of another page since. One step: both may come at the same moment.
LEAVE = """
local told = redis.call('HGET', KEYS[2], ARGV[1])
if told and tonumber(cjson.decode(told)['told_at'] or 0) > tonumber(ARGV[2]) then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
"""

log = structlog.get_logger(__name__)

HERE_FOR = 75  # seconds; a page that is looked at says every 30 that it is
OVERTAKEN = 10  # seconds: what a page told longer ago than this was not overtaken on the way, the clock was put back
LAST_OF_ALL = 10**15  # milliseconds; no clock of a browser shows it
MOST = 2000  # browsers that a desk looks at; of more, the ones that came last


@dataclass(frozen=True)
class Here:
    """One browser on one page. `visitor` is the value of its identity; times are seconds since 1970."""

    visitor: str
    url: str
    title: str
    came_at: float
    page_at: float


def arrive(visitor: str, *, url: str, title: str, told_at: int = 0) -> bool:
    """On this page now; says whether that is news. Beacons overtake each other: `told_at`, by the browser's own clock,
    says which is older. Robust: without Redis nobody is seen, and the desk goes on."""
    now = time.time()
    try:
        before = _redis().hget(_pages(), visitor)
        known = json.loads(before) if isinstance(before, bytes) else {}
        if told_at < known.get("told_at", 0) and known["seen_at"] > now - OVERTAKEN:
            return False
        stays = known.get("seen_at", 0) > now - HERE_FOR
        came_at = known["came_at"] if stays else now
        is_news = not stays or known["url"] != url
        page_at = now if is_news else known["page_at"]
        told = {"url": url, "title": title, "came_at": came_at, "page_at": page_at, "seen_at": now, "told_at": told_at}
        pipe = _redis().pipeline(transaction=False)
        pipe.zadd(_times(), {visitor: now})
        pipe.hset(_pages(), visitor, json.dumps(told))
        pipe.expire(_times(), HERE_FOR * 2)
        pipe.expire(_pages(), HERE_FOR * 2)
        pipe.execute()
    except RedisError:
        log.warning("who is on the site is unknown: Redis does not answer")
        return False
    return is_news


def leave(visitor: str, *, told_at: int = LAST_OF_ALL) -> None:
    """Gone from the page that it was on at that moment, and from the site if it told of no other since."""
    try:
        _redis().eval(LEAVE, 2, _times(), _pages(), visitor, told_at)
    except RedisError:
        log.warning("who is on the site is unknown: Redis does not answer")


def everybody() -> list[Here]:
    """Who is here, the newest page first. What fell silent is cleared away."""
    since = time.time() - HERE_FOR
    try:
        visitors = [_text(each) for each in _redis().zrevrangebyscore(_times(), "+inf", since, start=0, num=MOST)]
        gone = _redis().zrangebyscore(_times(), "-inf", f"({since}")
        if gone:
            pipe = _redis().pipeline(transaction=False)
            pipe.zremrangebyscore(_times(), "-inf", f"({since}")
            pipe.hdel(_pages(), *gone)
            pipe.execute()
        return sorted(_read(visitors), key=lambda here: -here.page_at)
    except RedisError:
        log.warning("who is on the site is unknown: Redis does not answer")
        return []


def among(visitors: Iterable[str]) -> list[Here]:
    """Those of these browsers that are here now: one round trip, none for nobody."""
    asked = list(visitors)
    try:
        return [here for here in _read(asked)] if asked else []
    except RedisError:
        return []


def _read(visitors: list[str]) -> list[Here]:
    if not visitors:
        return []
    pipe = _redis().pipeline(transaction=False)
    pipe.hmget(_pages(), visitors)
    pipe.zmscore(_times(), visitors)
    pages, times = pipe.execute()
    since, found = time.time() - HERE_FOR, []
    for visitor, page, at in zip(visitors, pages, times, strict=True):
        if page and at and at > since:
            told = json.loads(page)
            found.append(Here(visitor, told["url"], told["title"], told["came_at"], told["page_at"]))
    return found


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _times() -> str:
    return f"{settings.REDIS_PREFIX}:site:times"


def _pages() -> str:
    return f"{settings.REDIS_PREFIX}:site:pages"
