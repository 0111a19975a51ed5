"""Inbound 5, of calls: one message for each call, however often and in whichever order a phone system tells of it."""

import hashlib
import json
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from conversations import moments, rules, sla
from conversations.actions import call_backs
from conversations.actions.change import summarise, take_off_screens, waiting_since
from conversations.call_state import begun_at, learnt, lines, lines_of_ours, put_together
from conversations.call_words import SPOKEN, call_of, text_of
from conversations.envelopes import CallDetails, CallReport, InboundAttachment, InboundMessage
from conversations.handoff import stepping_in
from conversations.handoff.opening import answered
from conversations.inbound.callers import Caller, caller_of, number_of
from conversations.inbound.record import file_of, reopen, touch
from conversations.inbound.thread import new, thread
from conversations.live import ringing, webpush
from conversations.live.push import push_arrived, push_message
from conversations.models import Attachment, Channel, Conversation, Mention, Message, Status
from conversations.models.conversation import place_in_queue
from conversations.models.handoff import HandoffReason
from conversations.models.message import MessageKind
from conversations.outbound.outbox import cancel_on_reply
from conversations.reports import episodes, work
from conversations.routing.assign import route
from conversations.surveys import touching

HEARD_WITHIN = timedelta(minutes=5)  # of being asked for, its first report comes


@transaction.atomic(savepoint=False)
def hear(report: CallReport) -> Message:
    """What `report` tells of its call, written down and shown. Hearing it again changes nothing."""
    _lock(report)
    message = _known(report)
    if message is None:
        return _begin(report)
    if message.identity_id is None and report.handles and "asks" in message.details["call"]:
        _find_its_home(message, report)
    return _go_on(message, report)


def _lock(report: CallReport) -> None:
    """Advisory, since a call that is not stored yet cannot be locked; before every other lock."""
    with connection.cursor() as cursor:
        key = f"call:{report.channel_id}:{report.call_id}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _known(report: CallReport) -> Message | None:
    """The call's message with its conversation locked; one that an agent asked for is found by its key."""
    named = Q(channel=report.channel_id, external_id=report.call_id)
    if key := _key(report):
        named |= Q(channel=report.channel_id, client_id=key)
    elif report.direction == "out":
        named |= Q(pk__in=_asked_for(report))
    for pk in Message.objects.filter(named, kind=MessageKind.CALL).values_list("pk", flat=True)[:1]:
        while True:
            where = Message.objects.filter(pk=pk).values("conversation")
            conversation = _locked(Conversation.objects.get(pk__in=where).pk)
            message = Message.objects.select_related("channel", "identity").get(pk=pk)
            if message.conversation_id == conversation.pk:  # else it was moved before the lock was ours
                message.conversation = conversation
                return message
    return None


def _asked_for(report: CallReport) -> list[int]:
    """The call that an agent asked for and of which nothing was heard yet, where the phone system names neither our key
    nor, in what it tells, what it answered us: by whom is called, and when."""
    calls = Message.objects.filter(
        channel=report.channel_id,
        kind=MessageKind.CALL,
        external_id="",
        details__call__state="dialling",
        details__call__number=number_of(report),
        created_at__range=(report.at - HEARD_WITHIN, report.at + HEARD_WITHIN),
    )
    if Message.objects.filter(channel=report.channel_id, external_id=report.call_id).exists():
        return []
    return list(calls.order_by("created_at").values_list("pk", flat=True)[:1])


def _locked(pk: int) -> Conversation:
    rows = Conversation.objects.select_related("customer", "assignee")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _key(report: CallReport) -> str:
    letters = report.key.replace("-", "").lower()
    return letters if len(letters) == 32 and all(each in "0123456789abcdef" for each in letters) else ""


