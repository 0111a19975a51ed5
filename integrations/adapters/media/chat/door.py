"""Inbound 1, chat: what the widget says is kept as it came, then understood at once, without waiting for a worker."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import structlog
from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction
from django.utils.text import get_valid_filename

from conversations.models import Message
from conversations.outbound.ticks import Told
from conversations.outbound.ticks import settle_each as settle_told
from customers.models import Claim, Customer, Identity
from customers.models.identity import Kind
from integrations.adapters.media.chat import limits
from integrations.adapters.media.chat.sessions import Visitor, address_of
from integrations.adapters.media.chat.sight import Said, Sight
from integrations.inbound.together import accept_each, process_each
from integrations.models import RawEvent

log = structlog.get_logger(__name__)

UPLOAD_SALT = "chat-upload"


class Refused(Exception):
    """What the widget sent can never be a message; sending it again cannot help."""


class Busy(Exception):
    """Too much, too fast: the same message may come again later."""


class Flood(Exception):
    """Nobody writes so much: the socket is closed."""


@dataclass(frozen=True)
class Line:
    """What one visitor says, as their browser sent it."""

    sight: Sight
    frame: dict[str, object]
    origin: str


@dataclass
class Tick:
    """What one visitor's browser said, in so many frames, of the messages that it has, and of those until which all
    were on the screen."""

    sight: Sight
    got: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    frames: int = 0


class Upload(TypedDict):
    """A file that waits for its message."""

    path: str
    name: str
    type: str
    size: int
    visitor: str


def say(sight: Sight, frame: dict[str, object], *, origin: str) -> Said:
    """One message of the visitor, stored exactly once by the id their browser made. Raises Refused or Busy."""
    [outcome] = say_each([Line(sight, frame, origin)])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def say_each(lines: Sequence[Line]) -> list[Said | Exception]:
    """`say` for several at once, those of one visitor in the order given: what each widget is to show, committed; or
    why it is not stored, Refused, Busy or Flood. Each of them fails alone."""
    outcomes: list[Said | Exception] = [Busy()] * len(lines)
    events: dict[int, RawEvent] = {}
    for number, error_or_event in enumerate(map(_event, lines, _within_limits(lines))):
        if isinstance(error_or_event, RawEvent):
            events[number] = error_or_event
        else:
            outcomes[number] = error_or_event
    kept = _kept(events)
    done = process_each(list(kept.values()))
    for number, raw in kept.items():
        outcomes[number] = _outcome(lines[number], done[raw.pk])
    return outcomes


def _within_limits(lines: Sequence[Line]) -> list[Exception | None]:
    who = [line.sight.visitor.id for line in lines]
    counted = limits.may_each([(what, each, 1) for what in ("frame", "message") for each in who])
    frames, messages = counted[: len(who)], counted[len(who) :]
    return [
        None if frame and message else Busy() if frame else Flood()
        for frame, message in zip(frames, messages, strict=True)
    ]


def _event(line: Line, over: Exception | None) -> RawEvent | Exception:
    """To be kept; or why not."""
    if over:
        return over
    visitor = line.sight.visitor
    try:
        key, body = _checked(visitor, line.frame), json.dumps(line.frame, ensure_ascii=False).encode()
    except Refused as error:
        return error
    except (ValueError, RecursionError):  # half a surrogate pair, or depths below which nobody writes
        return Refused()
    return RawEvent(
        connector=line.sight.connector,
        external_id=f"{visitor.id}:{key}",
        body=body,
        kind="message",
        headers={
            "visitor": visitor.id,
            "shop": visitor.shop,
            "email": visitor.email,
            "name": visitor.name,
            "origin": line.origin,
        },
    )


def _kept(events: dict[int, RawEvent]) -> dict[int, RawEvent]:
    """Committed. Where one of them cannot be, the others are kept one by one, and that one comes again."""
    try:
        return dict(zip(events, accept_each(list(events.values())), strict=True))
    except DatabaseError as error:
        if len(events) == 1:
            log.warning("a line cannot be kept", error=str(error))
            return {}
        return {number: kept for each in events.items() for number, kept in _kept(dict([each])).items()}


def _outcome(line: Line, raw: RawEvent) -> Said | Exception:
    message = raw.message
    if message is None or message.identity is None:  # kept: the sweep comes back to it, and so does the widget
        return Refused() if raw.state == RawEvent.State.ASIDE else Busy()
    line.sight.spoke_as(message.identity)
    if not line.frame.get("files"):
        return line.sight.said(message, files=())
    try:
        _forget_uploads(line.sight.visitor, line.frame)
        return line.sight.said(message)
    except Exception as error:  # such as a store of files that is away: the others have nothing to do with it
        return error


def _checked(visitor: Visitor, frame: dict[str, object]) -> str:
    """The message's id, where the frame has the shape of a message."""
    text, files, about = frame.get("text", ""), frame.get("files") or [], frame.get("about") or {}
    if not (isinstance(text, str) and isinstance(files, list) and isinstance(about, dict)):
        raise Refused
    if len(text) > limits.TEXT_LENGTH or len(files) > limits.FILES_AT_ONCE or not (text.strip() or files):
        raise Refused
    for file in files:
        if not isinstance(file, dict) or read_upload(str(file.get("id", "")), visitor.id) is None:
            raise Refused
    try:
        return str(uuid.UUID(str(frame.get("id", ""))))
    except ValueError as error:
        raise Refused from error


