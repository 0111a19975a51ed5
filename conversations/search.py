"""Search: people by name or address, messages by their words, a conversation by its number; only what one may see."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVector
from django.db import models
from django.db.models.functions import Left, Replace
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from conversations.models import Conversation, Message
from customers.models import Customer, Identity

if TYPE_CHECKING:
    from deskapp.models import User

PAGE = 20
PEOPLE = 8
# Newest messages looked through one by one before the index is asked. A word that fills a page there is frequent: its
# index entry would be long and most of it thrown away. One that does not is rare enough for the index to be quick.
WALK = 5_000
START, STOP = "\ue000", "\ue001"  # around a hit; private characters that no sender's text keeps


@dataclass(frozen=True)
class Filters:
    medium: str = ""
    status: str = ""
    agent: int | None = None
    team: int | None = None
    since: datetime | None = None
    until: datetime | None = None  # this moment is outside


@dataclass(frozen=True)
class Hit:
    message: Message
    headline: SafeString


@dataclass(frozen=True)
class Found:
    conversation: Conversation | None = None  # "#123" names it
    people: list[Customer] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    next_before: int | None = None  # the key of the next page


def search(agent: "User", words: str, filters: Filters, *, before: int | None = None) -> Found:
    words = words.replace("\x00", "").strip()[:200]
    if not words:
        return Found()
    newest = _newest() if before is None else {"message": before - 1, "customer": 0}
    messages = said(agent, words, filters, before=before, newest=newest["message"])
    hits = [Hit(message, headline(message.headline)) for message in messages[:PAGE]]  # type: ignore[attr-defined]
    return Found(
        conversation=numbered(agent, words) if before is None else None,
        people=people(agent, words, newest=newest["customer"]) if before is None else [],
        hits=hits,
        next_before=messages[PAGE - 1].pk if len(messages) > PAGE else None,
    )


def numbered(agent: "User", words: str) -> Conversation | None:
    number = re.fullmatch(r"#?(\d{1,18})", words)
    if not number:
        return None
    return Conversation.objects.visible_to(agent).select_related("customer").filter(pk=number[1]).first()


def people(agent: "User", words: str, *, newest: int | None = None) -> list[Customer]:
    """By the beginnings of their names' words, or of an address. Of those whom this agent may see."""
    parts = re.findall(r"\w+", words.lower())
    if not parts or len(words) < 2:
        return []
    theirs = Conversation.objects.visible_to(agent).filter(customer=models.OuterRef("pk"))
    seen = Customer.objects.living().filter(models.Exists(theirs)).prefetch_related("identities")
    query = SearchQuery(" & ".join(f"{part}:*" for part in parts), config="simple", search_type="raw")
    named = seen.annotate(words=SearchVector("name", config="simple")).filter(words=query)
    beginning = Identity.objects.filter(value__startswith=words.lower())
    owners = list(beginning.values_list("customer", flat=True)[:PEOPLE])
    newest = _newest()["customer"] if newest is None else newest
    by_name = newest_first(named, PEOPLE, newest=newest, walk=WALK // 5)
    found = {customer.pk: customer for customer in seen.filter(pk__in=[*owners, *by_name])}
    return [found[pk] for pk in dict.fromkeys([*owners, *by_name]) if pk in found][:PEOPLE]


def said(agent: "User", words: str, filters: Filters, *, before: int | None, newest: int) -> list[Message]:
    """The newest page of messages that hold the words, and one more if there is one."""
    query = SearchQuery(words, config="simple", search_type="websearch")
    hits = _narrowed(Message.objects.visible_to(agent).filter(search=query), filters)
    if before is not None:
        hits = hits.filter(pk__lt=before)
    return _shown(newest_first(hits, PAGE + 1, newest=newest, walk=WALK), query)


def newest_first(rows: models.QuerySet, wanted: int, *, newest: int, walk: int) -> list[int]:
    """The highest ids of `rows`, a query by words: those near `newest` by walking, what is missing by the index."""
    near = rows.filter(pk__gt=newest - walk).order_by("-pk").values_list("pk", flat=True)
    keys = list(near[:wanted])
    if len(keys) < wanted and newest > walk:
        # `order by (id + 0)` cannot be had by walking the primary key, so that the planner takes the words' index.
        rest = rows.filter(pk__lte=newest - walk).annotate(key=models.F("pk") + models.Value(0)).order_by("-key")
        keys += rest.values_list("pk", flat=True)[: wanted - len(keys)]
    return keys


def _newest() -> dict[str, int]:
    """The highest ids of messages and customers, in one query."""
    top = Customer.objects.order_by("-pk").values("pk")[:1]
    found = Message.objects.order_by("-pk").annotate(customer=models.Subquery(top)).values("pk", "customer").first()
    if found is None:
        return {"message": 0, "customer": top.values_list("pk", flat=True).first() or 0}
    return {"message": found["pk"], "customer": found["customer"] or 0}


def _narrowed(hits: "models.QuerySet[Message]", filters: Filters) -> "models.QuerySet[Message]":
    hits = hits.filter(conversation__is_spam=False)
    if filters.medium:
        hits = hits.filter(channel__medium=filters.medium)
    if filters.status:
        hits = hits.filter(conversation__status=filters.status)
    if filters.agent:
        hits = hits.filter(models.Q(author=filters.agent) | models.Q(conversation__assignee=filters.agent))
    if filters.team:
        hits = hits.filter(conversation__team=filters.team)
    if filters.since:
        hits = hits.filter(created_at__gte=filters.since)
    if filters.until:
        hits = hits.filter(created_at__lt=filters.until)
    return hits


def _shown(keys: list[int], query: SearchQuery) -> list[Message]:
    """The page's rows; the headline is worked out for these alone."""
    unmarked = Replace(Replace("text", models.Value(START)), models.Value(STOP))
    text = Left(unmarked, 20_000)
    marked = SearchHeadline(
        text, query, config="simple", start_sel=START, stop_sel=STOP, max_words=32, min_words=16, max_fragments=2
    )
    rows = Message.objects.filter(pk__in=keys).annotate(headline=marked)
    return list(rows.select_related("conversation__customer", "author", "identity", "channel").order_by("-pk"))


def headline(marked: str) -> SafeString:
    """HTML with the hits in <mark>: escaped first, marked after."""
    pieces = re.split(f"{START}(.*?){STOP}", marked, flags=re.DOTALL)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", _plain(piece)) if index % 2 else _plain(piece),)
            for index, piece in enumerate(pieces)
        ),
    )


def _plain(piece: str) -> str:
    return " ".join(piece.replace(START, "").replace(STOP, "").split("\n"))
