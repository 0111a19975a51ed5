"""The streams of the service: episodes by their beginning and their end, answers, work, passing on, agents' states."""

from conversations.reports.tallies.stream import Stream, Through

# Every whole second that was counted, and 1 for each that is counted at all: a mean is the one by the other.
_OF_EPISODE = {
    "agent": "agent",
    "topic": "topic",
    "language": "language",
    "tier": "tier",
    "handler": "handler",
    # The same within one handler, so that what the bot did alone can be left out of each.
    "handler_agent": "handler || '/' || agent",
    "handler_topic": "handler || '/' || topic",
    "handler_language": "handler || '/' || language",
    "handler_tier": "handler || '/' || tier",
}
_WHOSE = """
    coalesce(e.team_id, 0) as team, coalesce(e.agent_id::text, '') as agent, coalesce(e.topic_id::text, '') as topic,
    e.language, e.tier, e.handler
"""
_REAL = "(e.outcome not in ('spam', 'merged'))"

BEGUN = Stream(
    name="begun",
    rows=f"""
        select e.began_at as at, e.medium, {_WHOSE},
            {_REAL}::int as episodes, 1 as every,
            ({_REAL} and e.is_inbound)::int as inbound,
            ({_REAL} and not e.is_first)::int as again,
            (e.outcome = 'spam')::int as spam, (e.outcome = 'merged')::int as merged,
            ({_REAL} and e.waited is not null)::int as answered,
            case when {_REAL} then coalesce(e.waited, 0) else 0 end as waited_sum,
            case when {_REAL} then coalesce(e.waited_open, 0) else 0 end as waited_open_sum,
            ({_REAL} and e.is_first_in_time is not null)::int as promised,
            ({_REAL} and e.is_first_in_time is true)::int as kept,
            case when {_REAL} then e.waited end as waited,
            case when {_REAL} then e.waited_open end as waited_open
        from conversations_episode e
        where e.began_at >= %(since)s and e.began_at < %(until)s
    """,  # noqa: S608 - no value of anybody's
    numbers=(
        "episodes", "every", "inbound", "again", "spam", "merged", "answered", "waited_sum", "waited_open_sum",
        "promised", "kept",
    ),
    cuts=_OF_EPISODE,
    spreads={"waited": tuple(_OF_EPISODE), "waited_open": tuple(_OF_EPISODE)},
    tables=(("conversations_episode", "began_at"),),
)  # fmt: skip

_SOLVED = "(e.outcome = 'solved')"
ENDED = Stream(
    name="ended",
    rows=f"""
        select e.ended_at as at, e.medium, {_WHOSE},
            1 as every, {_SOLVED}::int as solved,
            ({_SOLVED} and e.reopened_at is not null)::int as reopened,
            ({_SOLVED} and e.is_first and e.reopened_at is null and e.transfers = 0 and e.switches = 0)::int
                as in_one,
            ({_SOLVED} and e.handler = 'bot')::int as by_bot,
            case when {_SOLVED} then coalesce(e.took, 0) else 0 end as took_sum,
            case when {_SOLVED} then coalesce(e.took_open, 0) else 0 end as took_open_sum,
            case when {_SOLVED} then e.answers else 0 end as answers_sum,
            ({_SOLVED} and e.worked > 0)::int as handled,
            case when {_SOLVED} then e.worked else 0 end as worked_sum,
            ({_SOLVED} and e.transfers > 0)::int as passed,
            case when {_SOLVED} then e.transfers else 0 end as transfers,
            ({_SOLVED} and e.handoffs > 0)::int as handed,
            ({_SOLVED} and e.repeats > 0)::int as repeated, case when {_SOLVED} then e.repeats else 0 end as repeats,
            ({_SOLVED} and e.is_within_sla is not null)::int as promised,
            ({_SOLVED} and e.is_within_sla is true)::int as kept,
            case when {_SOLVED} then e.took end as took,
            case when {_SOLVED} then e.took_open end as took_open,
            case when {_SOLVED} and e.worked > 0 then e.worked end as worked
        from conversations_episode e
        where e.ended_at >= %(since)s and e.ended_at < %(until)s
    """,  # noqa: S608 - no value of anybody's
    numbers=(
        "every", "solved", "reopened", "in_one", "by_bot", "took_sum", "took_open_sum", "answers_sum", "handled",
        "worked_sum", "passed", "transfers", "handed", "repeated", "repeats", "promised", "kept",
    ),
    cuts=_OF_EPISODE,
    spreads={name: tuple(_OF_EPISODE) for name in ("took", "took_open", "worked")},
    tables=(("conversations_episode", "ended_at"),),
)  # fmt: skip

