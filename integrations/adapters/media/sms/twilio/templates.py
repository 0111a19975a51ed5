"""The texts that WhatsApp has allowed beforehand, as Twilio keeps them: contents, named by a SID.

https://www.twilio.com/docs/content/content-api-resources#fetch-content-and-approvals
"""

import re
from collections.abc import Iterator
from typing import Any

from conversations.envelopes import OfferedTemplate
from integrations.adapters.media.twilio.api import ask_service
from integrations.adapters.reading import inner, rows, words
from integrations.models import Connector

MOST_PAGES = 20
PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
SID = re.compile(r"HX[0-9a-fA-F]{32}$")

Json = dict[str, Any]


def offered(connector: Connector) -> Iterator[OfferedTemplate]:
    """Raises AdapterError."""
    for page in range(MOST_PAGES):
        found = ask_service(
            connector, "GET", "content", "/v1/ContentAndApprovals", [("PageSize", "100"), ("Page", str(page))]
        )
        contents = rows(found, "contents")
        yield from (template for content in contents if (template := _template(content)))
        if not inner(found, "meta").get("next_page_url"):
            return


def sid_of(name: str) -> str:
    """Of a template's name as it is kept here: the friendly one, and the SID behind it."""
    sid = SID.search(name)
    return sid[0] if sid else name


def _template(content: Json) -> OfferedTemplate | None:
    """Only what is one text: its values are then asked for in the order in which they stand in it."""
    approval = inner(content, "approval_requests")
    types = inner(content, "types")
    kind, said = next(((name, value) for name, value in types.items() if isinstance(value, dict)), ("", {}))
    body = words(said.get("body"), 4096)
    if not body:
        return None
    names = list(dict.fromkeys(PLACE.findall(body)))
    elsewhere = {name for key, value in said.items() if key != "body" for name in PLACE.findall(str(value))}
    in_order = names == [str(number) for number in range(1, len(names) + 1)] and not elsewhere - set(names)
    examples = inner(content, "variables")
    return OfferedTemplate(
        name=f"{words(content.get('friendly_name'))[:80]} {words(content.get('sid'))}".strip(),
        language=words(content.get("language")),
        body=body,
        category=words(approval.get("category")),
        footer=words(said.get("footer")),
        examples=tuple(words(examples.get(name)) for name in names),
        is_usable=approval.get("status") == "approved" and in_order and kind != "twilio/media",
    )
