"""BrainTalk: what is kept of a talk for a brain of another maker; BrainCall: one question that it was asked."""

from django.db import models
from django.utils import timezone


class BrainTalk(models.Model):
    """`state` is in the adapter's own words: the provider's name of the talk, how far it was read. `waits_for`: what it
    is to be told of the handoff next, "accepted" or "completed"."""

    connector = models.ForeignKey("integrations.Connector", models.CASCADE, related_name="brain_talks")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    state = models.JSONField(default=dict, blank=True)
    waits_for = models.CharField(max_length=9, blank=True)
    since = models.DateTimeField(default=timezone.now)  # when it began to wait

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "conversation"], name="brain_talk_once")]
        indexes = [models.Index(fields=["since"], name="brain_talk_waits", condition=~models.Q(waits_for=""))]

    def __str__(self) -> str:
        return f"{self.conversation_id} by {self.connector_id}"


class BrainCall(models.Model):
    """Kept for a while, so that what it costs can be limited and how well it does be seen. `tokens` is what it may cost
    until it has ended, and then what it cost."""

    connector = models.ForeignKey("integrations.Connector", models.CASCADE, related_name="brain_calls")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    key = models.UUIDField(unique=True)  # of the turn
    tokens = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)  # in the admin's words; never in the customer's

    class Meta:
        indexes = [models.Index(fields=["connector", "asked_at"], name="brain_call_of_connector")]

    def __str__(self) -> str:
        return f"{self.key} by {self.connector_id}"
