"""User: an agent, supervisor or admin of the desk."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from customers.zones import zones
from deskapp.permissions import BROWSING, BUILT_IN, NAMES, PURCHASES


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Admin")


class Theme(models.TextChoices):
    AUTO = "auto", _("as the system")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class OwnRole(models.Model):
    """A named set of permissions, for agents whom none of the three built-in roles fits."""

    name = models.CharField(_("name"), max_length=60)
    permissions = models.JSONField(_("permissions"), default=list, blank=True)  # names of deskapp.permissions

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="own_role_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, role=Role.ADMIN, **fields)


class User(AbstractBaseUser):
    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.AGENT)
    # Beside the three: a set of permissions of our own. What it grants is kept here, too, so that asking costs nothing.
    own_role = models.ForeignKey(
        "OwnRole", models.PROTECT, null=True, blank=True, related_name="agents", verbose_name=_("role of our own")
    )
    granted = models.JSONField(default=list, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    locale = models.CharField(_("language"), max_length=12, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.AUTO)
    signature = models.TextField(_("signature"), blank=True)
    single_keys = models.BooleanField(_("single-letter shortcuts"), default=True)
    notify_desktop = models.BooleanField(_("desktop notifications"), default=False)
    notify_sound = models.BooleanField(_("a sound for new messages"), default=False)
    sees_purchases = models.BooleanField(_("sees what customers bought"), default=True)
    sees_browsing = models.BooleanField(_("sees what customers looked at"), default=True)
    refund_limit = models.DecimalField(
        _("most to refund at once"), max_digits=14, decimal_places=3, default=0, help_text=_("In the order's currency.")
    )
    # Of the phone system: what its calls name this agent by, and what it rings for a call that they ask for.
    extension = models.CharField(_("extension"), max_length=80, blank=True, default="")
    languages = models.JSONField(_("languages they answer in"), default=list, blank=True)  # ["en", "de"], best first
    presence = models.CharField(_("presence"), max_length=8, default="online")
    presence_reason = models.CharField(_("reason"), max_length=80, blank=True, default="")  # lunch, training …
    capacity = models.FloatField(
        _("how much at once"), default=6
    )  # in units: a mail is one, routing rules say the rest
    media = models.JSONField(_("media they answer by"), default=list, blank=True)  # of routing's; none: every one
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(Lower("extension"), name="user_extension_once", condition=~models.Q(extension="")),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=models.Q(own_role=None) | models.Q(role=Role.AGENT), name="user_own_role_or_built_in"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def short_name(self) -> str:
        """The name that customers see: "Ada" of "Ada Okafor"."""
        return self.name.split()[0] if self.name.split() else self.email.split("@")[0]

    @property
    def initials(self) -> str:
        parts = self.name.split() or [self.email]
        return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()[:2]

    @property
    def hue(self) -> int:
        return self.pk * 67 % 360

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    def may(self, permission: str) -> bool:
        """One of deskapp.permissions; purchases and browsing can be taken from anybody by their own switches."""
        if permission == PURCHASES and not self.sees_purchases:
            return False
        if permission == BROWSING and not self.sees_browsing:
            return False
        return permission in (self.granted if self.own_role_id else BUILT_IN[self.role])

    @property
    def may_set_up(self) -> bool:
        """Some page of the desk's settings is theirs."""
        return self.is_admin or any(self.may(name) for name in NAMES if name.startswith("settings."))

    @property
    def role_name(self) -> str:
        return str(self.own_role) if self.own_role else str(self.get_role_display())

    @property
    def sees_all_teams(self) -> bool:
        return self.may("teams.all")

    def get_timezone(self) -> str:
        return self.timezone if self.timezone in zones() else "UTC"