def _begin(report: CallReport) -> Message:
    caller, channel = caller_of(report), Channel.objects.get(pk=report.channel_id)
    call: CallDetails = {} if caller.asks is None else {"asks": caller.asks}
    call = learnt(call, report, number_of(report), _names(call, report))
    conversation = _conversation(report, caller, channel, begun_at(call))
    message = Message(
        conversation=conversation,
        kind=MessageKind.CALL,
        channel=channel,
        identity=caller.identity,
        external_id=report.call_id,
    )
    if key := _key(report):
        message.client_id = key
    _write(message, call)
    is_in = call["direction"] == "in"
    if is_in and conversation.status in (Status.SNOOZED, Status.RESOLVED):
        reopen(conversation, reason="the customer called")
    touch(conversation, message)
    began = conversation.pk is None
    conversation.save()
    message.save(force_insert=True)
    if is_in:
        rules.said([message], new=[conversation] if began else [])
    if not caller.customer.is_new:
        moments.pin([(message, caller.customer.pk)])
    route(conversation, channel)
    stepping_in.step_in(conversation, by=None, reason=HandoffReason.CALLED if is_in else HandoffReason.STEPPED_IN)
    if is_in:
        cancel_on_reply(conversation)
    _follow(message, report, before="", is_new=True)
    push_arrived([message])
    return message


def _conversation(report: CallReport, caller: Caller, channel: Channel, at: datetime) -> Conversation:
    said = InboundMessage(report.channel_id, report.call_id, caller.handles, "", at, language=report.language)
    if not caller.handles:
        return new(said, caller.customer, channel, is_blocked=False)
    return thread(said, caller.customer, channel)


def _go_on(message: Message, report: CallReport) -> Message:
    before: CallDetails = message.details.get("call", {})
    call = learnt(before, report, number_of(report), _names(before, report))
    is_news = call != before or report.recording is not None
    if not is_news:
        return message
    _write(message, call)
    if not message.external_id:
        message.external_id = report.call_id
    message.save()
    _follow(message, report, before=str(before.get("state", "")))
    push_message(message)
    return message


def _write(message: Message, call: CallDetails) -> None:
    message.details = {**message.details, "call": call}
    message.text = text_of(call)
    message.created_at = begun_at(call)
    message.changed_at = timezone.now()
    spoke = [each["agent"] for each in call.get("answered", []) if each["agent"]]
    if spoke:
        message.author_id = spoke[0]


def _follow(message: Message, report: CallReport, *, before: str, is_new: bool = False) -> None:
    """What the call changes around it: its recording, who waits, who is to be rung, who hears it ring."""
    call: CallDetails = message.details["call"]
    if report.recording:
        _keep(message, report.recording)
    _call_in(message, call)
    state, is_in = call["state"], call["direction"] == "in"
    is_missed = is_in and state == "missed" and before != "missed"
    if is_missed and message.conversation.status in (Status.SNOOZED, Status.RESOLVED):
        reopen(message.conversation, reason="the customer called")
    _bring_up_to_date(message.conversation, message)
    if is_missed:
        call_backs.owe(message)
    elif state in SPOKEN and before not in SPOKEN:
        call_backs.settle_by(message)
        answered(message)
    if state == "ended":
        work.called(message.conversation)
    if is_new or state != before:
        episodes.refresh(message.conversation)
    if state == "ended" and before != "ended":
        touching.called(message.conversation, message=message.pk, at=message.created_at)
    if is_in and (is_new or state != before or report.agent):
        ringing.tell(message)
    if is_missed:
        webpush.ask(message)


def _bring_up_to_date(conversation: Conversation, message: Message) -> None:
    call: CallDetails = message.details["call"]
    if call["direction"] == "in":
        conversation.last_inbound_at = max(filter(None, [conversation.last_inbound_at, message.created_at]))
    newest = conversation.messages.exclude(kind__in=[MessageKind.NOTE, MessageKind.SYSTEM]).order_by("-created_at")
    if newest.values_list("pk", flat=True).first() == message.pk:
        summarise(conversation)
    elif conversation.is_open:
        conversation.waiting_since = waiting_since(conversation)
    if conversation.status == Status.RESOLVED:
        conversation.waiting_since = None
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    sla.keep(conversation)
    conversation.save()


