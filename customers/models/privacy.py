"""Erasure: that somebody was forgotten, without what was forgotten; RetentionRule: how long a kind of data is kept."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """Carried out step by step by customers.privacy; whoever stops in between goes on where it stopped."""

    customer = models.BigIntegerField()  # the number alone: the row it named keeps nothing of the person
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # "asked by mail on 3 March": no personal data
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    done = models.JSONField(default=dict, blank=True)  # {step: rows}, in the order done
    cursor = models.JSONField(default=dict, blank=True)  # {step: how far}
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="erasure_open", condition=models.Q(finished_at=None))]

    def __str__(self) -> str:
        return f"erasure of customer {self.customer}"


class RetentionRule(models.Model):
    kind = models.CharField(max_length=20, unique=True)  # customers.retention.KINDS
    days = models.PositiveIntegerField(_("days"))
    is_on = models.BooleanField(_("on"), default=False)
    ran_at = models.DateTimeField(null=True, blank=True)
    dropped = models.PositiveBigIntegerField(default=0)  # in all

    def __str__(self) -> str:
        return f"{self.kind}: {self.days} days"
