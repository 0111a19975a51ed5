"""What comes before the message that it is about: a change to it, or an answer to it. It waits, for some days.

Who looks for a message and who stores one hold its name: so one of the two always sees what the other has written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from conversations.envelopes import InboundMessage, MessageChange
from conversations.media import carries
from conversations.models import EarlyChange, Message
from customers.identify import Handle

KEPT = timedelta(days=7)  # of providers that try again, the longest does so for a day
MOST = 50  # changes that wait for one message

Name = tuple[int, str]  # the channel, and the provider's name of the message in it


def hold(names: Iterable[Name]) -> None:
    """Until the transaction ends; advisory, since a row that is not there cannot be locked."""
    keys = sorted({f"message:{channel}:{name}" for channel, name in names})
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(%s::text[]) as key", [keys])


def named(names: Iterable[Name]) -> dict[Name, Message]:
    """Those that are stored."""
    wanted = set(names)
    channels, known = {channel for channel, _ in wanted}, {name for _, name in wanted}
    found = Message.objects.filter(channel__in=channels, external_id__in=known).defer("search")
    return {key: message for message in found if (key := _name(message)) in wanted}


def keep(change: MessageChange) -> None:
    """Call with its message's name held."""
    waiting = EarlyChange.objects.filter(channel=change.channel_id, external_id=change.external_id)
    if waiting.count() < MOST:
        written = {**asdict(change), "at": change.at.isoformat()}
        EarlyChange.objects.create(channel_id=change.channel_id, external_id=change.external_id, change=written)


def link(inbound: Sequence[InboundMessage], messages: Sequence[Message]) -> None:
    """Notes on each message, stored by now, which one it answers; where that is not here yet, it waits for it."""
    pairs = zip(inbound, messages, strict=True)
    answers = [(message, (each.channel_id, each.answers)) for each, message in pairs if each.answers]
    if not answers:
        return
    hold(name for _, name in answers)
    here = named(name for _, name in answers)
    for message, name in answers:
        message.answers = here.get(name)
    Message.objects.bulk_update([message for message, _ in answers if message.answers], ["answers"])
    EarlyChange.objects.bulk_create(
        EarlyChange(channel_id=channel, external_id=name, answer=message)
        for message, (channel, name) in answers
        if message.answers is None
    )


def waiting_for(messages: Iterable[Message]) -> list[tuple[Message, MessageChange | Message]]:
    """What waited for these, which have their names now: each with its message, and no more waiting after this."""
    able = [each for each in messages if each.external_id and each.channel and carries(each.channel.medium).can_change]
    if not able:
        return []
    by_name = {_name(message): message for message in able}
    hold(by_name)
    channels, names = {channel for channel, _ in by_name}, {name for _, name in by_name}
    rows = EarlyChange.objects.filter(channel__in=channels, external_id__in=names).select_related("answer")
    found = [row for row in rows.order_by("pk") if (row.channel_id, row.external_id) in by_name]
    if found:
        EarlyChange.objects.filter(pk__in=[row.pk for row in found]).delete()
    return [(by_name[row.channel_id, row.external_id], row.answer or _read(row.change)) for row in found]


def forget(values: Iterable[str]) -> int:
    """What people with these handles did. Numbers are known with and without their plus sign."""
    said = {form for value in values for form in (value, value.lstrip("+"))}
    ways = reduce(or_, (Q(change__handles__contains=[{"value": value}]) for value in said), Q(pk=None))
    return EarlyChange.objects.filter(ways).delete()[0]


def drop_old() -> int:
    return EarlyChange.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _name(message: Message) -> Name:
    return int(message.channel_id or 0), message.external_id


def _read(change: dict[str, object]) -> MessageChange:
    read = MessageChange(**change)  # type: ignore[arg-type]  # as `keep` wrote it
    handles = tuple(Handle(**handle) for handle in change["handles"])  # type: ignore[attr-defined]
    return replace(read, at=datetime.fromisoformat(str(change["at"])), handles=handles)
