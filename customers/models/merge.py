"""The ledger of merges: which rows moved from one customer to another, so that each can move back."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class MergeEntry(models.Model):
    kept = models.ForeignKey("customers.Customer", models.CASCADE, related_name="merges_kept")
    absorbed = models.ForeignKey("customers.Customer", models.CASCADE, related_name="merges_absorbed")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    evidence = models.CharField(max_length=400)
    certainty = models.PositiveSmallIntegerField(null=True, blank=True)  # per cent, of the suggestion that was accepted
    # {"was", "became": the kept customer's own fields; "marks": {model: highest key}}, written by customers.merging
    before = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "merge entries"

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.kept_id}"


class MergeItem(models.Model):
    """One row that the merge moved: `model` is "app.model", `field` the foreign key that was changed."""

    entry = models.ForeignKey(MergeEntry, models.CASCADE, related_name="items")
    model = models.CharField(max_length=80)
    field = models.CharField(max_length=40)
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "model", "field", "row"], name="merge_item_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
