"""DryRun: a rule tried on what has happened before, to see what it would have done; nothing of the past is touched."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DryRunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class DryRun(models.Model):
    State = DryRunState

    rule = models.ForeignKey("conversations.Rule", models.CASCADE, related_name="dry_runs")
    body = models.JSONField()  # the rule as it was when this began: event, after_minutes, conditions, actions
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DryRunState.choices, default=DryRunState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    misses = models.JSONField(default=dict, blank=True)  # how often for which reason, as RuleTally.code has it
    last = models.BigIntegerField(default=0)  # the key of what was looked at last
    error = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="dry_run_due", condition=models.Q(state__in=["waiting", "running"])),
            models.Index(fields=["rule", "-id"], name="dry_run_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (DryRunState.WAITING, DryRunState.RUNNING)

    @property
    def percent(self) -> int:
        return 100 if self.state == DryRunState.DONE else min(99, self.done * 100 // self.total) if self.total else 0


class DryRunHit(models.Model):
    """One moment at which the rule would have acted. Of very many, the first are kept."""

    dry_run = models.ForeignKey(DryRun, models.CASCADE, related_name="found")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dry_run", "id"], name="dry_run_hit_of_run")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.at}"
