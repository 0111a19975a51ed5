"""The list of raw events: filtered and searched, the newest first, page by page, at a cost that does not grow."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from conversations.typed import whole_number
from integrations.belongings import Escaped, as_escaped
from integrations.health_samples import first_since
from integrations.models import RawEvent

PAGE = 40
LOOKED_THROUGH = 20_000  # bodies that one search reads; the next page goes on behind them
PASSED_OVER = 500_000  # rows that one page may leave out, where no index knows which they are
MOST_AT_ONCE = 5_000  # that are replayed or set aside by one press


@dataclass(frozen=True)
class Wanted:
    connector: int = 0  # 0: of all
    state: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    after: int = 0  # the last id of the page before

    @property
    def query(self) -> str:
        """Without the page."""
        days = {name: at.date().isoformat() for name, at in (("since", self.since), ("until", self.until)) if at}
        named = {"connector": self.connector or "", "state": self.state, "kind": self.kind, "q": self.words}
        return urlencode({name: value for name, value in {**named, **days}.items() if value})


@dataclass(frozen=True)
class Page:
    rows: list[RawEvent]
    after: int  # where the next page begins; 0: there is none
    looked_back_to: datetime | None = None  # of a search that has not read all yet


def wanted_in(data: QueryDict) -> Wanted:
    state = data.get("state", "")
    return Wanted(
        connector=whole_number(data.get("connector", "")) or 0,
        state=state if state in RawEvent.State.values else "",
        kind=data.get("kind", "").replace("\x00", "")[:40],
        since=_day(data.get("since", "")),
        until=_day(data.get("until", "")),
        words=data.get("q", "").replace("\x00", "").strip()[:200],
        after=whole_number(data.get("after", "")) or 0,
    )


def page(wanted: Wanted, *, most: int = PAGE) -> Page:
    rows = found(wanted)
    if wanted.after:
        rows = rows.filter(pk__lt=wanted.after)
    if wanted.words:
        return _among(_with_words(rows, wanted.words), wanted, most, LOOKED_THROUGH)
    if wanted.kind or wanted.state in (RawEvent.State.DONE, RawEvent.State.IGNORED):
        return _among(rows, wanted, most, PASSED_OVER)
    taken = list(_shown(rows)[: most + 1])
    return Page(taken[:most], taken[most - 1].pk if len(taken) > most else 0)


def found(wanted: Wanted) -> QuerySet[RawEvent]:
    """Without its words and its page: by indexes alone. Times are found among the keys, which grow with them."""
    rows = RawEvent.objects.all()
    rows = rows.filter(connector=wanted.connector) if wanted.connector else rows
    rows = rows.filter(state=wanted.state) if wanted.state else rows
    rows = rows.filter(kind=wanted.kind) if wanted.kind else rows
    if wanted.since:
        rows = rows.filter(pk__gte=first_since(RawEvent, "received_at", wanted.since), received_at__gte=wanted.since)
    if wanted.until:
        end = wanted.until.replace(hour=23, minute=59, second=59)
        rows = rows.filter(pk__lt=first_since(RawEvent, "received_at", end), received_at__lte=end)
    return rows


def matching(wanted: Wanted) -> QuerySet[RawEvent]:
    """All of them, with the words; for what is done to many at once."""
    rows = found(replace(wanted, after=0))
    return _with_words(rows, wanted.words) if wanted.words else rows


def _among(asked: QuerySet[RawEvent], wanted: Wanted, most: int, span: int) -> Page:
    """Of so many keys, the newest first; where they are not enough, the next page goes on behind them."""
    newest = wanted.after or (RawEvent.objects.aggregate(most=Max("pk"))["most"] or 0) + 1
    taken = list(_shown(asked.filter(pk__gte=newest - span, pk__lt=newest))[: most + 1])
    if len(taken) > most:
        return Page(taken[:most], taken[most - 1].pk)
    older = RawEvent.objects.filter(pk__lt=newest - span).order_by("-pk").values_list("pk", "received_at").first()
    return Page(taken, older[0] + 1 if older else 0, older[1] if older else None)


def _with_words(rows: QuerySet[RawEvent], words: str) -> QuerySet[RawEvent]:
    """In its name, or in its bytes as they came: what is packed in base64 is not looked into."""
    in_body = rows.alias(words=Escaped(F("body")))
    return in_body.filter(Q(external_id__icontains=words) | Q(words__icontains=as_escaped(words)))


def _shown(rows: QuerySet[RawEvent]) -> QuerySet[RawEvent]:
    return rows.select_related("connector").defer("body").annotate(size=Length("body")).order_by("-pk")


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    zone = timezone.get_current_timezone()
    return datetime(day.year, day.month, day.day, tzinfo=zone) if day and 1970 < day.year < 9999 else None
