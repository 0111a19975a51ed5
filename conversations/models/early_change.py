"""EarlyChange: what was done to a message that we do not have yet, kept until the message comes, or for some days."""

from django.db import models
from django.db.models.functions import Now


class EarlyChange(models.Model):
    """A change as it came (conversations.envelopes.MessageChange), or a message of ours that says which it answers."""

    channel = models.ForeignKey("conversations.Channel", models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=998)  # of the message that is waited for
    change = models.JSONField(default=dict)  # see conversations.inbound.early; {} where `answer` waits
    answer = models.ForeignKey("conversations.Message", models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["channel", "external_id"], name="early_change_of_message"),
            models.Index(fields=["created_at"], name="early_change_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}:{self.external_id}"
