"""AuditEntry: one change of how the desk is set up: who, what, and how it was before and after."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditVerb(models.TextChoices):
    MADE = "made", _("made")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    DID = "did", _("did")  # what is no change of fields: an export, a replay, a sign-out


class AuditEntry(models.Model):
    """`before` and `after` hold the fields that differ, in plain values; a secret is never among them, only that it
    was set. What was changed may be gone: `label` still says what it was."""

    Verb = AuditVerb

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=120, blank=True)  # "" is a command, or the desk itself
    verb = models.CharField(max_length=8, choices=AuditVerb.choices)
    kind = models.CharField(max_length=40)  # the model's name, "team"
    object_id = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["kind", "object_id", "-id"], name="audit_of_thing"),
            models.Index(fields=["by", "-id"], name="audit_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.verb} {self.kind} {self.label}"
