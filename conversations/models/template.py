"""MessageTemplate: a text that a provider has allowed beforehand, read from it, for writing outside its window."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class MessageTemplate(models.Model):
    """As the provider has it; the desk never changes one. `body` holds {{1}}, {{2}} or {{name}} where values go."""

    channel = models.ForeignKey("conversations.Channel", models.CASCADE, related_name="templates")
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20)
    category = models.CharField(max_length=40, blank=True)
    header = models.TextField(blank=True)  # its text, or the kind of file: "IMAGE", "DOCUMENT", "VIDEO"
    body = models.TextField()
    footer = models.TextField(blank=True)
    buttons = models.JSONField(default=list, blank=True)  # [{"kind", "text", "value"}]
    examples = ArrayField(models.TextField(), default=list, blank=True)  # of the body's values, in their order
    is_usable = models.BooleanField(default=True)  # allowed, and not paused by the provider
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "name", "language"], name="message_template_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
