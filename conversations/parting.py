"""Parts what was said while two customers passed for one: after an unmerge, each has the words of their own identities.

Conversations that the merge moved have gone back already (customers.merging). Here go back those begun since by an
identity that left; and where both spoke in one conversation since, the messages of the one who is a guest in it go to a
conversation of their own, with their deliveries, files and moments. Notes and the log stay.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import log, save, summarise, take_off_screens
from conversations.actions.merging import merge as merge_conversations
from conversations.actions.merging import unmerge as unmerge_conversations
from conversations.actions.splitting import move
from conversations.inbound.record import reopen
from conversations.live.push import push_row
from conversations.models import Activity, Conversation, ConversationMerge, Message, Parting, Status
from conversations.models.message import MessageKind
from conversations.reports import episodes
from customers import ledger
from customers.merging import Apart
from customers.models import Customer, MergeEntry, MergeItem
from customers.models.identity import Kind

CONVERSATION, MESSAGE = "conversations.conversation", "conversations.message"
SAID = (MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.CALL)


def marks() -> dict[str, int]:
    """For customers.merging.MARKERS."""
    newest = {CONVERSATION: Conversation.objects, MESSAGE: Message.objects}
    return {model: rows.aggregate(pk=Max("pk"))["pk"] or 0 for model, rows in newest.items()}


def part(apart: Apart) -> None:
    """For customers.merging.PARTERS. The conversations of both are locked already, in the order of their keys."""
    went = [*apart.went.get(CONVERSATION, []), *_give_back_begun(apart)]
    _take_apart_merged(apart)
    for conversation in Conversation.objects.filter(pk__in=went).order_by("pk"):
        log(
            conversation,
            Activity.Verb.MOVED,
            by=apart.by,
            to=apart.absorbed.label,
            reason=_("the merge was undone"),
        )
        push_row(conversation)
    for host, guest in ((apart.keeper, apart.absorbed), (apart.absorbed, apart.keeper)):
        _send_home(apart, host, guest)


def _give_back_begun(apart: Apart) -> list[int]:
    """Those begun since the merge by an identity that has gone: they follow it."""
    mark, both = ledger.mark(apart.entry, CONVERSATION), [apart.keeper.pk, apart.absorbed.pk]
    newer = set(Conversation.objects.filter(customer=apart.keeper, pk__gt=mark).values_list("pk", flat=True))
    if not newer:
        return []
    merges = _merges_of(apart)
    within = newer | {entry.kept_id for entry in merges}
    said = Message.objects.filter(conversation__in=within, kind__in=SAID, identity__customer__in=both)
    begun: dict[int, int] = {}  # by whom each of them was
    origin = _origins(merges)
    for pk, conversation, owner in said.order_by("pk").values_list("pk", "conversation", "identity__customer"):
        begun.setdefault(origin.get(pk, conversation), owner)
    theirs = sorted(pk for pk in newer if begun.get(pk) == apart.absorbed.pk)
    Conversation.objects.filter(pk__in=theirs).update(customer=apart.absorbed)
    return theirs


def _merges_of(apart: Apart) -> list[ConversationMerge]:
    """Merges of conversations of the two that are not undone, oldest first."""
    both = [apart.keeper.pk, apart.absorbed.pk]
    entries = ConversationMerge.objects.filter(undone_at=None, absorbed__customer__in=both, kept__customer__in=both)
    return list(entries.select_related("absorbed", "kept").order_by("pk"))


def _origins(merges: Iterable[ConversationMerge]) -> dict[int, int]:
    """Of each message that merges of conversations moved, where it was before the first."""
    origin: dict[int, int] = {}
    for entry in merges:
        for message in entry.messages:
            origin.setdefault(message, entry.absorbed_id)
    return origin


def _take_apart_merged(apart: Apart) -> None:
    """Conversations that agents merged while the customers were one, and that are of two customers now: each has its
    own again. What was merged upon them since is taken apart first, and merged again."""
    in_the_way: list[ConversationMerge] = []
    for entry in _merges_of(apart):
        if _is_crossing(entry) or entry.absorbed_id in {each.kept_id for each in in_the_way}:
            in_the_way.append(entry)
    for entry in reversed(in_the_way):
        unmerge_conversations(entry, by=apart.by)
    for entry in in_the_way:
        if not _is_crossing(entry):
            merge_conversations(entry.absorbed, into=entry.kept, by=apart.by)


def _is_crossing(entry: ConversationMerge) -> bool:
    return entry.absorbed.customer_id != entry.kept.customer_id


@dataclass(frozen=True)
class _Guest:
    """What one who is a guest in a conversation said there, or was told."""

    host: Conversation
    path: frozenset[int]  # as of customers.ledger.paths
    messages: list[Message]


def _send_home(apart: Apart, host: Customer, guest: Customer) -> None:
    """The words of `guest` in the conversations of `host` go to a conversation of theirs."""
    said = Message.objects.filter(
        conversation__customer=host,
        identity__customer=guest,
        kind__in=SAID,
        pk__gt=ledger.mark(apart.entry, MESSAGE),
    )
    moving = [message for message in said.select_related("conversation", "identity") if not _is_in_copy(message)]
    if not moving:
        return
    paths = ledger.paths(guest.pk)
    groups: dict[tuple[int, frozenset[int]], list[Message]] = defaultdict(list)
    for message in sorted(moving, key=lambda message: message.pk):
        groups[message.conversation_id, paths.get(message.identity_id or 0, frozenset())].append(message)
    for (_conversation, path), messages in groups.items():
        _part(apart, guest, _Guest(messages[0].conversation, path, messages))


def _is_in_copy(message: Message) -> bool:
    """They answered a mail of this conversation as somebody in copy: there they belong, whoever they are."""
    if message.kind != MessageKind.INBOUND or message.identity is None or message.identity.kind != Kind.EMAIL:
        return False
    if not message.details.get("references"):
        return False
    return message.conversation.participants.filter(email=message.identity.value).exists()


def _part(apart: Apart, guest: Customer, said: _Guest) -> None:
    keys = [message.pk for message in said.messages]
    home = _home(guest, said) or _new_home(guest, said)
    move(keys, to=home)
    Parting.objects.create(conversation=said.host, into=home, entry=apart.entry, messages=keys)
    host = Conversation.objects.get(pk=said.host.pk)
    for conversation in (host, home):
        _bring_up_to_date(conversation)
    take_off_screens(host, keys)
    reason = _("the merge was undone, and this is what %(customer)s said") % {"customer": guest.label}
    log(host, Activity.Verb.SPLIT, by=apart.by, to=f"#{home.pk}", reason=reason)
    log(
        home, Activity.Verb.SPLIT, by=apart.by, reason=_("from #%(number)s, the merge was undone") % {"number": host.pk}
    )
    episodes.refresh_each([home, host])


def _bring_up_to_date(conversation: Conversation) -> None:
    """As if what is in it now had been written to it."""
    summarise(conversation)
    if conversation.status == Status.RESOLVED and _was_asked_since(conversation):
        reopen(conversation, reason=_("the customer wrote"))
        summarise(conversation)
    elif conversation.status == Status.RESOLVED:
        conversation.waiting_since = None
    save(conversation)


def _was_asked_since(conversation: Conversation) -> bool:
    """Since it was solved, and nobody has answered."""
    asked, solved = conversation.last_inbound_at, conversation.resolved_at
    if asked is None or solved is None or asked <= solved:
        return False
    said = conversation.messages.filter(kind=MessageKind.OUTBOUND, created_at__gte=asked)
    return not said.exclude(delivery__status="cancelled").exists()


def _home(guest: Customer, said: _Guest) -> Conversation | None:
    """Where it would have gone (Inbound 4): their open conversation, else one solved lately. Of somebody who is merged
    with others still, one that would go with them if that were undone too."""
    since = timezone.now() - timedelta(days=settings.REOPEN_WINDOW_DAYS)
    theirs = Conversation.objects.filter(customer=guest, merged_into=None, is_spam=said.host.is_spam)
    open_or_late = theirs.filter(~Q(status=Status.RESOLVED) | Q(resolved_at__gte=since))
    fitting = [each for each in open_or_late if _path(each, guest) == said.path]
    return max(fitting, key=lambda each: (each.status != Status.RESOLVED, each.last_message_at), default=None)


def _path(conversation: Conversation, customer: Customer) -> frozenset[int]:
    """The merges of this customer that would take the conversation along, by key."""
    return frozenset(entry.pk for entry in ledger.live_under(customer.pk) if _goes_with(conversation, entry, customer))


def _goes_with(conversation: Conversation, entry: MergeEntry, customer: Customer) -> bool:
    if conversation.pk <= ledger.mark(entry, CONVERSATION):
        return MergeItem.objects.filter(entry=entry, model=CONVERSATION, row=conversation.pk).exists()
    first = conversation.messages.filter(kind__in=SAID, identity__customer=customer).order_by("pk").first()
    return first is not None and first.identity_id in ledger.taken_along(entry, customer.pk)


def _new_home(guest: Customer, said: _Guest) -> Conversation:
    first = said.messages[0]
    return Conversation.objects.create(
        customer=guest,
        subject=(first.subject or said.host.subject)[:300],
        status=Status.OPEN if said.host.is_open else said.host.status,
        snoozed_until=said.host.snoozed_until,
        resolved_at=said.host.resolved_at,
        priority=said.host.priority,
        assignee=said.host.assignee,
        team=said.host.team,
        language=said.host.language,
        is_spam=said.host.is_spam,
        created_at=min(message.created_at for message in said.messages),
        last_message_at=first.created_at,
    )
