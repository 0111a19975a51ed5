"""What belongs to one agent: what they read, follow, were called into, and where their phone can be woken."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class ReadMark(models.Model):
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="read_marks")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "conversation"], name="read_mark_once")]


class Follow(models.Model):
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="follows")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "conversation"], name="follow_once")]


class Mention(models.Model):
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="mentions")
    message = models.ForeignKey("conversations.Message", models.CASCADE, related_name="mentions")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "message"], name="mention_once")]
        indexes = [models.Index(fields=["agent", "conversation"], name="mention_of_agent")]


class PushSubscription(models.Model):
    """A browser that asked for web push: the three values of the Push API's subscription."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=100)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
