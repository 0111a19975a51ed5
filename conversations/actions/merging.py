"""Merge two conversations of one customer, and take them apart again exactly as they were."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations import sla
from conversations.actions import call_backs, unsent
from conversations.actions.change import NotPossibleError, log, save, summarise, take_off_screens
from conversations.actions.splitting import move
from conversations.handoff import stepping_in
from conversations.live import groups
from conversations.live.push import send
from conversations.models import Activity, Conversation, ConversationMerge, Follow, Participant, Status
from conversations.reports import episodes
from conversations.routing import waiting

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def merge(conversation: Conversation, *, into: Conversation, by: "User | None") -> ConversationMerge:
    """Moves everything of `conversation` into `into` and writes down each row. Doing it twice gives the same entry."""
    absorbed, kept = _both_locked(conversation, into)
    if absorbed.merged_into_id == kept.pk:
        return ConversationMerge.objects.get(absorbed=absorbed, kept=kept, undone_at=None)
    _check(absorbed, kept)
    _give_to_people(absorbed, kept)
    entry = ConversationMerge.objects.create(
        kept=kept,
        absorbed=absorbed,
        by=by,
        messages=list(absorbed.messages.order_by("pk").values_list("pk", flat=True)),
        activities=list(absorbed.activities.order_by("pk").values_list("pk", flat=True)),
        tags=list(absorbed.tags.exclude(pk__in=kept.tags.all()).values_list("pk", flat=True)),
        participants=_copy_participants(absorbed, kept),
        follows=_copy_follows(absorbed, kept),
        drafts=unsent.bring(absorbed, kept),
        call_backs=call_backs.bring(absorbed, kept),
        status_before=kept.status,
        snoozed_until_before=kept.snoozed_until,
        resolved_at_before=kept.resolved_at,
    )
    move(entry.messages, to=kept)
    Activity.objects.filter(pk__in=entry.activities).update(conversation=kept)
    kept.tags.add(*entry.tags)
    if absorbed.is_open and not kept.is_open:
        kept.status, kept.snoozed_until, kept.resolved_at = Status.OPEN, None, None
    absorbed.merged_into = kept
    sla.keep(absorbed)
    absorbed.save(update_fields=["merged_into", *sla.FIELDS])
    _bring_up_to_date(kept)
    stepping_in.go_along(absorbed, into=kept)
    _take_row_away(absorbed, kept)
    log(kept, Activity.Verb.MERGED, by=by, to=f"#{absorbed.pk}")
    episodes.refresh_each([kept, absorbed])
    waiting.leave(absorbed.pk)
    return entry


def _give_to_people(*both: Conversation) -> None:
    """One that the bot had has more in it now than the bot knows of."""
    for each in both:
        if each.status == Status.PENDING:
            stepping_in.step_in(each, by=None)


def _both_locked(one: Conversation, other: Conversation) -> tuple[Conversation, Conversation]:
    """In the order of their ids, so that two merges at once cannot wait for each other."""
    rows = (
        Conversation.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[one.pk, other.pk])
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    return found[one.pk], found[other.pk]


def _check(absorbed: Conversation, kept: Conversation) -> None:
    if absorbed.pk == kept.pk:
        raise NotPossibleError(_("A conversation cannot be merged with itself."))
    if absorbed.merged_into_id or kept.merged_into_id:
        raise NotPossibleError(_("One of them was merged already."))
    if absorbed.customer_id != kept.customer_id:
        raise NotPossibleError(_("They belong to two customers. Merge the customers first, if they are one person."))


def _copy_participants(absorbed: Conversation, kept: Conversation) -> list[int]:
    here = set(kept.participants.values_list("email", flat=True))
    new = [
        Participant(conversation=kept, email=person.email, name=person.name)
        for person in absorbed.participants.order_by("pk")
        if person.email not in here
    ]
    return [person.pk for person in Participant.objects.bulk_create(new)]


def _copy_follows(absorbed: Conversation, kept: Conversation) -> list[int]:
    here = set(kept.follows.values_list("agent", flat=True))
    agents = absorbed.follows.exclude(agent__in=here).values_list("agent", flat=True)
    new = [Follow(conversation=kept, agent_id=agent) for agent in agents]
    return [follow.pk for follow in Follow.objects.bulk_create(new)]


@transaction.atomic
def unmerge(entry: ConversationMerge, *, by: "User | None") -> Conversation:
    """Moves back just what the merge moved, where it still is, and gives back the conversation that had gone.

    Merges are undone the last one first. Doing it twice changes nothing.
    """
    absorbed, kept = _both_locked(entry.absorbed, entry.kept)
    entry = ConversationMerge.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if entry.undone_at:
        return absorbed
    if kept.merged_into_id:
        raise NotPossibleError(
            _("#%(number)s was merged into another since. Take that apart first.") % {"number": kept.pk}
        )
    messages = list(kept.messages.filter(pk__in=entry.messages).values_list("pk", flat=True))
    move(messages, to=absorbed)
    Activity.objects.filter(pk__in=entry.activities, conversation=kept).update(conversation=absorbed)
    kept.tags.remove(*entry.tags)
    Participant.objects.filter(pk__in=entry.participants).delete()
    Follow.objects.filter(pk__in=entry.follows).delete()
    unsent.give_back(absorbed, kept, entry.drafts)
    call_backs.give_back(entry.call_backs, absorbed)
    _restore_status(kept, entry)
    absorbed.merged_into = None
    for part in (kept, absorbed):
        _bring_up_to_date(part)
    ConversationMerge.objects.filter(pk=entry.pk).update(undone_at=timezone.now())
    take_off_screens(kept, messages)
    log(kept, Activity.Verb.UNMERGED, by=by, to=f"#{absorbed.pk}")
    episodes.refresh_each([absorbed, kept])
    return absorbed


def _restore_status(kept: Conversation, entry: ConversationMerge) -> None:
    """Only the status that the merge itself gave: what an agent or the customer changed since, stays."""
    opened_by_merge = entry.status_before not in (Status.OPEN, Status.PENDING) and kept.status == Status.OPEN
    since = kept.activities.filter(created_at__gt=entry.created_at).exclude(pk__in=entry.activities)
    changed_since = since.filter(verb__in=["resolved", "reopened", "snoozed", "woke", "failed"]).exists()
    wrote_since = kept.messages.filter(created_at__gt=entry.created_at, kind="inbound").exists()
    if opened_by_merge and not changed_since and not wrote_since:
        kept.status = entry.status_before
        kept.snoozed_until, kept.resolved_at = entry.snoozed_until_before, entry.resolved_at_before


def _bring_up_to_date(conversation: Conversation) -> None:
    summarise(conversation)
    if conversation.status == Status.RESOLVED:
        conversation.waiting_since = None
    save(conversation)


def _take_row_away(absorbed: Conversation, kept: Conversation) -> None:
    """From every list; who has it open is led to the one that stays."""
    frame: dict[str, object] = {"type": "desk.gone", "conversation": absorbed.pk, "into": kept.pk}
    to = [*groups.watching(absorbed), groups.of_conversation(absorbed.pk)]
    transaction.on_commit(lambda: send(to, frame), robust=True)
