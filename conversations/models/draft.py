"""Draft: what an agent has begun to write, kept on the server per conversation and mode."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class Draft(models.Model):
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    mode = models.CharField(max_length=8, choices=Mode.choices)
    html = models.TextField()
    files = ArrayField(models.BigIntegerField(), default=list)  # attachments that wait for the message
    way = models.JSONField(default=dict, blank=True)  # how it is to go: see conversations.outbound.way
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "agent", "mode"], name="draft_once")]
