"""What the doors write of an episode as it goes: that it begins, that a person answered, and whose it is. One statement
or two each; all of it follows from conversations.reports.episodes, too."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Case, F, Value, When
from django.utils import timezone

from conversations.models import Conversation, Deadline, Episode, Message, Reply, Status
from conversations.models.fact import Handler, Outcome
from conversations.reports import episodes
from conversations.reports.counted_hours import seconds_open

_CUSTOMER = Conversation._meta.get_field("customer")
_STAND = """
update conversations_episode e
set team_id = c.team_id, agent_id = c.assignee_id, topic_id = c.topic_id,
    language = coalesce(nullif(c.language, ''), e.language)
from conversations_conversation c
where c.id = e.conversation_id and e.ended_at is null and c.id = any(%s)
  and (e.team_id, e.agent_id, e.topic_id) is distinct from (c.team_id, c.assignee_id, c.topic_id)
"""


def begin(messages: Iterable[Message]) -> None:
    """Of those among them that began their conversation just now, stored and placed with a team: one statement."""
    rows = [_row(message.conversation, message) for message in messages if message.conversation.is_new]
    if rows:
        Episode.objects.bulk_create(rows)


def _row(conversation: Conversation, message: Message | None) -> Episode:
    medium = message.channel.medium if message and message.channel else ""
    row = Episode(
        conversation=conversation,
        began_at=min(filter(None, [conversation.created_at, message.created_at if message else None])),
        team_id=conversation.team_id,
        agent_id=conversation.assignee_id,
        medium=medium,
        last_medium=medium,
        channel=message.channel if message else None,
        topic_id=conversation.topic_id,
        language=conversation.language,
        said=0 if message is None or message.is_automatic else 1,
    )
    if _CUSTOMER.is_cached(conversation):
        row.language = row.language or conversation.customer.language[:12]
        row.tier = conversation.customer.tier[:40]
    if conversation.is_spam:
        row.ended_at, row.outcome, row.took, row.took_open = row.began_at, Outcome.SPAM, 0, 0
    return row


def begin_again(conversation: Conversation, message: Message | None) -> None:
    """It was solved, and is opened: by this word of the customer's, where it came after that. Call before the row says
    that it is open."""
    if conversation.is_spam or conversation.pk is None:
        return
    solved_at, now = conversation.resolved_at, timezone.now()
    at = message.created_at if message and (solved_at is None or message.created_at > solved_at) else now
    before = Episode.objects.filter(conversation=conversation, ended_at__isnull=False, reopened_at=None)
    if not before.update(reopened_at=at):  # from before there were episodes: they are worked out when it is solved
        return
    row = _row(conversation, message)
    row.began_at, row.is_first = at, False
    Episode.objects.bulk_create([row])


def answered(conversation: Conversation, message: Message, *, since: datetime | None) -> None:
    """By a person, to whom the customer had waited for since then. Call when its deadlines are written down."""
    row = Episode.objects.filter(conversation=conversation, ended_at=None).order_by("-began_at").first()
    if row is None:
        if conversation.status != Status.RESOLVED and not conversation.is_spam:
            episodes.refresh(conversation)
        return
    changed: dict[str, object] = {"answers": F("answers") + 1, "handler": _with_people(row.handler)}
    changed["agent"] = conversation.assignee_id
    if since is not None:
        reply = _reply(conversation, message, min(since, message.created_at), row)
        reply.save(force_insert=True)
        if reply.is_first:
            changed |= {"waited": reply.seconds, "waited_open": reply.seconds_open}
            changed["is_first_in_time"] = reply.is_in_time
    elif row.said == 0:
        changed["is_inbound"] = False
    Episode.objects.filter(pk=row.pk).update(**changed)


def answered_by_bot(conversation: Conversation, count: int) -> None:
    """With so many words in a turn. One statement."""
    by = Case(
        When(handler=Handler.NOBODY, then=Value(Handler.BOT)),
        When(handler=Handler.PEOPLE, then=Value(Handler.BOTH)),
        default=F("handler"),
    )
    rows = Episode.objects.filter(conversation=conversation, ended_at=None)
    rows.update(bot_answers=F("bot_answers") + count, handler=by)


def _with_people(handler: str) -> str:
    return Handler.BOTH if handler in (Handler.BOT, Handler.BOTH) else Handler.PEOPLE


def _reply(conversation: Conversation, message: Message, since: datetime, row: Episode) -> Reply:
    channel, at = message.channel, message.created_at
    return Reply(
        episode=row,
        message=message,
        is_first=row.waited is None,
        team_id=conversation.team_id,
        agent_id=message.author_id,
        medium=channel.medium if channel else "",
        since=since,
        at=at,
        seconds=int((at - since).total_seconds()),
        seconds_open=seconds_open(message.channel_id, conversation.team_id, since, at),
        is_in_time=_is_in_time(conversation, at),
    )


def _is_in_time(conversation: Conversation, at: datetime) -> bool | None:
    if conversation.sla_id is None:
        return None
    ended = Deadline.objects.filter(conversation=conversation, done_at=at).exclude(kind="resolution")
    return ended.exclude(due_at=None).values_list("is_met", flat=True).first()


def stand(conversations: Collection[int]) -> None:
    """They have another team, agent or topic: so have their open episodes. One statement."""
    if conversations:
        with connection.cursor() as cursor:
            cursor.execute(_STAND, [list(conversations)])


def retopic(conversation: Conversation) -> None:
    """A person says what it is about: that goes for the last episode, also where that has ended."""
    last = Episode.objects.filter(conversation=conversation).order_by("-began_at").values("pk")[:1]
    Episode.objects.filter(pk__in=last).exclude(topic=conversation.topic_id).update(topic=conversation.topic_id)
