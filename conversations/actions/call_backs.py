"""The duty to ring a customer: owed for a missed call or because they asked, ended by a call or by an agent's word."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, call_back_at, locked, log, save
from conversations.call_state import begun_at
from conversations.call_words import SPOKEN, answered_at, call_of, happened, outcome
from conversations.inbound.record import reopen
from conversations.live.ringing import push_call_backs
from conversations.models import Activity, CallBack, Conversation, Message, Priority
from conversations.models.message import MessageKind
from conversations.routing import waiting
from customers.models import Identity

if TYPE_CHECKING:
    from deskapp.models import User


def owe(message: Message) -> CallBack | None:
    """For a missed call. A second one is another try of the customer, and no second duty. None where nobody can be
    rung, or where somebody spoke with them since. Call with the conversation locked."""
    conversation, identity = message.conversation, message.identity
    if identity is None or not call_of(message).get("number") or _spoke_since(message):
        return None
    known = _open(conversation.customer_id).filter(identity=identity).first()
    if known is None:
        known = _ask(conversation, identity, message=message, due_at=timezone.now())
        log(conversation, Activity.Verb.ASKED_CALL, by=None, to=identity.label, reason=happened(call_of(message)))
    elif known.missed_id != message.pk:
        left = known.conversation
        known.conversation, known.missed, known.tries = conversation, message, known.tries + 1
        known.due_at = min(known.due_at, timezone.now())
        known.save()
        if left.pk != conversation.pk:
            note_due(left)
        again = _("called %(n)d times") % {"n": known.tries}
        log(conversation, Activity.Verb.ASKED_CALL, by=None, to=identity.label, reason=again)
    note_due(conversation)
    return known


def _ask(
    conversation: Conversation, identity: Identity, *, message: Message | None, due_at: datetime, note: str = ""
) -> CallBack:
    before = conversation.priority
    conversation.priority = max(before, Priority.HIGH)
    conversation.save()
    if conversation.assignee_id is None:
        waiting.enqueue(conversation, "call_back")
    return CallBack.objects.create(
        conversation=conversation,
        identity=identity,
        channel=message.channel if message else None,
        missed=message,
        note=note[:400],
        asked_at=message.created_at if message else timezone.now(),
        due_at=due_at,
        priority_before=before,
    )


def _spoke_since(message: Message) -> bool:
    theirs = Message.objects.filter(
        conversation__customer=message.conversation.customer_id,
        kind=MessageKind.CALL,
        details__call__state__in=SPOKEN,
        created_at__gt=message.created_at,
    )
    return theirs.exists()


def settle_by(message: Message) -> None:
    """Somebody spoke with the customer: what was owed until then is done. Call with the conversation locked."""
    call = call_of(message)
    spoke_at = answered_at(call) or begun_at(call)
    for each in _open(message.conversation.customer_id):
        last = each.missed.created_at if each.missed else each.asked_at
        if last <= spoke_at:
            _end(each, by=message.author, outcome=outcome(call), at_hand=message.conversation)


@transaction.atomic
def ask(
    conversation: Conversation, *, identity: Identity, by: "User | None", due_at: datetime, note: str = ""
) -> CallBack:
    """The customer asked for it, an agent in whichever words, or by a button."""
    conversation = locked(conversation)
    if identity.customer_id != conversation.customer_id:
        raise NotPossibleError(_("That number is not this customer’s."))
    known = _open(conversation.customer_id).filter(identity=identity).first()
    if known:
        raise NotPossibleError(_("They are to be called back already."))
    if not conversation.is_open:
        reopen(conversation, reason=_("they are to be called back"))
    made = _ask(conversation, identity, message=None, due_at=due_at, note=note)
    note_due(conversation)
    save(conversation)
    log(conversation, Activity.Verb.ASKED_CALL, by=by, to=identity.label, reason=note)
    return made


@transaction.atomic
def end(call_back: CallBack, *, by: "User | None", outcome: str) -> bool:
    """By an agent's word. False where it was ended already."""
    conversation = locked(call_back.conversation)
    return _end(call_back, by=by, outcome=outcome, at_hand=conversation)


