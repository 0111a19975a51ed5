"""WhatsApp's templates: those of the account, page by page, and one of them filled in.

developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates and
…/business-messaging/whatsapp/templates/components. A body holds {{1}} or {{name}}.
"""

import re
from collections.abc import Iterator
from typing import Any

from conversations.envelopes import OfferedTemplate, Template
from conversations.models import MessageTemplate
from integrations.adapters.media.meta.graph import ask
from integrations.adapters.reading import inner, rows, words
from integrations.models import Connector

Json = dict[str, Any]
PAGES = 100  # of a hundred each: an account has 6000 at most
FIELDS = "name,language,status,category,components,parameter_format"
PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_FILES = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}


def offered(connector: Connector) -> Iterator[OfferedTemplate]:
    """Raises AdapterError."""
    after = ""
    for _page in range(PAGES):
        asked = {"fields": FIELDS, "limit": "100", **({"after": after} if after else {})}
        found = ask(connector, "GET", f"{account_of(connector)}/message_templates", params=asked)
        yield from (_offered(each) for each in rows(found, "data"))
        paging = inner(found, "paging")
        after = words(inner(paging, "cursors").get("after"), 1000)
        if not after or not paging.get("next"):
            return


def account_of(connector: Connector) -> str:
    return words(connector.settings.get("account_id"))


def _offered(found: Json) -> OfferedTemplate:
    parts = {words(part.get("type")).upper(): part for part in rows(found, "components")}
    head, body = parts.get("HEADER", {}), parts.get("BODY", {})
    kind = words(head.get("format")).upper()
    return OfferedTemplate(
        name=words(found.get("name"), 512),
        language=words(found.get("language"), 20),
        body=words(body.get("text"), 4096),
        category=words(found.get("category"), 40).lower(),
        header=words(head.get("text"), 200) if kind in ("TEXT", "") else kind,
        footer=words(parts.get("FOOTER", {}).get("text"), 200),
        buttons=tuple(_button(each) for each in rows(parts.get("BUTTONS", {}), "buttons")),
        examples=_examples(inner(body, "example")),
        is_usable=words(found.get("status")).upper() == "APPROVED",
    )


def _button(found: Json) -> dict[str, str]:
    value = next((words(found.get(name), 2000) for name in ("url", "phone_number", "example") if found.get(name)), "")
    return {"kind": words(found.get("type")).lower(), "text": words(found.get("text")), "value": value}


def _examples(found: Json) -> tuple[str, ...]:
    named = rows(found, "body_text_named_params")
    if named:
        return tuple(words(each.get("example"), 1000) for each in named)
    lists = found.get("body_text")
    first = lists[0] if isinstance(lists, list) and lists and isinstance(lists[0], list) else []
    return tuple(words(each, 1000) for each in first)


def components(connector: Connector, template: Template) -> list[Json]:
    """The values, in the places that the account's own template has."""
    known = MessageTemplate.objects.filter(
        channel=connector.channel, name=template.name, language=template.language
    ).first()
    found = []
    if template.header:
        found.append({"type": "header", "parameters": [_header(known.header if known else "", template.header)]})
    if template.values:
        names = PLACE.findall(known.body) if known else []
        found.append({"type": "body", "parameters": _values(list(dict.fromkeys(names)), template.values)})
    return [*found, *_pressed(known.buttons if known else [], template.buttons)]


def _header(kind: str, value: str) -> Json:
    if file := _FILES.get(kind):
        return {"type": file, file: {"link": value}}
    return {"type": "text", "text": value}


def _values(names: list[str], values: tuple[str, ...]) -> list[Json]:
    """Those of a template with names for its places go by them."""
    by_name = len(names) == len(values) and not any(name.isdecimal() for name in names)
    given = zip(names if by_name else [""] * len(values), values, strict=True)
    return [{"type": "text", **({"parameter_name": name} if name else {}), "text": value} for name, value in given]


def _pressed(known: list[Json], values: tuple[str, ...]) -> list[Json]:
    """A link's ending, or what a pressed button brings back, by its place."""
    found = []
    for index, value in enumerate(values):
        if not value:
            continue
        kind = words(known[index].get("kind")) if index < len(known) else "quick_reply"
        sub_type = {"url": "url", "copy_code": "copy_code", "otp": "url"}.get(kind, "quick_reply")
        word = {"quick_reply": "payload", "copy_code": "coupon_code"}.get(sub_type, "text")
        part = {"type": word, word: value}
        found.append({"type": "button", "sub_type": sub_type, "index": str(index), "parameters": [part]})
    return found
