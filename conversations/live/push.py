"""Inbound 7: show it. After commit, one rendering goes to everybody who watches; where nobody does, none is made.

All of it is robust: what is stored stays stored when Redis is away, and the browsers' catch-up brings it later.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language

from conversations.live import groups, wire
from conversations.models import Activity, BotTalk, Conversation, Message
from conversations.models.activity import OF_ORDERS
from conversations.prepared import Rows, Tuples, blank
from customers import profile

if TYPE_CHECKING:
    from deskapp.models import User

Addressed = tuple[str, wire.Frame]  # a group, and what it is told


def push_message(message: Message) -> None:
    """The message into its open threads, its conversation's row into the lists, and a line to the customer's widget."""
    push_said([message])


def push_said(messages: Sequence[Message]) -> None:
    """The same of several of one conversation, whose row is told of once."""
    if messages:
        transaction.on_commit(lambda: _push_said(messages), robust=True)


def push_ticks(messages: "Sequence[tuple[int, int]]") -> None:
    """What became of messages of ours, each with its conversation, into the threads that are open."""
    if messages:
        transaction.on_commit(lambda: _push_ticks(messages), robust=True)


def push_arrived(messages: Sequence[Message]) -> None:
    """The same for messages that were recorded just now, with their conversation and customer at hand."""
    transaction.on_commit(lambda: _push_arrived(messages), robust=True)


def push_activity(activity: Activity) -> None:
    transaction.on_commit(lambda: _push_activity(activity.pk, activity.conversation_id), robust=True)


def push_row(conversation: Conversation) -> None:
    transaction.on_commit(lambda: _push_row(conversation.pk), robust=True)


def push_changed(rows: Sequence[tuple[Conversation, Sequence[str]]], activities: Sequence[Activity]) -> None:
    """Several conversations at once, each with the groups that watched it before: who sees them no more is told so,
    and the others get the row and the line of the log; each thing once."""
    if rows:
        transaction.on_commit(lambda: _push_changed(rows, activities), robust=True)


def push_mention(message: Message, agents: "Iterable[User]") -> None:
    """The row to those whom a note called, wherever else the conversation is at home."""
    called = [groups.of_agent(agent.pk) for agent in agents]
    transaction.on_commit(lambda: _push_mention(message.conversation_id, called), robust=True)


def push_removal(conversation: Conversation, from_groups: Iterable[str]) -> None:
    """Takes the row away from those who may no longer see it, such as the team it left."""
    gone = [group for group in from_groups if group not in groups.watching(conversation)]
    frame = {"type": "desk.gone", "conversation": conversation.pk}
    transaction.on_commit(lambda: send(gone, frame), robust=True)


def push_decisions(conversations: Iterable[Conversation], *, changed: int = 0) -> None:
    """Tells the screens of routing that something was decided, or that a person `changed` a decision: never what, each
    asks for what its agent may see. To who saw the conversations as they are now."""
    told = {group for conversation in conversations for group in groups.watching(conversation)}
    frame: wire.Frame = {"type": "desk.decision", "changed": changed}
    transaction.on_commit(lambda: wire.put((group, frame) for group in wire.listened_to(sorted(told))), robust=True)


def push_board(agent_id: int) -> None:
    """Tells the boards of whoever sees this agent that their state, or their teams, changed; of conversations, boards
    hear as the lists do."""
    theirs = get_user_model().teams.through.objects.filter(user=agent_id).values_list("team", flat=True)
    told = [groups.EVERYTHING, groups.TEAMLESS, *(groups.of_team(pk) for pk in theirs)]
    frame: wire.Frame = {"type": "desk.board"}
    transaction.on_commit(lambda: wire.put((group, frame) for group in wire.listened_to(told)), robust=True)


def push_replay(pk: int) -> None:
    """How far a replay is, to those whose screens may show it."""
    frame: wire.Frame = {"type": "desk.replay", "replay": pk}
    everybody = [groups.EVERYTHING, groups.TEAMLESS]
    transaction.on_commit(lambda: wire.put((group, frame) for group in wire.listened_to(everybody)), robust=True)


def tell_visitor(conversation: Conversation, frame: dict[str, object]) -> None:
    """A line to the widget of who chats here, if somebody does: "visitor.typing" with a name, "visitor.seen"."""
    if "chat" not in conversation.media:
        return
    for (identity,) in _CHATTED.find(conversation.pk):
        if identity:
            send([groups.of_visitor(identity)], frame)


def show_typing(conversation: Conversation, talk: BotTalk) -> None:
    """After commit: the bot will take a while, since another brain is asked, or a shop."""
    frame: dict[str, object] = {"type": "visitor.typing", "name": talk.bot.name if talk.bot else ""}
    transaction.on_commit(lambda: tell_visitor(conversation, frame), robust=True)


_CHATTED = Tuples(
    lambda: (
        Message.objects.filter(conversation=blank(0), kind=Message.Kind.INBOUND, channel__medium="chat")
        .order_by("-created_at")
        .values_list("identity")[:1]
    )
)


def _push_said(messages: Sequence[Message]) -> None:
    [conversation] = _OF_MESSAGE.find(messages[-1].pk)  # a split may have moved it since it was read
    heard = wire.listened_to({group for message in messages for group in _hearing(message, conversation)})
    if not heard.isdisjoint(groups.watching(conversation)):
        conversation = _as_it_is(pk=conversation.pk)
    frames = [frame for message in messages for frame in _in_threads(message, conversation, heard)]
    wire.put([*frames, *_in_lists(conversation, heard, arrived=messages[-1])])


def _push_arrived(messages: Sequence[Message]) -> None:
    heard = wire.listened_to({group for message in messages for group in _hearing(message, message.conversation)})
    conversations = [message.conversation for message in messages]
    _name_tags([each for each in conversations if not heard.isdisjoint(groups.watching(each))])
    frames: list[Addressed] = []
    for message, conversation in zip(messages, conversations, strict=True):
        theirs = heard.intersection(_visitors(message))
        frames += _addressed(theirs, {"type": "visitor.message", "message": message.pk, "is_new": True})
        frames += _in_threads(message, conversation, heard - theirs)
        frames += _in_lists(conversation, heard, arrived=message)
    wire.put(frames)
    if not wire.is_late() and any(groups.of_customer(each.customer_id) in heard for each in conversations):
        profile.ask()  # somebody looks at one of them: their figures do not wait for the sweep


def _push_ticks(messages: "Sequence[tuple[int, int]]") -> None:
    threads = {pk: groups.of_conversation(conversation) for pk, conversation in messages}
    heard = wire.listened_to(set(threads.values()))
    wire.put(each for pk, thread in threads.items() if thread in heard for each in _in_thread(thread, pk))


EACH = "zxx"  # no page's language: each browser asks for what its own agent may see


def _push_activity(pk: int, conversation_id: int) -> None:
    heard = wire.listened_to([groups.of_conversation(conversation_id)])
    if not heard:
        return
    activity = Activity.objects.select_related("by").get(pk=pk)
    if activity.verb in OF_ORDERS:
        about = activity.conversation_id
        frame: wire.Frame = {"type": "desk.event", "html": "", "language": EACH, "conversation": about}
        wire.put((group, frame) for group in heard)
    else:
        html = render_to_string("conversations/live/activity.html", {"event": activity, "activity": activity})
        send(heard, {"type": "desk.event", "html": html, "conversation": activity.conversation_id})


def _push_mention(pk: int, called: list[str]) -> None:
    if heard := wire.listened_to(called):
        send(heard, {**_row_frame(_as_it_is(pk=pk)), "mentioned": True})


def _push_row(pk: int) -> None:
    [where] = _WHERE.find(pk)
    if heard := wire.listened_to(groups.watching(where)):
        wire.put(_in_lists(_as_it_is(pk=pk), heard))


def _push_changed(rows: Sequence[tuple[Conversation, Sequence[str]]], activities: Sequence[Activity]) -> None:
    threads = [groups.of_conversation(activity.conversation_id) for activity in activities]
    watching = {group for row, before in rows for group in (*groups.watching(row), *before)}
    heard = wire.listened_to([*watching, *threads])
    frames: list[Addressed] = []
    for row, before in rows:
        gone = heard.intersection(before).difference(groups.watching(row))
        frames += _addressed(sorted(gone), {"type": "desk.gone", "conversation": row.pk})
    shown = [row.pk for row, _ in rows if not heard.isdisjoint(groups.watching(row))]
    drawn = list(Conversation.objects.select_related("customer", "assignee", "team").filter(pk__in=shown))
    _name_tags(drawn)
    for row in drawn:
        frames += _in_lists(row, heard)
    for activity, thread in zip(activities, threads, strict=True):
        if thread in heard:
            html = render_to_string("conversations/live/activity.html", {"event": activity, "activity": activity})
            frame: wire.Frame = {"type": "desk.event", "html": html, "conversation": activity.conversation_id}
            frames += _addressed([thread], frame)
    wire.put(frames)


def _hearing(message: Message, conversation: Conversation) -> list[str]:
    """Every group that is told of a message."""
    theirs = [groups.of_conversation(conversation.pk), groups.of_customer(conversation.customer_id)]
    return [*_visitors(message), *theirs, *groups.watching(conversation)]


def _visitors(message: Message) -> list[str]:
    is_said = message.kind in (Message.Kind.INBOUND, Message.Kind.OUTBOUND)
    return [groups.of_visitor(message.identity_id)] if is_said and message.channel_id and message.identity_id else []


def _in_threads(message: Message, conversation: Conversation, heard: set[str]) -> Iterator[Addressed]:
    """For the customer's widget, and for the threads that are open; the pages of the customer ask for themselves."""
    yield from _addressed(heard.intersection(_visitors(message)), {"type": "visitor.message", "message": message.pk})
    theirs = heard.intersection([groups.of_customer(conversation.customer_id)])
    yield from _addressed(theirs, {"type": "desk.customer", "customer": conversation.customer_id, "said": True})
    thread = groups.of_conversation(conversation.pk)
    if thread in heard:
        yield from _in_thread(thread, message.pk)


