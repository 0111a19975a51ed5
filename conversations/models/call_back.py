"""CallBack: the duty to ring a customer: opened by a missed call or asked for, ended by a call or an agent."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from conversations.models.conversation import Priority


class CallBack(models.Model):
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="call_backs")
    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="+")  # whose number to ring
    channel = models.ForeignKey("conversations.Channel", models.SET_NULL, null=True, blank=True, related_name="+")
    missed = models.ForeignKey("conversations.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=1)  # of the customer, while it stood open
    # Of the conversation: what it is again, once nobody of it is to be rung.
    priority_before = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    note = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=400, blank=True)  # in a sentence: "Called by Ada, 3 min."

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "identity"], name="call_back_once", condition=models.Q(done_at=None)
            )
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="call_back_open", condition=models.Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.identity_id}"
