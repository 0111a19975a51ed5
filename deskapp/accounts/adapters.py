"""What the desk answers allauth: its words at the door, who comes in by a work account, what ends with a session."""

from collections.abc import Iterable

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.live import groups
from deskapp.accounts import errors
from deskapp.models import Role, User

TRIES = 5  # within five minutes, for one address: as ACCOUNT_RATE_LIMITS says


class AccountAdapter(DefaultAccountAdapter):
    tries_left: int = TRIES

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: object) -> None:
        counts = [
            len(cache.get(one.cache_key, [])) for one in self._login_failed_rl_usage.usage if one.cache_duration == 300
        ]
        self.tries_left = max(0, TRIES - max(counts, default=0))

    def validation_error(self, code: str, *args: object) -> forms.ValidationError:
        if code == "email_password_mismatch":
            return forms.ValidationError(mismatch(self.tries_left), code=code)
        if code == "too_many_login_attempts":
            return forms.ValidationError(_("Too many tries. Signing in rests for 5 minutes."), code=code)
        return super().validation_error(code, *args)


def mismatch(tries_left: int) -> str:
    words = _("That password and email do not match.")
    if not tries_left:
        last = _("That was the last try: signing in rests for 5 minutes.")
        return f"{words} {last}"
    number = {1: _("One"), 2: _("Two"), 3: _("Three"), 4: _("Four")}.get(tries_left, str(tries_left))
    left = ngettext(
        "%(number)s try left before a 5 minute pause.", "%(number)s tries left before a 5 minute pause.", tries_left
    )
    return f"{words} {left % {'number': number}}"


class WorkAccountAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Only an address that the provider has verified names an agent, and only an agent who is active."""
        if sociallogin.is_existing:
            return
        email = next((one.email.lower() for one in sociallogin.email_addresses if one.verified), "")
        known = User.objects.filter(email__iexact=email).first() if email else None
        if known and known.is_active:
            sociallogin.connect(request, known)
        elif known or not email or not settings.OIDC_CREATE:
            raise ImmediateHttpResponse(
                errors.page(
                    403,
                    title=_("No account for you here yet"),
                    words=_("You are known at work, but not to this desk. Ask an admin to invite your address."),
                )
            )

    def on_authentication_error(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """The provider refused, answered nonsense, or answered a question that this browser did not ask."""
        words = _("Nothing was changed. Go back and try once more; if it stays, tell an admin.")
        raise ImmediateHttpResponse(errors.page(401, title=_("Your work account did not let you in"), words=words))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return bool(settings.OIDC_CREATE)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, str]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        names = f"{data.get('first_name') or ''} {data.get('last_name') or ''}".strip()
        user.name, user.role = data.get("name") or names or user.email.split("@")[0], Role.AGENT
        return user


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """The sockets that an ended session has open look at once whether they may go on."""
        sessions = list(sessions)
        super().end_sessions(sessions)
        for agent_id in {session.user_id for session in sessions}:
            groups.kick(agent_id)
