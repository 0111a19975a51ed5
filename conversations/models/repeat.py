"""RepeatedQuestion: that an agent or the bot asked a customer for what the desk had been told, and sent it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Detail(models.TextChoices):
    ORDER = "order", _("order number")
    ADDRESS = "address", _("address")
    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")
    SIZE = "size", _("size")
    DEVICE = "device", _("device")
    DATE = "date", _("date")
    PHOTO = "photo", _("photo")


class Source(models.TextChoices):
    MESSAGE = "message", _("message")
    EARLIER = "earlier", _("earlier conversation")
    PROFILE = "profile", _("profile")
    ORDER = "order", _("order")
    PAGE = "page", _("page they had open")


class RepeatedQuestionQuerySet(models.QuerySet["RepeatedQuestion"]):
    def sent(self) -> Self:
        """Without what its writer took back in time: the customer never read that question."""
        return self.exclude(message__delivery__status="cancelled")


class RepeatedQuestion(models.Model):
    """Ids and kinds alone: what the customer had told is in `source`, as long as that is kept."""

    Slot = Detail

    message = models.ForeignKey("conversations.Message", models.CASCADE, related_name="repeats")
    # None: the bot asked.
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    slot = models.CharField(max_length=8, choices=Detail.choices)
    where = models.CharField(max_length=8, choices=Source.choices)
    source = models.ForeignKey("conversations.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    was_dismissed = models.BooleanField(default=False)  # the agent saw the line, and said that it does not fit
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RepeatedQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "slot"], name="repeated_question_once"),
            models.CheckConstraint(condition=models.Q(slot__in=Detail.values), name="repeated_question_slot_known"),
            models.CheckConstraint(condition=models.Q(where__in=Source.values), name="repeated_question_where_known"),
        ]
        indexes = [models.Index(fields=["agent", "created_at"], name="repeated_question_of_agent")]

    def __str__(self) -> str:
        return f"{self.slot} in {self.message_id}"
