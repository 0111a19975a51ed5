"""Pictures inside the words: named cid: where they are kept, by their address while an agent edits them."""

import re
from typing import TYPE_CHECKING

from django.urls import reverse

from conversations.models import Attachment

if TYPE_CHECKING:
    from deskapp.models import User

_CID = re.compile(r'(<img\b[^>]*?\bsrc=")cid:([^"]+)(")')


def for_editing(html: str, agent: "User") -> str:
    """`html` with the agent's own pictures as addresses that the browser can load."""
    names = [found[2] for found in _CID.finditer(html)]
    if not names:
        return html
    own = Attachment.objects.filter(content_id__in=names, uploaded_by=agent).order_by("-message", "pk")
    by_name = {file.content_id: file for file in own}

    def address(found: "re.Match[str]") -> str:
        file = by_name.get(found[2])
        return f"{found[1]}{reverse('file', args=[file.pk])}{found[3]}" if file else ""

    return _CID.sub(address, html)
