"""Branding: how one channel of ours looks to customers: the widget's colour and words, the frame of its mails."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Branding(models.Model):
    channel = models.OneToOneField("conversations.Channel", models.CASCADE, related_name="branding")
    colour = models.CharField(_("colour"), max_length=7, blank=True)  # "#1f6f78"
    logo = models.BinaryField(_("logo"), blank=True, default=b"")  # small enough to be sent inside each letter
    logo_type = models.CharField(max_length=20, blank=True)  # image/png
    title = models.CharField(_("name in the widget"), max_length=80, blank=True)
    greeting = models.CharField(_("greeting in the widget"), max_length=400, blank=True)
    mail_header = models.CharField(_("above each mail"), max_length=200, blank=True)
    mail_footer = models.TextField(_("below each mail"), max_length=2000, blank=True)

    def __str__(self) -> str:
        return str(self.channel)
