"""Carries decisions out: the agent and team on the conversation, the decision kept, a line in the log, the screens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FloatField, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations import rules, sla
from conversations.handoff import lease, placing, stepping_in
from conversations.live import groups
from conversations.live.push import push_changed, push_decisions
from conversations.models import Activity, Bot, Conversation, RoutingDecision, Status, Waiting
from conversations.models.rule import RuleEventKind
from conversations.reports import episode_steps
from conversations.routing import kept, words
from conversations.routing.standing import base_for
from conversations.updating import update_each

if TYPE_CHECKING:
    from conversations.routing.drain import Choice

FIRST = ("arrived", "replied")  # the customer has written
LOOKS = ("freed", "overdue")  # of a row that nothing has happened to, since it was looked at last
_CHANGES = ["team", "priority", "due_at", "step", "look_at", "trigger", "is_pulled"]


@dataclass(frozen=True)
class Change:
    """What a decision did to its conversation."""

    conversation: Conversation
    watched: list[str]  # the groups that saw it before
    activity: Activity | None
    is_moved: bool = False  # to another team


def write(choices: Sequence["Choice"]) -> int:
    """A few statements for all: how many an agent was given. Call with their rows locked."""
    if not choices:
        return 0
    news = [choice for choice in choices if choice.is_news]
    if news:
        _keep(news)
    changes = [change for choice in choices if (change := _applied(choice))]
    update_each([each.conversation for each in changes], ["assignee", "team", "priority"])
    for each in changes:
        if each.is_moved:
            sla.refresh(each.conversation)  # another team, other deadlines
    episode_steps.stand([each.conversation.pk for each in changes if each.is_moved or each.conversation.assignee_id])
    Activity.objects.bulk_create([each.activity for each in changes if each.activity])
    rules.happened_each((RuleEventKind.ROUTED, each.conversation) for each in changes if each.activity)
    _pass_the_word(choices)
    placed = [_placed(each) for each in choices]  # before the line forgets what asked for it
    _keep_in_line(choices)
    push_changed(
        [(each.conversation, each.watched) for each in changes],
        [each.activity for each in changes if each.activity],
    )
    if news:
        push_decisions(choice.row.conversation for choice in news)
    placing.tell_each(placed)
    return sum(choice.decision.kind == "agent" for choice in choices)


def _keep(news: Sequence["Choice"]) -> None:
    """All of them were chosen in one world."""
    roster = kept.roster_id(news[0].snapshot)
    base = base_for(news[0].snapshot, roster)
    rows = [
        kept.row_of(each.snapshot, each.decision, policy=each.policy, took_ms=each.took_ms, roster=roster, base=base)
        for each in news
    ]
    # An expression among the values has them sent one by one: as arrays, every quote of the JSON would be escaped.
    rows[0].took_ms = Value(news[0].took_ms, FloatField())
    RoutingDecision.objects.bulk_create(rows)


def _pass_the_word(choices: Sequence["Choice"]) -> None:
    """To the bot where it was chosen; and to people, where one of them was and the bot had it."""
    chosen = [each.bot for each in choices if each.bot]
    bots = Bot.objects.in_bulk(chosen) if chosen else {}
    for each in choices:
        conversation = each.row.conversation
        if each.bot:
            lease.give(conversation, bots[each.bot])
        elif conversation.status == Status.PENDING and each.decision.kind == "agent":
            stepping_in.step_in(conversation, by=conversation.assignee)


def _placed(choice: "Choice") -> placing.Placed:
    is_first = choice.row.trigger in FIRST and choice.decision.kind != "stays"
    return placing.Placed(choice.row.conversation, choice.passed_by, is_first=is_first)


def _applied(choice: "Choice") -> Change | None:
    """Changes the conversation in memory. None where it stays as it is."""
    decision, conversation = choice.decision, choice.row.conversation
    if decision.kind == "stays":
        assignee, team = conversation.assignee_id, conversation.team_id
    else:
        assignee, team = decision.agent, decision.team or conversation.team_id
    priority = conversation.priority if decision.priority is None else decision.priority
    was = (conversation.assignee_id, conversation.team_id)
    if (assignee, team) == was and priority == conversation.priority and decision.kind != "bot":
        return None
    watched = groups.watching(conversation)
    conversation.assignee_id, conversation.team_id, conversation.priority = assignee, team, priority
    line = _line(choice) if (assignee, team) != was or decision.kind == "bot" else None
    return Change(conversation, watched, line, is_moved=team != was[1])


def _line(choice: "Choice") -> Activity:
    names = {agent.agent: agent.name for agent in choice.snapshot.agents}
    teams = {team.team: team.name for team in choice.snapshot.teams}
    decision = choice.decision
    if decision.kind == "bot":
        return Activity(
            conversation_id=choice.row.conversation_id, verb=Activity.Verb.ROUTED, to=str(_("the bot")),
            reason=words.because(decision)[:400], created_at=timezone.now(),
        )  # fmt: skip
    to = names.get(decision.agent or 0, "") or teams.get(decision.team or 0, "")
    reason = words.because(decision) if decision.kind == "agent" else words.why_it_waits(decision)
    return Activity(
        conversation_id=choice.row.conversation_id, verb=Activity.Verb.ROUTED, to=to[:400], reason=reason[:400],
        created_at=timezone.now(),
    )  # fmt: skip


def _keep_in_line(choices: Sequence["Choice"]) -> None:
    """Who has somebody leaves the queue; the others stand where their decision put them."""
    gone = [each.row.pk for each in choices if _is_settled(each) and not each.bot]  # with the word, a bot's has left
    staying = [each for each in choices if not _is_settled(each)]
    if gone:
        Waiting.objects.filter(pk__in=gone).delete()
    moved: list[Waiting] = []
    for each in staying:
        row, decision, conversation = each.row, each.decision, each.row.conversation
        before, was_told = _place(row), row.trigger not in LOOKS
        row.team_id, row.priority, row.due_at = conversation.team_id, conversation.priority, conversation.due_at
        row.step, row.look_at, row.trigger = decision.step, decision.look_at, "overdue"
        row.is_pulled = any(reason.code == "they_pull" for reason in decision.reasons)
        if was_told or _place(row) != before:
            moved.append(row)
    update_each(moved, _CHANGES)


def _place(row: Waiting) -> tuple[object, ...]:
    return row.team_id, row.priority, row.due_at, row.step, row.look_at, row.is_pulled


def _is_settled(choice: "Choice") -> bool:
    return choice.row.conversation.assignee_id is not None or choice.decision.kind == "bot"
