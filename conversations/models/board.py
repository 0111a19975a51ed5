"""AlertLimit: from where on the live board calls a supervisor; Loan: an agent who helps another team for a while."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AlertKind(models.TextChoices):
    LATE = "late", _("Somebody is late by so many minutes")
    FULL = "full", _("A team is busy by so many per cent while somebody waits")
    NOBODY = "nobody", _("Nobody of an open team is here, and so many wait")
    WAITING = "waiting", _("So many wait for one team")
    OLDEST = "oldest", _("Somebody has waited for so many minutes")
    RUSH = "rush", _("A half hour brought so many per cent of what is usual")
    SERVICE = "service", _("Fewer than so many per cent of today’s answers were in time")
    LEFT = "left", _("So many chats and calls were given up today")
    RATED = "rated", _("Somebody gave so few points, and nobody has looked at it")


class AlertLimit(models.Model):
    """What an admin said of one kind of alert; a kind without a row goes by conversations.reports.limits."""

    kind = models.CharField(_("what"), max_length=10, choices=AlertKind.choices, unique=True)
    is_on = models.BooleanField(_("calls"), default=True)
    limit = models.PositiveIntegerField(_("from"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=AlertKind.values), name="alert_limit_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Loan(models.Model):
    """While it lasts the agent is a member of the team, too; one who was a member anyhow is never lent."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="loans")
    team = models.ForeignKey("conversations.Team", models.CASCADE, related_name="loans")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    lent_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "team"], name="loan_once", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.agent} → {self.team}"
