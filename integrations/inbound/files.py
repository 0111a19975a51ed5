"""Fetches the files that messages only named, once these are shown: within limits, looked through, tried again."""

import mimetypes
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.file_kinds import LONGEST_SIGN, kind_of, plain_name
from conversations.live.push import push_message
from conversations.models import Attachment
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, Fetched, Fetches
from integrations.models import Connector
from integrations.queueing import queue_file
from integrations.scanning import InfectedError, NoScannerError, look_through
from integrations.turns import OF_FILES, turn

log = structlog.get_logger(__name__)

IN_HAND = timedelta(minutes=10)  # longer than any try may take
# Waits between tries; providers keep media for days, but give out addresses for minutes.
WAITS = [timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10)]
WAITS += [timedelta(hours=1)] * 24
PROGRAM = b"MZ"  # the first bytes of one for Windows


def fetch(attachment_id: int) -> Attachment | None:
    """Brings one file here, and has the next of its channel brought. None when another worker has it, it is not due, it
    is settled, or all turns of its channel are taken: whoever ends a turn looks for what is due then."""
    channel = Attachment.objects.filter(pk=attachment_id).values_list("message__channel", flat=True).first()
    connector = Connector.objects.filter(channel=channel).first() if channel else None
    if connector is None:
        tried = _tried(attachment_id, None)
        is_ours = tried is not None
    else:
        with turn(connector.pk, OF_FILES) as is_ours:
            tried = _tried(attachment_id, connector) if is_ours else None
    if is_ours:
        _queue_next(channel)
    return tried


def due() -> list[tuple[int, int]]:
    """The oldest of each channel, which it is given with; whoever brings that has the next brought. So hundreds of one
    channel, whose host hangs, stand in nobody's way."""
    first = _due().order_by("message__channel", "due_at", "pk").distinct("message__channel")
    return [(pk, channel or 0) for pk, channel in first.values_list("pk", "message__channel")]


def _tried(attachment_id: int, connector: Connector | None) -> Attachment | None:
    now = timezone.now()
    if not _due().filter(pk=attachment_id).update(due_at=now + IN_HAND, tries=F("tries") + 1):
        return None
    attachment = Attachment.objects.select_related("message__channel").get(pk=attachment_id)
    try:
        fetched = _bytes_of(attachment, connector)
        look_through(fetched.body)
    except InfectedError as error:
        return _refused(attachment, _("A virus was found in it: %(name)s.") % {"name": error})
    except NoScannerError as error:
        log.warning("the virus scanner does not answer", error=str(error))
        return _later(attachment, _("It waits for the virus scanner."))
    except AdapterError as error:
        log.info("a file was not fetched", attachment=attachment_id, error=str(error), said=error.said)
        return _refused(attachment, str(error)) if error.permanent else _later(attachment, str(error), error.wait)
    return _kept(attachment, fetched)


def _due() -> QuerySet[Attachment]:
    return Attachment.objects.filter(state=Attachment.State.WAITING, due_at__lte=timezone.now())


def _queue_next(channel: int | None) -> None:
    following = _due().filter(message__channel=channel).order_by("due_at", "pk").first()
    if following:
        queue_file(following.pk, channel or 0)


def waiting_of(message_id: int) -> list[tuple[int, int]]:
    """Those that were just recorded with a message, each with its channel."""
    waiting = Attachment.objects.filter(message=message_id, state=Attachment.State.WAITING, tries=0)
    return [(pk, channel or 0) for pk, channel in waiting.order_by("pk").values_list("pk", "message__channel")]


def _bytes_of(attachment: Attachment, connector: Connector | None) -> Fetched:
    if attachment.file:
        with attachment.file.open("rb") as opened:
            return Fetched(opened.read(), attachment.content_type, attachment.name)
    adapter = adapter_named(connector.adapter) if connector else None
    if connector is None or not attachment.source or not hasattr(adapter, "fetch"):
        raise AdapterError(_("Its channel is not connected any more."), permanent=True)
    fetches: Fetches = adapter  # type: ignore[assignment]  # as the line above has asked
    fetched = fetches.fetch(connector, attachment.source, largest=settings.LARGEST_FILE)
    if len(fetched.body) > settings.LARGEST_FILE:
        raise AdapterError(_("It is larger than the desk takes."), permanent=True)
    if not fetched.body:
        raise AdapterError(_("It is empty."), permanent=True)
    return fetched


@transaction.atomic
def _kept(attachment: Attachment, fetched: Fetched) -> Attachment:
    content_type = kind_of(fetched.content_type or attachment.content_type, fetched.body[:LONGEST_SIGN])
    if fetched.body.startswith(PROGRAM):
        return _refused(attachment, _("It is a program for Windows: the desk does not keep those."))
    attachment.content_type, attachment.size = content_type, len(fetched.body)
    attachment.name = _name(attachment.name or fetched.name, content_type)
    if not attachment.file:
        attachment.file.save(f"{attachment.pk}", ContentFile(fetched.body), save=False)
    return _settled(attachment, Attachment.State.WHOLE, "")


def _name(name: str, content_type: str) -> str:
    """With an ending, so that whoever saves it can open it."""
    name = plain_name(name) or str(_("file"))
    ending = "" if "." in name[-6:] else mimetypes.guess_extension(content_type) or ""
    return f"{name[: 255 - len(ending)]}{ending}"


def _refused(attachment: Attachment, why: str) -> Attachment:
    if attachment.file:  # infected: it was at hand
        attachment.file.delete(save=False)
    return _settled(attachment, Attachment.State.REFUSED, why)


def _later(attachment: Attachment, why: str, seconds: float | None = None) -> Attachment:
    if attachment.tries > len(WAITS):
        return _refused(attachment, why)
    wait = timedelta(seconds=seconds) if seconds is not None else WAITS[attachment.tries - 1]
    return _settled(attachment, Attachment.State.WAITING, why, due_at=timezone.now() + wait)


@transaction.atomic
def _settled(attachment: Attachment, state: str, why: str, *, due_at: datetime | None = None) -> Attachment:
    """One that was dropped meanwhile, by an erasure or with its message, is not brought back."""
    attachment.state, attachment.why, attachment.due_at = state, why, due_at
    if state == Attachment.State.WHOLE:
        attachment.source = None
    fields = ["state", "why", "due_at", "source", "file", "name", "size", "content_type"]
    changed = Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk).first()
    if changed is None:
        if attachment.file:
            attachment.file.delete(save=False)
        return attachment
    attachment.save(update_fields=fields)
    if attachment.message:
        push_message(attachment.message)
    return attachment
