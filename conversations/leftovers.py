"""What was uploaded and never sent: agents' files without a message and without a draft that still holds them."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

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
    drop_files([attachment])
    return True


def drop_files(attachments: Iterable[Attachment]) -> int:
    """Deletes the rows, and after commit the bytes that no other row holds: an answer that is written anew shares the
    files of the one before."""
    found = list(attachments)
    gone = Attachment.objects.filter(pk__in=[attachment.pk for attachment in found]).delete()[0]
    names = {attachment.file.name: attachment.file.storage for attachment in found if attachment.file.name}
    shared = set(Attachment.objects.filter(file__in=list(names)).values_list("file", flat=True)) if names else set()
    for name, storage in names.items():
        if name not in shared:
            transaction.on_commit(partial(storage.delete, name))
    return gone
