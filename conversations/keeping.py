"""How long this room's rows are kept: spam, what was solved long ago, and files."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from conversations.leftovers import drop_files
from conversations.models import Attachment, Conversation, Message, Status
from customers.retention import Kind

AT_ONCE = 50


def _spam(before: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(is_spam=True, last_message_at__lt=before)


def _solved(before: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(status=Status.RESOLVED, is_spam=False, last_message_at__lt=before)


def _files(before: datetime) -> QuerySet[Attachment]:
    return Attachment.objects.filter(created_at__lt=before, message__conversation__status=Status.RESOLVED)


def _drop_conversations(found: QuerySet[Conversation]) -> int:
    """Whole, with their messages and files. One into which others were merged goes after those."""
    free = found.filter(absorbed=None).order_by("pk")
    keys = list(free.values_list("pk", flat=True)[:AT_ONCE])
    drop_files(Attachment.objects.filter(message__conversation__in=keys))
    Message.objects.filter(conversation__in=keys).delete()
    return Conversation.objects.filter(pk__in=keys).delete()[1].get("conversations.Conversation", 0)


KINDS = (
    Kind(
        "spam",
        _("Spam"),
        _("Conversations marked as spam, with their files."),
        days=60,
        is_on=True,
        count=lambda before: _spam(before).count(),
        drop=lambda before: _drop_conversations(_spam(before)),
    ),
    Kind(
        "solved",
        _("Solved conversations"),
        _("Conversations solved and silent since, whole."),
        days=3650,
        is_on=False,
        count=lambda before: _solved(before).count(),
        drop=lambda before: _drop_conversations(_solved(before)),
    ),
    Kind(
        "files",
        _("Files of solved conversations"),
        _("Attachments only; the messages stay."),
        days=1095,
        is_on=False,
        count=lambda before: _files(before).count(),
        drop=lambda before: drop_files(_files(before).order_by("pk")[: AT_ONCE * 10]),
    ),
)
