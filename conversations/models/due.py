"""Due: a customer whose facts for reports are to be derived anew."""

from django.db import models
from django.db.models.functions import Now


class Due(models.Model):
    """Appended by the tables that the facts follow from (triggers), in the transaction of what changed, and taken away
    by who derives anew (conversations.reports.due). Never changed in place, so that nobody waits for anybody: one that
    is committed while its customer is being derived is found the next time. No foreign key: a customer whose rows go
    writes one on the way out."""

    kind = models.CharField(max_length=8)  # of conversations.reports.due.KINDS
    customer = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())  # not before
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name_plural = "due"
        indexes = [
            models.Index(fields=["kind", "at", "customer"], name="due_next"),
            models.Index(fields=["kind", "customer"], name="due_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer}"
