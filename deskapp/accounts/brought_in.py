"""Agents out of a table: who is here already is left as they are; who is new is invited only where it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from conversations import audit
from conversations.models import AuditEntry, Team
from deskapp.accounts import members
from deskapp.models import Role, User
from integrations.imports.choices import Choices
from integrations.imports.items import Item
from integrations.imports.kinds import Made, StayError
from integrations.imports.people import words_in
from integrations.models import Export, Import


@dataclass(frozen=True)
class NewAgent:
    one: Import
    email: str
    name: str
    role: str
    teams: list[Team]

    def shown(self) -> Sequence[tuple[str, str]]:
        teams = ", ".join(team.name for team in self.teams)
        invited = _("is invited by mail") if Choices.of(self.one).invites else _("is not written to")
        return [
            (_("Name"), self.name),
            (_("Email"), self.email),
            (_("Role"), str(Role(self.role).label)),
            (_("Teams"), teams),
            (_("Invitation"), invited),
        ]

    def remark(self) -> str:
        found = User.objects.filter(email__iexact=self.email).first()
        return _("Is here already as %(name)s, and is left as they are.") % {"name": found} if found else ""

    def bring(self) -> Made:
        assert self.one.by is not None  # understand has asked
        if User.objects.filter(email__iexact=self.email).exists():
            return {}
        agent = User.objects.create_user(self.email, None, name=self.name, role=self.role)
        agent.teams.set(self.teams)
        teams: list[audit.Plain] = [team.name for team in self.teams]
        audit.record(self.one.by, agent, before=None, after={**audit.state_of(agent), "teams": teams})
        if Choices.of(self.one).invites:
            by = self.one.by
            transaction.on_commit(lambda: members.send_invitation(agent, by=by), robust=True)
        return {"agent": agent.pk, "name": agent.name, "role": agent.role, "teams": [team.pk for team in self.teams]}


class Agents:
    def understand(self, one: Import, item: Item) -> NewAgent:
        if one.by is None or not one.by.is_admin:
            raise ValueError(_("Only an admin can bring agents in."))
        [row] = item.rows
        email = row.get("email").lower()
        try:
            validate_email(email)
        except ValidationError:
            raise ValueError(_("“%(value)s” is no email address.") % {"value": email[:80]}) from None
        teams, unknown = [], []
        for name in words_in(row.cells.get("teams", [])):
            team = Team.objects.filter(name__iexact=name).first()
            teams += [team] if team else []
            unknown += [] if team else [name]
        if unknown:
            raise ValueError(_("There is no team called “%(name)s”. Make it first.") % {"name": unknown[0]})
        return NewAgent(one, email, (row.get("name") or email.partition("@")[0])[:120], _role(row.get("role")), teams)

    def take_away(self, one: Import, made: Made) -> str:
        """Who has signed in, or done anything, is deactivated by hand: the desk keeps what they said."""
        agent = User.objects.select_for_update(no_key=True).filter(pk=cast("int", made["agent"])).first()
        if agent is None:
            return ""
        if agent.last_login or _has_done_something(agent):
            raise StayError(_("%(name)s has used the account since: deactivate it by hand.") % {"name": agent})
        teams = sorted(agent.teams.values_list("pk", flat=True))
        if (agent.name, agent.role, teams) != (made["name"], made["role"], sorted(cast("list[int]", made["teams"]))):
            raise StayError(_("%(name)s was changed since.") % {"name": agent})
        audit.record(one.by, agent, before=audit.state_of(agent), after=None)
        agent.delete()
        return ""


def _role(said: str) -> str:
    if not said:
        return Role.AGENT
    wanted = said.strip().lower()
    for role in Role:
        if wanted in (role.value, str(role.label).lower()):
            return role
    words = _("“%(value)s” is no role here. There are: %(roles)s.")
    raise ValueError(words % {"value": said[:40], "roles": ", ".join(str(role.label) for role in Role)})


def _has_done_something(agent: User) -> bool:
    """Whatever points at them by a key, but for teams."""
    for relation in User._meta.related_objects:
        model = relation.related_model
        if relation.many_to_many or model in (AuditEntry, Import, Export):
            continue
        if model._base_manager.filter(**{relation.field.name: agent}).exists():
            return True
    return AuditEntry.objects.filter(by=agent).exists()
