"""Lease: who may speak to the customer now, the bot or the people. One row, changed under lock."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Holder(models.TextChoices):
    BOT = "bot", _("Bot")
    PEOPLE = "people", _("People")


class Lease(models.Model):
    conversation = models.OneToOneField("conversations.Conversation", models.CASCADE, related_name="lease")
    holder = models.CharField(max_length=8, choices=Holder.choices, default=Holder.PEOPLE)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    term = models.PositiveIntegerField(default=1)  # grows with every change of holder; an answer names its term
    changed_at = models.DateTimeField(auto_now=True)
