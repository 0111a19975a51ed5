"""What a Mastodon account was told in a period: page by page for a back-fill, and counted for a comparison."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.about import Compared
from integrations.adapters.media.mastodon import api
from integrations.adapters.media.mastodon.watching import PAGE, arrival
from integrations.adapters.reading import moment, words
from integrations.adapters.shops.base import Page
from integrations.models import Connector, RawEvent

Json = dict[str, Any]

PAUSE = 1.0  # seconds between two pages: 300 calls are allowed in five minutes, and agents want theirs


def pages(
    connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
) -> Iterator[Page]:
    """The newest first, from the cursor back. Raises AdapterError."""
    before = words(cursor.get("max_id"))
    while True:
        asked = {"limit": str(PAGE), "types[]": "mention", **({"max_id": before} if before else {})}
        found = api.listed(connector, "/api/v1/notifications", asked)
        within = [each for each in found if _is_within(each, since, until)]
        before = words(found[-1].get("id")) if found else ""
        is_last = not found or (since is not None and _at(found[-1]) < since)
        yield Page(tuple(map(arrival, reversed(within))), None if is_last else {"max_id": before}, pause=PAUSE)
        if is_last:
            return


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    names = {each.message_id for page in pages(connector, {}, since, until) for each in page.arrivals}
    here = RawEvent.objects.filter(connector=connector, external_id__in=names).count()
    yield Compared(_("Posts that mention us"), len(names), here)


def _is_within(notification: Json, since: datetime | None, until: datetime | None) -> bool:
    at = _at(notification)
    return (since is None or at >= since) and (until is None or at < until)


def _at(notification: Json) -> datetime:
    return moment(words(notification.get("created_at")), "created_at")