def _keep(message: Message, recording: InboundAttachment) -> None:
    """Once, whichever of several reports brings it."""
    call: CallDetails = message.details["call"]
    named = json.dumps([recording.name, recording.size, sorted(recording.source.items())])
    known = hashlib.sha256(named.encode()).hexdigest()[:32]
    if known in call.get("recordings", []):
        return
    call["recordings"] = sorted([*call.get("recordings", []), known])
    Attachment.objects.bulk_create([file_of(message, recording)])
    Message.objects.filter(pk=message.pk).update(details=message.details)


def _call_in(message: Message, call: CallDetails) -> None:
    """Whose telephone rings, or who answered, is called into the conversation where they would not see it."""
    theirs = {each["agent"] for each in [*call.get("tried", []), *call.get("answered", [])] if each["agent"]}
    for agent in get_user_model().objects.filter(pk__in=theirs, is_active=True):
        if not Conversation.objects.visible_to(agent).filter(pk=message.conversation_id).exists():
            Mention.objects.get_or_create(conversation=message.conversation, message=message, agent=agent)


def _names(known: CallDetails, report: CallReport) -> dict[str, tuple[int, str]]:
    """Whose lines these are: by their extension, or their address."""
    return _names_of(lines_of_ours(known, report))


def _names_of(wanted: set[str]) -> dict[str, tuple[int, str]]:
    if not wanted:
        return {}
    people = get_user_model().objects.alias(line=Lower("extension"), address=Lower("email"))
    found = people.filter(Q(line__in=wanted) | Q(address__in=wanted)).order_by("is_active", "pk")
    return {key.lower(): (agent.pk, agent.name) for agent in found for key in (agent.extension, agent.email) if key}


@transaction.atomic
def named(message: Message, call_id: str) -> None:
    """A call that an agent asked for has its provider's name now. What was heard under it meanwhile becomes of it."""
    with connection.cursor() as cursor:
        key = f"call:{message.channel_id}:{call_id}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    _locked(message.conversation_id)
    message = Message.objects.select_related("channel", "identity").get(pk=message.pk)
    twin = Message.objects.filter(channel=message.channel_id, external_id=call_id).exclude(pk=message.pk).first()
    if twin:
        _take_over(message, twin)
    message.external_id = call_id
    message.save()
    push_message(message)


def _take_over(message: Message, twin: Message) -> None:
    ours, theirs = call_of(message), call_of(twin)
    heard = sorted({*lines(ours), *lines(theirs)})
    words = max(ours.get("transcript", ""), theirs.get("transcript", ""), key=len)
    names = _names_of(lines_of_ours(ours) | lines_of_ours(theirs))
    call = put_together({**theirs, **ours}, heard, words, names) if heard else ours
    Attachment.objects.filter(message=twin).update(message=message)
    left = Conversation.objects.get(pk=twin.conversation_id)
    take_off_screens(left, [twin.pk])
    twin.delete()
    _write(message, call)
    episodes.refresh(left)
    if not left.messages.exists() and left.pk != message.conversation_id:
        left.delete()


def _find_its_home(message: Message, report: CallReport) -> None:
    """The number comes later than the call did: it goes to where it would have gone, and what it began goes."""
    left = message.conversation
    caller = caller_of(report)
    call: CallDetails = message.details["call"]
    if caller.asks is None:
        call.pop("asks", None)
    else:
        call["asks"] = caller.asks
    channel = message.channel
    assert channel
    home = _conversation(report, caller, channel, message.created_at)
    if home.pk is None:
        home.save()
    message.conversation, message.identity = home, caller.identity
    message.save(update_fields=["conversation", "identity", "details"])
    if call.get("direction") == "in" and home.status in (Status.SNOOZED, Status.RESOLVED):
        reopen(home, reason="the customer called")
    route(home, channel)
    episodes.refresh_each([home, left])
    stranger = left.customer
    if not left.messages.exists() and not stranger.identities.exists():
        left.delete()
        if not stranger.conversations.exists():
            stranger.delete()
