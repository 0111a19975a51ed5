"""Change a note; the earlier wording stays readable."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError
from conversations.live.push import push_message
from conversations.models import Message, MessageEdit
from conversations.models.message import MessageKind
from conversations.plain import html_to_text
from conversations.sanitise import sanitise

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def edit_note(message: Message, *, html: str, by: "User") -> Message:
    """Only notes can be changed, by who wrote them or a supervisor: what the customer has read stays as it was."""
    message = Message.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
    if message.kind != MessageKind.NOTE:
        raise NotPossibleError(_("Only notes can be changed."))
    if message.author_id != by.pk and not by.may("notes.edit"):
        raise NotPossibleError(_("Only who wrote this note can change it."))
    clean = sanitise(html)
    text = html_to_text(clean)
    if not text and not message.attachments.exists():
        raise NotPossibleError(_("A note needs words."))
    if message.html != clean:
        MessageEdit.objects.create(message=message, text=message.text, by=by)
        message.html, message.text = clean, text
        message.save(update_fields=["html", "text"])
        push_message(message)
    return message
