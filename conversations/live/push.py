"""Inbound 7: show it. After commit, one rendering goes to everybody who watches.

All of it is robust: what is stored stays stored when Redis is away, and the browsers' catch-up brings it later.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language

from conversations.live import groups, wire
from conversations.models import Activity, Conversation, Message

if TYPE_CHECKING:
    from deskapp.models import User


def push_message(message: Message) -> None:
    """The message into its open threads, its conversation's row into the lists, and a line to the customer's widget."""
    transaction.on_commit(lambda: _push_message(message.pk), robust=True)


def push_activity(activity: Activity) -> None:
    transaction.on_commit(lambda: _push_activity(activity.pk), robust=True)


def push_row(conversation: Conversation) -> None:
    transaction.on_commit(lambda: _push_row(conversation.pk), robust=True)


def push_mention(message: Message, agents: "Iterable[User]") -> None:
    """The row to those whom a note called, wherever else the conversation is at home."""
    called = [groups.of_agent(agent.pk) for agent in agents]
    transaction.on_commit(lambda: _push_mention(message.conversation_id, called), robust=True)


def push_removal(conversation: Conversation, from_groups: Iterable[str]) -> None:
    """Takes the row away from those who may no longer see it, such as the team it left."""
    gone = [group for group in from_groups if group not in groups.watching(conversation)]
    frame = {"type": "desk.gone", "conversation": conversation.pk}
    transaction.on_commit(lambda: send(gone, frame), robust=True)


def tell_visitor(conversation: Conversation, frame: dict[str, object]) -> None:
    """A line to the widget of who chats here, if somebody does: "visitor.typing" with a name, "visitor.seen"."""
    if "chat" not in conversation.media:
        return
    said = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND, channel__medium="chat")
    identity = said.order_by("-created_at").values_list("identity", flat=True).first()
    if identity:
        send([groups.of_visitor(identity)], frame)


def _push_message(pk: int) -> None:
    message = (
        Message.objects.select_related(
            "conversation__customer",
            "conversation__assignee",
            "conversation__team",
            "channel",
            "identity",
            "author",
            "delivery",
        )
        .prefetch_related("attachments")
        .get(pk=pk)
    )
    if message.channel and message.identity_id and message.kind in (Message.Kind.INBOUND, Message.Kind.OUTBOUND):
        send([groups.of_visitor(message.identity_id)], {"type": "visitor.message", "message": message.pk})
    html = render_to_string("conversations/live/message.html", {"event": message, "message": message})
    event = {"type": "desk.event", "html": html, "conversation": message.conversation_id, "message": message.pk}
    send([groups.of_conversation(message.conversation_id)], event)
    send(groups.watching(message.conversation), _row_frame(message.conversation, arrived=message))


def _push_activity(pk: int) -> None:
    activity = Activity.objects.select_related("by").get(pk=pk)
    html = render_to_string("conversations/live/activity.html", {"event": activity, "activity": activity})
    event = {"type": "desk.event", "html": html, "conversation": activity.conversation_id}
    send([groups.of_conversation(activity.conversation_id)], event)


def _push_mention(pk: int, called: list[str]) -> None:
    send(called, {**_row_frame(_as_it_is(pk)), "mentioned": True})


def _push_row(pk: int) -> None:
    conversation = _as_it_is(pk)
    send(groups.watching(conversation), _row_frame(conversation))


def _as_it_is(pk: int) -> Conversation:
    return Conversation.objects.select_related("customer", "assignee", "team").prefetch_related("tags").get(pk=pk)


def _row_frame(conversation: Conversation, *, arrived: Message | None = None) -> dict[str, object]:
    html = render_to_string("conversations/live/row.html", {"conversation": conversation})
    return {
        "type": "desk.row",
        "html": html,
        "conversation": conversation.pk,
        "inbound": bool(arrived and arrived.kind == Message.Kind.INBOUND),
        "assignee": conversation.assignee_id,
    }


def send(to: Iterable[str], frame: dict[str, object]) -> None:
    """One frame to each group. What a lost frame would have shown, the browser's next catch-up brings."""
    frame = {**frame, "language": get_language()}  # a browser in another asks for its own rendering
    wire.put((group, frame) for group in dict.fromkeys(to))
