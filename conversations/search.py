"""Search: people by name or address, messages by their words, a conversation by its number; only what one may see."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVector
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.functions import Concat, Left, Replace
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
FURTHER = 8  # times as far the index is asked first, where the walk found a seventh of what is wanted: the rest is near
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
class Start:
    """Where a search begins: the highest ids there are, and whose address begins with the words."""

    message: int
    customer: int = 0
    owners: list[int] = field(default_factory=list)


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
    start = _start(words) if before is None else Start(before - 1)
    messages = said(agent, words, filters, before=before, newest=start.message)
    hits = [Hit(message, headline(message.headline)) for message in messages[:PAGE]]  # type: ignore[attr-defined]
    return Found(
        conversation=numbered(agent, words) if before is None else None,
        people=people(agent, words, start=start) if before is None else [],
        hits=hits,
        next_before=messages[PAGE - 1].pk if len(messages) > PAGE else None,
    )


def numbered(agent: "User", words: str) -> Conversation | None:
    number = re.fullmatch(r"#?(\d{1,18})", words)
    if not number:
        return None
    return Conversation.objects.visible_to(agent).select_related("customer").filter(pk=number[1]).first()


def people(agent: "User", words: str, *, start: Start | None = None) -> list[Customer]:
    """By the beginnings of their names' words, or of an address. Of those whom this agent may see."""
    parts = re.findall(r"\w+", words.lower())
    if not parts or len(words) < 2:
        return []
    theirs = Conversation.objects.visible_to(agent).filter(customer=models.OuterRef("pk"))
    seen = Customer.objects.living().filter(models.Exists(theirs)).prefetch_related("identities")
    query = SearchQuery(" & ".join(f"{part}:*" for part in parts), config="simple", search_type="raw")
    named = seen.annotate(words=SearchVector("name", config="simple")).filter(words=query)
    start = start or _start(words)
    by_name = newest_first(named, PEOPLE, newest=start.customer, walk=WALK // 5)
    keys = [*start.owners, *by_name]
    found = {customer.pk: customer for customer in seen.filter(pk__in=keys)} if keys else {}
    return [found[pk] for pk in dict.fromkeys(keys) if pk in found][:PEOPLE]


def said(agent: "User", words: str, filters: Filters, *, before: int | None, newest: int) -> list[Message]:
    """The newest page of messages that hold the words, and one more if there is one."""
    query = SearchQuery(words, config="simple", search_type="websearch")
    hits = _narrowed(Message.objects.visible_to(agent).filter(search=query), filters)
    if before is not None:
        hits = hits.filter(pk__lt=before)
    return _shown(newest_first(hits, PAGE + 1, newest=newest, walk=WALK), query)


def newest_first(rows: models.QuerySet, wanted: int, *, newest: int, walk: int) -> list[int]:
    """The highest ids of `rows`, a query by words, in one query of three steps, each taken where the one before it was
    not enough: those near `newest`, those not far from it, and all."""
    older, end = rows.filter(pk__lte=newest - walk), newest - walk * (1 + FURTHER)
    # `order by (id + 0)` cannot be had by walking the primary key, so that the planner takes the words' index.
    indexed = older.annotate(key=models.F("pk") + models.Value(0)).order_by("-key")
    near = rows.filter(pk__gt=newest - walk).order_by("-pk")
    steps = [near, indexed.filter(pk__gt=end), indexed] if newest > walk else [near]
    try:
        written = [step.values_list("pk", flat=True)[:wanted].query.sql_with_params() for step in steps]
    except EmptyResultSet:
        return []
    sql = _WALKED if len(steps) == 1 else _SEARCHED
    params = [param for _, params in written for param in params]
    limits = {"enough": -(-wanted // 7), "wanted": wanted}
    with connection.cursor() as cursor:
        cursor.execute(sql.format(*(step for step, _ in written), **limits), params)
        return [pk for (pk,) in cursor.fetchall()]


_WALKED = "{0}"
_SEARCHED = """
with near (id) as materialized ({0}),
further (id) as materialized (
  select * from ({1}) as step where (select count(*) from near) between {enough} and {wanted} - 1
),
rest (id) as materialized (
  select * from ({2}) as step where (select count(*) from near) + (select count(*) from further) < {wanted}
)
select id from near union select id from further union select id from rest order by id desc limit {wanted}
"""


def _start(words: str) -> Start:
    top = Customer.objects.order_by("-pk").values("pk")[:1]
    beginning = Identity.objects.filter(value__startswith=words.lower()).values("customer")[:PEOPLE]
    asked = {"customer": models.Subquery(top), "owners": ArraySubquery(beginning)}
    found = Message.objects.order_by("-pk").annotate(**asked).values_list("pk", *asked).first()
    if found is None:
        return Start(0, top.values_list("pk", flat=True).first() or 0)
    return Start(found[0], found[1] or 0, found[2])


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
    with_subject = Concat("subject", models.Value(" · "), "text", output_field=models.TextField())
    whole = models.Case(models.When(subject="", then="text"), default=with_subject)
    unmarked = Replace(Replace(whole, models.Value(START)), models.Value(STOP))
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
