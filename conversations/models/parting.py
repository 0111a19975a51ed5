"""Parting: of one conversation that two people spoke in while they passed for one, whose part went where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class Parting(models.Model):
    """Answers that still name `conversation` go on in `into`, when its customer writes them."""

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="partings")
    into = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="parted_from")
    entry = models.ForeignKey("customers.MergeEntry", models.SET_NULL, null=True, blank=True, related_name="+")
    messages = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.conversation_id} into {self.into_id}"
