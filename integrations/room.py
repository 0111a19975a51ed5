"""The list of the admin's room: every connector with how it does, by channel, shop and tracker, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import Delivery, Medium
from conversations.templatetags.desk import hue, medium_icon
from conversations.typed import whole_number
from integrations import health_samples
from integrations.adapters import ADAPTERS
from integrations.health_words import Counts, Verdict, in_short, percent, verdict
from integrations.models import Connector, RawEvent

PAGE = 40
# What is no channel, by the folder of its adapters.
FOLDERS = {"shops": "shop", "trackers": "tracker", "bots": "bot", "translators": "translator"}
PLACED = {name: place for name, path in ADAPTERS.items() for folder, place in FOLDERS.items() if f".{folder}." in path}
_ORDER = ("place", "named", "pk")  # the first two are annotated
PLACES = [*Medium.values, *FOLDERS.values(), "other"]


@dataclass(frozen=True)
class Row:
    connector: Connector
    counts: Counts
    verdict: Verdict
    meta: str

    @property
    def place(self) -> str:
        return place_of(self.connector)

    @property
    def hue(self) -> str:
        return hue(self.place) if self.place in Medium.values else "web"

    @property
    def icon(self) -> str:
        return icon_of(self.place)

    @property
    def errors(self) -> str:
        """Of what came and went in a day."""
        return percent(self.counts.share)


@dataclass(frozen=True)
class Listed:
    groups: list[tuple[str, list[Row]]]  # a title, and what stands under it
    after: str  # the cursor of the next page; "" at the end


def place_of(connector: Connector) -> str:
    """Its medium, one of FOLDERS, or "other"."""
    if connector.adapter in PLACED:
        return PLACED[connector.adapter]
    return connector.channel.medium if connector.channel else "other"


def icon_of(place: str) -> str:
    drawn = {"shop": "cart", "tracker": "browse", "bot": "bot", "translator": "translate", "other": "connector"}
    return drawn.get(place) or medium_icon(place)


def title_of(place: str) -> str:
    titles = {
        "shop": _("Shops"),
        "tracker": _("Trackers"),
        "bot": _("Bots"),
        "translator": _("Translators"),
        "other": _("Being set up"),
    }
    return titles.get(place) or str(Medium(place).label)


def listed(words: str = "", after: str = "") -> Listed:
    """A fixed number of queries, however many there are."""
    rows = _beyond(_found(words), after).select_related("channel__team", "paused_by")
    found = list(rows.order_by(*_ORDER)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    groups: list[tuple[str, list[Row]]] = []
    for row in rows_of(found):
        title = title_of(row.place)
        if not groups or groups[-1][0] != title:
            groups.append((title, []))
        groups[-1][1].append(row)
    return Listed(groups, _cursor(found[-1]) if more else "")


def rows_of(connectors: Sequence[Connector], now: datetime | None = None) -> list[Row]:
    now = now or timezone.now()
    counted = counts_of(connectors, now)
    return [
        Row(each, counted[each.pk], verdict(each, counted[each.pk], now), in_short(each, counted[each.pk], now))
        for each in connectors
    ]


def counts_of(connectors: Sequence[Connector], now: datetime) -> dict[int, Counts]:
    """Four queries for all of them."""
    pks = [each.pk for each in connectors]
    waiting = {pk: (n, oldest) for pk, n, oldest in _by_state(RawEvent.State.KEPT, pks)}
    aside = {pk: n for pk, n, _oldest in _by_state(RawEvent.State.ASIDE, pks)}
    queued = Delivery.objects.filter(status__in=["queued", "sending"], channel__connector__in=pks)
    outgoing = dict(queued.values_list("channel__connector").annotate(Count("pk")))
    day = health_samples.last_day(pks, now)
    return {
        pk: Counts(
            waiting=waiting[pk][0] if pk in waiting else 0,
            oldest_at=waiting[pk][1] if pk in waiting else None,
            aside=aside.get(pk, 0),
            outgoing=outgoing.get(pk, 0),
            came=day.get(pk, {}).get("came", 0),
            failed_in=day.get(pk, {}).get("aside", 0),
            went=day.get(pk, {}).get("went", 0),
            failed_out=day.get(pk, {}).get("failed", 0),
        )
        for pk in pks
    }


def in_need() -> int:
    """How many want an admin: broken or in error; what is only to be looked at does not count."""
    live = Connector.objects.filter(is_active=True, is_draft=False, paused_at=None)
    return live.filter(Q(broken_at__isnull=False) | ~Q(error="")).count()


def _by_state(state: str, pks: Sequence[int]) -> list[tuple[int, int, datetime]]:
    rows = RawEvent.objects.filter(state=state, connector__in=pks).values("connector")
    return [
        (row["connector"], row["n"], row["oldest"])
        for row in rows.annotate(n=Count("pk"), oldest=Min("received_at")).order_by()
    ]


def _found(words: str) -> QuerySet[Connector]:
    place = Case(
        *(When(adapter=name, then=Value(PLACES.index(place))) for name, place in PLACED.items()),
        *(When(channel__medium=medium, then=Value(PLACES.index(medium))) for medium in Medium.values),
        default=Value(PLACES.index("other")),
        output_field=IntegerField(),
    )
    rows = Connector.objects.annotate(place=place, named=Lower("name"))
    if words := words.replace("\x00", "").strip():
        named = Q(name__icontains=words) | Q(channel__address__icontains=words) | Q(adapter__icontains=words)
        rows = rows.filter(named)
    return rows


def _beyond(rows: QuerySet[Connector], after: str) -> QuerySet[Connector]:
    place, _tilde, rest = after.partition("~")
    pk, _tilde, named = rest.partition("~")
    at, key = whole_number(place), whole_number(pk)
    if at is None or key is None:
        return rows
    later = Q(place__gt=at) | Q(place=at, named__gt=named)
    return rows.filter(later | Q(place=at, named=named, pk__gt=key))


def _cursor(row: Connector) -> str:
    known = vars(row)
    return f"{known['place']}~{row.pk}~{known['named']}"
