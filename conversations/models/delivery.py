"""Delivery: an outbound message on its way, and every attempt that was made."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", _("Sending")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Seen")
    FAILED = "failed", _("Not sent")
    UNCERTAIN = "uncertain", _("Perhaps sent")  # the provider fell silent after it had the whole message
    CANCELLED = "cancelled", _("Taken back")


class Delivery(models.Model):
    Status = DeliveryStatus

    message = models.OneToOneField("conversations.Message", models.CASCADE, related_name="delivery")
    channel = models.ForeignKey("conversations.Channel", models.PROTECT, related_name="deliveries")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.QUEUED)
    due_at = models.DateTimeField(default=timezone.now)  # undo, send later and the next try all wait for this
    cancel_on_reply = models.BooleanField(default=False)  # send later: not if the customer writes first
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=998, blank=True)
    error = models.TextField(blank=True)  # in the agent's words
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=DeliveryStatus.values), name="delivery_status_known")
        ]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(status__in=["queued", "sending"])),
            models.Index(
                fields=["channel", "external_id"], name="delivery_external_id", condition=~models.Q(external_id="")
            ),
            models.Index(
                fields=["conversation"],
                name="delivery_on_reply",
                condition=models.Q(status="queued", cancel_on_reply=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"

    @property
    def can_undo(self) -> bool:
        return self.status == DeliveryStatus.QUEUED and self.tries == 0

    @property
    def can_retry(self) -> bool:
        return self.status in (DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN, DeliveryStatus.CANCELLED)

    @property
    def was_removed(self) -> bool:
        """Given up by an agent after it was tried; what is taken back before (undo) has no try behind it."""
        return self.status == DeliveryStatus.CANCELLED and self.tries > 0

    @property
    def may_have_arrived(self) -> bool:
        """The provider fell silent at the last try: nobody knows. One query, asked of the removed only."""
        last = self.attempts.order_by("-started_at", "-pk").first()
        return last is not None and last.outcome == "uncertain"


class DeliveryAttempt(models.Model):
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # sent, temporary, permanent, uncertain, away; "": under way
    said = models.TextField(blank=True)  # the provider's own words

    class Meta:
        indexes = [models.Index(fields=["delivery", "started_at"], name="attempt_of_delivery")]
