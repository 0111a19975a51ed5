"""One webhook of Meta's is a batch: each thing in it is read by itself, so that a poison one loses only itself."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.adapters.base import Aside, Understood
from integrations.adapters.reading import inner, moment, rows, words
from integrations.models import RawEvent

Json = dict[str, Any]
LISTS = ("messages", "statuses", "errors", "message_echoes", "user_preferences")  # of WhatsApp's changes
_LONGEST_SECONDS = 100_000_000_000  # a number above is of milliseconds


@dataclass(frozen=True)
class Item:
    """One thing of a batch. `alone` is a webhook of this thing alone, as Meta would have sent it."""

    number: int  # its place in the batch
    owner: str  # whom of us it is for, in Meta's word: a page, an account, a number; "" where it does not say
    kind: str  # “messages”, “statuses” … of a change; “messaging” of a talk
    body: Json
    about: Json  # what stands around it: contacts, metadata
    alone: Json

    @property
    def bytes(self) -> bytes:
        return json.dumps(self.alone, default=float).encode()  # numbers were read as decimals


def whole(found: Json) -> Json:
    """A webhook; also of the inner part of one, as Meta's pages show them. Raises ValueError for neither."""
    if isinstance(found.get("entry"), list):
        return found
    if isinstance(found.get("sender"), dict):
        return {"entry": [{"messaging": [found]}]}
    if any(isinstance(found.get(name), list) for name in LISTS):
        return {"entry": [{"changes": [{"field": "messages", "value": found}]}]}
    raise ValueError("“entry” is missing.")


def items(found: Json, among: Iterable[str] = LISTS) -> Iterator[Item]:
    """Raises ValueError where it is no webhook of Meta's at all."""
    number = 0
    for entry in rows(found, "entry"):
        for owner, kind, body, about, alone in _in_entry(entry, tuple(among)):
            yield Item(number, owner, kind, body, about, {**found, "entry": [{**entry, **alone}]})
            number += 1


def each(
    raw: RawEvent, batch: Iterable[Item], understand: Callable[[Item], Iterable[Understood]]
) -> Iterator[Understood]:
    """What `understand` says of each; of one that cannot be, why. A webhook of that one alone is set aside whole, as it
    came, and tried again from there."""
    batch = list(batch)
    for item in batch:
        try:
            said = list(understand(item))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            if len(batch) == 1:
                raise ValueError(str(error)) from error
            yield Aside(item.number, f"{type(error).__name__}: {error}"[:2000], item.bytes)
        else:
            yield from said


def time_of(value: object, raw: RawEvent) -> datetime:
    """Seconds (WhatsApp), milliseconds (Messenger), ISO 8601; when it came, where it is silent. Raises ValueError."""
    told = words(value)
    if not told:
        return raw.received_at
    if not told.lstrip("-").isdecimal():
        return moment(told, "timestamp")
    seconds = int(told) / 1000 if int(told) > _LONGEST_SECONDS else int(told)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OSError, OverflowError) as error:
        raise ValueError(f"“timestamp” is no time: {told[:40]}.") from error


def named(raw: RawEvent, item: Item, value: object) -> str:
    """The provider's own name of a message; where one comes without, that of the webhook and the place in it."""
    return words(value, 400) or f"{raw.external_id}#{item.number}"


def _in_entry(entry: Json, among: tuple[str, ...]) -> Iterator[tuple[str, str, Json, Json, Json]]:
    owner = words(entry.get("id"))
    for lane in ("messaging", "standby"):  # in standby another app answers, but the customer wrote to us all the same
        for talk in rows(entry, lane):
            yield owner, "messaging", talk, {}, {"messaging": [talk], "standby": [], "changes": []}
    for change in rows(entry, "changes"):
        yield from _in_change(change, owner, among)


def _in_change(change: Json, owner: str, among: tuple[str, ...]) -> Iterator[tuple[str, str, Json, Json, Json]]:
    """WhatsApp's lists of messages and statuses; anything else is one thing under the name of its field."""
    field, value = words(change.get("field")), inner(change, "value")
    whose = words(inner(value, "metadata").get("phone_number_id")) or owner
    lists = [name for name in among if isinstance(value.get(name), list)]
    about = {name: part for name, part in value.items() if name not in lists}
    for name in lists:
        for part in rows(value, name):
            alone = {"changes": [{**change, "value": {**about, name: [part]}}], "messaging": [], "standby": []}
            yield whose, name, part, about, alone
    if not lists:
        yield whose, field or "change", value, {}, {"changes": [change], "messaging": [], "standby": []}
