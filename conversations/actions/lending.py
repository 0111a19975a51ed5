"""Lends an agent to another team until the end of the day, and takes them back."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations import audit
from conversations.actions.change import NotPossibleError
from conversations.live import groups
from conversations.live.push import push_board
from conversations.models import Loan, Team
from conversations.routing import waiting

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def lend(agent: "User", *, to: Team, by: "User", until: datetime | None = None) -> Loan:
    """They see and get the team's work at once. `until`: midnight, where nothing else is said. Raises NotPossibleError
    for who works there anyhow."""
    agent = get_user_model().objects.select_for_update(no_key=True).get(pk=agent.pk)
    if not agent.is_active or agent.teams.filter(pk=to.pk).exists():
        raise NotPossibleError(_("%(agent)s works for %(team)s already.") % {"agent": agent, "team": to})
    loan = Loan.objects.create(agent=agent, team=to, by=by, until=until or _midnight())
    agent.teams.add(to)
    _tell(agent, _("Lent to %(team)s.") % {"team": to}, by=by)
    return loan


@transaction.atomic
def give_back(loan: Loan, *, by: "User | None") -> None:
    """What they have of that team's work stays theirs. Doing it twice changes nothing."""
    row = Loan.objects.select_for_update(of=("self",)).select_related("agent", "team").get(pk=loan.pk)
    if row.ended_at:
        return
    Loan.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    row.agent.teams.remove(row.team)
    _tell(row.agent, _("Back from %(team)s.") % {"team": row.team}, by=by)


def end_due() -> int:
    due = list(Loan.objects.filter(ended_at=None, until__lte=timezone.now()))
    for loan in due:
        give_back(loan, by=None)
    return len(due)


def _tell(agent: "User", note: str, *, by: "User | None") -> None:
    audit.record(by, agent, before={}, after={}, note=note)
    push_board(agent.pk)
    groups.kick(agent.pk)  # they see more, or less
    waiting.look_again()


def _midnight() -> datetime:
    """Of the time zone that the request goes by."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime(tomorrow.year, tomorrow.month, tomorrow.day))
