"""The episodes of a conversation, with the answers in them: worked out from its messages and its log, and written down.

This is the one definition. What the doors write as they go (conversations.reports.episode_steps) says the same, sooner.
What stood at an episode's end stays as it was then, whatever becomes of its team or its agent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Model, Q, QuerySet

from conversations.history import history
from conversations.models import (
    Activity,
    Conversation,
    ConversationMerge,
    Deadline,
    Episode,
    Handoff,
    RepeatedQuestion,
    Reply,
    RoutingDecision,
    Switch,
    Work,
)
from conversations.models.fact import Handler, Outcome
from conversations.models.message import MessageKind
from conversations.reports import switches
from conversations.reports.counted_hours import seconds_open
from conversations.reports.cutting import Passed, Stretch, Wait, cut

HOUR = timedelta(hours=1)
FAR = datetime(9000, 1, 1, tzinfo=UTC)
KEPT_AT_END = ("team_id", "agent_id", "topic_id", "language", "tier")
_OF_EPISODE = [field.name for field in Episode._meta.concrete_fields if field.name not in ("id", "conversation")]
_OF_REPLY = [field.name for field in Reply._meta.concrete_fields if field.name not in ("id", "message")]


@dataclass
class Derived:
    """`conversations.models.Episode` and its answers, as they should be stored."""

    row: Episode
    replies: list[Reply] = field(default_factory=list)
    before: Episode | None = None  # as it is stored
    switches: list[Switch] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """All that an episode is worked out from, besides what was said."""

    handoffs: Sequence[datetime]
    choices: Sequence[tuple[datetime, int | None, int | None]]  # of routing and people: agent, team
    deadlines: Sequence[tuple[str, datetime, bool]]  # kind, when it ended, kept
    repeats: Mapping[int, int]  # by message
    work: Sequence[tuple[datetime, int]]  # by hour
    first: tuple[str, str | None, int | None] | None  # kind, medium and channel of the conversation's first message
    replies: Mapping[int, Reply]  # by message, wherever they hang now


def refresh(conversation: Conversation) -> None:
    """Writes what has changed, in the caller's transaction, and keeps the keys of what stays. Call with it locked, and
    for a merge with the conversation that stays first."""
    rows = _rows(conversation)
    derived = derive(conversation, rows=rows)
    stay = {each.before.pk for each in derived if each.before}
    surplus = [row.pk for row in rows if row.pk not in stay]
    if surplus:
        Episode.objects.filter(pk__in=surplus).delete()
    _agree([(each.row, each.before) for each in derived if each.before], _OF_EPISODE)
    new = [each.row for each in derived if each.before is None]
    if new:
        Episode.objects.bulk_create(new)
    _answers(derived)
    switches.agree([(each.row, each.before, each.switches) for each in derived])


def refresh_each(conversations: Iterable[Conversation]) -> None:
    for conversation in conversations:
        refresh(conversation)


def _agree(pairs: "Sequence[tuple[Model, Model]]", names: Sequence[str]) -> None:
    """One statement for each that is not as it should be: most are, and then there is none."""
    for row, before in pairs:
        changed = [name for name in names if _value(row, name) != _value(before, name)]
        if changed:
            row.save(update_fields=changed)


def _value(row: Model, name: str) -> object:
    return row.serializable_value(name)


def _answers(derived: Sequence[Derived]) -> None:
    wanted = [reply for each in derived for reply in each.replies]
    for each in derived:
        for reply in each.replies:
            reply.episode_id = each.row.pk
    keys = [each.row.pk for each in derived]
    stored = {row.message_id: row for row in Reply.objects.filter(episode__in=keys)}
    moved = {row.message_id for row in wanted} - stored.keys()
    if moved:
        stored |= {row.message_id: row for row in Reply.objects.filter(message__in=moved)}
    pairs: list[tuple[Model, Model]] = []
    for reply in wanted:
        if before := stored.pop(reply.message_id, None):
            reply.pk = before.pk
            pairs.append((reply, before))
    if stored:
        Reply.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    _agree(pairs, _OF_REPLY)
    new = [reply for reply in wanted if reply.pk is None]
    if new:
        Reply.objects.bulk_create(new)


def derive(conversation: Conversation, *, rows: Sequence[Episode] | None = None) -> list[Derived]:
    """In order of time, at least one; nothing is written. `rows`: as they are stored, if the caller has them."""
    rows = _rows(conversation) if rows is None else rows
    if conversation.merged_into_id:
        return [_merged_away(conversation, rows)]
    stretches = stretches_of(conversation)
    known = _known(conversation, stretches)
    pairs = _paired(stretches, rows)
    derived = [_derived(conversation, place, stretches, known, pairs[place]) for place in range(len(stretches))]
    if conversation.is_spam:
        for each in derived:
            each.row.outcome = Outcome.SPAM
    return derived


def _rows(conversation: Conversation) -> list[Episode]:
    return list(Episode.objects.filter(conversation=conversation).order_by("began_at")) if conversation.pk else []


def stretches_of(conversation: Conversation) -> list[Stretch]:
    """What reports call an episode, and what a survey is asked about, is one of these. Three or four queries."""
    happenings = history(conversation)
    passed = Handoff.objects.filter(conversation=conversation, to_people=True, by=None)
    begins = min(filter(None, [conversation.created_at, happenings[0].at if happenings else None]))
    found = cut(happenings, begins=begins, passed=[Passed(at) for at in passed.values_list("created_at", flat=True)])
    return _until_spam(conversation, found) if conversation.is_spam else found


def _until_spam(conversation: Conversation, stretches: list[Stretch]) -> list[Stretch]:
    """What comes after somebody said so is not looked at any more."""
    marks = Activity.objects.filter(conversation=conversation, verb=Activity.Verb.MARKED_SPAM)
    at = marks.order_by("-created_at").values_list("created_at", flat=True).first() or stretches[0].begins
    left = [stretch for stretch in stretches[1:] if stretch.begins < at]
    last = [stretches[0], *left][-1]
    last.ends = max(last.begins, min(filter(None, [last.ends, at])))
    last.lines = [line for line in last.lines if line.at <= last.ends]
    last.waits = [wait for wait in last.waits if wait.answer.at <= last.ends]
    return [stretches[0], *left]


def _paired(stretches: Sequence[Stretch], rows: Sequence[Episode]) -> list[Episode | None]:
    """Which stored one is which: by its beginning; and where that has moved, those that are left, in their order."""
    by_begin = {row.began_at: row for row in rows}
    pairs = [by_begin.pop(stretch.begins, None) for stretch in stretches]
    left = iter(sorted(by_begin.values(), key=lambda row: row.began_at))
    return [pair or next(left, None) for pair in pairs]


def _merged_away(conversation: Conversation, rows: Sequence[Episode]) -> Derived:
    """What was said in it is in the other now: here stands that there was one, and when it went."""
    merges = ConversationMerge.objects.filter(absorbed=conversation, undone_at=None).order_by("-created_at")
    ends = merges.values_list("created_at", flat=True).first() or conversation.created_at
    begins = rows[0].began_at if rows else conversation.created_at
    row = Episode(
        conversation=conversation,
        began_at=begins,
        ended_at=max(begins, ends),
        outcome=Outcome.MERGED,
        medium=rows[0].medium if rows else conversation.channel,
        channel_id=rows[0].channel_id if rows else None,
        last_medium=rows[0].last_medium if rows else conversation.channel,
        is_inbound=rows[0].is_inbound if rows else True,
    )
    before = rows[0] if rows else None
    _stands(row, conversation, before)
    return _as_stored(Derived(row, before=before))


def _as_stored(derived: Derived) -> Derived:
    if derived.before:
        derived.row.pk = derived.before.pk
    return derived


def _known(conversation: Conversation, stretches: Sequence[Stretch]) -> _Known:
    said = [line.message for stretch in stretches for line in stretch.lines]
    answers = [wait.answer.message for stretch in stretches for wait in stretch.waits]
    repeats: dict[int, int] = {}
    for message in RepeatedQuestion.objects.sent().filter(message__in=said).values_list("message", flat=True):
        repeats[message] = repeats.get(message, 0) + 1
    choices = RoutingDecision.objects.filter(conversation=conversation, kind__in=["agent", "team"])
    said_first = conversation.messages.exclude(kind__in=[MessageKind.NOTE, MessageKind.SYSTEM])
    said_first = said_first.order_by("created_at", "pk")
    return _Known(
        handoffs=list(
            Handoff.objects.filter(conversation=conversation, to_people=True).values_list("created_at", flat=True)
        ),
        choices=list(choices.order_by("created_at", "pk").values_list("created_at", "agent", "team")),
        deadlines=list(
            Deadline.objects.filter(conversation=conversation)
            .exclude(due_at=None)
            .values_list("kind", "done_at", "is_met")
        ),
        repeats=repeats,
        work=list(_work(conversation).values_list("hour", "seconds")),
        first=said_first.values_list("kind", "channel__medium", "channel").first(),
        replies={row.message_id: row for row in Reply.objects.filter(message__in=answers)} if answers else {},
    )


def _work(conversation: Conversation) -> "QuerySet[Work]":
    """With that of what was merged into it."""
    return Work.objects.filter(Q(conversation=conversation) | Q(conversation__merged_into=conversation))


def _derived(
    conversation: Conversation, place: int, stretches: Sequence[Stretch], known: _Known, before: Episode | None
) -> Derived:
    stretch = stretches[place]
    after = stretches[place + 1].begins if place + 1 < len(stretches) else None
    row = Episode(
        conversation=conversation,
        began_at=stretch.begins,
        ended_at=stretch.ends,
        reopened_at=after if stretch.ends else None,
        outcome=Outcome.SOLVED if stretch.ends else Outcome.OPEN,
        is_first=place == 0,
    )
    _said(row, stretch, known)
    _stands(row, conversation, before, stretch=stretch, choices=known.choices, is_last=after is None)
    _done(row, stretch, after or FAR, known)
    replies = [_reply(row, wait, known) for wait in stretch.waits]
    for number, reply in enumerate(replies):
        reply.is_first = number == 0
    if replies:
        row.waited, row.waited_open = replies[0].seconds, replies[0].seconds_open
        row.is_first_in_time = replies[0].is_in_time
    _took(row, before)
    return _as_stored(Derived(row, replies, before, switches.switches_of(row, stretch, known.repeats)))


def _said(row: Episode, stretch: Stretch, known: _Known) -> None:
    asked, people, bot = stretch.asked, stretch.answered, stretch.by_bot
    row.said, row.answers, row.bot_answers = len(asked), len(people), len(bot)
    row.is_inbound = not stretch.lines or stretch.lines[0].what == "asked"
    row.handler = handler_of(bool(people), bool(bot))
    media = [line.medium for line in asked if line.medium]
    placed = [(line.medium, line.channel) for line in (*asked, *stretch.lines) if line.medium]
    row.medium, row.channel_id = placed[0] if placed else ("", None)
    if row.is_first and known.first:  # which may be a word that no person said: of a rule, of a machine
        kind, medium, channel = known.first
        if not row.medium:
            row.medium, row.channel_id = medium or "", channel
        row.is_inbound = row.is_inbound and kind != MessageKind.OUTBOUND
    row.last_medium = media[-1] if media else row.medium
    row.switches = sum(one != other for one, other in zip(media, media[1:], strict=False))
    row.repeats = sum(known.repeats.get(line.message, 0) for line in stretch.lines)


def handler_of(people: bool, bot: bool) -> Handler:  # noqa: FBT001 - one table of two answers
    if people:
        return Handler.BOTH if bot else Handler.PEOPLE
    return Handler.BOT if bot else Handler.NOBODY


def _stands(
    row: Episode,
    conversation: Conversation,
    before: Episode | None,
    *,
    stretch: Stretch | None = None,
    choices: Sequence[tuple[datetime, int | None, int | None]] = (),
    is_last: bool = True,
) -> None:
    """As the conversation stands, for one that is open or ended just now; as it stood, for one that had ended."""
    if before is not None and before.ended_at is not None and row.ended_at is not None:
        for name in KEPT_AT_END:
            setattr(row, name, getattr(before, name))
        return
    row.team_id, row.agent_id = conversation.team_id, conversation.assignee_id
    row.topic_id, row.language, row.tier = conversation.topic_id, _language(conversation), tier_of(conversation)
    if row.ended_at and not is_last:
        made = [choice for choice in choices if choice[0] <= row.ended_at]
        if made:
            _at, row.agent_id, row.team_id = made[-1]
    if stretch and stretch.ends and row.agent_id is None:  # nobody had it: it is theirs who answered last
        row.agent_id = next((line.by for line in reversed(stretch.answered) if line.by), None)


def _language(conversation: Conversation) -> str:
    return (conversation.language or conversation.customer.language)[:12]


def tier_of(conversation: Conversation) -> str:
    """As rules of routing see it."""
    customer = conversation.customer
    profile = getattr(customer, "profile", None)
    return str(customer.tier or getattr(profile, "tier", "") or "")[:40]


def _done(row: Episode, stretch: Stretch, after: datetime, known: _Known) -> None:
    row.handoffs = sum(stretch.begins <= at < after for at in known.handoffs)
    row.transfers = _transfers(stretch.begins, after, known.choices)
    # Work is kept by the hour: that of one in which an episode follows upon another is the later one's.
    row.worked = sum(seconds for hour, seconds in known.work if stretch.begins < hour + HOUR <= after)
    ended = [is_met for _kind, at, is_met in known.deadlines if stretch.holds(at)]
    row.is_within_sla = all(ended) if ended else None


def _transfers(begins: datetime, after: datetime, choices: Iterable[tuple[datetime, int | None, int | None]]) -> int:
    """From a person to another, or from a team to another; who gets it first has it from nobody."""
    count, agent, team = 0, None, None
    for at, to, of_team in choices:
        is_passed = bool(agent and to and agent != to) or bool(team and of_team and team != of_team)
        count += is_passed and begins <= at < after
        agent, team = to or agent, of_team or team
    return min(count, 32_000)


def _reply(row: Episode, wait: Wait, known: _Known) -> Reply:
    at, since = wait.answer.at, wait.since
    before = known.replies.get(wait.answer.message)
    kept = before if before is not None and (before.since, before.at) == (since, at) else None
    team = kept.team_id if kept else _team_then(at, row, known)
    kinds = [is_met for kind, done_at, is_met in known.deadlines if kind != "resolution" and done_at == at]
    in_time = kinds[0] if kinds else None
    return Reply(
        message_id=wait.answer.message,
        team_id=team,
        agent_id=wait.answer.by,
        medium=wait.answer.medium,
        since=since,
        at=at,
        seconds=int((at - since).total_seconds()),
        seconds_open=kept.seconds_open if kept else seconds_open(wait.answer.channel, team, since, at),
        is_in_time=kept.is_in_time if kept and in_time is None else in_time,
    )


def _team_then(at: datetime, row: Episode, known: _Known) -> int | None:
    made = [team for when, _agent, team in known.choices if when <= at and team]
    return made[-1] if made else row.team_id


def _took(row: Episode, before: Episode | None) -> None:
    if row.ended_at is None:
        return
    row.took = int((row.ended_at - row.began_at).total_seconds())
    is_known = before is not None and (before.began_at, before.ended_at) == (row.began_at, row.ended_at)
    known = before.took_open if before is not None and is_known else None
    row.took_open = seconds_open(None, row.team_id, row.began_at, row.ended_at) if known is None else known
