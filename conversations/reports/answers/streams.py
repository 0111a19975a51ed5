"""What is added up of surveys: the answers, the shares of them that are credited to somebody, and who was asked."""

from conversations.reports.tallies.stream import Stream

WHOLE = 1_000_000  # millionths: a share of one
_GOOD = "(r.kind = 'csat' and r.score >= 4 or r.kind = 'nps' and r.score >= 9 or r.kind = 'ces' and r.score >= 5)"
_BAD = "(r.kind = 'csat' and r.score <= 2 or r.kind = 'nps' and r.score <= 6 or r.kind = 'ces' and r.score <= 3)"

ANSWERS = Stream(
    name="answers",
    rows=f"""
select r.answered_at as at, coalesce(r.team_id, 0) as team, r.medium, r.kind, r.touchpoint, r.language, r.tier, r.score,
    coalesce(r.topic_id, 0) as topic,
    (select case when count(*) = 0 then 'nobody' when bool_and(c.is_bot) then 'bot' when bool_or(c.is_bot) then 'both'
        else 'people' end from conversations_responsecredit c where c.response_id = r.id) as handler,
    1 as answers, r.score as total, r.score * r.score as squares, {_GOOD}::int as good, {_BAD}::int as bad
from conversations_surveyresponse r
where r.answered_at >= %(since)s and r.answered_at < %(until)s and r.score is not null and r.kind <> 'own'
""",  # noqa: S608  our own words
    numbers=("answers", "total", "squares", "good", "bad"),
    cuts={
        "kind": "kind",
        "kind|touchpoint": "kind || '|' || touchpoint",
        "kind|topic": "kind || '|' || topic",
        "kind|language": "kind || '|' || language",
        "kind|tier": "kind || '|' || tier",
        "kind|handler": "kind || '|' || handler",
        "kind|score": "kind || '|' || score",
    },
    tables=(("conversations_surveyresponse", "answered_at"),),
    weeks=("kind",),
)

CREDITS = Stream(
    name="credits",
    rows=f"""
select r.answered_at as at, coalesce(r.team_id, 0) as team, r.medium, r.kind,
    case when c.is_bot then 'bot' else coalesce(c.agent_id::text, '') end as agent,
    1 as answers, round(c.share * {WHOLE})::bigint as share, round(c.share * {WHOLE})::bigint * r.score as total,
    round(c.share * {WHOLE})::bigint * r.score * r.score as squares,
    round(c.share * {WHOLE})::bigint * {_GOOD}::int as good, round(c.share * {WHOLE})::bigint * {_BAD}::int as bad
from conversations_surveyresponse r join conversations_responsecredit c on c.response_id = r.id
where r.answered_at >= %(since)s and r.answered_at < %(until)s and r.score is not null and r.kind <> 'own'
""",  # noqa: S608  our own words
    numbers=("answers", "share", "total", "squares", "good", "bad"),
    cuts={"kind|agent": "kind || '|' || agent"},
    tables=(("conversations_surveyresponse", "answered_at"),),
)

ASKS = Stream(
    name="asks",
    rows="""
select a.asked_at as at, coalesce(a.team_id, 0) as team, a.medium, a.touchpoint,
    1 as asked, (a.state = 'answered')::int as answered
from conversations_surveyask a
where a.asked_at >= %(since)s and a.asked_at < %(until)s and a.state in ('asked', 'answered')
""",
    numbers=("asked", "answered"),
    cuts={"touchpoint": "touchpoint"},
    tables=(("conversations_surveyask", "asked_at"),),
)
