"""What Bandwidth had for us in a period: it keeps who wrote when, and no words, so that it can only be compared.

https://dev.bandwidth.com/apis/messaging-apis/messaging/#tag/Messages/operation/listMessages (destinationTn,
messageDirection, fromDateTime, toDateTime, limit, pageToken; pageInfo.nextPageToken),
https://dev.bandwidth.com/tools/cli/reference/band_message_list (“does not store message content”).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from conversations.models import Message
from integrations.adapters.about import Compared
from integrations.adapters.media.sms.bandwidth.api import BANDWIDTH, ask
from integrations.adapters.reading import inner, rows, words
from integrations.models import Connector

AT_ONCE = 1000


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    assert connector.channel is not None
    asked = {
        "destinationTn": connector.channel.address,
        "messageDirection": "INBOUND",
        "fromDateTime": _written(since),
        "toDateTime": _written(until),
        "limit": str(AT_ONCE),
    }
    there, token = set[str](), ""
    while True:
        more = {"pageToken": token} if token else {}
        found = BANDWIDTH.json(ask(connector, "GET", f"messages?{urlencode({**asked, **more})}"))
        there |= {words(each.get("messageId")) for each in rows(found, "messages")}
        token = words(inner(found, "pageInfo").get("nextPageToken"), 2000)
        if not token:
            break
    here = Message.objects.filter(channel=connector.channel, external_id__in=there).count()
    yield Compared(_("Messages from customers"), len(there), here)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
