"""How long this room's rows are kept: the bytes that providers sent, once they are understood."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.retention import Kind
from integrations.models import Import, ImportRow, RawEvent

AT_ONCE = 1000


def _understood(before: datetime, *, of_messages: bool) -> QuerySet[RawEvent]:
    done = RawEvent.objects.filter(state__in=[RawEvent.State.DONE, RawEvent.State.IGNORED], received_at__lt=before)
    return done.filter(message__isnull=not of_messages).exclude(body=b"")


def _empty(raws: QuerySet[RawEvent]) -> int:
    """The row stays: it is what keeps the same thing from coming in twice."""
    found = list(raws.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return RawEvent.objects.filter(pk__in=found).update(body=b"", headers={})


def _old_imports(before: datetime) -> QuerySet[Import]:
    """With something in them still that somebody said: a file that was never brought in, rows that were set aside."""
    ended = Import.objects.filter(created_at__lt=before).exclude(
        state__in=[Import.State.WAITING, Import.State.RUNNING, Import.State.UNDOING]
    )
    return ended.filter(Q(pk__in=ImportRow.objects.exclude(said=[]).values("of")) | ~Q(file=""))


def _empty_imports(imports: QuerySet[Import]) -> int:
    found = list(imports[:AT_ONCE])
    for one in found:
        if one.file:
            one.file.delete(save=False)
        state = Import.State.STOPPED if one.state == Import.State.DRAFT else one.state
        Import.objects.filter(pk=one.pk).update(file="", state=state)
        one.rows.exclude(said=[]).update(said=[], why="")
    return len(found)


KINDS = (
    Kind(
        "imports",
        _("Files that were brought in"),
        _("A file that was uploaded and left, and the rows that were set aside; what came of it stays."),
        days=30,
        is_on=True,
        count=lambda before: _old_imports(before).count(),
        drop=lambda before: _empty_imports(_old_imports(before)),
    ),
    Kind(
        "raw",
        _("What shops and trackers sent"),
        _("The bytes, once understood. What was set aside stays until somebody decides."),
        days=30,
        is_on=True,
        count=lambda before: _understood(before, of_messages=False).count(),
        drop=lambda before: _empty(_understood(before, of_messages=False)),
    ),
    Kind(
        "originals",
        _("Original messages"),
        _("The bytes of mails and other messages; what they say stays in the thread."),
        days=730,
        is_on=False,
        count=lambda before: _understood(before, of_messages=True).count(),
        drop=lambda before: _empty(_understood(before, of_messages=True)),
    ),
)
