"""Switches of a customer's channel, added up; and what began and was worked by address, for those with a rate."""

from conversations.reports.tallies.stream import Stream

APART = ">"  # between the channel that was left and the one that was taken

SWITCHES = Stream(
    name="switches",
    rows=f"""
        select s.at, coalesce(s.team_id, 0) as team, s.medium, s.from_medium || '{APART}' || s.medium as pair,
            1 as switches, s.was_answered::int as answered, s.was_repeated::int as repeated
        from conversations_switch s
        where s.at >= %(since)s and s.at < %(until)s
    """,  # noqa: S608 - no value of anybody's
    numbers=("switches", "answered", "repeated"),
    cuts={"pair": "pair"},
    tables=(("conversations_switch", "at"),),
)

BEGUN_AT = Stream(
    name="begun_at",
    rows="""
        select e.began_at as at, coalesce(e.team_id, 0) as team, e.medium, e.channel_id::text as address, 1 as episodes
        from conversations_episode e
        where e.began_at >= %(since)s and e.began_at < %(until)s
            and e.channel_id is not null and e.outcome not in ('spam', 'merged')
    """,
    numbers=("episodes",),
    cuts={"address": "address"},
    tables=(("conversations_episode", "began_at"),),
)

WORK_AT = Stream(
    name="work_at",
    rows="""
        select w.hour as at, coalesce(w.team_id, 0) as team, w.medium, w.channel_id::text as address,
            w.seconds as seconds_sum
        from conversations_work w
        where w.hour >= %(since)s and w.hour < %(until)s and w.channel_id is not null
    """,
    numbers=("seconds_sum",),
    cuts={"address": "address"},
    tables=(("conversations_work", "hour"),),
)

EVERY: tuple[Stream, ...] = (SWITCHES, BEGUN_AT, WORK_AT)
