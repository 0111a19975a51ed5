"""Switches of a customer's channel, added up."""

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
