"""Webhook: an address outside that rules call; and each call, until it has arrived or is given up."""

import uuid

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Webhook(models.Model):
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    sealed = models.BinaryField(default=b"")  # the secret that calls are signed with: integrations.secrets
    is_active = models.BooleanField(_("on"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="webhook_once")]

    def __str__(self) -> str:
        return self.name


class WebhookCallState(models.TextChoices):
    QUEUED = "queued", _("On its way")
    SENT = "sent", _("Arrived")
    FAILED = "failed", _("Given up")


class WebhookCall(models.Model):
    """`body` holds numbers and names of the desk's own, never what a customer said."""

    State = WebhookCallState

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="calls")
    rule = models.ForeignKey("conversations.Rule", models.SET_NULL, null=True, blank=True, related_name="+")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # the same at every try
    body = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=WebhookCallState.choices, default=WebhookCallState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)  # while it is tried: when its worker must be dead
    answer = models.PositiveSmallIntegerField(null=True, blank=True)  # the status of the last answer
    error = models.CharField(max_length=1000, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="webhook_call_due", condition=models.Q(state="queued")),
            models.Index(fields=["webhook", "-id"], name="webhook_call_of_webhook"),
            models.Index(fields=["created_at"], name="webhook_call_age"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.state}"