def keep_file(visitor: Visitor, file: UploadedFile) -> dict[str, str | int]:
    """Stores a file that a message will bring; its id is signed, and good only for this visitor."""
    if not limits.may("upload", visitor.id):
        raise Busy
    if not file.size or file.size > limits.FILE_SIZE:
        raise Refused
    name = str(file.name or "file")[:255]
    path = default_storage.save(f"chat/{visitor.id}/{uuid.uuid4()}-{get_valid_filename(name)[-60:]}", file)
    upload = Upload(
        path=path,
        name=name,
        type=str(file.content_type or "application/octet-stream")[:127],
        size=file.size,
        visitor=visitor.id,
    )
    signed = signing.dumps(upload, salt=UPLOAD_SALT, compress=True)
    return {"id": signed, "name": name, "type": upload["type"], "size": upload["size"]}


def read_upload(signed: str, visitor_id: str) -> Upload | None:
    try:
        upload: Upload = signing.loads(signed, salt=UPLOAD_SALT)
    except signing.BadSignature:
        return None
    return upload if upload["visitor"] == visitor_id else None


def _forget_uploads(visitor: Visitor, frame: dict[str, object]) -> None:
    """The message has its own copy now."""
    files = frame.get("files") or []
    for file in files if isinstance(files, list) else []:
        if upload := read_upload(str(file.get("id", "")), visitor.id):
            default_storage.delete(upload["path"])


@transaction.atomic
def tell_about(visitor: Visitor, about: object) -> None:
    """A name and an address typed in: a claim, kept where the visitor is known; before, it comes with each message."""
    if not isinstance(about, dict) or visitor.is_proven:
        return
    identity = Identity.objects.filter(kind=Kind.VISITOR, value=visitor.id).first()
    if identity is None:
        return
    if email := address_of(str(about.get("email", ""))):
        Claim.objects.get_or_create(
            customer_id=identity.customer_id, kind=Kind.EMAIL, value=email, defaults={"source": "typed into the chat"}
        )
    if name := str(about.get("name", "")).strip():
        Customer.objects.filter(pk=identity.customer_id, name="").update(name=name[:200])


def ids_in(told: object) -> list[int]:
    """The keys of messages that a widget names; what is none is passed over."""
    return [pk for pk in told[:500] if _is_key(pk)] if isinstance(told, list) else []


def settle_each(ticks: Sequence[Tick]) -> list[bool]:
    """Writes that our messages came, and were read, and those before them; not of whoever is told False: a flood."""
    within = limits.may_each([("frame", tick.sight.visitor.id, tick.frames) for tick in ticks])
    settled = [tick for tick, may in zip(ticks, within, strict=True) if may and (tick.got or tick.read)]
    settle_told([Told(tick.sight.identities, tick.got, tick.read) for tick in settled])
    return within


def _is_key(told: object) -> bool:
    return isinstance(told, int) and 0 < told < 2**63


def conversation_of(sight: Sight) -> int | None:
    """The conversation that the visitor's next line would join, as far as it exists."""
    own = Message.objects.filter(identity__in=sight.identities).order_by("-created_at")
    return own.values_list("conversation", flat=True).first()
