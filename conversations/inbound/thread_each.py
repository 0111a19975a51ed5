"""Inbound 4: which conversations do they join? The strategies of `thread` for several messages at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from conversations.inbound.arrived import Arrived
from conversations.inbound.thread import NAMED_AT_MOST, UNDONE, blocked, new, reopens_since, sender_of
from conversations.models import Conversation, Message, Status

Choice = tuple[int, str]  # a conversation, and the status in which it was chosen; "" where that makes no difference


def thread_each(arrived: Sequence[Arrived]) -> list[Conversation | None]:
    """`thread` for messages of different customers, in a few statements for all. None stands for one that needs a look
    of its own: its conversation is somebody else's, was merged away, or changed while we waited for its lock.

    Conversations are locked in the order of their keys, so that two of these cannot wait for each other.
    """
    chosen = _named(arrived)
    chosen |= _at_hand([each for each in arrived if not (each.customer.is_new or each.customer.pk in chosen)])
    locked = _locked(pk for pk, _ in chosen.values())
    strangers = blocked([each.inbound for each in arrived if each.customer.pk not in chosen])
    return [
        _joined(each, locked.get(chosen[each.customer.pk][0]), chosen[each.customer.pk][1])
        if each.customer.pk in chosen
        else new(each.inbound, each.customer, each.channel, is_blocked=sender_of(each.inbound) in strangers)
        for each in arrived
    ]


def _named(arrived: Sequence[Arrived]) -> dict[int, Choice]:
    """By customer: the conversation that a plus-address names, else that of the newest message it answers."""
    names = {name for each in arrived for name in _answered(each)}
    said = Message.objects.filter(external_id__in=names).order_by("-created_at") if names else Message.objects.none()
    places = list(said.values_list("external_id", "channel", "conversation"))
    chosen = {}
    for each in arrived:
        newest = next((talk for name, channel, talk in places if _is_answered(each, name, channel)), None)
        if pk := each.inbound.conversation_id or newest:
            chosen[each.customer.pk] = (pk, "")
    return chosen


def _answered(each: Arrived) -> tuple[str, ...]:
    answers = each.inbound.answers
    return (*each.inbound.references[-NAMED_AT_MOST:], *([answers] if answers else []))


def _is_answered(each: Arrived, name: str, channel: int | None) -> bool:
    """A Message-ID is known everywhere, the other names of messages in their channel alone."""
    inbound = each.inbound
    return name in inbound.references[-NAMED_AT_MOST:] or (name, channel) == (inbound.answers, inbound.channel_id)


def _at_hand(arrived: Sequence[Arrived]) -> dict[int, Choice]:
    """By customer: their newest open conversation, else the one that was resolved last, if that is not long ago."""
    if not arrived:
        return {}
    lately = Q(status__in=UNDONE) | Q(status=Status.RESOLVED, resolved_at__gte=reopens_since())
    theirs = Conversation.objects.here().filter(lately, customer__in=[each.customer.pk for each in arrived])
    found = theirs.values_list("customer", "pk", "status", "last_message_at", "resolved_at")
    return {customer: (pk, status) for customer, pk, status, *_times in sorted(found, key=_nearness)}  # the last wins


def _nearness(found: tuple[int, int, str, datetime, datetime | None]) -> tuple[bool, object]:
    _customer, _pk, status, last_message_at, resolved_at = found
    is_open = status != Status.RESOLVED
    return is_open, last_message_at if is_open else resolved_at


def _locked(pks: Iterable[int]) -> dict[int, Conversation]:
    """An empty list is no query."""
    wanted = Conversation.objects.filter(pk__in=list(pks)).select_related("assignee").order_by("pk")
    return {each.pk: each for each in wanted.select_for_update(of=("self",), no_key=True)}


def _joined(each: Arrived, conversation: Conversation | None, status: str) -> Conversation | None:
    if conversation is None or conversation.merged_into_id or conversation.customer_id != each.customer.pk:
        return None
    if status and (conversation.status != status or conversation.is_spam):
        return None
    conversation.customer = each.customer
    return conversation
