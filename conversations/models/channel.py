"""Channel: one address of ours on one medium; and the senders we do not listen to."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Medium(models.TextChoices):
    EMAIL = "email", _("Email")
    CHAT = "chat", _("Chat")
    VOICE = "voice", _("Phone")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")
    INSTAGRAM = "instagram", _("Instagram")
    TELEGRAM = "telegram", _("Telegram")
    MASTODON = "mastodon", _("Mastodon")
    X = "x", _("X")
    LINE = "line", _("LINE")
    API = "api", _("API")


class Channel(models.Model):
    name = models.CharField(_("name"), max_length=80)
    medium = models.CharField(_("medium"), max_length=12, choices=Medium.choices)
    address = models.CharField(_("address"), max_length=320, help_text=_("support@shop.example, or the widget's key."))
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="channels")
    fallback = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("when they have left, answer by"),
    )
    signature = models.TextField(_("signature"), blank=True)
    hours = models.ForeignKey(
        "conversations.Hours", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("hours")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        # One that was disconnected keeps its history, and its address is free.
        constraints = [
            models.UniqueConstraint(
                "medium", Lower("address"), name="channel_address_once", condition=models.Q(is_active=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class BlockedSender(models.Model):
    """An address ("spam@evil.example") or a domain ("@evil.example") whose mail is filed as spam."""

    value = models.CharField(max_length=320, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.value
