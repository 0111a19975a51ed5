"""What was uploaded and never sent: agents' files without a message and without a draft that still holds them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from conversations.models import Attachment, Draft

UNSENT = timedelta(days=2)
AT_ONCE = 500


def clear_unsent() -> int:
    """Deletes them, bytes included, and says how many; those beyond AT_ONCE wait for the next time."""
    before = timezone.now() - UNSENT
    old = Attachment.objects.filter(message=None, created_at__lt=before).exclude(pk__in=_in_drafts())
    return sum(drop_unsent(pk) for pk in list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]))


def _in_drafts() -> set[int]:
    held: set[int] = set()
    for files in Draft.objects.exclude(files=[]).values_list("files", flat=True):
        held.update(files)
    return held


@transaction.atomic
def drop_unsent(pk: int) -> bool:
    """The row under lock, so that a message that takes the file right now keeps it; the bytes after commit."""
    attachment = Attachment.objects.select_for_update(of=("self",)).filter(pk=pk, message=None).first()
    if attachment is None:
        return False
    name, storage = attachment.file.name, attachment.file.storage
    attachment.delete()
    if name and not Attachment.objects.filter(file=name).exists():
        transaction.on_commit(lambda: storage.delete(name))
    return True
