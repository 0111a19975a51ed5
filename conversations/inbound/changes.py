"""Inbound, afterwards: what a customer did to a message: edited it, took it back, put an emoji on it or took that off.

Each change is a full statement with a time of its own: in whatever order and however often they come, the end is one.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations.actions.change import locked, save, summarise
from conversations.envelopes import MessageChange
from conversations.helping import remembering
from conversations.inbound import early
from conversations.leftovers import drop_files
from conversations.live.push import push_message
from conversations.models import Message, MessageEdit, Reaction
from conversations.sanitise import sanitise
from customers.identify import normalise
from customers.joining import key_of, same_lines
from customers.models import Identity

_CHANGED = ("text", "html", "subject", "quoted", "details", "edited_at", "taken_back_at")


@transaction.atomic(savepoint=False)
def change(changed: MessageChange) -> Message | None:
    """Carries it out, once. None where its message is not here: it waits, and is carried out when that is stored."""
    name = (changed.channel_id, changed.external_id)
    early.hold([name])
    message = early.named([name]).get(name)
    if message is None:
        early.keep(changed)
        return None
    _carry_out(message, changed)
    return message


def catch_up(messages: Iterable[Message]) -> None:
    """Call when they are stored and have their names, inside the transaction: what waited for them is done."""
    for message, waited in early.waiting_for(messages):
        if isinstance(waited, MessageChange):
            _carry_out(message, waited)
        else:
            waited.answers = message
            waited.changed_at = timezone.now()
            waited.save(update_fields=["answers", "changed_at"])
            push_message(waited)


def _carry_out(message: Message, changed: MessageChange) -> None:
    """The conversation is locked before the message, as everywhere."""
    conversation = locked(message.conversation)
    message.refresh_from_db(from_queryset=Message.objects.select_for_update(of=("self",), no_key=True))
    if message.conversation_id != conversation.pk:  # it was split off while we waited
        conversation = locked(message.conversation)
    verbs = {"edited": _edit, "taken_back": _take_back, "reacted": _react, "unreacted": _unreact}
    if not verbs[changed.kind](message, changed):
        return
    message.changed_at = timezone.now()
    message.save(update_fields=[*_CHANGED, "changed_at"])
    if changed.kind in ("edited", "taken_back"):
        remembering.forget([conversation.pk])  # and learnt anew, by what the words are now
        message.translations.all().delete()
        summarise(conversation)
        save(conversation)
    push_message(message)


def _edit(message: Message, changed: MessageChange) -> bool:
    """Every wording is kept with its time; the latest is the message's own. Nobody edits what somebody else said."""
    if not _is_theirs(message) or message.details.get("forgotten"):
        return False
    text = changed.text.replace("\x00", "")
    if (changed.at, text) == (message.edited_at, message.text):
        return False
    if message.edits.filter(said_at=changed.at, text=text).exists():
        return False
    if message.edited_at and changed.at < message.edited_at:
        MessageEdit.objects.create(message=message, text=text, said_at=changed.at)
        return True
    was_said_at = message.edited_at or min(message.created_at, changed.at)
    MessageEdit.objects.create(message=message, text=message.text, said_at=was_said_at)
    message.text, message.html, message.quoted = text, sanitise(changed.html), []
    message.edited_at = changed.at
    return True


def _take_back(message: Message, changed: MessageChange) -> bool:
    if not _is_theirs(message):
        return False
    forgets = changed.must_forget and not message.details.get("forgotten")
    if forgets:
        _forget(message)
    if message.taken_back_at and message.taken_back_at <= changed.at:
        return forgets
    message.taken_back_at = changed.at
    return True


def _forget(message: Message) -> None:
    """The words, their earlier wordings and the files; what the provider sent goes in integrations.inbound.process."""
    message.text = message.html = message.subject = ""
    message.quoted, message.details = [], {"forgotten": True}
    message.edits.all().delete()
    drop_files(list(message.attachments.all()))


def _react(message: Message, changed: MessageChange) -> bool:
    if (who := _who(message, changed)) is None or not changed.emoji:
        return False
    emoji = changed.emoji[:40]
    rows = {row.emoji: row for row in Reaction.objects.filter(message=message, identity=who, emoji__in=[emoji, ""])}
    if any(row.taken_off_at and row.taken_off_at > changed.at for row in rows.values()):
        return False
    row = rows.get(emoji) or Reaction(message=message, identity=who, emoji=emoji, created_at=changed.at)
    is_new = row.pk is None or row.taken_off_at is not None
    row.created_at, row.taken_off_at = max(row.created_at, changed.at), None
    row.save()
    return is_new


def _unreact(message: Message, changed: MessageChange) -> bool:
    """What says so stays, for a reaction that was before it and comes after it; without an emoji, it is of all."""
    if (who := _who(message, changed)) is None:
        return False
    theirs = Reaction.objects.filter(message=message, identity=who)
    emoji = changed.emoji[:40]
    on = theirs.filter(taken_off_at=None, created_at__lte=changed.at)
    taken_off = (on.filter(emoji=emoji) if emoji else on).update(taken_off_at=changed.at)
    row, is_new = theirs.get_or_create(
        message=message,
        identity=who,
        emoji=emoji,
        defaults={"created_at": changed.at, "taken_off_at": changed.at},
    )
    if not is_new and row.taken_off_at and row.taken_off_at < changed.at:
        theirs.filter(pk=row.pk).update(taken_off_at=changed.at)
    return bool(taken_off)


def _is_theirs(message: Message) -> bool:
    """Or ours, written beside the desk: there, we may change it."""
    return message.kind == Message.Kind.INBOUND or bool(message.details.get("elsewhere"))


def _who(message: Message, changed: MessageChange) -> Identity | None:
    """Whose handle did it, a number in any of its forms; where the provider does not say, the message's own customer.
    None for somebody whom the desk does not know: a stranger's emoji on a public post is not the customer's."""
    if not changed.handles:
        return message.identity
    handle = changed.handles[0]
    handle = replace(handle, value=normalise(handle.kind, handle.value, region=handle.region or None))
    ways = (Q(kind=kind, value=value) for kind, value in same_lines(handle))
    found = list(Identity.objects.filter(reduce(or_, ways), is_verified=True).order_by("pk"))
    return min(found, key=lambda identity: key_of(identity) != key_of(handle), default=None)
