"""Suggestion: two customers who may be one, with the evidence; NotSame: that somebody said they are not, for good."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Suggestion(models.Model):
    """A pair is there once: `one` has the smaller id."""

    one = models.ForeignKey("customers.Customer", models.CASCADE, related_name="suggested_one")
    other = models.ForeignKey("customers.Customer", models.CASCADE, related_name="suggested_other")
    certainty = models.PositiveSmallIntegerField()  # per cent
    reasons = models.JSONField(default=list)  # [{"rule", "says", "for": true|false, "weight"}]
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="suggestion_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="suggestion_in_order"),
            models.CheckConstraint(condition=models.Q(certainty__lte=100), name="suggestion_in_per_cent"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}: {self.certainty} %"


class NotSame(models.Model):
    """Kept by identities, so that it holds whoever owns them later: `one` has the smaller id."""

    one = models.ForeignKey("customers.Identity", models.CASCADE, related_name="+")
    other = models.ForeignKey("customers.Identity", models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_same_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="not_same_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"
