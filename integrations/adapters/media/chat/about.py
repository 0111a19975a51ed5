"""What the chat widget tells of itself, and its test: the channel that carries each line, and the shop's own pages."""

import secrets as randomness
import time
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Medium
from integrations.adapters import calling
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError
from integrations.models import Connector

PAGE_BYTES = 3_000_000


def an_origin(text: str) -> str:
    """https://shop.example, without a path. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        words = _("“%(text)s” is no origin: it is a scheme and a host, as in https://shop.example.")
        raise ValueError(words % {"text": text})
    return text


ABOUT = About(
    title=gettext_lazy("Chat on your pages"),
    what=gettext_lazy("A widget on the shop's pages, in which visitors write to you and read your answers."),
    medium=Medium.CHAT,
    address=gettext_lazy("Key of the widget"),
    at_provider=(
        gettext_lazy("Put this tag into every page of the shop, before </body>: {tag}"),
        gettext_lazy("So that customers who are signed in there are known here: sign their number with {identity}"),
    ),
    fields=(
        Field(
            "origins",
            gettext_lazy("Pages that may open it, one a line"),
            "list",
            help=gettext_lazy("A scheme and a host."),
            example="https://shop.example",
            settled=an_origin,
            columns=6,
        ),
        Field(
            "shop",
            gettext_lazy("Word of the shop"),
            help=gettext_lazy("The same at the shop's own connector, where customers' numbers are those of one shop."),
            is_required=False,
        ),
        Field("title", gettext_lazy("Title of the widget"), is_required=False),
        Field("bot_name", gettext_lazy("Name of the bot"), is_required=False),
    ),
    made={"identity": lambda: randomness.token_urlsafe(32)},
)


def tag_of(connector: Connector) -> str:
    key = connector.channel.address if connector.channel else "…"
    script = f"{settings.SITE_URL}/widget/throughline.js"
    return f'<script type="module" src="{script}" data-channel="{key}"></script>'


def check(connector: Connector) -> Iterator[Step]:
    """Raises AdapterError."""
    began = time.monotonic()
    if not async_to_sync(_round_trip)():
        raise AdapterError(_("What is said does not reach the browsers: is Redis up?"))
    yield Step(_("A line went out to a browser's socket and came back"), seconds=time.monotonic() - began)
    for origin in connector.settings.get("origins", []):
        yield _on_page(connector, str(origin))
    if connector.last_in_at is None:
        yield Step(_("Nobody has written yet"), fix=_("Open the widget on your page and write a line."))


async def _round_trip() -> bool:
    """By the same way as each line of a chat."""
    layer = get_channel_layer()
    group, ours = f"trial.{uuid.uuid4().hex}", await layer.new_channel()
    await layer.group_add(group, ours)
    try:
        await layer.group_send(group, {"type": "trial"})
        heard: dict[str, object] = await layer.receive(ours)
        return heard.get("type") == "trial"
    finally:
        await layer.group_discard(group, ours)


def _on_page(connector: Connector, origin: str) -> Step:
    """A page may put the tag in by a script of its own, so that it is missed here and works all the same."""
    began, key = time.monotonic(), connector.channel.address if connector.channel else ""
    try:
        body = calling.call("GET", origin, timeout=(5.0, 10.0), largest=PAGE_BYTES).body
    except calling.CallError as error:
        words = _("The page %(origin)s could not be looked at") % {"origin": origin}
        return Step(words, seconds=time.monotonic() - began, fix=error.said[:200])
    has_tag = key.encode() in body and b"throughline.js" in body
    words = _("%(origin)s has the tag") if has_tag else _("%(origin)s does not have the tag on its first page")
    fix = "" if has_tag else _("Put it there, unless a script of yours does.")
    return Step(words % {"origin": origin}, seconds=time.monotonic() - began, fix=fix)
