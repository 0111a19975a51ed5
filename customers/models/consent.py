"""Consent: what a customer allowed or refused, when, and how we know; never changed, only followed by a newer one."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    ANALYTICS = "analytics", _("browsing is recorded")
    MARKETING_EMAIL = "email", _("marketing by e-mail")
    MARKETING_SMS = "sms", _("marketing by text message")
    MARKETING_MESSAGING = "messaging", _("marketing by messenger")
    LOCATION = "location", _("location")
    PERSONALISATION = "personal", _("personal offers")
    SURVEYS = "surveys", _("being asked how it was")
    NEWS = "news", _("news of their orders that we write by ourselves")
    ANY_MESSAGE = "any_message", _("messages of any kind")  # STOP by text message: not even an answer may go there


OLDEST_FIRST = ("said_at", "-is_granted", "pk")  # the last holds: of a yes and a no of the same moment, the no


class Consent(models.Model):
    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    is_granted = models.BooleanField()
    said_at = models.DateTimeField()
    source = models.BigIntegerField(default=0)  # the id of the Connector; 0: written by an agent
    evidence = models.CharField(max_length=400, blank=True)  # "cookie banner v3", "STOP by text message"
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "purpose", "said_at", "is_granted"], name="consent_once")
        ]
        indexes = [models.Index(fields=["identity", "purpose", "said_at"], name="consent_of_identity")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.is_granted}"
