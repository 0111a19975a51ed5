"""What an admin does to an agent: invite, change role and teams, deactivate with hand-over, reactivate."""

from collections.abc import Iterable, Mapping

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from conversations import audit
from conversations.actions.assigning import assign
from conversations.live import groups
from conversations.models import AgentSkill, Conversation, PushSubscription, Status, Team
from conversations.routing import availability, waiting
from deskapp.models import OwnRole, User
from deskapp.permissions import BROWSING, NAMES, PURCHASES

RIGHTS = ("sees_purchases", "sees_browsing", "refund_limit", "extension", "languages", "capacity", "media")


class LastAdminError(ValueError):
    """A desk without an admin could never get one again."""


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: str,
    teams: Iterable[Team],
    by: User,
    skills: Mapping[int, int] | None = None,
    **rights: object,
) -> User:
    """`rights`: values of RIGHTS, where they differ from what everybody has; `skills`: the level of each by number."""
    agent = User.objects.create_user(email, None, name=name, role=role, **rights)
    if agent.own_role:
        User.objects.filter(pk=agent.pk).update(**_granted(agent.own_role))
        agent.refresh_from_db()
    agent.teams.set(teams)
    _learn(agent, skills or {})
    audit.record(by, agent, before=None, after=_state(agent))
    transaction.on_commit(lambda: send_invitation(agent, by=by))
    return agent


def send_invitation(agent: User, *, by: User) -> None:
    """A link to choose a password; it works once, and for PASSWORD_RESET_TIMEOUT."""
    key = f"{user_pk_to_url_str(agent)}-{default_token_generator.make_token(agent)}"
    uid, _dash, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    context = {"agent": agent, "by": by, "link": f"{settings.SITE_URL}{path}", "desk": settings.DESK_NAME}
    words = render_to_string("account/email/invitation.txt", context)
    audit.record(by, agent, before={}, after={}, note=_("Sent a link to choose a password."))
    send_mail(_("Your account at %(desk)s") % {"desk": settings.DESK_NAME}, words, None, [agent.email])


@transaction.atomic
def change(
    agent: User,
    *,
    name: str,
    role: str,
    teams: Iterable[Team],
    by: User,
    skills: Mapping[int, int] | None = None,
    **rights: object,
) -> User:
    """Role and teams decide what they see, so their sockets look again at once. Raises LastAdminError."""
    agent = User.objects.select_for_update(no_key=True).get(pk=agent.pk)
    if agent.is_admin and role != agent.role:
        _keep_an_admin(agent)
    role_changes = (agent.role, agent.own_role) != (role, rights.get("own_role"))
    was = _state(agent)
    agent.name, agent.role, agent.own_role, agent.granted = name, role, None, []
    for right, value in rights.items():
        setattr(agent, right, value)
    if agent.own_role:
        for right, value in _granted(agent.own_role).items():
            setattr(agent, right, value)
    agent.save(
        update_fields=[
            "name",
            "role",
            "own_role",
            "granted",
            *({*rights, "sees_purchases", "sees_browsing"} - {"own_role"}),
        ]
    )
    agent.teams.set(teams)
    _learn(agent, skills or {})
    audit.record(by, agent, before=was, after=_state(agent))
    if role_changes:
        end_sessions(agent)
    groups.kick(agent.pk)
    waiting.look_again()  # who can answer what is another now
    return agent


@transaction.atomic
def deactivate(agent: User, *, to: Team | None, by: User) -> int:
    """Ends their sessions and gives their open conversations to `to`, or back to each one's own team: how many."""
    agent = User.objects.select_for_update(no_key=True).get(pk=agent.pk)
    _keep_an_admin(agent)
    User.objects.filter(pk=agent.pk).update(is_active=False, presence="offline")
    availability.ended(agent.pk)
    PushSubscription.objects.filter(agent=agent).delete()
    unfinished = Conversation.objects.filter(assignee=agent, merged_into=None).exclude(status=Status.RESOLVED)
    handed_over = 0
    for conversation in unfinished.order_by("pk"):
        assign(conversation, to=None, by=by, team=to, reason=f"{agent} left")
        handed_over += 1
    note = _("Open conversations handed over: %(count)s.") % {"count": handed_over}
    audit.record(by, agent, before={"is_active": agent.is_active}, after={"is_active": False}, note=note)
    end_sessions(agent)
    return handed_over


@transaction.atomic
def reactivate(agent: User, *, by: User) -> None:
    if User.objects.filter(pk=agent.pk, is_active=False).update(is_active=True):
        audit.record(by, agent, before={"is_active": False}, after={"is_active": True})


def _state(agent: User) -> dict[str, audit.Plain]:
    """With their teams and skills, which are fields of those."""
    teams: list[audit.Plain] = [team.name for team in agent.teams.order_by("name")]
    skills: list[audit.Plain] = [str(held) for held in agent.skills.select_related("skill").order_by("skill__name")]
    return {**audit.state_of(agent), "teams": teams, "skills": skills}


def _learn(agent: User, skills: Mapping[int, int]) -> None:
    """Level 0: they have it not, or no more. A skill that is not named stays as it is."""
    AgentSkill.objects.filter(agent=agent, skill__in=[pk for pk, level in skills.items() if not level]).delete()
    for pk, level in skills.items():
        if level:
            AgentSkill.objects.update_or_create(agent=agent, skill_id=pk, defaults={"level": level})


def _granted(role: OwnRole) -> dict[str, object]:
    """What stands at an agent with this role. Of purchases and browsing, too, the role decides."""
    names = sorted(NAMES.intersection(role.permissions))
    return {"granted": names, "sees_purchases": PURCHASES in names, "sees_browsing": BROWSING in names}


@transaction.atomic
def change_role(role: OwnRole, *, name: str, permissions: Iterable[str], by: User) -> OwnRole:
    """Whoever has it may so much from now on; their open pages look again."""
    with audit.watched(by, role):
        role.name, role.permissions = name, sorted(NAMES.intersection(permissions))
        role.save()
    User.objects.filter(own_role=role).update(**_granted(role))
    look_again(User.objects.filter(own_role=role).values_list("pk", flat=True))
    return role


def end_sessions(agent: User) -> None:
    for session in UserSession.objects.filter(user=agent):
        session.end()
    groups.kick(agent.pk)


def _keep_an_admin(agent: User) -> None:
    admins = User.objects.select_for_update(no_key=True).filter(role="admin", is_active=True)
    if agent.is_admin and not [one for one in admins if one.pk != agent.pk]:
        raise LastAdminError(_("%(name)s is the only admin: make somebody else one first.") % {"name": agent})


def look_again(agents: Iterable[int]) -> None:
    """Those who came into a team or left it: what they may see has changed."""
    for pk in agents:
        groups.kick(pk)