def _in_thread(thread: str, pk: int) -> Iterator[Addressed]:
    message = _whole(pk)
    html = render_to_string("conversations/live/message.html", {"event": message, "message": message})
    frame: wire.Frame = {"html": html, "conversation": message.conversation_id, "message": message.pk}
    yield from _addressed([thread], {"type": "desk.event", **frame})


def _in_lists(conversation: Conversation, heard: set[str], *, arrived: Message | None = None) -> Iterator[Addressed]:
    if watching := heard.intersection(groups.watching(conversation)):
        yield from _addressed(watching, _row_frame(conversation, arrived=arrived))


def _whole(pk: int) -> Message:
    """With all that its template shows."""
    whole = Message.objects.select_related("conversation__customer", "channel", "identity", "author", "delivery")
    return whole.prefetch_related("attachments").get(pk=pk)


# No more of it than tells who watches it: most often nobody does.
_OF_MESSAGE = Rows(lambda: Conversation.objects.only("customer", "team", "assignee").filter(messages=blank(0)))
_WHERE = Rows(lambda: Conversation.objects.only("customer", "team", "assignee").filter(pk=blank(0)))


def _as_it_is(**which: int) -> Conversation:
    """`which` is the conversation's own key, or a message of it."""
    return Conversation.objects.select_related("customer", "assignee", "team").get(**which)