def end_all(conversation: Conversation, *, by: "User | None", outcome: str) -> None:
    """The matter is solved. Call with the conversation locked."""
    if conversation.call_back_at:
        for each in CallBack.objects.filter(conversation=conversation, done_at=None):
            _end(each, by=by, outcome=outcome, at_hand=conversation)


def _end(call_back: CallBack, *, by: "User | None", outcome: str, at_hand: Conversation) -> bool:
    same = CallBack.objects.filter(pk=call_back.pk, done_at=None)
    if not same.update(done_at=timezone.now(), done_by=by, outcome=outcome[:400]):
        return False
    conversation = at_hand if at_hand.pk == call_back.conversation_id else locked(call_back.conversation)
    others = CallBack.objects.filter(conversation=conversation, done_at=None)
    if conversation.priority == Priority.HIGH and not others.exists():
        conversation.priority = min(call_back.priority_before, Priority.HIGH)
    note_due(conversation)
    save(conversation)
    log(conversation, Activity.Verb.CALLED_BACK, by=by, reason=outcome)
    return True


def note_due(conversation: Conversation) -> None:
    """The row keeps when somebody of it is to be rung, so that a list needs no call-back."""
    conversation.call_back_at = due = call_back_at(conversation)
    Conversation.objects.filter(pk=conversation.pk).update(call_back_at=due)
    push_call_backs(conversation)


def follow(messages: Sequence[int], to: Conversation) -> None:
    """What is owed for calls that go to another conversation goes along. The caller has both locked, and brings their
    rows up to date (change.summarise)."""
    _move(CallBack.objects.filter(missed__in=messages), to)


def bring(absorbed: Conversation, kept: Conversation) -> list[int]:
    """All that is owed of a conversation that is merged away. Gives the ids of what moved."""
    return _move(CallBack.objects.filter(conversation=absorbed), kept)


def give_back(moved: Sequence[int], absorbed: Conversation) -> None:
    _move(CallBack.objects.filter(pk__in=moved), absorbed)


def _move(rows: QuerySet[CallBack], to: Conversation) -> list[int]:
    """Two duties to ring one number are one: the second ends in the first."""
    owed = set(CallBack.objects.filter(conversation=to, done_at=None).values_list("identity", flat=True))
    moved = list(rows.exclude(conversation=to).order_by("pk").values_list("pk", "identity", "done_at", "tries"))
    for pk, identity, done_at, tries in moved:
        if done_at is None and identity in owed:
            twin = CallBack.objects.filter(conversation=to, identity=identity, done_at=None)
            twin.update(tries=F("tries") + tries)
            one = _("One call back stands for both.")
            CallBack.objects.filter(pk=pk).update(done_at=timezone.now(), outcome=one)
    CallBack.objects.filter(pk__in=[pk for pk, *_rest in moved]).update(conversation=to)
    return [pk for pk, *_rest in moved]


def _open(customer: int) -> QuerySet[CallBack]:
    rows = CallBack.objects.filter(conversation__customer=customer, done_at=None)
    return rows.select_related("missed", "conversation").order_by("pk")


def forget(rows: QuerySet[CallBack]) -> None:
    """Whom it concerns is erased."""
    talks = set(rows.values_list("conversation", flat=True))
    rows.delete()
    for conversation in Conversation.objects.filter(pk__in=talks):
        note_due(conversation)


def open_of(conversation: Conversation) -> list[CallBack]:
    """Nothing is asked where the row says that there is none."""
    if not conversation.call_back_at:
        return []
    rows = CallBack.objects.filter(conversation=conversation, done_at=None)
    return list(rows.select_related("identity__customer", "channel", "missed").order_by("due_at", "pk"))
