"""Work: how long agents were at which conversation, by the hour, written down from what browsers said and from calls.

Both are written as what they come to in the whole hour, and the longer of the two stands: who looks at the thread while
they are on the telephone has not worked twice, and writing it again changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from conversations.call_words import answered_at, call_of
from conversations.live import awake
from conversations.models import Conversation, Message
from conversations.models.message import MessageKind

HOUR = timedelta(hours=1)
LONGEST_CALL = timedelta(hours=4)  # what a phone system says beyond that is a line that nobody hung up
Spent = Mapping[tuple[datetime, int, int], int]  # hour, agent and conversation → seconds

_WRITE = """
insert into conversations_work (hour, agent_id, conversation_id, team_id, medium, channel_id, seconds)
select d.hour, u.id, c.id, c.team_id, coalesce(c.media[array_upper(c.media, 1)], ''),
    (
        select m.channel_id from conversations_message m join conversations_channel ch on ch.id = m.channel_id
        where m.conversation_id = c.id and ch.medium = c.media[array_upper(c.media, 1)]
        order by m.created_at desc, m.id desc limit 1
    ),
    least(d.seconds, 3600)
from unnest(%(hours)s::timestamptz[], %(agents)s::bigint[], %(conversations)s::bigint[], %(seconds)s::int[])
    as d(hour, agent, conversation, seconds)
join conversations_conversation c on c.id = d.conversation
join deskapp_user u on u.id = d.agent
where d.seconds > 0
order by d.conversation, d.agent, d.hour
on conflict (agent_id, conversation_id, hour) do update set seconds = excluded.seconds
where conversations_work.seconds < excluded.seconds
returning conversation_id
"""
# An hour's work is of the last episode that had begun by its end; what was merged away has it in the one that stayed.
_ADD_UP = """
update conversations_episode e set worked = s.worked
from (
    select one.id, coalesce(sum(w.seconds), 0) as worked
    from conversations_episode one
    join conversations_conversation c on coalesce(c.merged_into_id, c.id) = one.conversation_id
    left join conversations_work w on w.conversation_id = c.id
        and one.began_at < w.hour + interval '1 hour'
        and w.hour + interval '1 hour' <= coalesce(one.reopened_at, 'infinity')
    where one.outcome <> 'merged' and one.conversation_id in (
        select coalesce(merged_into_id, id) from conversations_conversation where id = any(%s)
    )
    group by one.id
) s
where e.id = s.id and e.worked <> s.worked
"""


def write() -> int:
    """What browsers have said up to now: how many rows it changed."""
    return sum(put({(hour, *pair): much for pair, much in found.items()}) for hour, found in awake.hours())


def called(conversation: Conversation) -> int:
    """All calls of this conversation that are over."""
    return put(_spent(Message.objects.filter(conversation=conversation, kind=MessageKind.CALL)))


def _spent(calls: Iterable[Message]) -> Spent:
    spent: defaultdict[tuple[datetime, int, int], float] = defaultdict(float)
    for message in calls:
        for agent, since, until in _spans(message):
            for hour, seconds in _by_hour(since, until):
                spent[hour, agent, message.conversation_id] += seconds
    return {key: int(seconds) for key, seconds in spent.items()}


def _spans(message: Message) -> Iterator[tuple[int, datetime, datetime]]:
    call = call_of(message)
    if call.get("state") != "ended":
        return
    since = answered_at(call) or message.created_at
    until = since + min(timedelta(seconds=call.get("seconds", 0)), LONGEST_CALL)
    told = [each["agent"] for each in call.get("answered", [])] or [message.author_id]
    for agent in sorted({one for one in told if one}):
        yield agent, since, until


def _by_hour(since: datetime, until: datetime) -> Iterator[tuple[datetime, float]]:
    at = since
    while at < until:
        hour = at.replace(minute=0, second=0, microsecond=0)
        ends = min(hour + HOUR, until)
        yield hour, (ends - at).total_seconds()
        at = ends


@transaction.atomic
def put(spent: Spent) -> int:
    """Several at once may write the same: the longer stands."""
    if not spent:
        return 0
    keys = sorted(spent)
    values: dict[str, list[datetime] | list[int]] = {
        "hours": [hour for hour, _agent, _conversation in keys],
        "agents": [agent for _hour, agent, _conversation in keys],
        "conversations": [conversation for _hour, _agent, conversation in keys],
        "seconds": [spent[key] for key in keys],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.replace("deskapp_user", get_user_model()._meta.db_table), values)
        changed = [pk for (pk,) in cursor.fetchall()]
        if changed:
            cursor.execute(_ADD_UP, [changed])
    return len(changed)