def _name_tags(conversations: Iterable[Conversation]) -> None:
    """One query for all, where each row would ask for its own (templatetags.desk.row_tags)."""
    names: dict[int, list[str]] = {conversation.pk: [] for conversation in conversations}
    tagged = Conversation.tags.through.objects.filter(conversation__in=names).order_by("tag__name")
    for pk, name in tagged.values_list("conversation", "tag__name"):
        names[pk].append(name)
    for conversation in conversations:
        conversation.tag_names = names[conversation.pk]  # type: ignore[attr-defined]


def _row_frame(conversation: Conversation, *, arrived: Message | None = None) -> wire.Frame:
    html = render_to_string("conversations/live/row.html", {"conversation": conversation})
    return {
        "type": "desk.row",
        "html": html,
        "conversation": conversation.pk,
        "inbound": bool(arrived and arrived.kind == Message.Kind.INBOUND),
        "assignee": conversation.assignee_id,
    }


def send(to: Iterable[str], frame: wire.Frame) -> None:
    """One frame to each group. What a lost frame would have shown, the browser's next catch-up brings."""
    wire.put(_addressed(to, frame))


def _addressed(to: Iterable[str], frame: wire.Frame) -> Iterator[Addressed]:
    frame = {**frame, "language": get_language()}  # a browser in another asks for its own rendering
    return ((group, frame) for group in dict.fromkeys(to))
