"""How long this room's rows are kept: the bytes that providers sent, once they are understood."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.retention import Kind
from integrations.models import RawEvent

AT_ONCE = 1000


def _understood(before: datetime, *, of_messages: bool) -> QuerySet[RawEvent]:
    done = RawEvent.objects.filter(state__in=[RawEvent.State.DONE, RawEvent.State.IGNORED], received_at__lt=before)
    return done.filter(message__isnull=not of_messages).exclude(body=b"")


def _empty(raws: QuerySet[RawEvent]) -> int:
    """The row stays: it is what keeps the same thing from coming in twice."""
    found = list(raws.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return RawEvent.objects.filter(pk__in=found).update(body=b"", headers={})


KINDS = (
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