# A team, a medium and an agent of their own; the rest as their episode has it, whenever it came to be so.
_NEXT = "(not r.is_first)"
_CUT_BY_EPISODE = {name: sql for name, sql in _OF_EPISODE.items() if "agent" not in name}
REPLIES = Stream(
    name="replies",
    rows=f"""
        select r.at, coalesce(r.team_id, 0) as team, r.medium, coalesce(r.agent_id::text, '') as agent,
            coalesce(e.topic_id::text, '') as topic, e.language, e.tier, e.handler,
            1 as replies, r.seconds as seconds_sum, r.seconds_open as open_sum,
            (r.is_in_time is not null)::int as promised, (r.is_in_time is true)::int as kept,
            {_NEXT}::int as following,
            case when {_NEXT} then r.seconds else 0 end as following_sum,
            case when {_NEXT} then r.seconds_open else 0 end as following_open_sum,
            ({_NEXT} and r.is_in_time is not null)::int as following_promised,
            ({_NEXT} and r.is_in_time is true)::int as following_kept,
            r.seconds, r.seconds_open,
            case when {_NEXT} then r.seconds end as waited, case when {_NEXT} then r.seconds_open end as waited_open
        from conversations_reply r join conversations_episode e on e.id = r.episode_id
        where r.at >= %(since)s and r.at < %(until)s and {_REAL}
    """,  # noqa: S608 - no value of anybody's
    numbers=(
        "replies", "seconds_sum", "open_sum", "promised", "kept", "following", "following_sum", "following_open_sum",
        "following_promised", "following_kept",
    ),
    cuts={"agent": "agent", **_CUT_BY_EPISODE},
    spreads={
        "seconds": ("agent",), "seconds_open": ("agent",),
        "waited": tuple(_CUT_BY_EPISODE), "waited_open": tuple(_CUT_BY_EPISODE),
    },
    tables=(
        ("conversations_reply", "at"),
        (
            "conversations_episode",
            Through("conversations_reply", "episode_id", "at", ("topic_id", "language", "tier", "handler", "outcome")),
        ),
    ),
)  # fmt: skip

WORK = Stream(
    name="work",
    rows="""
        select w.hour as at, coalesce(w.team_id, 0) as team, w.medium, w.agent_id::text as agent,
            1 as rows, w.seconds as seconds_sum
        from conversations_work w
        where w.hour >= %(since)s and w.hour < %(until)s
    """,
    numbers=("rows", "seconds_sum"),
    cuts={"agent": "agent"},
    tables=(("conversations_work", "hour"),),
)

GIVEN_AWAY = ("transferred", "declined")  # of RoutingDecision.trigger: who had it gave it to somebody else
PASSED = Stream(
    name="passed",
    rows=f"""
        select d.created_at as at, coalesce(d.team_id, 0) as team, coalesce(d.matter->>'medium', '') as medium,
            d.by_id::text as agent, d.trigger, 1 as passed
        from conversations_routingdecision d
        where d.created_at >= %(since)s and d.created_at < %(until)s
            and d.by_id is not null and d.trigger in {GIVEN_AWAY}
    """,  # noqa: S608 - no value of anybody's
    numbers=("passed",),
    cuts={"agent": "agent"},
    tables=(("conversations_routingdecision", "created_at"),),
)

# A stretch in one state gives a row for each hour of it. A person's time is of no team: whose it is, is asked by agent.
STATES = Stream(
    name="states",
    rows="""
        select * from (
            select greatest(h.at, s.since) as at, 0 as team, '' as medium, s.agent_id::text as agent,
                s.state, s.reason, 1 as rows,
                floor(extract(epoch from
                    least(coalesce(s.until, now()), h.at + interval '1 hour') - greatest(h.at, s.since)
                ))::bigint as seconds_sum
            from conversations_agentstate s
            cross join lateral generate_series(
                date_trunc('hour', greatest(s.since, %(since)s), 'UTC'),
                least(coalesce(s.until, now()), %(until)s) - interval '1 microsecond', interval '1 hour'
            ) as h(at)
            where s.since < %(until)s and (s.until is null or s.until > %(since)s)
        ) parts
        where parts.at >= %(since)s and parts.at < %(until)s
    """,
    numbers=("rows", "seconds_sum"),
    cuts={
        "agent": "agent",
        "state": "state",
        "state_reason": "state || '/' || reason",
        "agent_state": "agent || '/' || state || '/' || reason",
    },
    tables=(("conversations_agentstate", "since..until"),),
)

# What was taken back before it went asked nobody; of no team, as states are.
REPEATS = Stream(
    name="repeats",
    rows="""
        select q.created_at as at, 0 as team, '' as medium, coalesce(q.agent_id::text, '') as agent, 1 as questions
        from conversations_repeatedquestion q
        where q.created_at >= %(since)s and q.created_at < %(until)s
            and not exists (
                select 1 from conversations_delivery d where d.message_id = q.message_id and d.status = 'cancelled'
            )
    """,
    numbers=("questions",),
    cuts={"agent": "agent"},
    tables=(("conversations_repeatedquestion", "created_at"),),
)

EVERY: tuple[Stream, ...] = (BEGUN, ENDED, REPLIES, WORK, PASSED, STATES, REPEATS)
