"""Who is on the shop's site now: kept in Redis, forgotten when a browser falls silent. Nothing of it is stored."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import structlog
from django.conf import settings
from redis import Redis, RedisError

log = structlog.get_logger(__name__)

HERE_FOR = 75  # seconds; a page that is looked at says every 30 that it is
MOST = 2000  # browsers that a desk looks at; of more, the ones that came last


@dataclass(frozen=True)
class Here:
    """One browser on one page. `visitor` is the value of its identity; times are seconds since 1970."""

    visitor: str
    url: str
    title: str
    came_at: float
    page_at: float


def arrive(visitor: str, *, url: str, title: str) -> bool:
    """On this page now; says whether that is news. Robust: without Redis nobody is seen, and the desk goes on."""
    now = time.time()
    try:
        before = _redis().hget(_pages(), visitor)
        known = json.loads(before) if isinstance(before, bytes) else {}
        stays = known.get("seen_at", 0) > now - HERE_FOR
        came_at = known["came_at"] if stays else now
        is_news = not stays or known["url"] != url
        page_at = now if is_news else known["page_at"]
        told = {"url": url, "title": title, "came_at": came_at, "page_at": page_at, "seen_at": now}
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


def leave(visitor: str) -> None:
    try:
        _redis().zrem(_times(), visitor)
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


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2)
