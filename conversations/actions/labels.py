"""What a conversation is called and how it is marked: prioritise, tag, untag, rename."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from conversations import sla
from conversations.actions.change import NotPossibleError, locked, log, save
from conversations.live.push import push_row
from conversations.models import Activity, Conversation, Priority, Tag

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def prioritise(conversation: Conversation, *, priority: int, by: "User | None") -> Conversation:
    conversation = locked(conversation)
    if conversation.priority == priority:
        return conversation
    conversation.priority = Priority(priority)
    save(conversation)
    log(conversation, Activity.Verb.PRIORITISED, by=by, to=str(Priority(priority).label))
    return conversation


@transaction.atomic
def tag(conversation: Conversation, *, name: str, by: "User | None") -> Tag:
    """Hangs the tag on, made where it is new; upper and lower case are one tag."""
    name = " ".join(name.split()).lstrip("#")[:40]
    if not name:
        raise NotPossibleError(_("A tag needs a name."))
    conversation = locked(conversation)
    mark = Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
    if not conversation.tags.filter(pk=mark.pk).exists():
        conversation.tags.add(mark)
        log(conversation, Activity.Verb.TAGGED, by=by, to=mark.name)
        sla.refresh(conversation)
        push_row(conversation)
    return mark


@transaction.atomic
def untag(conversation: Conversation, *, mark: Tag, by: "User | None") -> None:
    conversation = locked(conversation)
    if conversation.tags.filter(pk=mark.pk).exists():
        conversation.tags.remove(mark)
        log(conversation, Activity.Verb.UNTAGGED, by=by, to=mark.name)
        sla.refresh(conversation)
        push_row(conversation)


@transaction.atomic
def rename(conversation: Conversation, *, subject: str, by: "User") -> Conversation:
    subject = " ".join(subject.split())[:300]
    conversation = locked(conversation)
    if conversation.subject != subject:
        conversation.subject = subject
        save(conversation)
        log(conversation, Activity.Verb.RENAMED, by=by, to=subject)
    return conversation
