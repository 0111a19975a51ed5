"""The bot hands over: the word goes to the people, and all that is known goes along, in one transaction."""

from typing import TYPE_CHECKING

from django.utils import timezone

from conversations.actions.change import log, save
from conversations.handoff import lease, promising
from conversations.handoff.building import packet_for
from conversations.handoff.packet import Packet
from conversations.live import groups
from conversations.live.push import push_removal
from conversations.models import Activity, BotTalk, Conversation, Handoff, Lease, Priority, Status
from conversations.models.handoff import HandoffReason
from conversations.routing import by_hand, waiting

if TYPE_CHECKING:
    from deskapp.models import User

URGENT = {HandoffReason.SERIOUS, HandoffReason.MOOD}  # these do not wait as long as others


def hand_over(
    conversation: Conversation,
    reason: str,
    *,
    talk: BotTalk | None = None,
    detail: str = "",
    team: int | None = None,
    by: "User | None" = None,
) -> Handoff:
    """Takes the word from the bot, keeps the packet, and has somebody chosen. Call with `conversation` locked: it is
    changed and stored. `by`: the agent who stepped in, whose it is then. Where people have the word already, the
    handoff that gave it to them is the answer."""
    now = timezone.now()
    talk = talk or _talk_of(conversation)
    packet = packet_for(conversation, talk, at=now)  # before the talk ends, and what it had queued is withdrawn
    taken = lease.take(conversation, by=by, why=reason)
    if taken is None and (before := _already(conversation)):
        return before
    _give_to_people(conversation, packet, reason, team=team, by=by)
    handoff = Handoff.objects.create(
        conversation=conversation,
        talk=talk,
        reason=reason,
        detail=detail[:400],
        packet=packet.to_json(),
        version=packet.version,
        term=taken.term if taken else _term(conversation),
        topic_id=packet.topic.topic if packet.topic else None,
        team_id=conversation.team_id,
        by=by,
        created_at=now,
        accepted_by=by,
        accepted_at=now if by else None,
    )
    verb = Activity.Verb.TOOK_OVER if by else Activity.Verb.HANDED_OVER
    log(conversation, verb, by=by, to=talk.bot.name if talk and talk.bot else "", reason=_why(handoff))
    if conversation.assignee_id is None:
        waiting.enqueue(conversation, "handed_over")
    return handoff


def promise(handoff: Handoff, language: str) -> str:
    """What the customer is told, in their language or the desk's, and kept as told. Only what is true: a team that is
    there, a wait that was measured, the hour at which somebody is here again; else ""."""
    return promising.tell(handoff, language)


def _talk_of(conversation: Conversation) -> BotTalk | None:
    """The one that goes on, else the last there was."""
    talks = BotTalk.objects.filter(conversation=conversation).select_related("bot", "topic")
    return talks.filter(ended_at=None).first() or talks.order_by("-began_at", "-pk").first()


def _already(conversation: Conversation) -> Handoff | None:
    return Handoff.objects.filter(conversation=conversation, term=_term(conversation)).first()


def _term(conversation: Conversation) -> int:
    return Lease.objects.filter(conversation=conversation).values_list("term", flat=True).first() or 1


def _give_to_people(
    conversation: Conversation, packet: Packet, reason: str, *, team: int | None, by: "User | None"
) -> None:
    """Open, waiting since the customer wrote, and with what rules ask about: topic, language, mood, urgency."""
    watching, was = groups.watching(conversation), (conversation.assignee_id, conversation.team_id)
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.OPEN, None, None
    if by is None:  # the bot's parting word is no answer
        conversation.waiting_since = conversation.waiting_since or conversation.last_inbound_at or timezone.now()
    _understood(conversation, packet)
    if reason in URGENT:
        conversation.priority = max(conversation.priority, Priority.HIGH)
    conversation.team_id = team or conversation.team_id
    if by is not None and conversation.assignee_id is None:
        conversation.assignee = by
        waiting.leave(conversation.pk)
    push_removal(conversation, watching)
    save(conversation)
    if by is not None and was != (conversation.assignee_id, conversation.team_id):
        by_hand.note(conversation, by=by)


def _understood(conversation: Conversation, packet: Packet) -> None:
    """A topic that a person set stays."""
    is_said_by_person = conversation.topic_id is not None and conversation.certainty is None
    if packet.topic and packet.topic.topic and not is_said_by_person:
        conversation.topic_id, conversation.certainty = packet.topic.topic, packet.topic.certainty
    conversation.language = (packet.language or conversation.language)[:12]
    if packet.moods:
        conversation.mood = packet.moods[-1].mood


def _why(handoff: Handoff) -> str:
    label = str(HandoffReason(handoff.reason).label)
    return f"{label}: {handoff.detail}" if handoff.detail else label
