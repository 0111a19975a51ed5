"""Macros: several verbs at once, in one transaction; and the way back, as far as nobody has changed it since."""

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError, locked
from conversations.actions.labels import prioritise, tag, untag
from conversations.actions.states import reopen, resolve, snooze
from conversations.canned_words import filled
from conversations.models import Conversation, Macro, Priority, Status, Tag, Team
from conversations.outbound.compose import note

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class State:
    """What a macro may change of a conversation, as plain values."""

    status: str
    snoozed_until: str
    priority: int
    assignee: int | None
    team: int | None
    tags: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Ran:
    conversation: Conversation
    before: State
    after: State
    html: str  # to be put into the reply, for the agent to send


def usable_by(agent: "User") -> "QuerySet[Macro]":
    """Those of everybody and of the agent's teams; a supervisor's are all."""
    every = Macro.objects.order_by("name")
    return every if agent.sees_all_teams else every.filter(Q(usable_in=None) | Q(usable_in__in=agent.teams.all()))


def changeable_by(agent: "User") -> "QuerySet[Macro]":
    """Agents change their own teams' macros, admins all."""
    every = Macro.objects.order_by("name")
    return every if agent.may("words.share") else every.filter(usable_in__in=agent.teams.all())


@transaction.atomic
def run(macro: Macro, conversation: Conversation, *, by: "User | None") -> Ran:
    """All of it, or nothing. Raises NotPossibleError with the step that does not fit. `by` None: a rule runs it."""
    conversation = locked(conversation)
    before, html = _state(conversation), ""
    if macro.canned:
        html = linebreaks(filled(macro.canned.text, conversation, by), autoescape=True)
    if macro.note:
        words = linebreaks(filled(macro.note, conversation, by), autoescape=True)
        note(conversation, html=words, by=by, client_id=uuid.uuid4())
    for mark in macro.add_tags.all():
        tag(conversation, name=mark.name, by=by)
    for mark in macro.drop_tags.all():
        untag(conversation, mark=mark, by=by)
    if macro.priority is not None:
        prioritise(conversation, priority=macro.priority, by=by)
    to = by if macro.to_me else macro.assignee
    if to or macro.team:
        assign(conversation, to=to, team=macro.team, by=by, reason=_("macro “%(name)s”") % {"name": macro})
    if macro.resolves:
        resolve(conversation, by=by, reason=_("macro “%(name)s”") % {"name": macro})
    elif macro.snooze_hours:
        snooze(conversation, until=timezone.now() + timedelta(hours=macro.snooze_hours), by=by)
    conversation.refresh_from_db()
    return Ran(conversation, before, _state(conversation), html)


@transaction.atomic
def take_back(conversation: Conversation, *, before: State, after: State, by: "User") -> Conversation:
    """As it was before, in what is still as the macro left it. A note stays: it was said."""
    conversation = locked(conversation)
    now = _state(conversation)
    if now.priority == after.priority != before.priority:
        prioritise(conversation, priority=before.priority, by=by)
    if (now.assignee, now.team) == (after.assignee, after.team) != (before.assignee, before.team):
        _give_back(conversation, before, by)
    for mark in Tag.objects.filter(pk__in=set(after.tags) - set(before.tags)):
        untag(conversation, mark=mark, by=by)
    for mark in Tag.objects.filter(pk__in=set(before.tags) - set(after.tags)):
        tag(conversation, name=mark.name, by=by)
    if (now.status, now.snoozed_until) == (after.status, after.snoozed_until) != (before.status, before.snoozed_until):
        _wake(conversation, before, by)
    conversation.refresh_from_db()
    return conversation


def kept(state: State) -> dict[str, object]:
    """For a form, to be signed."""
    return asdict(state)


def deeds(macro: Macro) -> list[str]:
    """What it does, in words, in the order in which it does it."""
    found = []
    if macro.canned:
        found.append(_("puts “%(name)s” into the reply") % {"name": macro.canned})
    if macro.note:
        found.append(_("adds a private note"))
    found += [_("adds %(tag)s") % {"tag": f"#{mark}"} for mark in macro.add_tags.all()]
    found += [_("takes %(tag)s off") % {"tag": f"#{mark}"} for mark in macro.drop_tags.all()]
    if macro.priority is not None:
        found.append(_("sets the priority to %(priority)s") % {"priority": Priority(macro.priority).label})
    if macro.to_me:
        found.append(_("assigns it to whoever runs it"))
    elif macro.assignee:
        found.append(_("assigns it to %(name)s") % {"name": macro.assignee})
    if macro.team:
        found.append(_("moves it to %(team)s") % {"team": macro.team})
    if macro.snooze_hours:
        words = ngettext("snoozes it for %(n)d hour", "snoozes it for %(n)d hours", macro.snooze_hours)
        found.append(words % {"n": macro.snooze_hours})
    if macro.resolves:
        found.append(_("solves it"))
    return found


def _state(conversation: Conversation) -> State:
    until = conversation.snoozed_until.isoformat() if conversation.snoozed_until else ""
    tags = sorted(conversation.tags.values_list("pk", flat=True))
    where = (conversation.assignee_id, conversation.team_id)
    return State(conversation.status, until, conversation.priority, *where, tags)


def _give_back(conversation: Conversation, before: State, by: "User") -> None:
    to = get_user_model().objects.filter(pk=before.assignee, is_active=True).first() if before.assignee else None
    team = Team.objects.filter(pk=before.team).first() if before.team else None
    assign(conversation, to=to, team=team, by=by, reason=_("taken back"))


def _wake(conversation: Conversation, before: State, by: "User") -> None:
    if before.status == Status.RESOLVED:
        resolve(conversation, by=by, reason=_("taken back"))
    elif before.status == Status.SNOOZED:
        try:
            snooze(conversation, until=datetime.fromisoformat(before.snoozed_until), by=by)
        except NotPossibleError:  # that time has passed
            reopen(conversation, by=by, reason=_("taken back"))
    else:
        reopen(conversation, by=by, reason=_("taken back"))
