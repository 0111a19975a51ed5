"""What Twilio has of a period, page by page: messages and calls that came to our number.

https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources (To, DateSent>, DateSent<),
https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources (To, StartTime>, StartTime<,
ParentCallSid), https://www.twilio.com/docs/usage/twilios-response#pagination (next_page_uri, the newest first).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from conversations.models import Message
from integrations.adapters.about import Compared, Words
from integrations.adapters.media.twilio.api import VERSION, ask
from integrations.adapters.reading import rows, words
from integrations.models import Connector

Json = dict[str, Any]

PAST = "past"  # the kind of a raw event that was asked for, and not sent by a webhook
AT_ONCE = 100
PAUSE = 0.5  # seconds between two pages: agents want the account's limits, too


def listed(
    connector: Connector, name: str, when: str, since: datetime | None, until: datetime | None, after: str = "",
    to: str = "",
) -> Iterator[tuple[list[Json], str]]:  # fmt: skip
    """Pages of the resource `name`, in the field `when` of which its time is, with where the next one is. Raises
    AdapterError."""
    sid = str(connector.settings.get("account_sid", ""))
    account = f"/{VERSION}/Accounts/{sid}"
    asked: list[tuple[str, str]] = [("To", to), ("PageSize", str(AT_ONCE))]
    asked += [(f"{when}>", _written(since))] if since else []
    asked += [(f"{when}<", _written(until))] if until else []
    path, given = f"/{name}.json", asked
    if after.startswith(f"{account}/{name}.json"):
        path, given = after.removeprefix(account), []
    while True:
        found = ask(connector, "GET", path, given)
        following = words(found.get("next_page_uri"), 4000)
        is_more = following.startswith(f"{account}/{name}.json")  # no other address is asked with our key
        yield rows(found, name.lower()), following if is_more else ""
        if not is_more:
            return
        path, given = following.removeprefix(account), []


def compared(connector: Connector, what: Words, sids: set[str]) -> Compared:
    here = Message.objects.filter(channel=connector.channel, external_id__in=sids).count()
    return Compared(what, len(sids), here)


def within(at: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    """Twilio's own filter may be of whole days."""
    return at is not None and (since is None or at >= since) and (until is None or at < until)


def time_in(found: Mapping[str, object], *names: str) -> datetime | None:
    """RFC 2822, as “Thu, 29 Oct 2026 16:09:58 +0000”."""
    for name in names:
        try:
            at = parsedate_to_datetime(words(found.get(name)))
        except (TypeError, ValueError):
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
