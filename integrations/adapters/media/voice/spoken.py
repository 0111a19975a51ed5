"""What every phone system has in common: nothing written goes out by it."""

from typing import NoReturn

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError


def refuse_text() -> NoReturn:
    """No composer offers it (conversations.media): a message that comes all the same was queued before."""
    raise AdapterError(_("A phone line carries no written messages."), permanent=True)
