"""Posts an answer: to everybody where the agent wants it so, else to the customer alone, who is named in it.

https://docs.joinmastodon.org/methods/statuses/#create. The Idempotency-Key makes the same post once, for an hour: so a
server that fell silent is asked again at once, and after that only a person decides. Files first: …/methods/media/#v2.
"""

import re
import time
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Delivery
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.media.attached import Attached, attached
from integrations.adapters.media.mastodon import api
from integrations.adapters.media.mastodon.faults import MASTODON
from integrations.adapters.media.mastodon.understanding import domain_of
from integrations.adapters.reading import words
from integrations.models import Connector

LONGEST, MOST_FILES = 500, 4  # where the server did not say: https://docs.joinmastodon.org/entities/Instance/
TRIES = 3
PATIENCE, BETWEEN = 90.0, 1.5  # seconds for a film to be worked on

# As Mastodon's own Account::MENTION_RE finds whom a post names; the sign between keeps it from doing so.
_NAMED = re.compile(r"(?<![=/\w])@(?=\w+(?:[\w.-]+\w+)?(?:@[\w.-]+\w)?)")
UNSEEN = "\u2060"

Json = dict[str, Any]


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    """A long answer goes as posts of which each answers the one before."""
    if not message.to:
        raise AdapterError(_("There is nobody to send it to."), permanent=True)
    files = attached(message)
    most = int(connector.settings.get("most_files") or MOST_FILES)
    batches = [files[start : start + most] for start in range(0, len(files), most)]
    texts = _texts(connector, message)
    if not message.text.strip() and not files:
        raise AdapterError(_("There is nothing in it to send."), permanent=True)
    texts += [_greeting(connector, message)] * (len(batches) - len(texts))
    uploaded = [[_upload(connector, file) for file in batch] for batch in batches]
    first, former = "", message.answers
    for number, text in enumerate(texts):
        said: Json = {"status": text, "visibility": visibility(connector, message), "in_reply_to_id": former or None}
        said |= {"media_ids": uploaded[number]} if number < len(uploaded) else {}
        former = _post(connector, f"{message.key}:{number}", said)
        first = first or former
    return DeliveryReport(Delivery.Status.SENT, external_id=first)


def visibility(connector: Connector, message: OutboundMessage) -> str:
    """“direct” unless the agent asked for everybody: the only place where a post becomes public."""
    if not message.is_public:
        return "direct"
    return "unlisted" if connector.settings.get("public_as") == "unlisted" else "public"


def parts(text: str, most: int) -> list[str]:
    """In pieces that the server takes, cut where a paragraph, a line or a word ends."""
    found = []
    while len(text) > most:
        ends = (text.rfind(mark, most // 2, most) for mark in ("\n\n", "\n", " "))
        end = next((place for place in ends if place > 0), most)
        found.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*found, text] if text else found


def _texts(connector: Connector, message: OutboundMessage) -> list[str]:
    """Whoever is named in a private post can read it: so the customer is, in each one, and nobody else."""
    text, name = message.text.strip(), _greeting(connector, message)
    if not message.is_public:
        text = _NAMED.sub(lambda found: found[0] if _names(text[found.start() :], name) else f"@{UNSEEN}", text)
    most = int(connector.settings.get("longest") or LONGEST) - len(name) - 1
    return [part if name.lower() in part.lower().split() else f"{name} {part}" for part in parts(text, most)]


def _names(text: str, name: str) -> bool:
    """Whether `text` begins with just this one, and not with a longer name."""
    rest = text[len(name) :]
    return text.lower().startswith(name.lower()) and not re.match(r"[\w@]|[.-]+\w", rest)


def _greeting(connector: Connector, message: OutboundMessage) -> str:
    """Who is on our own server is called without it."""
    return f"@{message.to.removesuffix(f'@{domain_of(connector)}')}"


def _post(connector: Connector, key: str, said: Json) -> str:
    """The number of the post."""
    headers = {"Idempotency-Key": key}
    for attempt in range(TRIES):
        try:
            answer = api.ask(connector, "POST", "/api/v1/statuses", changes=True, json=said, headers=headers)
            break
        except UncertainError:
            if attempt == TRIES - 1:
                raise
    if number := words(MASTODON.json(answer).get("id")):
        return number
    raise UncertainError(_("Mastodon did not say under which number it has the post."), said=str(answer.body)[:400])


def _upload(connector: Connector, file: Attached) -> str:
    """202: the server is still working on it, and says 206 until it is done."""
    given = {"file": (file.name, file.body, file.content_type)}
    answer = api.ask(connector, "POST", "/api/v2/media", files=given, data={"description": file.name})
    number = words(MASTODON.json(answer).get("id"))
    ends = time.monotonic() + PATIENCE
    while answer.status in (202, 206):
        if time.monotonic() > ends:
            raise AdapterError(_("The server is still working on the file."), wait=30.0)
        time.sleep(BETWEEN)
        answer = api.ask(connector, "GET", f"/api/v1/media/{number}")
    return number


def file_limits(found: Json) -> Sequence[tuple[str, int]]:
    """What an instance tells of its limits: the names of our settings for them."""
    statuses = found.get("statuses") if isinstance(found.get("statuses"), dict) else {}
    known = {"longest": "max_characters", "most_files": "max_media_attachments"}
    told = ((ours, statuses.get(theirs)) for ours, theirs in known.items())  # type: ignore[union-attr]
    return [(ours, value) for ours, value in told if isinstance(value, int) and value > 0]
