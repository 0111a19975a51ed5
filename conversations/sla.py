"""The clocks of a conversation, kept in the transaction of whatever moves them: a step at a time, or from its history.

What arrives and what is answered moves them a step (`asked`, `answered`): no query, but that of what ended. Every verb
of `conversations.actions` works them out anew from the messages and the log (`keep`); so does whoever finds that things
did not come in their order, and who looks at a deadline before anybody is told of it (conversations.escalating).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from conversations import clocks
from conversations.clocks import Ended, Happening, Promise, State
from conversations.history import channel_of, history
from conversations.models import Conversation, Deadline, SlaPolicy, Status, Waiting
from conversations.promises import book, promise_for

if TYPE_CHECKING:
    from conversations.models import Channel, Message

FIELDS = ("sla", "clocks", "due_at", "at_risk_at", "is_late", "sla_look_at")


def asked(conversation: Conversation, *, at: datetime, channel: "Channel | None") -> None:
    """They wrote, now or on the way of a mail that was late. The caller saves; it may be new."""
    if not _concerns(conversation):
        return
    state = state_of(conversation)
    if conversation.pk is None:
        state = State()
    promise = promise_for(conversation, channel.pk if channel else state.channel)
    if promise is None or not _counts(conversation):
        _clear(conversation)
        return
    is_behind = _is_behind(conversation, state, promise, at)
    state = replace(state, channel=channel.pk if channel else state.channel, key=promise.key)
    state, _ended, revived = clocks.after(state, Happening(at, "asked"), promise)
    if revived:
        Deadline.objects.filter(conversation=conversation, kind="resolution", since=revived[0].since).delete()
    show(conversation, state, promise, is_behind=is_behind)


def answered(conversation: Conversation, message: "Message") -> None:
    """We wrote. Call with the conversation stored and locked; the caller saves."""
    if message.is_automatic or not _concerns(conversation):
        return
    state = state_of(conversation)
    promise = promise_for(conversation, state.channel)
    if promise is None or not _counts(conversation):
        _clear(conversation)
        return
    is_behind = _is_behind(conversation, state, promise, message.created_at)
    happening = Happening(message.created_at, "bot" if message.is_bot else "answered", message.author_id)
    state, ended, _revived = clocks.after(replace(state, key=promise.key), happening, promise)
    _write_down(conversation, ended, promise)
    show(conversation, state, promise, is_behind=is_behind)


def keep(conversation: Conversation, *, hushed: bool = False) -> None:
    """From its messages and its log, as if there had been no step. `hushed`: nobody is told of what is past already.
    Call with it stored and locked, when all of that is written; the caller saves."""
    if not _concerns(conversation):
        return
    channel = channel_of(conversation)
    promise = promise_for(conversation, channel)
    if promise is None or not _counts(conversation):
        _clear(conversation)
        if conversation.merged_into_id:  # what ended in it has ended in the other
            Deadline.objects.filter(conversation=conversation).delete()
        return
    state, ended = clocks.run(history(conversation), promise)
    state = replace(clocks.carried(state, state_of(conversation)), channel=channel)
    if hushed:
        state = clocks.told(state, clocks.news(state, promise, timezone.now()))
    _agree(conversation, ended, promise)
    show(conversation, state, promise)


def refresh(conversation: Conversation, *, hushed: bool = False) -> None:
    """`keep`, and saves what that changed, for what changes a conversation beside its own row. Call with it locked."""
    before = _shown(conversation)
    keep(conversation, hushed=hushed)
    if _shown(conversation) != before:
        save(conversation)


def save(conversation: Conversation) -> None:
    """Only what is kept here; who waits for an agent stands in the queue by it."""
    conversation.save(update_fields=FIELDS)
    Waiting.objects.filter(conversation=conversation).update(due_at=conversation.due_at)


def _shown(conversation: Conversation) -> list[object]:
    return [getattr(conversation, "sla_id" if name == "sla" else name) for name in FIELDS]


def promised(conversation: Conversation) -> Promise | None:
    """By which its clocks run, with its State in `state_of`; None where it stands under no policy in force."""
    known = book()
    policy = next((one for one in known.policies if one.pk == conversation.sla_id), None)
    if policy is None:
        return None
    channel = state_of(conversation).channel
    return known.promise(policy, known.hours_for(policy, channel, conversation.team_id))


def state_of(conversation: Conversation) -> State:
    try:
        return clocks.read(conversation.clocks)
    except clocks.UNREADABLE:
        return State(key="unreadable")  # no promise has this key, so it is worked out anew


def _concerns(conversation: Conversation) -> bool:
    """Without policies, and where none was, there is nothing to do."""
    return bool(book().policies) or bool(conversation.clocks) or conversation.sla_id is not None


def _counts(conversation: Conversation) -> bool:
    """Nobody answers spam, what was merged away, or what the bot has."""
    return not (conversation.is_spam or conversation.merged_into_id or conversation.status == Status.PENDING)


def _is_behind(conversation: Conversation, state: State, promise: Promise, at: datetime) -> bool:
    """A step is not enough: it came out of order, or what was reckoned so far was by another promise."""
    is_first = state.latest is None and not state.key
    is_in_order = state.latest is None or state.latest <= at
    return not is_in_order or (state.key != promise.key and not is_first) or (is_first and bool(conversation.pk))


def show(conversation: Conversation, state: State, promise: Promise, *, is_behind: bool = False) -> None:
    """Writes on the row where its clocks stand. The caller saves."""
    now = timezone.now()
    standing = clocks.standing(state, promise, now)
    conversation.sla_id, conversation.clocks = promise.policy, clocks.written(state)
    conversation.due_at, conversation.at_risk_at = standing.due_at, standing.at_risk_at
    conversation.is_late = standing.is_late
    conversation.sla_look_at = now if is_behind else standing.look_at


def _clear(conversation: Conversation) -> None:
    conversation.sla_id, conversation.clocks, conversation.is_late = None, {}, False
    conversation.due_at = conversation.at_risk_at = conversation.sla_look_at = None


def _write_down(conversation: Conversation, ended: Iterable[Ended], promise: Promise) -> None:
    rows = [_row(conversation, each, promise) for each in ended if each.kind in promise.within]
    if rows:
        changing = ["policy", "team", "agent", "due_at", "done_at", "is_met", "took"]
        one = ["conversation", "kind", "since"]
        Deadline.objects.bulk_create(rows, update_conflicts=True, unique_fields=one, update_fields=changing)


def _row(conversation: Conversation, ended: Ended, promise: Promise) -> Deadline:
    return Deadline(
        conversation=conversation,
        kind=ended.kind,
        policy_id=promise.policy,
        team_id=conversation.team_id,
        agent_id=ended.by,
        since=ended.since,
        due_at=ended.due_at,
        done_at=ended.done_at,
        is_met=ended.is_met,
        took=ended.took.total_seconds(),
    )


def _agree(conversation: Conversation, ended: Sequence[Ended], promise: Promise) -> None:
    """The rows of what ended: those that have not, after all, go. What was judged by the promise of its day stays so,
    and what ended before there was this one is not judged by it."""
    known = {(row.kind, row.since): row for row in Deadline.objects.filter(conversation=conversation)}
    true = {(each.kind, each.since): each for each in ended}
    gone = [row.pk for key, row in known.items() if key not in true or row.done_at != true[key].done_at]
    if gone:
        Deadline.objects.filter(pk__in=gone).delete()
    kept = {key for key, row in known.items() if row.pk not in gone}
    new = [each for key, each in true.items() if key not in kept]
    if new:
        begun = SlaPolicy.objects.values_list("created_at", flat=True).get(pk=promise.policy)
        _write_down(conversation, [each for each in new if each.done_at >= begun], promise)
